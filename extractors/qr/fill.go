package qr

import (
	"cmp"
	"math"
	"slices"
)

// paint fills the shapes in order on white; when all of them are white, on black.
func (a *artist) paint() *gray {
	x, y, w, h := a.size[0], a.size[1], a.size[2], a.size[3]
	if w <= 0 || h <= 0 {
		x, y, w, h = a.bounds()
	}
	if !(w > 0 && h > 0) || w > 64*h || h > 64*w {
		return nil
	}
	scale := svgSide / max(w, h)
	if scale > 1 {
		scale = math.Floor(scale) // modules of a whole number of units become equal
	}
	for _, page := range []byte{255, 0} {
		g := &gray{w: max(1, int(math.Ceil(w*scale))), h: max(1, int(math.Ceil(h*scale)))}
		g.pix = make([]byte, g.w*g.h)
		for i := range g.pix {
			g.pix[i] = page
		}
		f := filler{g: g, work: maxPaintWork}
		for _, s := range a.shapes {
			f.shape(s, x, y, scale)
		}
		if g.stretch() {
			return g
		}
	}
	return nil
}

// bounds gives the rectangle that all shapes stand in.
func (a *artist) bounds() (x, y, w, h float64) {
	x, y = math.MaxFloat64, math.MaxFloat64
	x1, y1 := -math.MaxFloat64, -math.MaxFloat64
	for _, s := range a.shapes {
		for _, path := range s.paths {
			for _, p := range path.points {
				x, y, x1, y1 = min(x, p.x), min(y, p.y), max(x1, p.x), max(y1, p.y)
			}
		}
	}
	return x, y, x1 - x, y1 - y
}

// filler fills areas: a pixel is in when its middle is.
type filler struct {
	g         *gray
	work      int
	crossings []crossing
}

// crossing is where the border of an area crosses the middle of a row of pixels.
type crossing struct {
	row int32
	x   float32
	up  int8
}

func (f *filler) shape(s shape, x0, y0, scale float64) {
	f.crossings = f.crossings[:0]
	for _, path := range s.paths {
		for i, p := range path.points {
			q := path.points[(i+1)%len(path.points)]
			f.edge((p.x-x0)*scale, (p.y-y0)*scale, (q.x-x0)*scale, (q.y-y0)*scale)
		}
	}
	slices.SortFunc(f.crossings, func(a, b crossing) int { return cmp.Or(cmp.Compare(a.row, b.row), cmp.Compare(a.x, b.x)) })
	inside, row := 0, int32(-1)
	for i, c := range f.crossings {
		if c.row != row {
			inside, row = 0, c.row
		}
		if s.evenOdd {
			inside ^= 1
		} else {
			inside += int(c.up)
		}
		if inside != 0 && i+1 < len(f.crossings) && f.crossings[i+1].row == row {
			f.run(int(row), c.x, f.crossings[i+1].x, s.light)
		}
	}
}

// edge notes the rows that one line of a border crosses.
func (f *filler) edge(x0, y0, x1, y1 float64) {
	up := int8(1)
	if y0 > y1 {
		x0, y0, x1, y1, up = x1, y1, x0, y0, -1
	}
	first, end := math.Ceil(max(y0, 0)-0.5), math.Ceil(min(y1, float64(f.g.h))-0.5)
	if !(end > first) {
		return
	}
	slope := (x1 - x0) / (y1 - y0)
	for row := int(first); row < int(end) && f.work > 0; row++ {
		x := x0 + (float64(row)+0.5-y0)*slope
		f.crossings = append(f.crossings, crossing{int32(row), float32(min(max(x, -1), float64(f.g.w)+1)), up})
		f.work -= 4
	}
}

func (f *filler) run(row int, from, to float32, light byte) {
	a, b := max(0, int(math.Ceil(float64(from)-0.5))), min(f.g.w, int(math.Ceil(float64(to)-0.5)))
	if row < 0 || row >= f.g.h || b <= a || f.work <= 0 {
		return
	}
	f.work -= b - a
	pixels := f.g.pix[row*f.g.w+a : row*f.g.w+b]
	for i := range pixels {
		pixels[i] = light
	}
}
