package qr

import (
	"cmp"
	"math"
	"slices"
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

// shape is an area of one brightness, its border as lines in the drawing's units.
type shape struct {
	paths   []subpath
	light   byte
	evenOdd bool
}

// paintSVG paints a drawing as far as codes need it: filled and stroked straight shapes in flat colours. It gives nil for icons and
// for what it cannot read.
func paintSVG(body []byte) *gray {
	if len(body) > maxSVG {
		return nil
	}
	root, ids, style := parseSVG(body)
	a := &artist{ids: ids, rules: rules(style), points: maxSegments, shapesLeft: maxShapes}
	for _, n := range root.children {
		if n.name == "svg" {
			a.size = viewport(n)
			a.draw(n, pen{m: identity, fill: "#000", stroke: "none", width: 1}, 0)
			break
		}
	}
	if maxSegments-a.points < minLines {
		return nil
	}
	return a.paint()
}

// viewport gives x, y, width and height of what is seen of an svg element, in its own units; zeros when it does not say.
func viewport(n *node) [4]float64 {
	if v := numbers(n.attrs["viewbox"], 4); len(v) == 4 && v[2] > 0 && v[3] > 0 {
		return [4]float64(v)
	}
	w, _, okW := number(n.attrs["width"], 0)
	h, _, okH := number(n.attrs["height"], 0)
	if okW && okH && w > 0 && h > 0 && !strings.Contains(n.attrs["width"], "%") && !strings.Contains(n.attrs["height"], "%") {
		return [4]float64{0, 0, w, h}
	}
	return [4]float64{}
}

// artist draws the elements into shapes.
type artist struct {
	ids        map[string]*node
	rules      map[string]map[string]string
	shapes     []shape
	points     int // left
	shapesLeft int
	size       [4]float64
}

// pen is what elements inherit.
type pen struct {
	m            matrix
	fill, stroke string
	color        string
	width        float64
	square       bool
	evenOdd      bool
	uses         int
}

// draw draws n and what is inside it.
func (a *artist) draw(n *node, p pen, depth int) {
	a.shapesLeft--
	if depth > maxDepth || a.shapesLeft <= 0 || a.points <= 0 {
		return
	}
	switch n.name {
	case "defs", "symbol", "clippath", "mask", "pattern", "style", "title", "desc", "lineargradient", "radialgradient", "metadata", "text", "image":
		return
	}
	get := a.properties(n)
	if get("display") == "none" || get("visibility") == "hidden" || faint(get("opacity")) {
		return
	}
	if t := get("transform"); t != "" {
		p.m = p.m.times(transform(t))
	}
	p.inherit(get)
	if n.name == "svg" && depth > 0 {
		p.m = p.m.times(inner(n))
	}
	clip := a.reference(cmp.Or(get("clip-path"), get("mask")))
	switch {
	case n.name == "use":
		a.use(n, p, depth)
	case clip != nil && len(n.children) == 0: // what is cut out is what is seen
		clipped := p
		clipped.uses++
		for _, child := range clip.children {
			if p.uses < 4 {
				a.drawIn(child, clipped, depth+1)
			}
		}
	default:
		if paths := outline(n, get, &a.points); len(paths) > 0 {
			a.add(paths, p, get)
		}
		for _, child := range n.children {
			a.draw(child, p, depth+1)
		}
	}
}

// drawIn draws a part of a clip path in the colour of what it clips: its own does not count.
func (a *artist) drawIn(n *node, p pen, depth int) {
	plain := &node{name: n.name, children: n.children, attrs: map[string]string{}}
	for k, v := range n.attrs {
		if k != "fill" && k != "stroke" && k != "class" {
			plain.attrs[k] = v
		}
	}
	a.draw(plain, p, depth)
}

// use draws another element, moved.
func (a *artist) use(n *node, p pen, depth int) {
	target := a.ids[strings.TrimPrefix(n.attrs["href"], "#")]
	if target == nil || p.uses >= 4 {
		return
	}
	x, _, _ := number(n.attrs["x"], 0)
	y, _, _ := number(n.attrs["y"], 0)
	p.m = p.m.times(matrix{1, 0, 0, 1, x, y})
	p.uses++
	if target.name == "symbol" {
		for _, child := range target.children {
			a.draw(child, p, depth+1)
		}
		return
	}
	a.draw(target, p, depth+1)
}

// reference gives the element that "url(#id)" names.
func (a *artist) reference(s string) *node {
	_, id, ok := strings.Cut(s, "#")
	if !ok {
		return nil
	}
	return a.ids[strings.TrimRight(id, `)'" `)]
}

// properties gives an element's values: those of the style sheet count before its attributes.
func (a *artist) properties(n *node) func(string) string {
	var matched []map[string]string
	if len(a.rules) > 0 {
		for _, class := range strings.Fields(n.attrs["class"]) {
			if r := a.rules["."+class]; r != nil {
				matched = append(matched, r)
			}
		}
		if r := a.rules[n.name]; r != nil {
			matched = append(matched, r)
		}
	}
	return func(name string) string {
		for _, r := range matched {
			if v := r[name]; v != "" {
				return v
			}
		}
		return n.attrs[name]
	}
}

func (p *pen) inherit(get func(string) string) {
	if c := get("color"); c != "" {
		p.color = c
	}
	if f := get("fill"); f != "" && f != "inherit" {
		p.fill = f
	}
	if s := get("stroke"); s != "" && s != "inherit" {
		p.stroke = s
	}
	if w, _, ok := number(get("stroke-width"), 0); ok {
		p.width = w
	}
	if c := get("stroke-linecap"); c != "" {
		p.square = c == "square"
	}
	if r := get("fill-rule"); r != "" {
		p.evenOdd = r == "evenodd"
	}
}

func faint(opacity string) bool {
	v, _, ok := number(opacity, 0)
	return ok && v < 0.3
}

// inner places a drawing inside a drawing.
func inner(n *node) matrix {
	x, _, _ := number(n.attrs["x"], 0)
	y, _, _ := number(n.attrs["y"], 0)
	m := matrix{1, 0, 0, 1, x, y}
	w, _, okW := number(n.attrs["width"], 0)
	h, _, okH := number(n.attrs["height"], 0)
	if v := numbers(n.attrs["viewbox"], 4); len(v) == 4 && v[2] > 0 && v[3] > 0 && okW && okH && w > 0 && h > 0 {
		m = m.times(matrix{a: w / v[2], d: h / v[3]}).times(matrix{1, 0, 0, 1, -v[0], -v[1]})
	}
	return m
}

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
