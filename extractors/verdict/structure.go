package verdict

import (
	"fmt"
	"math"
	"net/url"
	"slices"
	"strings"

	"scamatlas/extractors"
)

const (
	minWords   = 60  // of a site that can be judged by what it says
	topicWords = 150 // of a site whose subject can be told
	prose      = 20  // words of a piece of text that is written to be read
	proseRunes = 60  // letters of one in scripts without blanks
	leastTold  = 2   // phrases told of others that say what a site does
)

// structure judges what kind of pages these are.
func (s *site) structure() {
	if s.words < minWords {
		s.add(codePoor, 1, fmt.Sprintf("%d words were seen", s.words), "")
	}
	s.subject()
	s.warnings()
	m := s.markup()
	s.asksNothing(m)
	s.writing(m)
	s.explains()
	if m.widgets > 0 {
		s.add(codeWidgets, 0.4+0.3*float64(m.widgets-1), "market data from "+strings.Join(m.hosts, ", "), m.widgetsAt)
	}
	if m.countdown != "" {
		value := 0.5
		if len(s.places(codeHurry)) > 0 {
			value = 1
		}
		s.add(codeCountdown, value, "element "+m.countdown, m.countdownAt)
	}
}

func (s *site) warnings() {
	warnings, where := 0, ""
	for _, p := range s.pages {
		if warnings += p.warnings; p.warnings > 0 && where == "" {
			where = p.text.url
		}
	}
	if warnings >= minWarned {
		s.add(codeWarns, float64(warnings)/10, fmt.Sprintf("%d words about frauds in %d", warnings, s.words), where)
	}
	if told, own := s.told(); told >= leastTold && told > own {
		s.add(codeTold, float64(told)/float64(told+own), fmt.Sprintf("%d phrases that lure are told of others, %d are its own", told, own), s.first())
	}
	if p := s.places(topicRisk); len(p) > 0 {
		s.add(codeRisk, 0.5*float64(len(p)), p[0].quote(), p[0].page.text.url)
	}
}

// told counts the phrases that lure which the pages tell of others, deny or quote, and those that they say themselves.
func (s *site) told() (told, own int) {
	for _, p := range s.pages {
		told += len(p.reported)
		for _, h := range p.hits {
			if !isTopic(h.phrase.code) {
				own++
			}
		}
	}
	return told, own
}

// markup is what the elements of all pages say.
type markup struct {
	fields, articles, times, code, authors int
	widgets                                int
	hosts                                  []string
	widgetsAt                              string
	countdown, countdownAt                 string
}

func (s *site) markup() *markup {
	m := &markup{}
	for _, d := range s.in.Docs {
		if !d.Page {
			continue
		}
		for i := range d.Elements {
			e := &d.Elements[i]
			switch e.Name {
			case "input", "textarea", "select":
				m.fields++
			case "article":
				m.articles++
			case "time":
				m.times++
			case "pre", "code", "kbd":
				m.code++
			}
			m.names(e, d.URL)
		}
		for i := range d.Pieces {
			m.piece(&d.Pieces[i], d.URL)
		}
	}
	return m
}

// names looks at what an element is called.
func (m *markup) names(e *extractors.Element, url string) {
	if m.countdown == "" && (hasFold(e.Class, "countdown") || hasFold(e.ID, "countdown")) {
		m.countdown, m.countdownAt = e.Name+" "+e.Class+" "+e.ID, url
	}
	if hasFold(e.Class, "byline") || hasFold(e.Class, "author") {
		m.authors++
	}
}

