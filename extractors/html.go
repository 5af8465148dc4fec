package extractors

import (
	"bytes"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// htmlParser makes one tokenizer pass: no tree, so nesting costs nothing and no depth is refused.
type htmlParser struct {
	doc    *Document
	src    string          // Body: what stands in it as it reads is not copied
	run    string          // text that is being joined, while it is one stretch of src
	text   strings.Builder // the same from the second stretch on
	start  int             // offset of it
	nodes  int             // text nodes joined
	tag    string
	svg    int
	inBody bool
	head   string // the heading that text stands in
}

const maxNested = 2 // markup inside noscript, iframe and the like is parsed again to this depth

// parse reads the Body from offset to end.
func (p *htmlParser) parse(offset, end, nested int) {
	z := html.NewTokenizer(bytes.NewReader(p.doc.Body[offset:end]))
	raw := "" // the raw-text element we are in
	for {
		tt := z.Next()
		size := len(z.Raw())
		at := offset
		offset += size
		switch tt {
		case html.ErrorToken:
			p.flush()
			return
		case html.TextToken:
			p.textToken(z, raw, at, offset, nested)
		case html.StartTagToken, html.SelfClosingTagToken:
			name := p.startTag(z, at, offset, tt == html.SelfClosingTagToken)
			raw = ""
			if tt == html.StartTagToken && isRawText(name) {
				raw = name
			}
		case html.EndTagToken:
			n, _ := z.TagName()
			name := atom.String(n)
			raw = ""
			if name == "svg" && p.svg > 0 {
				p.svg--
			}
			if !isInline(name) {
				p.flush()
			}
			if name == p.head {
				p.head = ""
			}
		case html.CommentToken:
			p.add(Piece{Where: InComment, Text: string(z.Text()), Offset: at})
		}
	}
}

func (p *htmlParser) textToken(z *html.Tokenizer, raw string, at, end, nested int) {
	switch raw {
	case "script":
		where := InScript
		if t := p.tag; strings.Contains(t, "json") {
			where = InJSON
		}
		p.add(Piece{Where: where, Tag: "script", Text: p.read(z, at, end, true), Offset: at})
		return
	case "style":
		p.add(Piece{Where: InStyle, Tag: "style", Text: p.read(z, at, end, true), Offset: at})
		return
	case "title":
		t := strings.Join(strings.Fields(string(z.Text())), " ")
		if p.doc.Title == "" && p.svg == 0 {
			p.doc.Title = t
		}
		p.add(Piece{Where: InText, Tag: "title", Text: t, Offset: at})
		return
	case "noscript", "iframe", "noembed", "noframes", "xmp":
		if nested < maxNested {
			p.flush()
			p.parse(at, end, nested+1)
			return
		}
	}
	p.join(p.read(z, at, end, false), at)
}

// read gives the text token that stands from at to end. Most hold nothing that the tokenizer changes: entities, unless code, line ends of
// other systems, NUL.
func (p *htmlParser) read(z *html.Tokenizer, at, end int, code bool) string {
	s := p.src[at:end]
	if !code && strings.IndexByte(s, '&') >= 0 || strings.IndexByte(s, '\r') >= 0 || strings.IndexByte(s, 0) >= 0 {
		return string(z.Text())
	}
	return s
}

// join adds to the run of text.
func (p *htmlParser) join(text string, at int) {
	if strings.TrimSpace(text) != "" {
		p.nodes++
	}
	switch {
	case p.text.Len() > 0:
		p.text.WriteString(text)
	case p.run == "":
		p.run, p.start = text, at
	default:
		p.text.WriteString(p.run)
		p.text.WriteString(text)
	}
}

// startTag reads one start tag with its attributes and returns its name.
func (p *htmlParser) startTag(z *html.Tokenizer, at, end int, selfClosing bool) string {
	n, more := z.TagName()
	name := atom.String(n)
	if !isInline(name) {
		p.flush()
	}
	if isHeading(name) || endsHeading(name) {
		p.head = ""
	}
	if isHeading(name) {
		p.head = name
	}
	if name == "body" {
		p.inBody = true
	} else if !p.inBody && !isHead(name) {
		p.inBody = true
	}
	e := Element{Name: name, InSVG: p.svg > 0, Body: p.inBody}
	p.tag = ""
	for i := 0; more && i < MaxAttrs; i++ {
		var k, v []byte
		k, v, more = z.TagAttr()
		if len(v) == 0 {
			continue
		}
		key, value := atom.String(k), p.value(v, at, end)
		switch {
		case key == "class":
			e.Class = value
		case key == "id":
			e.ID = value
		case key == "lang" && name == "html":
			p.doc.Lang = strings.ToLower(strings.TrimSpace(value))
		}
		if name == "script" && key == "type" {
			p.tag = strings.ToLower(value)
		}
		if key != "class" && key != "style" {
			p.add(Piece{Where: InAttr, Tag: name, Attr: key, Text: value, Offset: at})
		}
	}
	if len(p.doc.Elements) < MaxTags {
		p.doc.Elements = append(p.doc.Elements, e)
	}
	if name == "svg" && !selfClosing {
		p.svg++
	}
	return name
}

// value gives an attribute's value, from the tag where it stands there as it reads.
func (p *htmlParser) value(v []byte, at, end int) string {
	if i := bytes.Index(p.doc.Body[at:end], v); i >= 0 {
		return p.src[at+i : at+i+len(v)]
	}
	return string(v)
}

// flush ends the run of text that inline elements had joined.
func (p *htmlParser) flush() {
	if p.nodes > 0 {
		text := p.run
		if p.text.Len() > 0 {
			text = p.text.String()
		}
		p.add(Piece{Where: InText, Tag: p.head, Text: text, Offset: p.start, Joined: p.nodes > 1})
	}
	p.run = ""
	p.text.Reset()
	p.nodes = 0
}

func (p *htmlParser) add(piece Piece) {
	if len(p.doc.Pieces) < MaxPieces && strings.TrimSpace(piece.Text) != "" {
		p.doc.Pieces = append(p.doc.Pieces, piece)
	}
}

// isHeading reports whether text in the element heads what comes after it, or is an item of a list.
func isHeading(name string) bool {
	switch name {
	case "h1", "h2", "h3", "h4", "h5", "h6", "summary", "dt", "li":
		return true
	}
	return false
}

// endsHeading reports whether a heading that nobody closed is over where the element begins.
func endsHeading(name string) bool {
	switch name {
	case "p", "ul", "ol", "dd", "table", "form", "section", "article", "main", "footer":
		return true
	}
	return false
}

func isRawText(name string) bool {
	switch name {
	case "script", "style", "title", "noscript", "iframe", "noembed", "noframes", "xmp", "textarea", "plaintext":
		return true
	}
	return false
}

func isHead(name string) bool {
	switch name {
	case "html", "head", "title", "meta", "link", "script", "style", "base", "noscript", "template":
		return true
	}
	return false
}

// isInline reports whether text before and after the tag reads as one run. Links are not: two that stand side by side are two things
// to a reader, often without a blank between them in the source.
func isInline(name string) bool {
	switch name {
	case "abbr", "b", "bdi", "bdo", "cite", "code", "data", "del", "dfn", "em", "font", "i", "ins", "kbd", "mark", "q", "s", "samp",
		"small", "span", "strike", "strong", "sub", "sup", "time", "tt", "u", "var", "wbr":
		return true
	}
	return false
}
