package cloak

import (
	"maps"
	"net/url"
	"slices"
	"strings"

	"scamatlas/crawler"
	"scamatlas/extractors"
)

// Probe is one more look that would tell why visitors are shown different things.
type Probe struct {
	Profile *crawler.Profile
	URL     string // "" = the target's address
}

// Follow gives at most three looks that would settle the cause of what c found in the same views: variants of their profiles that
// differ in one part, or the address without its invitation code. nil when nothing is left to settle.
func Follow(views []View, c extractors.Cloaking) []Probe {
	m := newMatrix(views)
	if len(m.looks) == 0 || m.best.main().kind != site {
		return nil
	}
	switch {
	case len(m.out) > 0 && c.Verdict != extractors.CloakSame:
		return m.split()
	case c.Verdict == extractors.CloakSame && m.best.coded:
		return m.uncoded()
	}
	return nil
}

// uncoded asks for the address without its query, as the first visitor.
func (m *matrix) uncoded() []Probe {
	for _, l := range m.looks {
		if !l.coded {
			return nil // it was looked at
		}
	}
	u, err := url.Parse(m.looks[0].view.Capture.Target.URL)
	if err != nil {
		return nil
	}
	u.RawQuery, u.Fragment = "", ""
	p := m.looks[0].profile
	p.Name += "-code"
	return []Probe{{&p, u.String()}}
}

// split takes, one after the other, the variant on which the theories that are left differ most.
func (m *matrix) split() []Probe {
	theories := m.theories()
	theories = slices.DeleteFunc(theories, func(h theory) bool { return h.rank() > 2 && h.rank() > theories[0].rank() })
	groups := [][]theory{theories}
	var out []Probe
	candidates := m.variants()
	for len(out) < maxProbes {
		best, gain := -1, 0
		for i := range candidates {
			if n := cuts(groups, traits(candidates[i], m.looks[0].coded)); n > gain {
				best, gain = i, n
			}
		}
		if best < 0 {
			return out
		}
		p := candidates[best]
		groups = cut(groups, traits(p, m.looks[0].coded))
		out = append(out, Probe{Profile: p})
		candidates = slices.Delete(candidates, best, best+1)
	}
	return out
}

// cuts counts the theories that a look would part from the others of their group.
func cuts(groups [][]theory, has map[trait]bool) int {
	n := 0
	for _, g := range groups {
		yes := 0
		for _, h := range g {
			yes += bit(h.fits(has))
		}
		n += min(yes, len(g)-yes)
	}
	return n
}

func cut(groups [][]theory, has map[trait]bool) [][]theory {
	var out [][]theory
	for _, g := range groups {
		var yes, no []theory
		for _, h := range g {
			if h.fits(has) {
				yes = append(yes, h)
			} else {
				no = append(no, h)
			}
		}
		out = append(out, yes, no)
	}
	return out
}

// variants are the profiles that differ from one that looked in its referrer or its wallet, and that nobody has looked with.
func (m *matrix) variants() []*crawler.Profile {
	var referrers []string
	named := map[string]bool{}
	for _, l := range m.looks {
		named[l.name] = true
		if !slices.Contains(referrers, l.profile.Referrer) {
			referrers = append(referrers, l.profile.Referrer)
		}
	}
	var out []*crawler.Profile
	add := func(p *crawler.Profile) {
		if !named[p.Name] && !m.tried(p) {
			named[p.Name] = true
			out = append(out, p)
		}
	}
	for _, l := range m.looks {
		for _, r := range referrers {
			if r != l.profile.Referrer {
				add(l.profile.WithReferrer(r))
			}
		}
		add(withWallet(l.profile, !l.profile.Wallet))
	}
	return out
}

// tried reports whether somebody with the same traits has looked and was shown something.
func (m *matrix) tried(p *crawler.Profile) bool {
	for _, l := range append(slices.Clone(m.in), m.out...) {
		if maps.Equal(traits(p, l.coded), traits(&l.profile, l.coded)) {
			return true
		}
	}
	return false
}

// withWallet gives a variant called NAME+wallet or NAME-wallet.
func withWallet(p crawler.Profile, wallet bool) *crawler.Profile {
	p.Wallet = wallet
	if wallet {
		p.Name += "+wallet"
	} else {
		p.Name += "-wallet"
	}
	return &p
}

// coded reports an address with an invitation code in its query.
func coded(address string) bool {
	u, err := url.Parse(address)
	if err != nil || u.RawQuery == "" {
		return false
	}
	for name, values := range u.Query() {
		name = strings.NewReplacer("_", "", "-", "", ".", "").Replace(strings.ToLower(name))
		if len(values) > 0 && values[0] != "" && codeName(name) {
			return true
		}
	}
	return false
}

// codeName reports a parameter that is named as invitation codes are.
func codeName(name string) bool {
	for _, part := range []string{"invit", "invcode", "refer", "refcode", "agent", "sponsor", "yaoqing", "yqm"} {
		if strings.Contains(name, part) {
			return true
		}
	}
	return slices.Contains([]string{"code", "ref", "inv", "r", "aff", "icode", "upline"}, name)
}
