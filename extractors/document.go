package extractors

import (
	"bytes"
	"mime"
	"net/url"
	"path"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
	"golang.org/x/net/html/charset"
)

// Type is what a body is read as.
type Type string

const (
	HTML  Type = "html"
	JS    Type = "js"
	CSS   Type = "css"
	JSON  Type = "json"
	Plain Type = "text"
	Other Type = "other" // images, archives, programs: nothing to read
)

// InStyle marks CSS pieces; extractors report what they find there as InText.
const InStyle = "style"

// Document is one body cut into pieces, made once and read by every extractor.
type Document struct {
	URL      string
	Type     Type
	Page     bool   // a document of the site, not an asset
	Body     []byte // UTF-8
	Title    string
	Lang     string
	Pieces   []Piece
	Elements []Element // HTML only: start tags in document order
}

// Piece is a run of text with one meaning. Entities are decoded.
type Piece struct {
	Where  string // InText, InAttr, InScript, InJSON, InComment, InStyle
	Tag    string // the element it stands in
	Attr   string // InAttr: the attribute's name
	Text   string
	Offset int  // of its first byte in Body
	Joined bool // InText: put together from several text nodes of inline elements
}

// Element is one start tag.
type Element struct {
	Name  string
	Class string
	ID    string
	InSVG bool // below an svg element
	Body  bool // below body, or where body content has begun
}

// TypeOf tells what to read a body as: by content type, else by the address's ending, else by its first bytes.
func TypeOf(contentType, address string, body []byte) Type {
	mt, _, _ := mime.ParseMediaType(contentType)
	switch {
	case strings.Contains(mt, "html"):
		return HTML
	case strings.Contains(mt, "javascript"), strings.Contains(mt, "ecmascript"):
		return JS
	case mt == "text/css":
		return CSS
	case mt == "application/json", strings.HasSuffix(mt, "+json"):
		return JSON
	case strings.HasPrefix(mt, "image/") && mt != "image/svg+xml", strings.HasPrefix(mt, "font/"), strings.HasPrefix(mt, "video/"), strings.HasPrefix(mt, "audio/"):
		return Other
	}
	p := address
	if u, err := url.Parse(address); err == nil {
		p = u.Path
	}
	switch strings.ToLower(path.Ext(p)) {
	case ".html", ".htm", ".xhtml", ".php", ".asp", ".aspx", ".jsp", ".svg":
		return HTML
	case ".js", ".mjs", ".cjs":
		return JS
	case ".css":
		return CSS
	case ".json", ".map", ".webmanifest", ".har":
		return JSON
	}
	head := bytes.TrimSpace(body[:min(len(body), 512)])
	switch {
	case len(head) == 0:
		return Plain
	case head[0] == '<':
		return HTML
	case (head[0] == '{' || head[0] == '[') && bytes.ContainsAny(head, `"`):
		return JSON
	case bytes.IndexByte(head, 0) >= 0:
		return Other
	}
	return Plain
}

// Parse cuts body into pieces. contentType is the site's header value, or empty; it also gives the charset.
func Parse(address, contentType string, body []byte) *Document {
	d := &Document{URL: address, Type: TypeOf(contentType, address, body)}
	if d.Type == Other {
		return d
	}
	d.Body = toUTF8(body, contentType, d.Type)
	switch d.Type {
	case HTML:
		p := htmlParser{doc: d}
		p.parse(d.Body, 0, 0)
	case JS:
		d.whole(InScript, "")
	case CSS:
		d.whole(InStyle, "")
	case JSON:
		d.whole(InJSON, "")
	default:
		d.whole(InText, "")
	}
	return d
}

func (d *Document) whole(where, tag string) {
	if len(d.Body) > 0 {
		d.Pieces = append(d.Pieces, Piece{Where: where, Tag: tag, Text: string(d.Body)})
	}
}

