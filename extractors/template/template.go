// Package template turns a Capture into a Fingerprint of the site's front end, and into the title, language and text for search.
//
// The fingerprint is five token sets, so that two sites can be compared signal by signal: element order, class names, contents of
// the files, names of the files, and words. It does not know which tokens are common on the web: the index weighs them.
package template

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"github.com/zeebo/xxh3"

	"scamatlas/crawler"
	"scamatlas/extractors"
)

// Version of the rules by which tokens are made. Fingerprints of different versions are not comparable.
const Version = 1

// Extractor implements extractors.Extractor.
type Extractor struct{}

// New gives the extractor. It holds no state.
func New() *Extractor { return &Extractor{} }

// Name implements extractors.Extractor.
func (*Extractor) Name() string { return "template" }

// Extract fills f.Fingerprint, f.Title, f.Lang and f.Text.
func (*Extractor) Extract(in *extractors.Input, f *extractors.Findings) {
	pages := sitePages(in)
	p := &f.Fingerprint
	p.Version = Version
	visible := pages
	if len(pages) > 0 {
		entry := pages[0]
		f.Title = clean(entry.Title, crawler.MaxTitle)
		f.Lang = language(entry.Lang)
		p.Elements = bodyElements(entry)
		p.Shell = isShell(entry)
		p.DOMHash = domHash(entry)
	}
	if p.Shell {
		// The frame itself looks like every other frame. What the script would draw may stand in it as markup.
		drawn := literalPages(in)
		visible = append(pages[:len(pages):len(pages)], drawn...)
		pages = drawn
	}
	pages = pages[:min(len(pages), maxPages)]
	f.Text = searchText(visible)
	structure(p, pages)
	p.Text = textTokens(pages, brands(in.Capture.Host, f.Title))
	files(p, in.Capture, pages)
	favicon(p, in.Capture)
	p.Bands = bands(p)
}

// sitePages gives the HTML pages that the site answered with success, entry page first.
func sitePages(in *extractors.Input) []*extractors.Document {
	failed := map[string]bool{}
	for i := range in.Capture.Pages {
		if p := &in.Capture.Pages[i]; p.Status >= 400 {
			failed[p.FinalURL] = true
		}
	}
	var out []*extractors.Document
	for _, d := range in.Docs {
		if d.Page && d.Type == extractors.HTML && !failed[d.URL] {
			out = append(out, d)
		}
	}
	return out
}

// structure fills the sets that come from element names and their classes.
func structure(p *extractors.Fingerprint, pages []*extractors.Document) {
	tags, classes := newSet(), newSet()
	var names []uint64
	for _, d := range pages {
		names = names[:0]
		for i := range d.Elements {
			e := &d.Elements[i]
			if drawing(e) {
				continue
			}
			names = append(names, xxh3.HashString(e.Name))
			for c := range strings.FieldsSeq(e.Class) {
				if len(c) <= maxClass {
					classes.add(c)
				}
			}
		}
		grams(tags, names, tagGram)
	}
	p.Tags = tags.sketch(MaxTagTokens)
	p.Classes = classes.sketch(MaxClassTokens)
}

const tagGram = maxGram

// drawing reports whether e says nothing about the layout: programs, metadata, the inside of pictures.
func drawing(e *extractors.Element) bool {
	switch e.Name {
	case "script", "style", "meta", "noscript", "link":
		return true
	}
	return e.InSVG
}

func bodyElements(d *extractors.Document) int {
	n := 0
	for i := range d.Elements {
		if e := &d.Elements[i]; e.Body && e.Name != "body" && !drawing(e) {
			n++
		}
	}
	return n
}

// isShell reports whether the page is a frame that a script has to fill: few elements, hardly any words, at least one script.
func isShell(d *extractors.Document) bool {
	scripts := false
	for i := range d.Elements {
		scripts = scripts || d.Elements[i].Name == "script"
	}
	if !scripts || bodyElements(d) >= shellMaxTags {
		return false
	}
	text := 0
	for i := range d.Pieces {
		if p := &d.Pieces[i]; p.Where == extractors.InText && p.Tag != "title" {
			text += len(strings.TrimSpace(p.Text))
		}
	}
	return text <= shellMaxText
}

// domHash is equal for pages with the same elements in the same order, whatever they say.
func domHash(d *extractors.Document) string {
	if len(d.Elements) == 0 {
		return ""
	}
	h := sha256.New()
	for i := range d.Elements {
		if e := &d.Elements[i]; !drawing(e) {
			h.Write([]byte(e.Name))
			h.Write([]byte{' '})
		}
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}
