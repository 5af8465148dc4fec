// Package template turns a Capture into a Fingerprint of the site's front end, and into the title, language and text for search.
//
// The fingerprint is seven token sets, so that two sites can be compared signal by signal: element order, class names, contents of
// the files, names of the files, words, what scripts are made of, and small marks. It does not know which tokens are common on the web: the index weighs them.
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
const Version = 2

// Extractor implements extractors.Extractor.
type Extractor struct{}

// New gives the extractor. It holds no state.
func New() *Extractor { return &Extractor{} }

// Name implements extractors.Extractor.
func (*Extractor) Name() string { return "template" }

// Extract fills f.Fingerprint, f.Title, f.Lang and f.Text.
func (*Extractor) Extract(in *extractors.Input, f *extractors.Findings) {
	sent, shown := sitePages(in)
	p := &f.Fingerprint
	p.Version = Version
	pages := append(loaded(shown), uncovered(sent, shown)...)
	visible := append(shown, uncovered(sent, shown)...)
	if len(sent) > 0 {
		p.Shell = isShell(sent[0])
	}
	if len(pages) > 0 {
		entry := pages[0]
		f.Title = clean(entry.Title, crawler.MaxTitle)
		f.Lang = language(entry.Lang)
		p.Elements = bodyElements(entry)
		p.DOMHash = domHash(entry)
	}
	if p.Shell && len(shown) == 0 {
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
	p.Script = scriptTokens(in)
	p.Marks = markTokens(in, visible[:min(len(visible), maxPages)])
	favicon(p, in.Capture)
	screen(p, in.Capture)
	p.Bands = bands(p)
}

// sitePages gives the HTML pages that the site answered with success, and what a browser showed; entry pages first.
func sitePages(in *extractors.Input) (sent, shown []*extractors.Document) {
	failed := map[string]bool{}
	for i := range in.Capture.Pages {
		if p := &in.Capture.Pages[i]; p.Status >= 400 {
			failed[p.FinalURL] = true
		}
	}
	for _, d := range in.Docs {
		switch {
		case d.View != nil && d.View.Status < 400 && d.View.Blank == "":
			shown = append(shown, d)
		case d.View == nil && d.Page && d.Type == extractors.HTML && !failed[d.URL]:
			sent = append(sent, d)
		}
	}
	return sent, shown
}

// loaded gives the views that no click has changed: one a page.
func loaded(shown []*extractors.Document) []*extractors.Document {
	var out []*extractors.Document
	for _, d := range shown {
		if len(d.View.Steps) == 0 {
			out = append(out, d)
		}
	}
	return out
}

// uncovered gives the pages that no browser has shown.
func uncovered(sent, shown []*extractors.Document) []*extractors.Document {
	seen := map[string]bool{}
	for _, d := range shown {
		address, _, _ := strings.Cut(d.URL, "#")
		seen[address] = true
	}
	var out []*extractors.Document
	for _, d := range sent {
		if !seen[d.URL] {
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
