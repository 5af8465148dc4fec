// Package offer turns the tables, cards and sentences of a page into what it says money earns: so much paid in, so much paid out, over so
// long.
//
// It reads plans that name sums instead of rates ("price 200, daily earnings 7"), rates whose period stands in the head of the column,
// sums that come back after some days, and rates by the hour, week and month, in the languages of words.tsv. It does not know who says
// it, nor whether it is told of somebody else; rates by the year it leaves alone, for honest firms pay those.
package offer

import (
	_ "embed"
	"fmt"
	"math"
	"strings"

	"scamatlas/extractors"
)

// Offer is one promise in figures.
type Offer struct {
	Daily    float64 // gain in percent of what is paid in, a day
	Days     float64 // the period it was said for
	Seen     string  // the words, at most maxSeen bytes
	Cell     string  // the cell, line or sentence that the figure stands in
	Computed bool    // from two sums, not a rate on the page
	Prose    bool    // from a sentence, not a table or card
}

// Bounds.
const (
	maxOffers    = 64  // of one document
	maxFragments = 24  // of one card or row
	maxFragment  = 300 // bytes: longer texts are not figures of a plan
	maxSeen      = 160
	maxFigure    = 40      // bytes of a cell that is little more than a figure
	maxTerm      = 80      // bytes of a cell that gives a rate or a term; longer ones are sentences
	maxBytes     = 1 << 20 // of a document that are read

	leastDaily = 0.06    // percent a day, 22 a year, that no honest deposit pays
	leastTerm  = 0.5     // the same where only a term of days stands beside the rate
	leastYear  = 100.0   // percent a year
	mostDaily  = 100_000 // more is a misread figure
)

//go:embed words.tsv
var wordsTSV string

// Reader knows the words. It may be used by many at once.
type Reader struct {
	words map[string]*list
	table table
}

// New reads the list of words, which is part of the program.
func New() *Reader {
	words := readWords(wordsTSV)
	return &Reader{words: words, table: tableOf(words)}
}

// Read gives the offers of an HTML document in the order they stand there, each once.
func (r *Reader) Read(d *extractors.Document) []Offer {
	if d.Type != extractors.HTML || !hasFigures(d.Body) {
		return nil
	}
	c := collector{reader: r, seen: map[string]bool{}}
	for _, u := range cut(d.Body[:min(len(d.Body), maxBytes)]) {
		c.unit(&u)
		if len(c.offers) >= maxOffers {
			break
		}
	}
	return c.offers
}

func hasFigures(body []byte) bool {
	for _, b := range body {
		if b >= '0' && b <= '9' {
			return true
		}
	}
	return false
}

type collector struct {
	reader *Reader
	offers []Offer
	seen   map[string]bool
	prose  bool // the unit is a sentence
}

// add keeps a gain of percent over days.
func (c *collector) add(percent, days float64, computed bool, cell, evidence string) {
	daily := percent / days
	if !(days > 0) || !(daily >= leastDaily && daily <= mostDaily) || math.IsInf(daily, 0) {
		return
	}
	evidence = strings.Join(strings.Fields(evidence), " ")
	if len(evidence) > maxSeen {
		evidence = strings.ToValidUTF8(evidence[:maxSeen], "") + "…"
	}
	if key := fmt.Sprintf("%.4f %s", daily, strings.Trim(evidence, ".!? ")); !c.seen[key] {
		c.seen[key] = true
		c.offers = append(c.offers, Offer{Daily: daily, Days: days, Seen: evidence, Cell: cell, Computed: computed, Prose: c.prose})
	}
}

