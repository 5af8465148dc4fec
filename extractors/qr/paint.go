package qr

import (
	"cmp"
	"strings"
)

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