// toUTF8 decodes by byte order mark, header or meta element; bytes that fit nothing become U+FFFD.
func toUTF8(body []byte, contentType string, t Type) []byte {
	if len(body) == 0 {
		return body
	}
	probe := body[:min(len(body), 1024)]
	_, params, _ := mime.ParseMediaType(contentType)
	if t != HTML && params["charset"] == "" && !bytes.HasPrefix(probe, []byte{0xff, 0xfe}) && !bytes.HasPrefix(probe, []byte{0xfe, 0xff}) {
		return validUTF8(body)
	}
	enc, name, certain := charset.DetermineEncoding(probe, contentType)
	if name == "utf-8" || (!certain && utf8.Valid(body)) {
		return validUTF8(body)
	}
	out, err := enc.NewDecoder().Bytes(body)
	if err != nil {
		return validUTF8(body)
	}
	return validUTF8(out)
}

func validUTF8(b []byte) []byte {
	b = bytes.TrimPrefix(b, []byte("\xef\xbb\xbf"))
	if utf8.Valid(b) {
		return b
	}
	return bytes.ToValidUTF8(b, []byte("\uFFFD"))
}

// htmlParser makes one tokenizer pass: no tree, so nesting costs nothing and no depth is refused.
type htmlParser struct {
	doc    *Document
	text   strings.Builder
	start  int // offset of the text being joined
	nodes  int // text nodes joined
	tag    string
	svg    int
	inBody bool
}

const maxNested = 2 // markup inside noscript, iframe and the like is parsed again to this depth

func (p *htmlParser) parse(body []byte, base, nested int) {
	z := html.NewTokenizer(bytes.NewReader(body))
	raw := "" // the raw-text element we are in
	offset := base
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
			p.textToken(z, raw, at, nested)
		case html.StartTagToken, html.SelfClosingTagToken:
			name := p.startTag(z, at, tt == html.SelfClosingTagToken)
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
		case html.CommentToken:
			p.add(Piece{Where: InComment, Text: string(z.Text()), Offset: at})
		}
	}
}

func (p *htmlParser) textToken(z *html.Tokenizer, raw string, at, nested int) {
	switch raw {
	case "script":
		where := InScript
		if t := p.tag; strings.Contains(t, "json") {
			where = InJSON
		}
		p.add(Piece{Where: where, Tag: "script", Text: string(z.Text()), Offset: at})
		return
	case "style":
		p.add(Piece{Where: InStyle, Tag: "style", Text: string(z.Text()), Offset: at})
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
			inner := bytes.Clone(z.Raw())
			p.flush()
			p.parse(inner, at, nested+1)
			return
		}
	}
	if p.text.Len() == 0 {
		p.start = at
	}
	text := z.Text()
	if len(bytes.TrimSpace(text)) > 0 {
		p.nodes++
	}
	p.text.Write(text)
}

// startTag reads one start tag with its attributes and returns its name.
func (p *htmlParser) startTag(z *html.Tokenizer, at int, selfClosing bool) string {
	n, more := z.TagName()
	name := atom.String(n)
	if !isInline(name) {
		p.flush()
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
		key := atom.String(k)
		switch {
		case key == "class":
			e.Class = string(v)
		case key == "id":
			e.ID = string(v)
		case key == "lang" && name == "html":
			p.doc.Lang = strings.ToLower(strings.TrimSpace(string(v)))
		}
		if name == "script" && key == "type" {
			p.tag = strings.ToLower(string(v))
		}
		if key != "class" && key != "style" {
			p.add(Piece{Where: InAttr, Tag: name, Attr: key, Text: string(v), Offset: at})
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

// flush ends the run of text that inline elements had joined.
func (p *htmlParser) flush() {
	if p.nodes > 0 {
		p.add(Piece{Where: InText, Text: p.text.String(), Offset: p.start, Joined: p.nodes > 1})
	}
	p.text.Reset()
	p.nodes = 0
}

func (p *htmlParser) add(piece Piece) {
	if len(p.doc.Pieces) < MaxPieces && strings.TrimSpace(piece.Text) != "" {
		p.doc.Pieces = append(p.doc.Pieces, piece)
	}
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
