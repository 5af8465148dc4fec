package verdict

import (
	"strings"

	"scamatlas/extractors"
)

// spreadAbout: a site whose entry page is about frauds, or most of whose words are on such pages, speaks of others on its other pages too:
// lists of firms, judgments, reports. Who offers to get money back is none of these.
func (s *site) spreadAbout() {
	about := 0
	for _, p := range s.pages {
		if p.about && !p.board {
			about += p.text.words
		}
		if p.sells {
			s.sells()
			return
		}
	}
	if len(s.pages) < 2 || !s.pages[0].about && 2*about < s.words {
		return
	}
	for _, p := range s.pages {
		p.toOthers()
	}
}

// sells takes what a site that offers to get lost money back says of frauds as its own: it speaks of them in every line, on all its pages.
func (s *site) sells() {
	for _, p := range s.pages {
		p.warnings, p.about = 0, false
		told := p.reported[:0]
		for _, h := range p.reported {
			if h.phrase.code == codeRecovery || h.phrase.code == codeRelease {
				p.hits = append(p.hits, h)
				continue
			}
			if p.sells {
				continue // of the frauds it helps against; no credit for that
			}
			told = append(told, h)
		}
		p.reported = told
	}
}

// toOthers takes all that lures on a page as said of others.
func (p *reading) toOthers() {
	p.about = true
	kept := p.hits[:0]
	for _, h := range p.hits {
		if isTopic(h.phrase.code) {
			kept = append(kept, h)
			continue
		}
		p.reported = append(p.reported, h)
	}
	p.hits = kept
}

// minShown are pieces of code that make a page documentation.
const minShown = 4

// isCode reports whether a page shows code: documentation names the firm whose interface it is about.
func isCode(d *extractors.Document) bool {
	n := 0
	for i := range d.Elements {
		switch d.Elements[i].Name {
		case "pre", "code", "kbd", "samp":
			n++
		}
	}
	return n >= minShown
}

// isArticle reports whether a page is marked up as an article that somebody signed: what its sentences promise, others promise.
func isArticle(d *extractors.Document) bool {
	article, signed := false, false
	for i := range d.Elements {
		article = article || d.Elements[i].Name == "article"
		signed = signed || hasAny(strings.ToLower(d.Elements[i].Class), "byline", "author")
	}
	return article && signed
}

// document gives the first page at an address.
func (s *site) document(address string) *extractors.Document {
	for _, d := range s.in.Docs {
		if d.Page && d.URL == address {
			return d
		}
	}
	return nil
}
