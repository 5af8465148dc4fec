package qr

import (
	"bytes"
	"cmp"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"scamatlas/extractors"
)

// cell is an element without elements inside it, as part of a grid.
type cell struct {
	key   string // how it looks: its colour, else its class
	span  int    // columns, when it says
	width float64
}

// box is an open element while the document is read.
type box struct {
	name   string
	start  int
	cell   cell
	hidden bool   // has elements that are no cells
	cells  []cell // its children, as long as all are cells
	rows   [][]cell
}

// grids reads codes that are drawn by cells: tables, rows of blocks, or one block of as many cells as a square has.
func (r *reader) grids(d *extractors.Document, c *contexts) {
	if d.Type != extractors.HTML || longestRow(d.Elements) < minModules*minModules/2 {
		return
	}
	left := maxGrids
	for _, g := range findGrids(d.Body, &left) {
		for _, p := range g.pictures() {
			if texts := r.codes(p, (*gray).drawnCodes); len(texts) > 0 {
				for _, text := range texts {
					r.payload(text, c.at(g.start))
				}
				break
			}
		}
	}
}

// longestRow gives the greatest number of elements in a row that have not more than two names: those of cells and of rows.
func longestRow(elements []extractors.Element) int {
	longest, run, other := 0, 0, 0 // other: length of the last stretch of one name
	var a, b string
	for i := range elements {
		switch name := elements[i].Name; name {
		case a:
			run, other = run+1, other+1
		case b:
			a, b = b, a
			run, other = run+1, 1
		default:
			a, b = name, a
			run, other = other+1, 1
		}
		longest = max(longest, run)
	}
	return longest
}

// grid is rows of cells that may be a code's modules.
type grid struct {
	start int
	rows  [][]cell
	rules map[string]map[string]string
}

// findGrids makes one pass over the markup.
func findGrids(body []byte, left *int) []grid {
	z := html.NewTokenizer(bytes.NewReader(body))
	var out []grid
	var style strings.Builder
	open := []*box{{}}
	offset, inStyle := 0, false
	closeTop := func() {
		b := open[len(open)-1]
		open = open[:len(open)-1]
		if g, ok := b.grid(); ok && *left > 0 {
			*left--
			out = append(out, g)
		}
		open[len(open)-1].child(b)
	}
	for {
		tt := z.Next()
		at := offset
		offset += len(z.Raw())
		switch tt {
		case html.ErrorToken:
			for len(open) > 1 {
				closeTop()
			}
			sheet := rules(style.String())
			for i := range out {
				out[i].rules = sheet
			}
			return out
		case html.StartTagToken, html.SelfClosingTagToken:
			b := newBox(z, at)
			inStyle = b.name == "style"
			switch b.name {
			case "br", "wbr", "hr", "colgroup", "col":
				continue
			case "img", "input", "meta", "link", "source":
				open[len(open)-1].hidden = true
				continue
			case "td", "th", "tr":
				for len(open) > 1 && endsBefore(open[len(open)-1].name, b.name) {
					closeTop()
				}
			}
			if len(open) < maxOpen {
				open = append(open, b)
			}
		case html.EndTagToken:
			n, _ := z.TagName()
			inStyle = false
			for i := len(open) - 1; i > 0 && i > len(open)-8; i-- {
				if open[i].name == string(n) {
					for len(open) > i {
						closeTop()
					}
					break
				}
			}
		case html.TextToken:
			if inStyle && style.Len() < maxStyle {
				style.Write(z.Text())
			}
		}
	}
}

// endsBefore reports whether an open cell or row ends where the next begins: the end tags may be left out.
func endsBefore(open, next string) bool {
	return (open == "td" || open == "th") || open == "tr" && next == "tr"
}

func newBox(z *html.Tokenizer, at int) *box {
	name, more := z.TagName()
	b := &box{name: atom.String(name), start: at, cell: cell{span: 1}}
	class, colour := "", ""
	for i := 0; more && i < extractors.MaxAttrs; i++ {
		var k, v []byte
		k, v, more = z.TagAttr()
		switch string(k) {
		case "class":
			class = string(v)
		case "bgcolor":
			colour = string(v)
		case "colspan":
			if n, err := strconv.Atoi(string(v)); err == nil && n > 0 && n <= maxModules+2*maxQuiet {
				b.cell.span = n
			}
		case "width":
			b.cell.width, _, _ = number(string(v), 0)
		case "style":
			if len(v) > maxCellStyle {
				continue
			}
			d := declarations(string(v))
			if c := cmp.Or(d["background-color"], d["background"], d["--color"]); c != "" {
				colour = c
			}
			if w, _, ok := number(d["width"], 0); ok {
				b.cell.width = w
			}
		}
	}
	b.cell.key = colour
	if colour == "" {
		b.cell.key = "." + class
	}
	return b
}

// child takes a finished element as a cell, as a row of cells, or, when it holds rows itself as tbody does, its rows.
func (b *box) child(c *box) {
	switch {
	case c.hidden:
		b.hidden = true
	case len(c.cells) == 0 && len(c.rows) == 0:
		if len(b.cells) < maxCells {
			b.cells = append(b.cells, c.cell)
		}
	case len(c.rows) == 0:
		if len(b.rows) <= maxModules+2*maxQuiet && len(c.cells) <= maxModules+2*maxQuiet {
			b.rows = append(b.rows, c.cells)
		}
	case c.name == "tbody" || c.name == "thead":
		b.rows = append(b.rows, c.rows...)
	}
}

// grid gives what is inside b as a grid, when it has the size of a code.
func (b *box) grid() (grid, bool) {
	if b.name == "tbody" || b.name == "thead" || b.hidden {
		return grid{}, false
	}
	rows := b.rows
	if side := squareRoot(len(b.cells)); len(rows) == 0 && side > 0 {
		rows = slices.Collect(slices.Chunk(b.cells, side))
	}
	if len(rows) < minModules || len(rows) > maxModules+2*maxQuiet {
		return grid{}, false
	}
	return grid{start: b.start, rows: rows}, true
}

// squareRoot gives the side of a square of n cells that may be a code, else 0.
func squareRoot(n int) int {
	for side := minModules; side <= maxModules+2*maxQuiet && side*side <= n; side++ {
		if side*side == n {
			return side
		}
	}
	return 0
}
