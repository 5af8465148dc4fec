// Package markup turns the bytes of a page into what it leads to, loads and shows, by one pass over its tokens.
//
// It does not know where the page came from: references stay as written, and no script runs.
package markup

import (
	"bytes"
	"strings"

	"golang.org/x/net/html"
	"scamatlas/crawler"
)

// Document is what one pass over a page's tokens yields. References are as written.
// No tree is built: a tree costs three times as much, and parsers refuse pages nested deeper than 512 elements.
type Document struct {
	Base    string // href of the first <base>
	Title   string
	Refresh string // where <meta http-equiv=refresh> leads within 30 s
	Links   []Reference
	Assets  []AssetReference
	Full    bool // there were more links than crawler.MaxLinks

	Text     int    // visible bytes, blanks not counted
	Sample   []byte // the first maxSample bytes of the visible text, tags as blanks
	Elements int
	Scripts  int
	Media    int // images, frames, inputs: what a page without text can consist of
}

type Reference struct {
	Href string
	Text string // of the link
}

type AssetReference struct {
	Kind crawler.AssetKind
	Href string
	Text string // alt text, name
}

// scan is one pass under way.
type scan struct {
	d      Document
	z      *html.Tokenizer
	hidden string // the element whose text is not shown: script, style, title
	anchor int    // index into links of the open <a>, -1 outside
	attrs  map[string]string
}

// Read finds what a page links to and loads. It takes any bytes and never fails.
func Read(body []byte) Document {
	s := &scan{z: html.NewTokenizer(bytes.NewReader(ASCIICompatible(body))), anchor: -1, attrs: map[string]string{}}
	for {
		switch s.z.Next() {
		case html.ErrorToken:
			return s.d
		case html.TextToken:
			s.textToken(s.z.Text())
		case html.StartTagToken, html.SelfClosingTagToken:
			s.d.Elements++
			s.startTag()
		case html.EndTagToken:
			name, _ := s.z.TagName()
			if string(name) == "a" {
				s.anchor = -1
			}
			s.hidden = ""
		}
	}
}

func (s *scan) textToken(text []byte) {
	switch s.hidden {
	case "script":
		s.scriptText(string(text))
		return
	case "title":
		if s.d.Title == "" {
			s.d.Title = strings.Join(strings.Fields(string(text[:min(len(text), crawler.MaxTitle)])), " ")
		}
		return
	case "style":
		return
	}
	visible := 0
	for _, c := range text {
		if c > ' ' {
			visible++
		}
	}
	if visible == 0 {
		return
	}
	s.d.Text += visible
	if len(s.d.Sample)+len(text) < maxSample {
		s.d.Sample = append(append(s.d.Sample, text...), ' ')
	}
	if s.anchor >= 0 {
		if a := &s.d.Links[s.anchor]; len(a.Text)+len(text) < maxAnchor {
			a.Text += " " + string(text)
		}
	}
}

// startTag looks at the few elements that lead anywhere.
func (s *scan) startTag() {
	name, more := s.z.TagName()
	s.hidden = ""
	switch string(name) {
	case "script", "style", "title":
		s.hidden = string(name)
	}
	switch string(name) {
	case "a", "area", "iframe", "frame", "form", "base", "meta", "link", "script", "img", "source", "video", "input", "button", "embed", "object":
		s.readAttrs(more)
		s.element(string(name))
	}
}

func (s *scan) readAttrs(more bool) {
	clear(s.attrs)
	for n := 0; more && n < maxAttrs; n++ {
		var k, v []byte
		k, v, more = s.z.TagAttr()
		switch string(k) {
		case "href", "src", "action", "method", "rel", "type", "as", "content", "http-equiv", "property", "name", "alt", "title", "class",
			"data-src", "srcset", "poster", "onclick", "data-href", "aria-label":
			if _, twice := s.attrs[string(k)]; !twice {
				s.attrs[string(k)] = string(v)
			}
		}
	}
}

func (s *scan) element(name string) {
	a := s.attrs
	switch name {
	case "a":
		s.anchor = -1
		if s.link(a["href"], a["title"]+a["aria-label"]) {
			s.anchor = len(s.d.Links) - 1
		}
		s.scriptText(a["onclick"])
	case "area":
		s.link(a["href"], a["alt"])
	case "button", "object", "embed":
		s.link(a["data-href"], "")
		s.scriptText(a["onclick"])
	case "iframe", "frame":
		s.d.Media++
		s.link(a["src"], a["title"])
	case "form":
		if !strings.EqualFold(a["method"], "post") {
			s.link(a["action"], a["name"])
		}
	case "base":
		if s.d.Base == "" {
			s.d.Base = a["href"]
		}
	case "meta":
		s.meta()
	default:
		s.assetElement(name)
	}
}

