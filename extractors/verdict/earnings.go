package verdict

import (
	"fmt"
	"math"
	"strings"
)

// earnings judges what the pages say money earns, in sums and rates of tables, cards and sentences.
func (s *site) earnings() {
	computed, places, first := 0, map[string]bool{}, ""
	for _, d := range s.in.Docs {
		p := s.page(d.URL)
		if !d.Page || p == nil || p.about {
			continue
		}
		quiet := !s.ownVoice(d) // news and documentation give figures as examples; a table with plans remains one
		for _, o := range s.r.offers.Read(d) {
			if quiet && o.Prose || s.toldAt(p, o.Cell) {
				continue
			}
			x := promise{percent: o.Daily * o.Days, days: o.Days}
			s.add(codeReturn, x.strength(), fmt.Sprintf("%s = %s", o.Seen, x.yearly()), d.URL)
			if o.Days <= 7 && x.percent >= 100 {
				s.add(codeDoubled, 1, o.Seen, d.URL)
			}
			s.promised(d.URL, x, !o.Prose)
			places[fmt.Sprintf("%.3f %.3f", o.Daily, o.Days)] = true
			if o.Computed {
				computed++
			}
			if first == "" {
				first = d.URL
			}
		}
	}
	if n := len(places); n >= 2 {
		s.add(codePlans, math.Min(1, float64(n)/4+0.25), fmt.Sprintf("%d different returns, %d of them from sums", n, computed), first)
	}
}

// promised notes a return that a page promises, in a table or card or only in words.
func (s *site) promised(page string, x promise, shown bool) {
	s.returns[fmt.Sprintf("%s %.3g %.3g", page, x.percent, x.days)] = true
	s.shown = s.shown || shown
}

// saidOnce halves what a promise of returns tells when it stands in one sentence of the whole site: frauds put theirs into tables, cards
// and headlines, and say it again and again; a sentence is how warnings, lessons and terms of work name such a figure.
func (s *site) saidOnce() {
	if f := s.found[codeReturn]; f != nil && !s.shown && len(s.returns) < 2 {
		f.Value /= 2
	}
}

// toldAt reports whether an offer stands in a paragraph that speaks of frauds, or its figures are denied or those of others: "nobody pays
// 3 % a day", a table of "1.2%" in quotation marks.
func (s *site) toldAt(p *reading, cell string) bool {
	cell = strings.TrimSpace(strings.TrimSuffix(cell, "…"))
	no := s.r.lures.negating(p.text)
	if p.warnedAt(cell, s.r.lures.bitsOf(p.text), no) {
		return true
	}
	at := strings.Index(p.text.s, cell)
	if at < 0 {
		return false
	}
	t, rates, quoted := p.text, 0, 0
	for n := searchToken(t.tokens, int32(at)); n < len(t.tokens) && int(t.tokens[n].from) < at+len(cell); n++ {
		if t.tokens[n].kind != digit {
			continue
		}
		if t.denied(n, n, no) {
			return true
		}
		if n+1 < len(t.tokens) && t.has(n+1, anyPercent) {
			rates++
			if t.quoted(n, n+1) {
				quoted++
			}
		}
	}
	return rates > 0 && quoted == rates
}
