package qr

import (
	"math"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"
)

// code is one decoded code and the square it covers.
type code struct {
	text           string
	x0, y0, x1, y1 int
}

// codes gives the texts of all codes in a picture, which it changes. work is the number of pixels that may be looked at; what was used is taken from it.
//
// Most pictures of a site hold no code, most codes are read at the first look. A large picture is looked at in small first, then in
// parts. A code that was read is painted over, and the same look is had again for the next.
func (g *gray) codes(work *int) []string {
	var texts []string
	take := func(v *gray, l look) bool {
		for n := 0; len(texts) < maxCodes; n++ {
			c, ok := v.decode(l, work)
			if !ok {
				return n > 0
			}
			texts = append(texts, c.text)
			v.whiten(c.x0, c.y0, c.x1, c.y1)
			if 2*(c.x1-c.x0)*(c.y1-c.y0) > v.w*v.h {
				return true
			}
		}
		return true
	}
	longer := max(g.w, g.h)
	if longer > largeSide && climb(g.reduced((longer+largeSide-1)/largeSide), work, take) {
		return texts
	}
	if len(g.pix) <= 2*largeSide*largeSide && climb(g, work, take) {
		return texts
	}
	if longer > largeSide {
		g.tiles(work, take)
	}
	return texts
}

// look is one way to find a code.
type look struct{ harder, histogram bool }

// climb tries the looks at one picture, the cheap first, until one finds a code. The quiet zone, dark on light and a size of some
// pixels a module are what the library takes for granted.
func climb(g *gray, work *int, take func(*gray, look) bool) bool {
	if take(g, look{}) || take(g, look{harder: true, histogram: true}) {
		return true
	}
	inverted := g.inverted()
	if take(inverted, look{}) {
		return true
	}
	pad := max(12, min(g.w, g.h)/8)
	for _, v := range []*gray{g, inverted} {
		p := v.padded(pad)
		if take(p, look{harder: true}) || take(p, look{harder: true, histogram: true}) {
			return true
		}
		if longer := max(g.w, g.h); longer <= smallSide {
			n := 2
			if longer <= smallSide/3 {
				n = 3
			}
			if take(p.enlarged(n), look{harder: true, histogram: true}) || take(p.enlarged(n), look{harder: true}) {
				return true
			}
		}
	}
	return take(g, look{harder: true})
}

// tiles looks at overlapping parts of a large picture, in their full size.
func (g *gray) tiles(work *int, take func(*gray, look) bool) {
	step := tileSide * 5 / 8
	n := 0
	for y := 0; y == 0 || y+tileSide-step < g.h; y += step {
		for x := 0; x == 0 || x+tileSide-step < g.w; x += step {
			if n++; n > maxTiles || *work <= 0 {
				return
			}
			t := g.part(x, y, tileSide, tileSide)
			if !t.stretch() {
				continue
			}
			if take(t, look{harder: true}) || take(t, look{harder: true, histogram: true}) {
				continue
			}
		}
	}
}

// decode has one look at a picture. The library may fail on what it has not met: a fault of it is a code that was not read.
func (g *gray) decode(l look, work *int) (c code, ok bool) {
	if *work < len(g.pix) {
		*work = 0
		return code{}, false
	}
	*work -= len(g.pix)
	defer func() {
		if recover() != nil {
			c, ok = code{}, false
		}
	}()
	source, err := gozxing.NewPlanarYUVLuminanceSource(g.pix, g.w, g.h, 0, 0, g.w, g.h, false)
	if err != nil {
		return code{}, false
	}
	binarizer := gozxing.NewHybridBinarizer(source)
	if l.histogram {
		binarizer = gozxing.NewGlobalHistgramBinarizer(source)
	}
	bitmap, err := gozxing.NewBinaryBitmap(binarizer)
	if err != nil {
		return code{}, false
	}
	result, err := qrcode.NewQRCodeReader().Decode(bitmap, hints(l))
	if err != nil || result == nil {
		return code{}, false
	}
	return g.covered(result), true
}

// hints sets the look, and stops the library at a picture full of what looks like a code's corners: it compares each with all others.
func hints(l look) map[gozxing.DecodeHintType]any {
	centres := 0
	h := map[gozxing.DecodeHintType]any{
		gozxing.DecodeHintType_NEED_RESULT_POINT_CALLBACK: gozxing.ResultPointCallback(func(gozxing.ResultPoint) {
			if centres++; centres > maxCentres {
				panic("too many corners")
			}
		}),
	}
	if l.harder {
		h[gozxing.DecodeHintType_TRY_HARDER] = true
	}
	return h
}

// covered gives the square around the corner marks of a code, with as much around as the marks stand inside its edge.
func (g *gray) covered(r *gozxing.Result) code {
	points := r.GetResultPoints()
	c := code{text: r.GetText(), x1: g.w, y1: g.h}
	if len(points) < 3 {
		return c
	}
	x0, y0, x1, y1 := math.MaxFloat64, math.MaxFloat64, 0.0, 0.0
	for _, p := range points[:3] {
		x0, x1 = min(x0, p.GetX()), max(x1, p.GetX())
		y0, y1 = min(y0, p.GetY()), max(y1, p.GetY())
	}
	around := max(x1-x0, y1-y0)*0.27 + 2
	c.x0, c.y0, c.x1, c.y1 = int(x0-around), int(y0-around), int(x1+around), int(y1+around)
	return c
}
