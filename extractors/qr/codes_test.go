package qr

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/gif"
	"image/jpeg"
	"image/png"
	"testing"

	"github.com/skip2/go-qrcode"

	"scamatlas/extractors"
)

// A code's text and the canonical value that is read from it. The addresses are hashes of public text; nobody has their keys.
const (
	btc = "bc1qr06rd83gqh9cae5lskxqe4mtvna5my8ajgj3l3"
	trx = "TXCecUMa4uXtFruL55ojpgpLackVXRySKN"
	evm = "0x54C7AF7a68978cFac514EED1d7Cf34Cca2EA7816"
	sol = "5TuYecC66nsrUvrFug9xMqAt1eaowwch1dcU9zNQE2FC"
)

// modules gives a code's modules without margin; true is dark.
func modules(t testing.TB, text string, level qrcode.RecoveryLevel) [][]bool {
	t.Helper()
	q, err := qrcode.New(text, level)
	if err != nil {
		t.Fatal(err)
	}
	q.DisableBorder = true
	return q.Bitmap()
}

// drawn paints modules of n pixels with a margin of so many modules.
func drawn(bits [][]bool, n, margin int, dark, light color.Color) *image.NRGBA {
	side := (len(bits) + 2*margin) * n
	m := image.NewNRGBA(image.Rect(0, 0, side, side))
	draw.Draw(m, m.Bounds(), image.NewUniform(light), image.Point{}, draw.Src)
	for y, row := range bits {
		for x, on := range row {
			if on {
				at := image.Rect((x+margin)*n, (y+margin)*n, (x+margin+1)*n, (y+margin+1)*n)
				draw.Draw(m, at, image.NewUniform(dark), image.Point{}, draw.Src)
			}
		}
	}
	return m
}

func code4(t testing.TB, text string) *image.NRGBA {
	return drawn(modules(t, text, qrcode.Medium), 4, 4, color.Black, color.White)
}

// on puts pictures on a larger one.
func on(w, h int, page color.Color, at []image.Point, parts ...image.Image) *image.NRGBA {
	m := image.NewNRGBA(image.Rect(0, 0, w, h))
	draw.Draw(m, m.Bounds(), image.NewUniform(page), image.Point{}, draw.Src)
	for i, p := range parts {
		draw.Draw(m, p.Bounds().Add(at[i]), p, image.Point{}, draw.Over)
	}
	return m
}

func asPNG(t testing.TB, m image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func asJPEG(t testing.TB, m image.Image, quality int) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, &jpeg.Options{Quality: quality}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func asGIF(t testing.TB, m image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := gif.Encode(&b, m, nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// values lists what was found, as "kind label value".
func values(found []extractors.Indicator) []string {
	var out []string
	for _, i := range found {
		out = append(out, fmt.Sprintf("%s %s %s", i.Kind, i.Chain+i.Type, i.Value))
	}
	return out
}
