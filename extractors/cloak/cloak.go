// Package cloak turns what several visitors saw of one site into a comparison: who is shown the site and who something else, by
// what the site tells them apart, and what a reviewer has to do to see it.
//
// It is pure, and knows neither how the visits were made nor whether the site is a scam.
package cloak

import (
	"cmp"
	"slices"

	"scamatlas/crawler"
	"scamatlas/crawler/judge"
	"scamatlas/extractors"
)

// View is what one visitor saw. Profile may be nil: then it is the capture's.
type View struct {
	Profile  *crawler.Profile
	Capture  *crawler.Capture
	Findings *extractors.Findings
	Input    *extractors.Input // the documents, for who reads on; may be nil
}

// Compare tells what the visitors of one site saw. views[0] is the first profile, usually a desktop; the order of the others only
// orders the cells. The result's verdict is never empty.
func Compare(views []View) extractors.Cloaking {
	m := newMatrix(views)
	c := extractors.Cloaking{Verdict: extractors.CloakUnclear, Why: "nobody looked"}
	if len(m.looks) == 0 {
		return c
	}
	c.Verdict, c.Why = m.verdict()
	c.Shown = m.best.name
	for _, l := range m.looks {
		c.Cells = append(c.Cells, m.cell(l))
		if slices.Contains(m.out, l) {
			c.Hidden = append(c.Hidden, l.name)
		}
	}
	c.Steps = m.card(c.Verdict)
	return c
}

// matrix is all looks at one site, compared each with each.
type matrix struct {
	looks []*look
	pairs map[[2]*look]likeness
	best  *look   // shows most of the site
	in    []*look // are shown the same site as best, best among them
	out   []*look // are shown something else
}

func newMatrix(views []View) *matrix {
	m := &matrix{pairs: map[[2]*look]likeness{}}
	j := judge.New()
	for _, v := range views[:min(len(views), maxViews)] {
		m.looks = append(m.looks, newLook(v, j))
	}
	if len(m.looks) == 0 {
		return m
	}
	for i, a := range m.looks {
		for _, b := range m.looks[:i] {
			l := like(a, b)
			m.pairs[[2]*look{a, b}], m.pairs[[2]*look{b, a}] = l, l
		}
	}
	m.divide()
	return m
}

func (m *matrix) like(a, b *look) likeness {
	if a == b {
		l := likeness{alike, -1, -1}
		if c := a.main().content; c != nil {
			l.text, l.dom = 1, 1
			if len(c.pairs) == 0 {
				l.text = -1
			}
			if len(c.tags)+len(c.classes) == 0 {
				l.dom = -1
			}
		}
		return l
	}
	return m.pairs[[2]*look{a, b}]
}

// divide forms groups of visitors that see the same, directly or by way of others, and takes the group that sees most for the site.
func (m *matrix) divide() {
	group := map[*look]int{}
	for i, l := range m.looks {
		group[l] = i
	}
	for _, a := range m.looks {
		for _, b := range m.looks {
			if from, to := group[a], group[b]; from != to && m.like(a, b).relation == alike {
				for l, g := range group {
					if g == from {
						group[l] = to
					}
				}
			}
		}
	}
	withFirst := func(l *look) bool { return group[l] == group[m.looks[0]] }
	m.best = slices.MaxFunc(m.looks, func(a, b *look) int { return m.shows(a, b, withFirst) })
	for _, l := range m.looks {
		switch {
		case group[l] == group[m.best]:
			m.in = append(m.in, l)
		case m.answers(l):
			m.out = append(m.out, l)
		}
	}
}

// answers reports whether l saw something that is not what the visitors of the site see. Who asked for another address only
// counts when it was stopped by a wall.
func (m *matrix) answers(l *look) bool {
	if l.coded != m.best.coded && l.view.Capture.Outcome != crawler.Gated {
		return false
	}
	for _, in := range m.in {
		if m.like(l, in).relation == other {
			return true
		}
	}
	return m.like(l, m.best).relation == other
}

// shows orders looks by how much of the site they show; what looks like a decoy comes last.
func (m *matrix) shows(a, b *look, withFirst func(*look) bool) int {
	yes := func(f func(*look) bool) int { return cmp.Compare(bit(f(a)), bit(f(b))) }
	return cmp.Or(
		yes(func(l *look) bool { return l.main().kind == site }),
		yes(func(l *look) bool { return !l.famous }),
		yes(func(l *look) bool { return len(l.payees) > 0 }),
		yes(func(l *look) bool { return l.claims > 0 }),
		yes(substantial),
		yes(func(l *look) bool { return l.own }),
		yes(func(l *look) bool { return !withFirst(l) }),
		yes(func(l *look) bool { return l.shown.kind == site }),
		cmp.Compare(len(a.page().pairs), len(b.page().pairs)),
		cmp.Compare(len(a.payees), len(b.payees)),
		-cmp.Compare(a.name, b.name),
	)
}

// substantial reports a page that is something of its own, not a note in its place.
func substantial(l *look) bool { return l.page().words >= muchText || l.page().fields > 0 }

func bit(b bool) int {
	if b {
		return 1
	}
	return 0
}

// verdict names who sees the site, with a line for people.
func (m *matrix) verdict() (verdict, why string) {
	switch n := len(m.in) + len(m.out); {
	case m.best.main().kind == nothing:
		return extractors.CloakUnclear, "nobody was shown the site: " + m.told(m.looks[0])
	case len(m.out) == 0 && m.walled():
		return extractors.CloakInvitation, "every visitor is asked for an invitation code"
	case n < 2:
		return extractors.CloakUnclear, "only " + m.best.name + " was shown something that can be compared"
	case m.best.main().kind == refused || m.best.main().kind == empty:
		return extractors.CloakUnclear, "nobody was shown the site: " + m.told(m.best)
	case len(m.out) == 0:
		return extractors.CloakSame, "visitors are shown the same site: " + names(m.in)
	case m.best.main().kind != site:
		return extractors.CloakUnclear, "nobody was shown the site: " + m.told(m.best)
	}
	return m.cause()
}

// walled reports that all who saw anything are asked for an invitation.
func (m *matrix) walled() bool {
	for _, l := range m.looks {
		if l.main().kind != nothing && !l.invited {
			return false
		}
	}
	return true
}

func (m *matrix) cell(l *look) extractors.Cell {
	k := m.like(l, m.best)
	c := l.view.Capture
	return extractors.Cell{Profile: l.name, Outcome: c.Outcome, Status: l.status(), FinalURL: l.final(), Rendered: c.Rendered != nil,
		Words: l.page().words, Wallets: len(l.keys), Text: k.text, DOM: k.dom, Wallet: walletShare(l.keys, m.best.keys), Same: slices.Contains(m.in, l)}
}

// walletShare is the share of the shorter list that the longer has: some visitors only enter, others walk the site. -1 when one has none.
func walletShare(a, b []string) float64 {
	if len(a) == 0 || len(b) == 0 {
		return -1
	}
	n := 0
	for _, k := range a {
		if slices.Contains(b, k) {
			n++
		}
	}
	return float64(n) / float64(min(len(a), len(b)))
}
