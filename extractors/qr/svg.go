package qr

import (
	"bytes"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"scamatlas/extractors"
)

// drawings reads the SVG drawings that stand in the document as markup, also where a script or JSON holds the markup as a string.
func (r *reader) drawings(d *extractors.Document, c *contexts) {
	b := d.Body
	for _, mark := range []string{"<svg", `\u003csvg`, `\u003Csvg`, "&lt;svg"} {
		for at := 0; ; {
			n := bytes.Index(b[at:], []byte(mark))
			if n < 0 {
				break
			}
			start := at + n
			body := b[start:min(len(b), start+maxSVG)]
			end := svgEnd(body)
			if end < 0 {
				at = start + len(body)
				continue
			}
			at = start + max(end, len(mark))
			if end < minDrawing || r.work <= 0 {
				continue
			}
			text := unescapeScript(string(body[:end]))
			if mark[0] == '&' {
				text = html.UnescapeString(text)
			}
			r.picture([]byte(text+"</svg>"), func() place { return c.at(start) })
		}
	}
}

// svgEnd gives where the drawing that body begins with ends, with those inside it; -1 when it does not.
func svgEnd(body []byte) int {
	for at, open := 4, 1; ; {
		start, end := drawingEnd(body[at:])
		if start < 0 {
			return -1
		}
		open += bytes.Count(body[at:at+start], []byte("<svg")) - 1
		if open <= 0 {
			return at + start
		}
		at += end
	}
}

// isSVG reports whether body is a drawing: its first element is svg.
func isSVG(body []byte) bool {
	head := body[:min(len(body), 2048)]
	n := bytes.Index(head, []byte("<svg"))
	return n >= 0 && bytes.IndexByte(bytes.TrimSpace(head), '<') == 0 && !bytes.Contains(head[:n], []byte("<html"))
}

// node is one element of a drawing.
type node struct {
	name     string
	attrs    map[string]string
	children []*node
}

// parseSVG makes a tree of a drawing; names and attributes are in lower case. It is read as HTML reads it, which knows no errors.
func parseSVG(body []byte) (root *node, ids map[string]*node, style string) {
	z := html.NewTokenizer(bytes.NewReader(body))
	root, ids = &node{name: "#"}, map[string]*node{}
	open := []*node{root}
	inStyle := false
	for count := 0; count < maxShapes; {
		switch tt := z.Next(); tt {
		case html.ErrorToken:
			return root, ids, style
		case html.StartTagToken, html.SelfClosingTagToken:
			count++
			n := newNode(z)
			top := open[len(open)-1]
			top.children = append(top.children, n)
			if id := n.attrs["id"]; id != "" && ids[id] == nil {
				ids[id] = n
			}
			inStyle = n.name == "style" && tt == html.StartTagToken
			if tt == html.StartTagToken && len(open) < maxDepth && !leaf(n.name) {
				open = append(open, n)
			}
		case html.EndTagToken:
			name, _ := z.TagName()
			inStyle = false
			for i := len(open) - 1; i > 0; i-- {
				if open[i].name == string(name) {
					open = open[:i]
					break
				}
			}
		case html.TextToken:
			if inStyle && len(style) < maxStyle {
				style += string(z.Text())
			}
		}
	}
	return root, ids, style
}

// leaf reports whether an element holds no shapes; an end tag of it may be missing.
func leaf(name string) bool {
	switch name {
	case "rect", "path", "circle", "ellipse", "line", "polygon", "polyline", "use", "style", "image", "title", "desc", "stop":
		return true
	}
	return false
}

func newNode(z *html.Tokenizer) *node {
	name, more := z.TagName()
	n := &node{name: atom.String(name)}
	for i := 0; more && i < extractors.MaxAttrs; i++ {
		var k, v []byte
		k, v, more = z.TagAttr()
		if n.attrs == nil {
			n.attrs = map[string]string{}
		}
		key := string(k)
		if key == "xlink:href" {
			key = "href"
		}
		if key == "style" {
			for prop, value := range declarations(string(v)) {
				n.attrs[prop] = value
			}
			continue
		}
		n.attrs[key] = string(v)
	}
	return n
}

// declarations gives "a: b; c: d" as pairs; property names are in lower case.
func declarations(s string) map[string]string {
	m := map[string]string{}
	for _, one := range strings.Split(s, ";") {
		if k, v, ok := strings.Cut(one, ":"); ok && len(m) < 64 {
			m[strings.ToLower(strings.TrimSpace(k))] = strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(v), "!important"))
		}
	}
	return m
}

// rules gives the declarations of simple selectors in a style sheet: ".name", "#name", "name", also several by commas.
func rules(css string) map[string]map[string]string {
	m := map[string]map[string]string{}
	for css != "" && len(m) < 2000 {
		selectors, rest, ok := strings.Cut(css, "{")
		if !ok {
			break
		}
		body, rest, _ := strings.Cut(rest, "}")
		d := declarations(body)
		for _, s := range strings.Split(selectors, ",") {
			s = strings.TrimSpace(s)
			s = s[strings.LastIndexAny(s, " \t\r\n>/")+1:]
			if m[s] == nil {
				m[s] = map[string]string{}
			}
			for k, v := range d {
				m[s][k] = v
			}
		}
		css = rest
	}
	return m
}
