package qr

import (
	"math"
	"strings"
)

// matrix maps a point of a shape to one of the drawing: x' = a·x + c·y + e, y' = b·x + d·y + f.
type matrix struct{ a, b, c, d, e, f float64 }

var identity = matrix{a: 1, d: 1}

func (m matrix) times(n matrix) matrix {
	return matrix{m.a*n.a + m.c*n.b, m.b*n.a + m.d*n.b, m.a*n.c + m.c*n.d, m.b*n.c + m.d*n.d, m.a*n.e + m.c*n.f + m.e, m.b*n.e + m.d*n.f + m.f}
}

func (m matrix) apply(p point) point { return point{m.a*p.x + m.c*p.y + m.e, m.b*p.x + m.d*p.y + m.f} }

// transform reads a transform attribute: translate, scale, matrix, rotate (SVG 1.1, section 7.6).
func transform(s string) matrix {
	m := identity
	for n := 0; n < 16; n++ {
		name, rest, ok := strings.Cut(s, "(")
		if !ok {
			break
		}
		list, rest, _ := strings.Cut(rest, ")")
		v := numbers(list, 6)
		at := func(i int, otherwise float64) float64 {
			if i < len(v) {
				return v[i]
			}
			return otherwise
		}
		switch strings.Trim(name, " ,\t\r\n") {
		case "translate":
			m = m.times(matrix{1, 0, 0, 1, at(0, 0), at(1, 0)})
		case "scale":
			m = m.times(matrix{a: at(0, 1), d: at(1, at(0, 1))})
		case "matrix":
			m = m.times(matrix{at(0, 1), at(1, 0), at(2, 0), at(3, 1), at(4, 0), at(5, 0)})
		case "rotate":
			sin, cos := math.Sincos(at(0, 0) * math.Pi / 180)
			m = m.times(matrix{1, 0, 0, 1, at(1, 0), at(2, 0)}).times(matrix{cos, sin, -sin, cos, 0, 0}).times(matrix{1, 0, 0, 1, -at(1, 0), -at(2, 0)})
		}
		s = rest
	}
	return m
}

func numbers(s string, most int) (v []float64) {
	for at := 0; len(v) < most; {
		x, next, ok := number(s, at)
		if !ok {
			break
		}
		v = append(v, x)
		at = next
	}
	return v
}
