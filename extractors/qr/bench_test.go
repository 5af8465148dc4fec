package qr

import (
	"image"
	"image/color"
	"math/rand/v2"
	"testing"

	"github.com/skip2/go-qrcode"
)

// photo makes a picture without a code: soft areas, edges and grain, as photographs have.
func photo(w, h int) *image.NRGBA {
	m, r := image.NewNRGBA(image.Rect(0, 0, w, h)), rand.New(rand.NewPCG(3, 4))
	for y := range h {
		for x := range w {
			v := 90 + 60*((x/97+y/61)%3) - (x*y/4000)%50 + r.IntN(12)
			m.SetNRGBA(x, y, color.NRGBA{uint8(v), uint8(v - 20), uint8(v / 2), 255})
		}
	}
	return m
}

// noise makes a picture that is worst for finding codes: black and white at random, in squares of n pixels.
func noise(side, n int) *image.Gray {
	m, r := image.NewGray(image.Rect(0, 0, side, side)), rand.New(rand.NewPCG(5, 6))
	for y := 0; y < side; y += n {
		for x := 0; x < side; x += n {
			if r.IntN(2) == 0 {
				continue
			}
			for dy := range min(n, side-y) {
				for dx := range min(n, side-x) {
					m.Pix[(y+dy)*m.Stride+x+dx] = 255
				}
			}
		}
	}
	return m
}

// corners is full of corner marks.
func corners(side, n int) *image.Gray {
	m := image.NewGray(image.Rect(0, 0, side, side))
	for y := range side {
		for x := range side {
			u, v := x/n%9, y/n%9
			ring := max(abs(u-4), abs(v-4))
			if ring == 4 || ring == 2 {
				m.Pix[y*m.Stride+x] = 255
			}
		}
	}
	return m
}

func abs(a int) int { return max(a, -a) }

func BenchmarkReadImage(b *testing.B) {
	bits := modules(b, btc, qrcode.Medium)
	for name, body := range map[string][]byte{
		"code":               asPNG(b, code4(b, btc)),
		"code, 1000 px":      asPNG(b, drawn(bits, 25, 4, color.Black, color.White)),
		"code, inverted":     asPNG(b, drawn(bits, 5, 4, color.White, color.Black)),
		"photo 300":          asJPEG(b, photo(300, 200), 80),
		"photo 1200":         asJPEG(b, photo(1200, 800), 80),
		"photo 4000":         asJPEG(b, photo(4000, 3000), 80),
		"noise 1 px":         asPNG(b, noise(1000, 1)),
		"noise 3 px":         asPNG(b, noise(1000, 3)),
		"corners 1 px":       asPNG(b, corners(1000, 1)),
		"corners 3 px":       asPNG(b, corners(1000, 3)),
		"corners 3 px, 4000": asPNG(b, corners(4000, 3)),
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				ReadImage("x", body)
			}
		})
	}
}
