package qr

import (
	"math"
	"slices"
	"strings"
)

// outline gives the border of a shape element.
func outline(n *node, get func(string) string, budget *int) []subpath {
	num := func(name string) float64 { v, _, _ := number(get(name), 0); return v }
	switch n.name {
	case "path":
		return pathPoints(strings.TrimSuffix(strings.TrimPrefix(get("d"), `path("`), `")`), budget)
	case "rect":
		x, y, w, h := num("x"), num("y"), num("width"), num("height")
		*budget--
		if strings.HasSuffix(get("width"), "%") { // of the whole: a background
			return nil
		}
		return []subpath{{[]point{{x, y}, {x + w, y}, {x + w, y + h}, {x, y + h}}, true}}
	case "circle", "ellipse":
		rx, ry := num("rx"), num("ry")
		if n.name == "circle" {
			rx = num("r")
			ry = rx
		}
		*budget--
		const corners = 16
		p := make([]point, corners)
		for i := range p {
			sin, cos := math.Sincos(2 * math.Pi * float64(i) / corners)
			p[i] = point{num("cx") + rx*cos, num("cy") + ry*sin}
		}
		return []subpath{{p, true}}
	case "line":
		*budget--
		return []subpath{{[]point{{num("x1"), num("y1")}, {num("x2"), num("y2")}}, false}}
	case "polygon", "polyline":
		v := numbers(get("points"), 2*max(0, *budget))
		p := make([]point, len(v)/2)
		for i := range p {
			p[i] = point{v[2*i], v[2*i+1]}
		}
		*budget -= len(p)
		return []subpath{{p, n.name == "polygon"}}
	}
	return nil
}

// add keeps a shape's area and its strokes, if they are painted.
func (a *artist) add(paths []subpath, p pen, get func(string) string) {
	if light, ok := lightOf(p.fill, p.color); ok && !faint(get("fill-opacity")) {
		s := shape{light: light, evenOdd: p.evenOdd}
		for _, path := range paths {
			if len(path.points) < 3 {
				continue
			}
			moved := make([]point, len(path.points))
			for i, pt := range path.points {
				moved[i] = p.m.apply(pt)
			}
			s.paths = append(s.paths, subpath{moved, true})
		}
		a.shapes = append(a.shapes, s)
	}
	light, ok := lightOf(p.stroke, p.color)
	if !ok || p.width <= 0 || faint(get("stroke-opacity")) {
		return
	}
	s := shape{light: light}
	for _, path := range paths {
		points := path.points
		if path.closed {
			points = append(slices.Clone(points), points[0])
		}
		for i := 1; i < len(points) && a.points > 0; i++ {
			s.paths = append(s.paths, stroke(points[i-1], points[i], p))
			a.points--
		}
	}
	a.shapes = append(a.shapes, s)
}

// stroke gives the area of a line of the pen's width.
func stroke(from, to point, p pen) subpath {
	dx, dy := to.x-from.x, to.y-from.y
	l := math.Hypot(dx, dy)
	if l == 0 {
		return subpath{}
	}
	dx, dy = dx/l*p.width/2, dy/l*p.width/2
	if p.square {
		from, to = point{from.x - dx, from.y - dy}, point{to.x + dx, to.y + dy}
	}
	quad := []point{{from.x - dy, from.y + dx}, {to.x - dy, to.y + dx}, {to.x + dy, to.y - dx}, {from.x + dy, from.y - dx}}
	for i := range quad {
		quad[i] = p.m.apply(quad[i])
	}
	return subpath{quad, true}
}
