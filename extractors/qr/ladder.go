package qr

import (
	"math"
	"slices"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"
)

// code is one decoded code and the square it covers.
type code struct {
	text           string
	x0, y0, x1, y1 int
}

// codes gives the texts of all codes in a picture, which it changes. work is the number of pixels that may be looked at; what was used
// is taken from it.
//
// Most pictures of a site hold no code, most codes are read at the first look. A large picture is looked at in small first, then in
// parts. A code that was read is painted over, and the same look is had again for the next.
func (g *gray) codes(work *int) []string {
	s := &search{work: work}
	longer := max(g.w, g.h)
	found := false
	if longer <= largeSide {
		found = s.climb(g)
	} else {
		n := (longer + largeSide - 1) / largeSide
		found = s.climb(g.reduced(n)) || n > 3 && s.take(g.reduced(n/2), look{harder: true}) ||
			len(g.pix) <= 3*largeSide*largeSide && s.climb(g)
	}
	if found && s.more || !found && longer > largeSide {
		s.tiles(g, min(tileSide, longer*5/8))
	}
	return s.texts
}

// drawnCodes is codes for pictures that were painted here: sharp, in two shades, large enough.
func (g *gray) drawnCodes(work *int) []string {
	s := &search{work: work}
	g = g.padded(max(g.w, g.h) / 10)
	if s.take(g, look{}) {
		return s.texts
	}
	inverted := g.inverted().padded(max(g.w, g.h) / 10)
	if s.take(inverted, look{}) || s.dots(g) {
		return s.texts
	}
	s.dots(inverted)
	return s.texts
}

// search is the search for the codes of one picture.
type search struct {
	work  *int
	texts []string
	hints int  // corner marks seen that belong to no code that was read
	more  bool // they were beside a code that was read
}

// look is one way to find a code.
type look struct{ harder, histogram bool }

// take has one look at a picture, and the same again for each further code.
func (s *search) take(g *gray, l look) bool {
	for n := 0; n < maxCodes && len(s.texts) < maxCodes; n++ {
		c, centres, ok := g.decode(l, s.work)
		if !ok {
			s.hints += centres
			s.more = s.more || n > 0 && centres >= 3 && centres < maxCentres
			return n > 0
		}
		if !slices.Contains(s.texts, c.text) { // parts of a picture overlap
			s.texts = append(s.texts, c.text)
		}
		g.whiten(c.x0, c.y0, c.x1, c.y1)
		if 2*(c.x1-c.x0)*(c.y1-c.y0) > g.w*g.h {
			break
		}
	}
	return true
}

// climb tries the looks at one picture, the cheap first, until one finds a code. The quiet zone, dark on light and a size of some
// pixels a module are what the library takes for granted. Pictures that show no corner mark and are no drawings in two shades are
// given up early, and drawings that are not about square: what has no quiet zone fills its picture.
func (s *search) climb(g *gray) bool {
	if s.take(g, look{}) || s.take(g, look{harder: true, histogram: true}) {
		return true
	}
	inverted := g.inverted()
	if s.take(inverted, look{}) {
		return true
	}
	if s.hints < 2 && (!g.twoShades() || 4*g.w > 5*g.h || 4*g.h > 5*g.w) {
		return false
	}
	pad := max(12, min(g.w, g.h)/8)
	for _, v := range []*gray{g, inverted} {
		p := v.padded(pad)
		if s.take(p, look{harder: true}) || s.take(p, look{harder: true, histogram: true}) {
			return true
		}
		if longer := max(g.w, g.h); longer <= smallSide {
			n := 2
			if longer <= smallSide/3 {
				n = 3
			}
			p = p.enlarged(n)
			if s.take(p, look{harder: true, histogram: true}) || s.take(p, look{harder: true}) {
				return true
			}
		}
	}
	return s.dots(g.padded(pad)) || s.dots(inverted.padded(pad))
}

// dots looks at codes whose modules stand apart from each other, as designers draw them: blurred, then with thicker modules.
func (s *search) dots(g *gray) bool {
	longer := max(g.w, g.h)
	for n := 2; n <= 4 && longer >= n*minDots; n++ {
		if s.take(g.reduced(n), look{harder: true}) {
			return true
		}
	}
	last := 0
	for _, share := range []int{220, 290} {
		if n := max(1, longer/share); n != last && s.take(g.thickened(n), look{harder: true}) {
			return true
		}
		last = max(1, longer/share)
	}
	return false
}

// twoShades reports whether most pixels are near white or near black.
func (g *gray) twoShades() bool {
	between := 0
	for _, p := range g.pix {
		if p >= 64 && p < 192 {
			between++
		}
	}
	return between < len(g.pix)/3
}

// tiles looks at overlapping parts of a picture, in their full size.
func (s *search) tiles(g *gray, side int) {
	step := side * 5 / 8
	n := 0
	for y := 0; y == 0 || y+side-step < g.h; y += step {
		for x := 0; x == 0 || x+side-step < g.w; x += step {
			if n++; n > maxTiles || *s.work <= 0 {
				return
			}
			t := g.part(x, y, side, side)
			if !t.stretch() {
				continue
			}
			s.hints = 0
			if !s.take(t, look{harder: true}) && s.hints > 0 {
				s.take(t, look{harder: true, histogram: true})
			}
		}
	}
}

// decode has one look at a picture. centres is the number of corner marks seen. The library may fail on what it has not met: a
// fault of it is a code that was not read.
func (g *gray) decode(l look, work *int) (c code, centres int, ok bool) {
	if *work < len(g.pix) {
		*work = 0
		return code{}, 0, false
	}
	*work -= len(g.pix)
	defer func() {
		if recover() != nil { // a fault of the library, or hints made it stop: no code here
			c, ok = code{}, false
		}
	}()
	source, err := gozxing.NewPlanarYUVLuminanceSource(g.pix, g.w, g.h, 0, 0, g.w, g.h, false)
	if err != nil {
		return code{}, 0, false
	}
	binarizer := gozxing.NewHybridBinarizer(source)
	if l.histogram {
		binarizer = gozxing.NewGlobalHistgramBinarizer(source)
	}
	bitmap, err := gozxing.NewBinaryBitmap(binarizer)
	if err != nil {
		return code{}, 0, false
	}
	result, err := qrcode.NewQRCodeReader().Decode(bitmap, hints(l, &centres))
	if err != nil || result == nil {
		return code{}, centres, false
	}
	return g.covered(result), centres, true
}

// hints sets the look, and stops the library at a picture full of what looks like a code's corners: it compares each with all others.
func hints(l look, centres *int) map[gozxing.DecodeHintType]any {
	h := map[gozxing.DecodeHintType]any{
		gozxing.DecodeHintType_NEED_RESULT_POINT_CALLBACK: gozxing.ResultPointCallback(func(gozxing.ResultPoint) {
			if *centres++; *centres > maxCentres {
				panic("too many corners") // not an error: the library gives its callback no other way to end a search; decode recovers it
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
