package extractors

import (
	"bytes"
	"mime"
	"net/url"
	"path"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html/charset"

	"scamatlas/crawler"
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
	Page     bool          // a document of the site, not an asset
	View     *crawler.View // what a browser showed: Body is its DOM; nil: as the server sent it
	Body     []byte        // UTF-8
	Title    string
	Lang     string
	Pieces   []Piece
	Elements []Element // HTML only: start tags in document order
}

// Piece is a run of text with one meaning. Entities are decoded.
type Piece struct {
	Where  string // InText, InAttr, InScript, InJSON, InComment, InStyle
	Tag    string // the element it stands in; InText: only title, headings, summary, dt and li are named
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
		p := htmlParser{doc: d, src: string(d.Body)}
		tags := bytes.Count(d.Body, []byte("<"))
		d.Elements = make([]Element, 0, min(tags/2+1, firstTags))
		d.Pieces = make([]Piece, 0, min(tags+1, firstTags))
		p.parse(0, len(d.Body), 0)
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
