package verdict

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"scamatlas/extractors"
	"scamatlas/extractors/claim"
)

// promises judges the figures that the claims hold: returns, plans, referral levels.
func (s *site) promises() {
	var plans, rates []string
	first := ""
	s.claims(claim.Plan, func(i *extractors.Indicator) {
		if !s.reported(i) {
			plans, first = append(plans, i.Value), cmp.Or(first, i.Page)
		}
	})
	s.claims(claim.Return, func(i *extractors.Indicator) {
		if s.reported(i) {
			return
		}
		if !slices.Contains(rates, i.Value) {
			rates, first = append(rates, i.Value), cmp.Or(first, i.Page)
		}
		p, ok := parseReturn(i.Value)
		if !ok {
			return
		}
		s.promised(i.Page, p, false)
		s.add(codeReturn, p.strength(), seen(i)+" = "+p.yearly(), i.Page)
		if p.days > 0 && p.days <= 7 && p.percent >= 100 {
			s.add(codeDoubled, 1, seen(i), i.Page)
		}
	})
	kind, shown := "plans", plans
	if len(rates) > len(plans) {
		kind, shown = "rates", rates
	}
	if n := len(shown); n >= 2 {
		s.add(codePlans, math.Min(1, float64(n)/4+0.25), fmt.Sprintf("%d %s: %s", n, kind, strings.Join(shown, "; ")), first)
	}
	s.claims(claim.Referral, func(i *extractors.Indicator) {
		if levels := strings.Count(i.Value, "-") + 1; levels >= 2 && !s.reported(i) {
			s.add(codeReferral, math.Min(1, 0.4+0.2*float64(levels-1)), seen(i), i.Page)
		}
	})
	if p := s.places(topicReferral); len(p) > 0 {
		s.add(codeReferral, 0.3+0.1*math.Min(3, float64(len(p))), p[0].quote(), p[0].page.text.url)
	}
}

func seen(i *extractors.Indicator) string {
	if len(i.Seen) > 0 {
		return i.Seen[0]
	}
	return i.Value
}

// promise is a return in figures.
type promise struct {
	percent float64 // the higher end
	days    float64 // it is paid for; 0: not said
}

// parseReturn reads the values of package claim: "2.5%/day", "1-3%/day", "200%/24h", "guaranteed 15%".
func parseReturn(v string) (promise, bool) {
	rate, period, timed := strings.Cut(v, "%/")
	rate = strings.TrimSuffix(strings.TrimPrefix(rate, "guaranteed "), "%")
	if n := strings.LastIndexByte(rate, '-'); n >= 0 {
		rate = rate[n+1:]
	}
	percent, err := strconv.ParseFloat(rate, 64)
	if err != nil || !(percent > 0 && percent <= 1e6) {
		return promise{}, false
	}
	if !timed {
		return promise{percent: percent}, true
	}
	days := map[string]float64{"hour": 1.0 / 24, "day": 1, "week": 7, "month": 30}[period]
	if days == 0 && period != "" {
		n, err := strconv.ParseFloat(period[:len(period)-1], 64)
		days = n * map[byte]float64{'h': 1.0 / 24, 'd': 1, 'w': 7, 'm': 30}[period[len(period)-1]]
		if err != nil || !(days > 0) {
			return promise{}, false
		}
	}
	return promise{percent, days}, true
}

// strength is 1 from one percent a day on.
func (p promise) strength() float64 {
	if p.days == 0 {
		return 0.5
	}
	daily := p.percent / p.days
	return math.Min(1, math.Max(0.3, 0.8+0.28*math.Log10(daily)+0.2*math.Min(0, math.Log10(daily))))
}

// yearly says what the promise comes to.
func (p promise) yearly() string {
	if p.days == 0 {
		return "a sure gain"
	}
	times := 365 / p.days
	compound := (math.Pow(1+p.percent/100, times) - 1) * 100
	switch {
	case math.IsInf(compound, 0) || compound > 1e12:
		return "more than 1,000,000,000,000 % a year"
	case compound >= 1e4:
		return thousands(roundTo(compound, 2)) + " % a year"
	}
	return thousands(roundTo(compound, 3)) + " % a year"
}

// roundTo keeps n leading figures.
func roundTo(x float64, n int) float64 {
	scale := math.Pow(10, math.Floor(math.Log10(x))-float64(n-1))
	return math.Round(x/scale) * scale
}

func thousands(x float64) string {
	s := strconv.FormatFloat(math.Round(x), 'f', 0, 64)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// reported reports a claim that the page denies or tells of others: it stands in a paragraph about frauds, or the page is one.
func (s *site) reported(i *extractors.Indicator) bool {
	p := s.page(i.Page)
	if p == nil || i.Where != extractors.InText || len(i.Seen) == 0 {
		return false
	}
	if p.about {
		return true
	}
	if d := s.document(i.Page); d != nil && (isArticle(d) || isCode(d)) {
		return true
	}
	return p.warnedAt(i.Seen[0], s.r.lures.bitsOf(p.text), s.r.lures.negating(p.text))
}

// warnedAt reports whether the paragraph that words stand in speaks of frauds, or their sentence of others, or negates or quotes them.
func (p *reading) warnedAt(words string, langs, no uint32) bool {
	t := p.text
	at := int32(strings.Index(t.s, words))
	if at < 0 {
		return false
	}
	n := searchToken(t.tokens, at)
	if n == len(t.tokens) {
		return false
	}
	if t.warned[t.tokens[n].piece] {
		return true
	}
	for k := n; k >= 0 && t.tokens[k].sentence == t.tokens[n].sentence; k-- {
		if t.tokens[k].marks.others&langs != 0 {
			return true
		}
	}
	for k := n + 1; k < len(t.tokens) && t.tokens[k].sentence == t.tokens[n].sentence; k++ {
		if t.tokens[k].marks.others&langs != 0 {
			return true
		}
	}
	last := n
	for last+1 < len(t.tokens) && int(t.tokens[last+1].to) <= int(at)+len(words) {
		last++
	}
	if t.quoted(n, last) {
		return true
	}
	return t.denied(n, n, no)
}
