package qr

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"image"
	"image/color"
	"path"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/skip2/go-qrcode"

	"scamatlas/crawler"
	"scamatlas/extractors"
	"scamatlas/extractors/extracttest"
)

// pngHeader is a file whose header asks for a picture of w×h pixels and whose data ends there.
func pngHeader(w, h int, kind byte) []byte {
	b := []byte("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR")
	b = binary.BigEndian.AppendUint32(b, uint32(w))
	b = binary.BigEndian.AppendUint32(b, uint32(h))
	b = append(b, 8, kind, 0, 0, 0)
	b = binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(b[12:]))
	b = append(b, "\x00\x00\x00\x10IDAT"...)
	return append(b, make([]byte, 64)...)
}

// webpLie names 30×30 pixels in its extended header and 16384×16384 in its frame.
func webpLie() []byte {
	b := []byte("RIFF\x00\x00\x00\x00WEBPVP8X\x0a\x00\x00\x00\x00\x00\x00\x00\x1d\x00\x00\x1d\x00\x00VP8L\x40\x00\x00\x00\x2f\xff\xff\xff\x0f")
	b = append(b, make([]byte, 0x40)...)
	binary.LittleEndian.PutUint32(b[4:], uint32(len(b)-8))
	return b
}

func TestHostilePictures(t *testing.T) {
	whole := asPNG(t, code4(t, btc))
	progressive := asJPEG(t, image.NewGray(image.Rect(0, 0, 40, 40)), 50)
	for name, body := range map[string][]byte{
		"nothing":             nil,
		"one byte":            {0x89},
		"50000x50000":         pngHeader(50000, 50000, 2),
		"1x2147483647":        pngHeader(1, 1<<31-1, 0),
		"5000x5000":           pngHeader(5000, 5000, 6),
		"no pixels":           pngHeader(0, 0, 2),
		"cut":                 whole[:len(whole)/2],
		"cut in the header":   whole[:20],
		"over 8 MiB":          append(bytes.Clone(whole), make([]byte, maxFile)...),
		"webp that lies":      webpLie(),
		"jpeg, cut":           progressive[:len(progressive)/3],
		"gif of no frames":    []byte("GIF89a\xff\xff\xff\xff\xf7\x00\x00" + strings.Repeat("\x00", 800)),
		"deep nesting":        []byte("<svg>" + strings.Repeat("<g>", 200_000)),
		"uses of uses":        []byte(usesOfUses(24)),
		"use of itself":       []byte(`<svg><g id="a">` + strings.Repeat(`<use href="#a"/>`, 300) + `</g></svg>`),
		"clip of itself":      []byte(`<svg><clipPath id="a">` + strings.Repeat(`<rect width="9" height="9" clip-path="url(#a)"/>`, 300) + `</clipPath><rect clip-path="url(#a)"/></svg>`),
		"huge numbers":        []byte(`<svg viewBox="0 0 1e300 1e300"><path d="` + strings.Repeat("M1e9 1e9h1e99v-1e7z", 500) + `"/></svg>`),
		"a thin drawing":      []byte(`<svg viewBox="0 0 1 1000000"><path d="` + strings.Repeat("M0 0h1v1h-1z", 500) + `"/></svg>`),
		"tall shapes":         []byte(`<svg viewBox="0 0 100 100"><path d="` + strings.Repeat("M0 0h100v100h-100z", 60_000) + `"/></svg>`),
		"many subpaths":       []byte(`<svg viewBox="0 0 100 100"><path d="` + strings.Repeat("m0 0h9v9z", 220_000) + `"/></svg>`),
		"black and white":     asPNG(t, noise(1000, 1)),
		"corner marks":        asPNG(t, corners(1500, 1)),
		"larger corner marks": asPNG(t, corners(2200, 3)),
	} {
		t.Run(name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			if got := ReadImage("x", body); len(got) > 0 {
				t.Errorf("found %q", values(got))
			}
			runtime.ReadMemStats(&after)
			if mb := (after.TotalAlloc - before.TotalAlloc) >> 20; mb > 400 {
				t.Errorf("allocated %d MiB", mb)
			}
		})
	}
}

// usesOfUses doubles n times.
func usesOfUses(n int) string {
	var b strings.Builder
	b.WriteString(`<svg viewBox="0 0 99 99"><g id="g0"><rect width="3" height="3"/></g>`)
	for i := range n {
		fmt.Fprintf(&b, `<g id="g%d">%s</g>`, i+1, strings.Repeat(fmt.Sprintf(`<use href="#g%d"/>`, i), 2))
	}
	return b.String() + "</svg>"
}

