package qr

import (
	"image"
	"image/color"
	"slices"
)

// gray is a picture's brightness, one byte a pixel, row by row; 0 is black.
type gray struct {
	w, h int
	pix  []byte
}

// newGray takes the brightness of img as it looks on a white page; where that leaves nothing to see, as it looks on a black one.
// The full range is used: a faint code becomes a clear one.
func newGray(img image.Image) *gray {
	g := blend(img, 255)
	if !g.stretch() {
		if g = blend(img, 0); !g.stretch() {
			return nil
		}
	}
	return g
}

func blend(img image.Image, page uint32) *gray {
	b := img.Bounds()
	g := &gray{w: b.Dx(), h: b.Dy(), pix: make([]byte, b.Dx()*b.Dy())}
	switch m := img.(type) {
	case *image.Gray:
		for y := range g.h {
			copy(g.pix[y*g.w:(y+1)*g.w], m.Pix[y*m.Stride:])
		}
	case *image.YCbCr:
		for y := range g.h {
			at := m.YOffset(b.Min.X, b.Min.Y+y)
			copy(g.pix[y*g.w:(y+1)*g.w], m.Y[at:])
		}
	case *image.Paletted:
		var table [256]byte
		for i, c := range m.Palette {
			table[i&255] = brightness(c, page)
		}
		for y := range g.h {
			for x, p := range m.Pix[y*m.Stride : y*m.Stride+g.w] {
				g.pix[y*g.w+x] = table[p]
			}
		}
	case *image.RGBA: // premultiplied
		for y := range g.h {
			row := m.Pix[y*m.Stride : y*m.Stride+4*g.w]
			for x := range g.w {
				p := row[4*x : 4*x+4 : 4*x+4]
				l := (299*uint32(p[0]) + 587*uint32(p[1]) + 114*uint32(p[2])) / 1000
				g.pix[y*g.w+x] = byte(min(255, l+page*(255-uint32(p[3]))/255))
			}
		}
	case *image.NRGBA:
		for y := range g.h {
			row := m.Pix[y*m.Stride : y*m.Stride+4*g.w]
			for x := range g.w {
				p := row[4*x : 4*x+4 : 4*x+4]
				l := (299*uint32(p[0]) + 587*uint32(p[1]) + 114*uint32(p[2])) / 1000
				a := uint32(p[3])
				g.pix[y*g.w+x] = byte((l*a + page*(255-a)) / 255)
			}
		}
	default:
		for y := range g.h {
			for x := range g.w {
				g.pix[y*g.w+x] = brightness(img.At(b.Min.X+x, b.Min.Y+y), page)
			}
		}
	}
	return g
}

func brightness(c color.Color, page uint32) byte {
	r, g, b, a := c.RGBA() // premultiplied, 16 bits
	l := (299*r + 587*g + 114*b) / 1000
	return byte((l + page*257*(0xffff-a)/0xffff) >> 8)
}

// stretch spreads the brightness over the full range; it reports false when the picture is of one brightness.
func (g *gray) stretch() bool {
	var count [256]int
	for _, p := range g.pix {
		count[p]++
	}
	lo, hi, few := 0, 255, min(64, len(g.pix)/1000) // single pixels do not count
	for skip := few; lo < 255 && skip >= count[lo]; lo++ {
		skip -= count[lo]
	}
	for skip := few; hi > 0 && skip >= count[hi]; hi-- {
		skip -= count[hi]
	}
	if hi-lo < 8 {
		return false
	}
	if lo == 0 && hi == 255 {
		return true
	}
	var table [256]byte
	for i := range table {
		table[i] = byte(min(255, max(0, (i-lo)*255/(hi-lo))))
	}
	for i, p := range g.pix {
		g.pix[i] = table[p]
	}
	return true
}

func (g *gray) inverted() *gray {
	out := &gray{g.w, g.h, make([]byte, len(g.pix))}
	for i, p := range g.pix {
		out.pix[i] = 255 - p
	}
	return out
}

// padded adds n pixels of white on all sides.
func (g *gray) padded(n int) *gray {
	out := &gray{w: g.w + 2*n, h: g.h + 2*n}
	out.pix = make([]byte, out.w*out.h)
	for i := range out.pix {
		out.pix[i] = 255
	}
	for y := range g.h {
		copy(out.pix[(y+n)*out.w+n:], g.pix[y*g.w:(y+1)*g.w])
	}
	return out
}

// enlarged makes each pixel n×n pixels.
func (g *gray) enlarged(n int) *gray {
	out := &gray{w: g.w * n, h: g.h * n}
	out.pix = make([]byte, out.w*out.h)
	for y := range out.h {
		row, from := out.pix[y*out.w:(y+1)*out.w], g.pix[y/n*g.w:]
		for x := range row {
			row[x] = from[x/n]
		}
	}
	return out
}

// reduced makes each n×n pixels one, of their mean brightness.
func (g *gray) reduced(n int) *gray {
	out := &gray{w: g.w / n, h: g.h / n}
	out.pix = make([]byte, out.w*out.h)
	for y := range out.h {
		for x := range out.w {
			sum := 0
			for dy := range n {
				for _, p := range g.pix[(y*n+dy)*g.w+x*n:][:n] {
					sum += int(p)
				}
			}
			out.pix[y*out.w+x] = byte(sum / (n * n))
		}
	}
	return out
}

// thickened makes dark areas wider by n pixels on all sides: modules that are drawn as dots come to touch each other.
func (g *gray) thickened(n int) *gray {
	rows := &gray{g.w, g.h, make([]byte, len(g.pix))}
	for y := range g.h {
		row, out := g.pix[y*g.w:(y+1)*g.w], rows.pix[y*g.w:(y+1)*g.w]
		for x := range row {
			out[x] = slices.Min(row[max(0, x-n):min(g.w, x+n+1)])
		}
	}
	out := &gray{g.w, g.h, make([]byte, len(g.pix))}
	for y := range g.h {
		to := out.pix[y*g.w : (y+1)*g.w]
		copy(to, rows.pix[y*g.w:])
		for k := max(0, y-n); k < min(g.h, y+n+1); k++ {
			for x, p := range rows.pix[k*g.w : (k+1)*g.w] {
				to[x] = min(to[x], p)
			}
		}
	}
	return out
}

// part copies a rectangle; it is cut to the picture.
func (g *gray) part(x, y, w, h int) *gray {
	w, h = min(w, g.w-x), min(h, g.h-y)
	out := &gray{w: w, h: h, pix: make([]byte, w*h)}
	for i := range h {
		copy(out.pix[i*w:(i+1)*w], g.pix[(y+i)*g.w+x:])
	}
	return out
}

// whiten paints a rectangle white; it is cut to the picture.
func (g *gray) whiten(x0, y0, x1, y1 int) {
	x0, y0, x1, y1 = max(0, x0), max(0, y0), min(g.w, x1), min(g.h, y1)
	for y := y0; y < y1; y++ {
		for x := x0; x < x1; x++ {
			g.pix[y*g.w+x] = 255
		}
	}
}
