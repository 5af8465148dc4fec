package offer

import (
	"bytes"
	"strings"

	"golang.org/x/net/html"
)

// unit is a row of a table, the lines under one heading, or a sentence.
type unit struct {
	parts []part
	prose bool // a sentence
}

type part struct {
	text, head string
	meaning    meaning
}

func (u *unit) text() string {
	var b strings.Builder
	for _, p := range u.parts {
		if b.Len() > 0 {
			b.WriteString(" | ")
		}
		if p.head != "" {
			b.WriteString(p.head + ": ")
		}
		b.WriteString(p.text)
	}
	return b.String()
}

// cutter walks over markup. Rows become units with the heads of their columns; items of lists and short lines under one heading are one
// unit; paragraphs are cut into sentences.
type cutter struct {
	units   []unit
	text    strings.Builder
	tag     string // of the block that the text stands in
	heads   []string
	row     []part
	header  bool
	inTable bool
	card    []part
	skip    int
}

// cut gives the units of a page.
func cut(body []byte) []unit {
	c := cutter{}
	z := html.NewTokenizer(bytes.NewReader(body))
	for len(c.units) < maxOffers*64 {
		switch z.Next() {
		case html.ErrorToken:
			c.flush()
			c.closeCard()
			return c.units
		case html.TextToken:
			if c.skip == 0 && c.text.Len() < maxFragment*8 {
				c.text.Write(z.Text())
			}
		case html.StartTagToken, html.SelfClosingTagToken:
			n, _ := z.TagName()
			c.start(string(n))
		case html.EndTagToken:
			n, _ := z.TagName()
			c.end(string(n))
		}
	}
	return c.units
}

func (c *cutter) start(tag string) {
	switch tag {
	case "script", "style", "code", "pre":
		c.flush()
		c.skip++
		return
	case "b", "i", "em", "strong", "span", "a", "small", "font", "u", "sup", "sub":
		return
	}
	c.flush()
	c.tag = tag
	switch tag {
	case "table":
		c.closeCard()
		c.inTable, c.heads = true, nil
	case "tr":
		c.row, c.header = nil, false
	case "th":
		c.header = true
	case "h1", "h2", "h3", "h4", "h5", "h6":
		c.closeCard()
	}
}

func (c *cutter) end(tag string) {
	switch tag {
	case "script", "style", "code", "pre":
		c.skip = max(c.skip-1, 0)
		c.text.Reset()
		return
	case "b", "i", "em", "strong", "span", "a", "small", "font", "u", "sup", "sub":
		return
	}
	c.flush()
	switch tag {
	case "tr":
		c.closeRow()
	case "table":
		c.inTable = false
	case "ul", "ol":
		c.closeCard()
	}
}

// flush puts the text of a block where it belongs.
func (c *cutter) flush() {
	s := strings.TrimSpace(c.text.String())
	c.text.Reset()
	switch {
	case c.inTable && (c.tag == "td" || c.tag == "th"):
		if len(c.row) < maxFragments {
			p := part{text: clip(s)}
			if n := len(c.row); !c.header && n < len(c.heads) {
				p.head = c.heads[n]
			}
			c.row = append(c.row, p)
		}
	case s == "":
	case len(s) > 90 || c.tag == "p":
		for _, sentence := range sentences(s) {
			c.units = append(c.units, unit{parts: []part{{text: clip(sentence)}}, prose: true})
		}
		if len(s) <= 90 {
			c.line(s)
		}
	default:
		c.line(s)
	}
	if c.tag == "td" || c.tag == "th" {
		c.tag = ""
	}
}

func (c *cutter) line(s string) {
	if len(c.card) < maxFragments {
		c.card = append(c.card, part{text: clip(s)})
	}
}

func (c *cutter) closeRow() {
	if c.header || c.heads == nil && !rowHasFigures(c.row) {
		c.heads = nil
		for _, p := range c.row {
			c.heads = append(c.heads, p.text)
		}
	} else if len(c.row) > 0 {
		c.units = append(c.units, unit{parts: c.row})
	}
	c.row, c.header = nil, false
}

func rowHasFigures(row []part) bool {
	for _, p := range row {
		if hasFigures([]byte(p.text)) {
			return true
		}
	}
	return false
}

func (c *cutter) closeCard() {
	if len(c.card) > 0 {
		c.units = append(c.units, unit{parts: c.card})
	}
	c.card = nil
}

// sentences cuts at signs that end one; a point between figures does not.
func sentences(s string) []string {
	var out []string
	from := 0
	for i, r := range s {
		end := r == '!' || r == '?' || r == '。' || r == '！' || r == '？' || r == '\n' || r == ';' || r == '；'
		if r == '.' {
			end = i+1 == len(s) || s[i+1] == ' '
		}
		if end {
			out = append(out, s[from:i])
			from = i
		}
	}
	return append(out, s[from:])
}

func clip(s string) string {
	if len(s) <= maxFragment {
		return s
	}
	return strings.ToValidUTF8(s[:maxFragment], "")
}
