// Package tracker turns the text of a document into accounts at analytics, chat and other services that a site gives away: one
// account on two sites ties them to one owner, unless it came with the template.
//
// It does not know which: an account that many sites of one kit carry may be its author's, and only the index sees that. One pass
// cuts markup and scripts into runs of name characters; a few known names, hosts and prefixes are read on by hand.
package tracker

import (
	"strings"

	"scamatlas/extractors"
)

// Extractor finds tracker accounts in all documents of a capture, and verification tokens in its TXT records.
type Extractor struct{}

// New makes the extractor; it has no settings and no state.
func New() *Extractor { return &Extractor{} }

// Name is "tracker".
func (*Extractor) Name() string { return "tracker" }

// Extract adds the accounts of every document and of the TXT records.
func (*Extractor) Extract(in *extractors.Input, f *extractors.Findings) {
	for _, d := range in.Docs {
		for _, i := range ReadDocument(d) {
			f.Add(i)
		}
	}
	if in.Capture == nil {
		return
	}
	txt := in.Capture.Network.DNS.TXT
	for _, record := range txt[:min(len(txt), maxTXT)] {
		if token := verificationTXT(record); token != "" {
			f.Add(extractors.Indicator{Kind: extractors.KindTracker, Type: "site_verification", Value: token, Seen: []string{token},
				Confidence: extractors.High, Where: extractors.InText, Page: "dns:" + in.Capture.Host})
		}
	}
}

// ReadDocument gives the accounts of one document, each once, in the order of extractors.Unite. Visible text of an HTML page is not
// read: accounts stand in markup and scripts.
func ReadDocument(d *extractors.Document) []extractors.Indicator {
	r := &reader{doc: d}
	for n := range d.Pieces {
		p := &d.Pieces[n]
		if p.Where == extractors.InStyle || p.Where == extractors.InText && d.Type == extractors.HTML {
			continue
		}
		v := view{s: p.Text, where: p.Where, attr: p.Attr, base: p.Offset, exact: p.Where != extractors.InAttr}
		if p.Where == extractors.InAttr && (p.Attr == "src" || p.Attr == "href") {
			v.where = extractors.InURI
		}
		r.read(&v)
	}
	r.verifications()
	return extractors.Unite(r.out)
}

// view is one piece of text.
type view struct {
	s     string
	where string
	attr  string
	base  int
	exact bool // positions in s are positions in the document
}

type reader struct {
	doc   *extractors.Document
	out   []extractors.Indicator
	looks int
}

// add keeps value; start is where it stands in v.
func (r *reader) add(v *view, start int, kind, value, seen, confidence string) {
	if value == "" || len(r.out) >= maxPerDocument {
		return
	}
	offset := v.base
	if v.exact {
		offset += start
	}
	r.out = append(r.out, extractors.Indicator{Kind: extractors.KindTracker, Type: kind, Value: value, Seen: []string{seen},
		Confidence: confidence, Where: v.where, Offset: offset, Page: r.doc.URL})
}

// token is one run of name characters, s[start:end].
type token struct {
	start, end int
	text       string
}

// read makes the one pass.
func (r *reader) read(v *view) {
	s := v.s
	for i := 0; i < len(s); {
		if !isName(s[i]) {
			i++
			continue
		}
		start := i
		for i < len(s) && isName(s[i]) {
			i++
		}
		if i-start > maxToken {
			continue
		}
		t := token{start, i, strings.TrimRight(s[start:i], ".")}
		if t.end = start + len(t.text); len(t.text) < 2 {
			continue
		}
		r.prefixed(v, t)
		if strings.IndexByte(t.text, '.') > 0 {
			r.host(v, t)
		}
		r.named(v, t)
	}
}

// near reports whether one of words (lower case) stands within maxNear bytes of t.
func (r *reader) near(v *view, t token, words ...string) bool {
	if r.looks++; r.looks > maxNearLooks {
		return false
	}
	around := strings.ToLower(v.s[max(0, t.start-maxNear):min(len(v.s), t.end+maxNear)])
	for _, w := range words {
		if strings.Contains(around, w) {
			return true
		}
	}
	return strings.Contains(v.attr, words[0])
}