// unit reads one row, card or sentence: first the rates that stand in it, then sums against sums.
func (c *collector) unit(u *unit) {
	rates := false
	c.prose = u.prose
	for i := range u.parts {
		u.parts[i].meaning = c.reader.part(u.parts[i].text, u.parts[i].head)
	}
	u.share()
	for i := range u.parts {
		p := u.parts[i].meaning
		if p.other {
			continue
		}
		if p.yearly {
			if p.percent >= leastYear && p.earns {
				c.add(p.percent, 365, false, u.parts[i].text, u.parts[i].head+" "+u.parts[i].text)
			}
			continue
		}
		if percent, days, ok := p.rate(); ok {
			rates = true
			c.add(percent, days, false, u.parts[i].text, u.parts[i].head+" "+u.parts[i].text)
		}
	}
	if !rates && len(u.parts) >= 2 {
		c.tasks(u)
		c.term(u)
		c.sums(u)
	}
}

// share lends what one cell says to the others of its row or card: "monthly result" at the head of a row to its figures, "paid in USDT" or
// "6 months" to the rate beside it.
func (u *unit) share() {
	if u.prose || len(u.parts) < 2 {
		return
	}
	head := &u.parts[0].meaning
	heads := head.earns && head.period > 0 && head.percent == 0 && head.amount == 0
	earns, other := false, false
	for i := range u.parts {
		p := &u.parts[i].meaning
		said := p.earns || p.coin || p.span > 0 && p.percent == 0 // "USDT", "6 months"
		earns, other = earns || said && len(u.parts[i].text) <= maxTerm, other || p.other
	}
	for i := range u.parts {
		p := &u.parts[i].meaning
		if p.percent == 0 || other || len(u.parts[i].text) > maxFigure {
			continue
		}
		if heads && p.period == 0 {
			p.period = head.period
		}
		p.earns = p.earns || earns && p.period > 0
	}
}

// tasks reads a commission on each of so many tasks a day: one on the whole deposit each time.
func (c *collector) tasks(u *unit) {
	percent, count, cell := 0.0, 0.0, ""
	for i := range u.parts {
		p := &u.parts[i].meaning
		if p.commission && p.percent > 0 && percent == 0 {
			percent, cell = p.percent, u.parts[i].text
		}
		if p.tasks > 0 && count == 0 {
			count = p.tasks
		}
	}
	if percent > 0 && count > 0 {
		c.add(percent*count, 1, true, cell, u.text())
	}
}

// term reads a rate in one cell and the term it is paid for in another.
func (c *collector) term(u *unit) {
	percent, days, cell := 0.0, 0.0, ""
	for i := range u.parts {
		switch p := &u.parts[i].meaning; {
		case p.other || p.yearly:
			return
		case len(u.parts[i].text) > maxTerm:
		case percent == 0 && p.percent > 0 && p.earns:
			percent, cell = p.percent, u.parts[i].text
		case days == 0 && p.span > 0:
			days = max(p.span, 1.0/24)
		}
	}
	if percent > 0 && days > 0 && percent/days >= leastTerm {
		c.add(percent, days, false, cell, u.text())
	}
}

// sums sets what comes back against what is paid in.
func (c *collector) sums(u *unit) {
	paid, daily, total, days := 0.0, 0.0, 0.0, 0.0
	unitDays, cell := 0.0, ""
	for i := range u.parts {
		p := &u.parts[i].meaning
		if p.other {
			return
		}
		switch {
		case p.span > 0 && p.amount == 0 || p.span > 0 && p.headTime:
			days = p.span
		case p.amount > 0 && p.period > 0 && (p.earns || p.coin && p.period <= 1 && !p.pays) && daily == 0:
			daily, unitDays = p.amount, p.period
		case p.amount > 0 && p.total && total == 0 && paid > 0:
			total = p.amount
		case p.amount > 0 && paid == 0 && p.period == 0 && (!p.earns || p.pays):
			paid, cell = p.amount, u.parts[i].text
		}
	}
	evidence := u.text()
	switch {
	case paid > 0 && daily > 0 && daily < paid*10:
		c.add(100*daily/paid, unitDays, true, cell, evidence)
	case paid > 0 && total > 0 && days > 0:
		gain := total - paid
		if gain <= 0 {
			gain = total // it is the profit alone
		}
		c.add(100*gain/paid, days, true, cell, evidence)
	}
}
