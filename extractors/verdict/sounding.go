package verdict

import (
	"errors"
	"io/fs"
	"strings"

	"scamatlas/extractors"
	"scamatlas/extractors/verdict/wording"
)

const (
	fullSound  = 4.0 // log odds of words at which the reason holds wholly
	leastSound = 0.4 // and below which nothing is said
	leastKnown = 12  // terms that have to be known to judge by
)

// sounds makes reasons of how the site's words are those of fakes or of honest sites: all together, or those of its entry page alone where
// they sound more like a fake's. A fake lures where visitors come in, however many pages it copies behind that.
func (s *site) sounds() {
	if s.r.wording == nil || len(s.pages) == 0 {
		return
	}
	w := s.r.wording.Read(s.said)
	if entry := s.r.wording.Read(s.said[:s.entry]); entry.Known >= leastKnown && entry.Logit > w.Logit {
		w = entry
	}
	if w.Known < leastKnown {
		return
	}
	evidence := strings.Join(w.Words, "; ")
	switch where := s.pages[0].text.url; {
	case w.Logit >= leastSound && s.quotes():
	case w.Logit >= leastSound:
		s.add(codeWording, w.Logit/fullSound, evidence, where)
	case w.Logit <= -leastSound:
		s.add(codePlain, -w.Logit/fullSound, evidence, where)
	}
}

// quotes reports whether the words of a fake are not the site's own: its entry page is about frauds, or it tells more than it says itself.
func (s *site) quotes() bool {
	told, own := s.told()
	return s.pages[0].about || told >= leastTold && told > own
}

// WithWording gives the same rules with other weights of words.
func (r *Rules) WithWording(m *wording.Model) *Rules {
	c := *r
	c.wording = m
	return &c
}

// Concepts gives the list that words are understood by; nil when there is none.
func (r *Rules) Concepts() *wording.Concepts { return r.concepts }

// wording reads the concepts and the weights of words; either may be missing.
func (l *loading) wording(r *Rules) {
	there := func(name string) bool {
		_, err := fs.Stat(l.fsys, name)
		return !errors.Is(err, fs.ErrNotExist)
	}
	if !there(conceptsFile) {
		return
	}
	b := l.bytes(conceptsFile)
	if b == nil {
		return
	}
	c, err := wording.ReadConcepts(conceptsFile, b)
	if err != nil {
		l.bad.join(err)
		return
	}
	if r.concepts = c; !there(wordingFile) {
		return
	}
	if b = l.bytes(wordingFile); b != nil {
		r.wording, err = wording.ReadModel(wordingFile, b, c)
		l.bad.join(err)
	}
}

// Said gives what visitors read of a site, each piece once, as its words are judged.
func (r *Rules) Said(in *extractors.Input) []wording.Piece {
	s := newSite(r, in, nil, Facts{})
	s.readPages()
	return s.said
}
