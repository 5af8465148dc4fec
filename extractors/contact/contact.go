// Package contact turns the text of a document into ways to reach the people behind it: e-mail, phone, Telegram, WhatsApp, LINE,
// WeChat, Skype, Discord, Messenger, Viber, Zalo, KakaoTalk, Signal, QQ.
//
// It does not know whether anybody answers there, nor who else uses the same contact; phone numbers in prose count when
// they have a country code, or a label on a page of one country, and are valid there. One pass over each piece of text looks for the few bytes that contacts cannot do without ('@', '/', ':'),
// then reads by hand from there.
package contact

import (
	"strings"

	"scamatlas/extractors"
)

// Extractor finds contacts in all documents of a capture.
type Extractor struct{}

// New makes the extractor; it has no settings and no state.
func New() *Extractor { return &Extractor{} }

// Name is "contact".
func (*Extractor) Name() string { return "contact" }

// Extract adds the contacts of every document.
func (*Extractor) Extract(in *extractors.Input, f *extractors.Findings) {
	for _, d := range in.Docs {
		for _, i := range ReadDocument(d) {
			f.Add(i)
		}
	}
}

// ReadDocument gives the contacts of one document, each once, in the order of extractors.Unite.
//
// Values: e-mail in lower case with the domain in A-labels; phone "+" and digits; whatsapp digits with country code; telegram,
// messenger, skype and wechat names in lower case; invitation codes as they stand.
func ReadDocument(d *extractors.Document) []extractors.Indicator {
	r := &reader{doc: d}
	for n := range d.Pieces {
		p := &d.Pieces[n]
		if p.Where == extractors.InStyle {
			continue
		}
		r.read(view{text: p.Text, where: p.Where, attr: p.Attr, base: p.Offset, exact: p.Where != extractors.InAttr})
		r.hidden(p)
		r.pieced(p, p.Text)
		if p.Where == extractors.InAttr && strings.HasPrefix(p.Attr, "data-") {
			r.named(&view{where: p.Where, base: p.Offset}, 0, p.Attr[len("data-"):], strings.TrimSpace(p.Text))
		}
		if text, ok := decoded(p); ok {
			r.read(view{text: text, where: extractors.InEncoded, from: p.Where, base: p.Offset})
			r.pieced(p, text)
		}
	}
	r.microdata()
	r.attributePairs()
	return extractors.Unite(r.out)
}

// view is text to read: a piece as it stands, or decoded once more.
type view struct {
	text  string
	where string // reported
	from  string // a decoded view: where its source stands
	attr  string // the attribute's name
	base  int    // offset of the piece
	exact bool   // positions in text are positions in the document
}

// source is where the text stands, decoded or not.
func (v *view) source() string {
	if v.from != "" {
		return v.from
	}
	return v.where
}

// code reports whether the text is a program or data rather than prose.
func (v *view) code() bool {
	return v.source() == extractors.InScript || v.source() == extractors.InJSON
}

// found is one contact before it becomes an indicator.
type found struct {
	kind  string // the indicator's type
	value string
	conf  string
}

type reader struct {
	doc     *extractors.Document
	out     []extractors.Indicator
	numbers int // looked at by the rules of their country
}

func (r *reader) add(v *view, at int, f found, seen, where string) {
	if f.value == "" || len(r.out) >= maxPerDocument {
		return
	}
	if where == "" || v.where == extractors.InEncoded {
		where = v.where
	}
	offset := v.base
	if v.exact {
		offset += at
	}
	r.out = append(r.out, extractors.Indicator{Kind: extractors.KindContact, Type: f.kind, Value: f.value, Seen: []string{clip(seen)},
		Confidence: f.conf, Where: where, Offset: offset, Page: r.doc.URL})
}

// read makes the one pass.
func (r *reader) read(v view) {
	s := v.text
	for i := range len(s) {
		switch s[i] {
		case '@':
			r.atSign(&v, i)
		case '+':
			r.plusNumber(&v, i)
		case '/':
			r.link(&v, i)
		case ':':
			r.scheme(&v, i)
			r.labelled(&v, i, i+1)
		case 0xef: // the full-width colon of Chinese text
			if len(s) > i+3 && s[i:i+3] == "\uff1a" {
				r.labelled(&v, i, i+3)
			}
		case ' ': // before "at"; before a bracket, the bracket itself counts
			if i+1 < len(s) && s[i+1]|0x20 == 'a' {
				r.spelled(&v, i)
			}
		case '[', '(', '{':
			r.spelled(&v, i)
		}
	}
}

func clip(s string) string {
	if len(s) <= maxSeen {
		return s
	}
	n := maxSeen
	for n > 0 && s[n]&0xc0 == 0x80 {
		n--
	}
	return s[:n]
}
