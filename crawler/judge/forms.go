package judge

import (
	"bytes"
	"strings"
	"unicode"

	"golang.org/x/net/html"
	"scamatlas/crawler/markup"
)

// formPage is what decides whether a page is a wall.
type formPage struct {
	fields  []field
	said    []piece
	letters int // of all visible text
	media   int
}

// field is an input that a visitor types into.
type field struct {
	kind string // its type, "text" by default
	name string // name and id, lower case
	hint string // placeholder, title, label for screen readers, lower case
	form int    // number of the form it stands in, 0 outside
}

// piece is one run of visible text, lower case.
type piece struct {
	text    string
	letters int  // an ideograph counts as three
	control bool // on a button, in a label
	form    int
}

// invites reports a field named after an invitation code.
func (f *field) invites() bool {
	plain := strings.NewReplacer("_", "", "-", "", ".", "", " ", "").Replace(f.name)
	for _, name := range []string{"invite", "invitation", "invcode", "yaoqing", "yqm", "refcode", "referral", "refercode", "agentcode", "sponsor"} {
		if strings.Contains(plain, name) {
			return true
		}
	}
	return false
}

// mail reports a field for a mail address.
func (f *field) mail() bool {
	return f.kind == "email" || strings.Contains(f.name, "mail") || strings.Contains(f.hint, "mail") || strings.Contains(f.hint, "@")
}

func (p *formPage) hasField(form int) bool {
	for i := range p.fields {
		if p.fields[i].form == form {
			return true
		}
	}
	return false
}

// formScan is one pass under way.
type formScan struct {
	formPage
	z      *html.Tokenizer
	unseen string // the element whose text is not shown or not looked at; "" outside
	inside bool   // of a label or button
	forms  int
	form   int // number of the open form, 0 outside
}

// readForms reads a page for its forms and what stands beside them. It takes any bytes and never fails.
func readForms(body []byte) *formPage {
	s := &formScan{z: html.NewTokenizer(bytes.NewReader(markup.ASCIICompatible(body)))}
	for len(s.fields) <= maxFields && s.letters <= maxWallWords {
		switch s.z.Next() {
		case html.ErrorToken:
			return &s.formPage
		case html.TextToken:
			s.say(string(s.z.Text()))
		case html.StartTagToken, html.SelfClosingTagToken:
			name, more := s.z.TagName()
			s.start(string(name), more)
		case html.EndTagToken:
			name, _ := s.z.TagName()
			s.end(string(name))
		}
	}
	return &s.formPage
}

func (s *formScan) start(name string, more bool) {
	switch name {
	case "script", "style", "title", "noscript", "template", "select", "datalist":
		if s.unseen == "" {
			s.unseen = name
		}
	case "label", "button":
		s.inside = true
	case "form":
		s.forms++
		s.form = s.forms
	case "img", "iframe", "frame", "video", "object", "embed", "canvas":
		s.media++
	case "input", "textarea":
		s.field(s.attrs(more))
	}
}

func (s *formScan) end(name string) {
	switch name {
	case s.unseen:
		s.unseen = ""
	case "label", "button":
		s.inside = false
	case "form":
		s.form = 0
	}
}

func (s *formScan) attrs(more bool) map[string]string {
	const enough = 64
	attrs := map[string]string{}
	for n := 0; more && n < enough; n++ {
		var k, v []byte
		k, v, more = s.z.TagAttr()
		if _, twice := attrs[string(k)]; !twice {
			attrs[string(k)] = strings.ToLower(string(v[:min(len(v), maxInviteSay)]))
		}
	}
	return attrs
}

func (s *formScan) field(a map[string]string) {
	kind := strings.TrimSpace(a["type"])
	switch kind {
	case "hidden", "checkbox", "radio", "file", "range", "color", "image", "reset":
		return
	case "submit", "button":
		inside := s.inside
		s.inside = true
		s.say(a["value"])
		s.inside = inside
		return
	case "":
		kind = "text"
	}
	s.fields = append(s.fields, field{kind, a["name"] + " " + a["id"], a["placeholder"] + " " + a["title"] + " " + a["aria-label"], s.form})
}

func (s *formScan) say(text string) {
	if s.unseen != "" {
		return
	}
	letters := 0
	for _, r := range text {
		switch {
		case unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul):
			letters += 3
		case unicode.IsLetter(r):
			letters++
		}
	}
	if letters == 0 {
		return
	}
	s.letters += letters
	s.said = append(s.said, piece{strings.Join(strings.Fields(strings.ToLower(text)), " "), letters, s.inside, s.form})
}