func (s *scan) meta() {
	a := s.attrs
	switch {
	case strings.EqualFold(a["http-equiv"], "refresh"):
		if to := refreshTarget(a["content"]); to != "" && s.d.Refresh == "" {
			s.d.Refresh = to
		}
	case a["property"] == "og:image", a["name"] == "twitter:image":
		s.asset(crawler.Image, a["content"], "")
	}
}

func (s *scan) assetElement(name string) {
	a := s.attrs
	switch name {
	case "script":
		s.d.Scripts++
		s.asset(crawler.Script, a["src"], "")
	case "link":
		s.linkElement()
	case "img", "input":
		s.d.Media++
		s.asset(crawler.Image, imageSource(a), a["alt"]+" "+a["class"])
	case "source":
		if src := imageSource(a); !strings.HasPrefix(a["type"], "video/") && !strings.HasPrefix(a["type"], "audio/") {
			s.asset(crawler.Image, src, "")
		}
	case "video":
		s.d.Media++
		s.asset(crawler.Image, a["poster"], "")
	}
}

func (s *scan) linkElement() {
	href, as := s.attrs["href"], s.attrs["as"]
	for rel := range strings.FieldsSeq(strings.ToLower(s.attrs["rel"])) {
		switch rel {
		case "stylesheet":
			s.asset(crawler.Style, href, "")
		case "icon", "apple-touch-icon", "apple-touch-icon-precomposed", "mask-icon", "fluid-icon":
			s.asset(crawler.Icon, href, "")
		case "manifest":
			s.asset(crawler.Data, href, "")
		case "modulepreload":
			s.asset(crawler.Script, href, "")
		case "image_src":
			s.asset(crawler.Image, href, "")
		case "preload", "prefetch":
			switch as {
			case "script":
				s.asset(crawler.Script, href, "")
			case "style":
				s.asset(crawler.Style, href, "")
			case "fetch":
				s.asset(crawler.Data, href, "")
			}
		case "alternate":
			if strings.Contains(s.attrs["type"], "json") {
				s.asset(crawler.Data, href, "")
			}
		}
	}
}

// imageSource prefers what lazy loaders put beside a placeholder.
func imageSource(a map[string]string) string {
	if lazy := a["data-src"]; lazy != "" {
		return lazy
	}
	if src := a["src"]; src != "" {
		return src
	}
	first, _, _ := strings.Cut(strings.TrimSpace(a["srcset"]), " ")
	return strings.TrimSuffix(first, ",")
}

// link notes a reference that may lead to a page; false when it cannot or there are too many.
func (s *scan) link(href, text string) bool {
	if !mayLead(href) {
		return false
	}
	if len(s.d.Links) >= crawler.MaxLinks {
		s.d.Full = true
		return false
	}
	s.d.Links = append(s.d.Links, Reference{href, text[:min(len(text), maxAnchor)]})
	return true
}

func (s *scan) asset(kind crawler.AssetKind, href, text string) {
	if !mayLead(href) {
		return
	}
	if len(s.d.Assets) >= crawler.MaxLinks {
		s.d.Full = true
		return
	}
	s.d.Assets = append(s.d.Assets, AssetReference{kind, href, text[:min(len(text), maxAnchor)]})
}

// mayLead sorts out what needs no parsing to be no address of a page: empty, a place in the same page, another scheme.
func mayLead(href string) bool {
	href = strings.TrimLeft(href, " \t\r\n\f")
	if href == "" || href[0] == '#' || len(href) > crawler.MaxURL {
		return false
	}
	for i := range len(href) {
		switch c := href[i]; {
		case c == ':':
			return strings.EqualFold(href[:i], "http") || strings.EqualFold(href[:i], "https")
		case c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || i > 0 && (c >= '0' && c <= '9' || c == '+' || c == '-' || c == '.'):
		default:
			return true
		}
	}
	return true
}

// Is reports whether an answer of this Content-Type may be read as a page; servers that name no type or a strange one mean one.
func Is(contentType string) bool {
	t, _, _ := strings.Cut(strings.ToLower(contentType), ";")
	t = strings.TrimSpace(t)
	for _, other := range []string{"image/", "font/", "video/", "audio/", "text/css", "text/javascript", "application/javascript",
		"application/x-javascript", "application/json", "application/manifest+json"} {
		if strings.HasPrefix(t, other) {
			return false
		}
	}
	return true
}