// TestHostileDocuments: ten times as much costs about ten times as much, whatever it is.
func TestHostileDocuments(t *testing.T) {
	picture := base64.StdEncoding.EncodeToString(asPNG(t, photo(40, 40)))
	for name, unit := range map[string]string{
		"open drawings":      "<svg width=1>",
		"closed drawings":    `<svg width=1><\/svg>`,
		"drawings in script": `"<svg viewBox=\"0 0 9 9\"><path d=\"M0 0h9v9z\"\/><\/svg>",`,
		"drawing addresses":  `url("data:image/svg+xml,%3csvg %3e")`,
		"starts of pictures": "iVBORw0KGgo,/9j/,R0lGOD,UklGR,PHN2Zy,",
		"base64":             "/9j/AAAA",
		"slashes":            `\/\/a//`,
		"services":           `"https://api.qrserver.com/?data=hello+there+you"`,
		"cells":              "<td bgcolor=#000>",
		"rows":               "<tr><td><td bgcolor=red></tr>",
		"nested blocks":      "<div><i></i>",
		"blocks":             "█▀▄ ▀▄█▀▄█▀▄█▀▄█▀▄█▀▄\n",
		"pictures":           `<img src="data:image/png;base64,` + picture + `">`,
		"letters":            "T",
	} {
		t.Run(name, func(t *testing.T) {
			took := func(size int) time.Duration {
				d := extractors.Parse("https://a.example/", "text/html", []byte(strings.Repeat(unit, size/len(unit)+1)))
				return extracttest.CPU(func() { ReadDocument(d) })
			}
			small, large := took(100_000), took(1_000_000)
			if large > 25*small && large > slow*2*time.Second {
				t.Errorf("100 kB took %v, 1 MB %v", small, large)
			}
		})
	}
}

// TestBudget: of pictures that cost most not all are read, and none is begun when the work is used up.
func TestBudget(t *testing.T) {
	r := newReader()
	read := 0
	for n := range 40 {
		m := corners(1400, 3)
		m.SetGray(n, n, color.Gray{100})
		before := r.work
		r.picture(asPNG(t, m), func() place { return place{} })
		if used := before - r.work; used > imageWork+2*len(m.Pix) {
			t.Fatalf("one picture cost %d", used)
		}
		if r.work != before {
			read++
		}
	}
	if r.work > 0 || r.work < -4*1400*1400 || read >= 40 {
		t.Errorf("%d read, %d work left", read, r.work)
	}
}

// TestLikeliest: small pictures with a telling name come first, so that they are read before the work is used up.
func TestLikeliest(t *testing.T) {
	c := &crawler.Capture{}
	for name, size := range map[string]int{"big.jpg": 9000, "btc-QR.png": 5000, "a.png": 100, "logo.svg": 50} {
		c.Assets = append(c.Assets, crawler.Asset{Kind: crawler.Image, Response: crawler.Response{URL: "https://a.example/" + name, Body: make([]byte, size)}})
	}
	var got []string
	for _, a := range likeliest(c) {
		got = append(got, path.Base(a.URL))
	}
	if want := "btc-QR.png logo.svg a.png big.jpg"; strings.Join(got, " ") != want {
		t.Errorf("got %v, want %s", got, want)
	}
}

func FuzzReadImage(f *testing.F) {
	one := drawn(modules(f, btc, qrcode.Low), 2, 2, color.Black, color.White)
	f.Add(asPNG(f, one))
	f.Add(asJPEG(f, one, 50))
	f.Add(asGIF(f, one))
	f.Add(webpLie())
	f.Add(unbase64(f, webpCode))
	f.Add(pngHeader(50000, 50000, 2))
	f.Fuzz(func(t *testing.T, body []byte) {
		for _, i := range ReadImage("x", body) {
			if i.Where != extractors.InQR {
				t.Fatalf("%+v", i)
			}
		}
	})
}

func FuzzSVG(f *testing.F) {
	for _, svg := range drawings(modules(f, btc, qrcode.Low)) {
		f.Add([]byte(svg))
	}
	f.Add([]byte(usesOfUses(5)))
	f.Fuzz(func(t *testing.T, body []byte) {
		if g := paintSVG(body); g != nil && (g.w*g.h != len(g.pix) || g.w > 2*svgSide || g.h > 2*svgSide) {
			t.Fatalf("%d×%d, %d pixels", g.w, g.h, len(g.pix))
		}
	})
}

func FuzzReadDocument(f *testing.F) {
	bits := modules(f, btc, qrcode.Low)
	for _, page := range tables(bits) {
		f.Add(page)
	}
	f.Add(`<img src="data:image/svg+xml,%3Csvg%3E%3C/svg%3E"><img srcset="//x/qr?data=bitcoin%3a` + btc + ` 2x">`)
	f.Fuzz(func(t *testing.T, page string) {
		d := extractors.Parse("https://a.example/", "text/html", []byte(page))
		for _, i := range ReadDocument(d) {
			if i.Offset < 0 || i.Offset > len(d.Body) {
				t.Fatalf("offset %d of %d", i.Offset, len(d.Body))
			}
		}
	})
}
