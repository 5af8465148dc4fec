package index

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"scamatlas/crawler"
)

// What happened to a site; see Reborn, too.
const (
	WentLive   = "live"    // seen for the first time, or for the first time after others stood in its place
	WentBack   = "back"    // seen again after it was gone
	WentGone   = "gone"    // dead or unreachable where it was seen before
	WentParked = "parked"  // a dealer's or hoster's page where it was seen before
	NewWallets = "wallets" // it asks to be paid elsewhere than before
	NewTitle   = "title"
	NewHost    = "moved" // it now leads to another host
)

// Happening is one thing that changed between two visits of a site.
type Happening struct {
	At   time.Time `json:"at"`
	What string    `json:"what"`           // a constant above
	Note string    `json:"note,omitempty"` // in words
}

// phase is what a visit says of a site's life; 0: nothing, it may have been a bad day of ours, of the network or of a bot check.
type phase int

const (
	noNews phase = iota
	alive
	parked
	gone
)

func phaseOf(o crawler.Outcome) phase {
	switch o {
	case crawler.OK, crawler.Gated:
		return alive
	case crawler.Parked, crawler.Suspended:
		return parked
	case crawler.Dead, crawler.Unreachable:
		return gone
	}
	return noNews
}

// live writes down what a visit changed: s is the state after it, old before it. Steady counts the visits in a row that found nothing
// new; a visit that says nothing leaves it as it was.
func (s *Site) live(old *Site) {
	now := phaseOf(s.Outcome)
	if now == noNews {
		return
	}
	before := noNews
	if old != nil {
		before = phaseOf(old.Outcome)
		if before == noNews && !old.LastLive.IsZero() {
			before = alive
		}
	}
	changes := s.changes(old, before, now)
	if len(changes) == 0 && before == now {
		s.Steady++
		return
	}
	s.Steady = 0
	s.Happened = append(slices.Clone(s.Happened), changes...)
	if n := len(s.Happened); n > MaxHappened {
		s.Happened = s.Happened[n-MaxHappened:]
	}
}

func (s *Site) changes(old *Site, before, now phase) []Happening {
	var out []Happening
	add := func(what, format string, a ...any) {
		out = append(out, Happening{At: s.LastVisit, What: what, Note: fmt.Sprintf(format, a...)})
	}
	seen := old != nil && !old.LastLive.IsZero()
	switch {
	case now == alive && !seen:
		add(WentLive, "seen for the first time")
	case now == alive && before != alive:
		add(WentBack, "seen again; last alive %s, then %s", old.LastLive.Format(time.DateOnly), old.Outcome)
	case now == gone && before == alive, now == parked && before == alive:
		add(map[phase]string{gone: WentGone, parked: WentParked}[now], "%s; last alive %s", s.Outcome, old.LastLive.Format(time.DateOnly))
	}
	if now != alive || !seen {
		return out
	}
	if a, b := old.Findings.Title, s.Findings.Title; a != b && a != "" && b != "" {
		add(NewTitle, "%q, was %q", cut(b), cut(a))
	}
	if a, b := hostIn(old.FinalURL), hostIn(s.FinalURL); a != b && a != "" && b != "" {
		add(NewHost, "to %s, was %s", b, a)
	}
	if plus, minus := differing(old, s); plus+minus > 0 {
		add(NewWallets, "%d new, %d gone", plus, minus)
	}
	return out
}

// differing counts payee wallets that only one of two states of a site has.
func differing(old, s *Site) (plus, minus int) {
	has := func(s *Site) map[string]bool {
		m := map[string]bool{}
		for _, w := range s.Wallets() {
			m[w.Key()] = true
		}
		return m
	}
	a, b := has(old), has(s)
	for k := range b {
		if !a[k] {
			plus++
		}
	}
	for k := range a {
		if !b[k] {
			minus++
		}
	}
	return plus, minus
}

func hostIn(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return strings.TrimPrefix(u.Hostname(), "www.")
}

func cut(s string) string {
	if len(s) > 80 {
		return strings.ToValidUTF8(s[:80], "") + "…"
	}
	return s
}
