package verdict

import (
	"cmp"
	"hash/maphash"
	"math"
	"slices"
	"strings"
	"time"

	"scamatlas/crawler"
	"scamatlas/extractors"
	"scamatlas/extractors/verdict/wording"
)

// site is one capture while its reasons are looked for.
type site struct {
	r     *Rules
	in    *extractors.Input
	f     *extractors.Findings
	facts Facts
	at    time.Time
	host  string

	pages    []*reading
	said     []wording.Piece
	entry    int // pieces of said that the first page has
	words    int
	lang     string
	giving   bool            // it asks for gifts
	returns  map[string]bool // promised, by page, rate and period
	shown    bool            // one of them in a table or card
	found    map[string]*Feature
	features []Feature
}

func newSite(r *Rules, in *extractors.Input, f *extractors.Findings, facts Facts) *site {
	s := &site{r: r, in: in, f: f, facts: facts, at: facts.At, found: map[string]*Feature{}, returns: map[string]bool{}}
	if in == nil {
		s.in = &extractors.Input{}
	}
	if f == nil {
		s.f = &extractors.Findings{}
	}
	if c := s.in.Capture; c != nil {
		s.host = c.Host
		if s.at.IsZero() {
			s.at = c.Started
		}
	}
	return s
}

func (r *Rules) look(in *extractors.Input, f *extractors.Findings, facts Facts) *site {
	s := newSite(r, in, f, facts)
	s.readPages()
	s.phrases()
	s.sounds()
	s.promises()
	s.earnings()
	s.saidOnce()
	s.gifts()
	s.money()
	s.scripts()
	s.identity()
	s.imitation()
	s.structure()
	s.visitors()
	s.hosting()
	s.cloaking()
	s.rules()
	s.kin()
	s.features = s.done()
	return s
}

// act keeps a reason that is something the site does.
func (s *site) act(code string, value float64, evidence, where string) {
	s.add(code, value, evidence, where)
	if f := s.found[code]; f != nil && s.r.acts(code) {
		f.Acts = true
	}
}

// add keeps a reason; of two the stronger.
func (s *site) add(code string, value float64, evidence, where string) {
	if math.IsNaN(value) || value <= 0 {
		return
	}
	f := &Feature{Code: code, Group: s.r.group(code), Value: min(value, 1), Evidence: clip(strings.ToValidUTF8(evidence, "\uFFFD")), Where: clip(where)}
	if old := s.found[code]; old == nil || old.Value < f.Value {
		f.Acts = old != nil && old.Acts
		s.found[code] = f
	}
}

func (s *site) done() []Feature {
	out := make([]Feature, 0, len(s.found))
	for _, f := range s.found {
		out = append(out, *f)
	}
	slices.SortFunc(out, func(a, b Feature) int { return cmp.Compare(a.Code, b.Code) })
	return out
}

// readPages reads the text of all pages, what a browser showed first. A piece that stood on an earlier page or view is not read again.
func (s *site) readPages() {
	seen := map[uint64]bool{}
	seed := maphash.MakeSeed()
	counts := map[int]int{}
	budget := maxText
	for _, d := range s.in.Docs {
		if !d.Page || d.Type != extractors.HTML && d.Type != extractors.Plain || len(s.pages) == maxPages {
			continue
		}
		w := writer{text: text{url: d.URL, levels: []uint8{0}, asks: []bool{false}, colon: []bool{false}, items: []bool{false}}, v: s.r.lures.vocabulary}
		w.tokens = make([]token, 0, min(len(d.Body)/16, maxText/4))
		for i := range d.Pieces {
			p := &d.Pieces[i]
			if !isRead(p) || budget < len(p.Text) {
				continue
			}
			h := maphash.String(seed, p.Text)
			if seen[h] && (levelOf(p.Tag) == 0 || p.Tag == "title") { // a heading may stand in the navigation as well, and says what is below it
				continue
			}
			seen[h] = true
			budget -= len(p.Text)
			w.add(p.Text, p.Tag)
			s.said = append(s.said, wording.Piece{Text: p.Text, Title: p.Tag == "title" || p.Tag == "h1"})
		}
		if len(w.tokens) == 0 {
			continue
		}
		if len(s.pages) == 0 {
			s.entry = len(s.said)
		}
		page := s.r.lures.read(w.done())
		s.pages = append(s.pages, page)
		s.words += page.text.words
		counts[page.text.lang] += page.text.words
	}
	s.spreadAbout()
	best := 0
	for n, c := range counts {
		if n >= 0 && (c > best || c == best && s.r.lures.langs[n] < s.lang) {
			best, s.lang = c, s.r.lures.langs[n]
		}
	}
}

// isRead reports whether visitors read a piece: text, and what stands in fields and in search engines' answers.
func isRead(p *extractors.Piece) bool {
	switch p.Where {
	case extractors.InText:
		return true
	case extractors.InAttr:
		switch p.Attr {
		case "content":
			return p.Tag == "meta" && strings.IndexByte(p.Text, ' ') > 0 || p.Tag == "meta" && len(p.Text) > 0 && p.Text[0] >= 0x80
		case "placeholder", "alt", "title", "aria-label":
			return true
		case "value":
			return p.Tag == "input" || p.Tag == "button"
		}
	}
	return false
}

// phrases makes reasons of what is said: one place is worth half, further ones ever less.
func (s *site) phrases() {
	for _, code := range wordCodes() {
		if places := s.places(code); len(places) > 0 {
			s.add(code, 1-math.Pow(0.5, float64(len(places))), places[0].quote(), places[0].page.text.url)
		}
	}
}

// place is a phrase on a page.
type place struct {
	page *reading
	hit  hit
}

func (p place) quote() string { return p.page.text.quote(p.hit.from, p.hit.to) }

// places gives where phrases of a code stand, one a sentence, at most maxHitsCode.
func (s *site) places(code string) []place {
	var out []place
	for _, p := range s.pages {
		last := int32(-1)
		for _, h := range p.hits {
			if h.phrase.code != code || p.text.tokens[h.from].sentence == last {
				continue
			}
			last = p.text.tokens[h.from].sentence
			if out = append(out, place{p, h}); len(out) == maxHitsCode {
				return out
			}
		}
	}
	return out
}

// page gives the reading of the page at address; nil when it was not read.
func (s *site) page(address string) *reading {
	for _, p := range s.pages {
		if p.text.url == address {
			return p
		}
	}
	return nil
}

// claims calls use for every claim of a type.
func (s *site) claims(kind string, use func(*extractors.Indicator)) {
	for i := range s.f.Indicators {
		if x := &s.f.Indicators[i]; x.Kind == extractors.KindClaim && x.Type == kind {
			use(x)
		}
	}
}

// alive reports whether the site itself was seen.
func (s *site) alive() bool {
	c := s.in.Capture
	return c != nil && (c.Outcome == "" || c.Outcome.Alive() || c.Outcome == crawler.Gated)
}
