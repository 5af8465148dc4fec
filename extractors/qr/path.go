package qr

import (
	"math"
	"strconv"
)

type point struct{ x, y float64 }

// number reads the next number of path data or of a list; ok is false where none stands.
func number(s string, at int) (v float64, next int, ok bool) {
	at = skipBlanks(s, at)
	i := at
	if i < len(s) && (s[i] == '-' || s[i] == '+') {
		i++
	}
	digits, dot := 0, false
	for i < len(s) && (s[i] >= '0' && s[i] <= '9' || s[i] == '.' && !dot) {
		dot = dot || s[i] == '.'
		if s[i] != '.' {
			digits++
		}
		i++
	}
	if digits == 0 {
		return 0, at, false
	}
	if i+1 < len(s) && s[i]|0x20 == 'e' && (s[i+1] >= '0' && s[i+1] <= '9' || i+2 < len(s) && (s[i+1] == '-' || s[i+1] == '+') && s[i+2] >= '0' && s[i+2] <= '9') {
		i += 2
		for i < len(s) && s[i] >= '0' && s[i] <= '9' {
			i++
		}
	}
	v, err := strconv.ParseFloat(s[at:i], 64)
	if err != nil || math.IsInf(v, 0) || math.Abs(v) > 1e7 {
		return 0, i, false
	}
	return v, i, true
}

// subpath is a row of points; closed paths end where they began.
type subpath struct {
	points []point
	closed bool
}

// arguments is how many numbers each path command takes.
var arguments = map[byte]int{'m': 2, 'l': 2, 'h': 1, 'v': 1, 'c': 6, 's': 4, 'q': 4, 't': 2, 'a': 7, 'z': 0}

// pathPoints reads path data (SVG 1.1, section 8.3) into straight lines. Of curves only the middle and the end are kept: in codes they
// round the corners of modules. It stops at the first fault, and after budget points.
func pathPoints(d string, budget *int) []subpath {
	p := pather{budget: budget}
	var command byte
	for i := 0; i < len(d) && *budget > 0; {
		i = skipBlanks(d, i)
		if i < len(d) && d[i] >= 'A' {
			command = d[i]
			i++
		}
		n, known := arguments[command|0x20]
		if !known {
			break
		}
		var v [7]float64
		whole := true
		for k := 0; k < n && whole; k++ {
			if command|0x20 == 'a' && (k == 3 || k == 4) {
				v[k], i, whole = flag(d, i)
				continue
			}
			v[k], i, whole = number(d, i)
		}
		if !whole {
			break
		}
		p.step(command, v)
		switch command {
		case 'm':
			command = 'l' // further pairs are lines
		case 'M':
			command = 'L'
		case 'z', 'Z':
			command = 0
		}
	}
	p.end(false)
	return p.out
}

type pather struct {
	out        []subpath
	cur        []point
	pos, start point
	budget     *int
}

func (p *pather) end(closed bool) {
	if len(p.cur) > 1 {
		p.out = append(p.out, subpath{p.cur, closed})
	}
	p.cur = nil
}

func (p *pather) to(to point) {
	if len(p.cur) == 0 {
		p.cur = append(p.cur, p.pos)
	}
	p.cur = append(p.cur, to)
	p.pos = to
	*p.budget--
}

func (p *pather) step(command byte, v [7]float64) {
	from, base := p.pos, point{}
	if command >= 'a' {
		base = p.pos
	}
	at := func(k int) point { return point{base.x + v[k], base.y + v[k+1]} }
	switch command | 0x20 {
	case 'm':
		p.end(false)
		p.pos = at(0)
		p.start = p.pos
		*p.budget--
	case 'z':
		p.end(true)
		p.pos = p.start
		*p.budget--
	case 'h':
		p.to(point{base.x + v[0], p.pos.y})
	case 'v':
		p.to(point{p.pos.x, base.y + v[0]})
	case 'c':
		a, b, c := at(0), at(2), at(4)
		p.to(point{(from.x + 3*a.x + 3*b.x + c.x) / 8, (from.y + 3*a.y + 3*b.y + c.y) / 8})
		p.to(c)
	case 's', 'q':
		a, b := at(0), at(2)
		p.to(point{(from.x + 2*a.x + b.x) / 4, (from.y + 2*a.y + b.y) / 4})
		p.to(b)
	case 'a':
		arc(from, at(5), v[0], v[1], v[3] != 0, v[4] != 0, p.to)
	default: // l, t
		p.to(at(0))
	}
}

func skipBlanks(s string, at int) int {
	for at < len(s) && (s[at] == ' ' || s[at] == ',' || s[at] == '\n' || s[at] == '\r' || s[at] == '\t') {
		at++
	}
	return at
}

// flag reads the one digit of an arc's flag, which no separator need follow.
func flag(s string, at int) (float64, int, bool) {
	at = skipBlanks(s, at)
	if at >= len(s) || s[at] != '0' && s[at] != '1' {
		return 0, at, false
	}
	return float64(s[at] - '0'), at + 1, true
}

// arc adds points of an elliptical arc whose axes are not turned (SVG 1.1, appendix F.6).
func arc(from, end point, rx, ry float64, large, sweep bool, to func(point)) {
	rx, ry = math.Abs(rx), math.Abs(ry)
	dx, dy := (from.x-end.x)/2, (from.y-end.y)/2
	if rx == 0 || ry == 0 || dx == 0 && dy == 0 {
		to(end)
		return
	}
	l := dx*dx/(rx*rx) + dy*dy/(ry*ry)
	if l > 1 {
		rx, ry, l = rx*math.Sqrt(l), ry*math.Sqrt(l), 1
	}
	k := math.Sqrt(max(0, (1-l)/l))
	if large == sweep {
		k = -k
	}
	cx, cy := k*rx*dy/ry, -k*ry*dx/rx
	a := math.Atan2((dy-cy)/ry, (dx-cx)/rx)
	turn := math.Atan2((-dy-cy)/ry, (-dx-cx)/rx) - a
	if sweep && turn < 0 {
		turn += 2 * math.Pi
	} else if !sweep && turn > 0 {
		turn -= 2 * math.Pi
	}
	cx, cy = cx+(from.x+end.x)/2, cy+(from.y+end.y)/2
	const steps = 8
	for s := 1; s < steps; s++ {
		t := a + turn*float64(s)/steps
		to(point{cx + rx*math.Cos(t), cy + ry*math.Sin(t)})
	}
	to(end)
}
