package cloak

import (
	"bytes"
	"slices"
	"strings"

	"scamatlas/extractors"
)

// visit notes the pages and states seen whole, and which of them hold a payee.
func (l *look) visit() {
	c := l.view.Capture
	l.states = map[string]bool{}
	if r := c.Rendered; r != nil && r.Err == "" && !slices.Contains(r.Caps, "time") {
		for i := range r.Views[:min(len(r.Views), maxPlaces)] {
			v := &r.Views[i]
			if v.Err == "" && !v.Truncated && v.Blank == "" && v.Status < 400 {
				l.note("shown|"+pageOf(v.FinalURL)+"|"+strings.Join(v.Steps, "|"), v.DOM)
			}
		}
	}
	for i := range c.Pages[:min(len(c.Pages), maxPlaces)] {
		p := &c.Pages[i]
		if p.Err == "" && p.Truncated == "" && p.Status >= 200 && p.Status < 300 {
			l.note("sent|"+pageOf(p.FinalURL), p.Body)
		}
	}
}

func (l *look) note(place string, body []byte) {
	l.states[place] = l.states[place] || holds(body, l.payees)
}

// holds reports whether a spelling of a wallet stands in body.
func holds(body []byte, wallets []extractors.Indicator) bool {
	for i := range wallets[:min(len(wallets), maxPayees)] {
		for _, s := range append([]string{wallets[i].Value}, wallets[i].Seen...) {
			if s != "" && bytes.Contains(body, []byte(s)) {
				return true
			}
		}
	}
	return false
}

// hides reports that other is asked for money on a page that l saw whole without any wallet.
func (l *look) hides(other *look) bool {
	if len(l.payees) > 0 || len(other.payees) == 0 {
		return false
	}
	for place, paid := range other.states {
		if _, was := l.states[place]; paid && was {
			return true
		}
	}
	return false
}

// pageOf is an address without query and fragment.
func pageOf(address string) string {
	address, _, _ = strings.Cut(address, "#")
	address, _, _ = strings.Cut(address, "?")
	return strings.TrimSuffix(address, "/")
}