func (m *markup) piece(p *extractors.Piece, page string) {
	switch p.Where {
	case extractors.InJSON:
		if p.Tag == "script" && hasAny(p.Text, `"NewsArticle"`, `"BlogPosting"`, `"Article"`, `"TechArticle"`) {
			m.authors++
		}
	case extractors.InAttr:
		switch {
		case p.Attr == "property" && strings.HasPrefix(p.Text, "article:published"), p.Attr == "itemprop" && (p.Text == "author" || p.Text == "datePublished"), p.Attr == "rel" && p.Text == "author":
			m.authors++
		case p.Attr == "src" && (p.Tag == "script" || p.Tag == "iframe") && hasAny(p.Text, "tradingview", "coingecko", "coinmarketcap", "coinlib", "cryptocompare", "investing.com", "livecoinwatch", "coin360", "fxempire"):
			if u, err := url.Parse(p.Text); err == nil && !slices.Contains(m.hosts, u.Hostname()) && len(m.hosts) < 4 {
				m.hosts = append(m.hosts, u.Hostname())
				m.widgetsAt = page
			}
			m.widgets = min(m.widgets+1, 3)
		}
	}
}

// hasFold reports whether s holds the small-letter word in either case.
func hasFold(s, word string) bool {
	for i := 0; i+len(word) <= len(s); i++ {
		if s[i]|0x20 == word[0] && strings.EqualFold(s[i:i+len(word)], word) {
			return true
		}
	}
	return false
}

// asksNothing: no address to pay to, no field to fill in, nobody to chat with.
func (s *site) asksNothing(m *markup) {
	if !s.alive() || s.words < minWords || m.fields > 0 || len(s.places(codeDeposit)) > 0 || len(s.places(codeProof)) > 0 {
		return
	}
	for i := range s.f.Indicators {
		if x := &s.f.Indicators[i]; x.Payee() || isTalk(x) {
			return
		}
	}
	s.add(codeAsks, 1, "no field, no address to pay to", "")
}

// writing: articles and documentation. What a fake gets by copying an article stays small against what it needs to take money.
func (s *site) writing(m *markup) {
	written, all := s.prose()
	share := float64(written) / math.Max(1, float64(all))
	if dated := min(m.times, 2) + min(m.articles, 2) + 2*min(m.authors, 2); dated > 0 && written >= minWords {
		s.add(codeArticle, share*math.Min(1, float64(dated)/4), fmt.Sprintf("%d words of prose in %d, %d dates, %d marks of authors", written, all, m.times, m.authors), s.first())
	}
	instructions := len(s.places(topicCode))
	if n := min(m.code, 10) + 2*instructions; n >= 4 {
		s.add(codeDocs, float64(n)/14, fmt.Sprintf("%d pieces of code, %d instructions", m.code, instructions), s.first())
	}
}

// explains: documentation that promises nothing tells how to receive coins, and asks for none.
func (s *site) explains() {
	if f := s.found[codeDocs]; f == nil || f.Value < tellsMuch || s.offers() {
		return
	}
	delete(s.found, codeDeposit)
	if w := s.found[codeWallet]; w != nil {
		w.Value, w.Acts = min(w.Value, spokenOf), false
	}
}

func (s *site) first() string {
	if len(s.pages) > 0 {
		return s.pages[0].text.url
	}
	return ""
}

// prose counts the words that stand in pieces written to be read, and all.
func (s *site) prose() (written, all int) {
	for _, p := range s.pages {
		t := p.text
		for from := 0; from < len(t.tokens); {
			to, words, runes := from, 0, 0
			for to < len(t.tokens) && t.tokens[to].piece == t.tokens[from].piece {
				switch t.tokens[to].kind {
				case letter:
					words++
				case single:
					runes++
				}
				to++
			}
			if words >= prose || runes >= proseRunes {
				written += words + runes/2
			}
			from = to
		}
		all += t.words
	}
	return written, all
}

// subject: a site that does not speak of money.
func (s *site) subject() {
	if s.words < topicWords {
		return
	}
	finance := 0
	for _, p := range s.pages {
		for _, h := range p.hits {
			if h.phrase.code == topicFinance {
				finance++
			}
		}
	}
	if share := float64(finance) / float64(s.words); share < 0.01 {
		s.add(codeOffTopic, 1-share*100, fmt.Sprintf("%d of %d words are about money", finance, s.words), "")
	}
}
