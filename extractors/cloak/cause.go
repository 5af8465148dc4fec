package cloak

import (
	"net/url"
	"slices"
	"strings"

	"scamatlas/crawler"
	"scamatlas/extractors"
)

// trait is one thing that a site can tell a visitor by. Two visitors have the same one when both parts are equal.
type trait struct{ name, value string }

// Names of traits.
const (
	byCode     = "code"
	byPhone    = "phone"
	byWallet   = "wallet"
	byReferrer = "referrer" // any
	bySource   = "source"   // a certain one
	byChromium = "chromium"
	byNetwork  = "network"
	byLanguage = "language"
	byZone     = "timezone"
)

// traits are those that a visitor has.
func traits(p *crawler.Profile, coded bool) map[trait]bool {
	out := map[trait]bool{}
	set := func(name string, has bool) {
		if has {
			out[trait{name: name}] = true
		}
	}
	set(byCode, coded)
	set(byPhone, p.Mobile)
	set(byWallet, p.Wallet)
	set(byReferrer, p.Referrer != "")
	set(byChromium, p.ChromeMajor() > 0)
	for name, value := range map[string]string{bySource: hostOf(p.Referrer), byNetwork: p.Proxy, byLanguage: p.Language, byZone: p.Timezone} {
		if value != "" {
			out[trait{name, value}] = true
		}
	}
	return out
}

func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Hostname()
}

// term is a trait that a visitor must have, or must not.
type term struct {
	trait
	not bool
}

// theory says that those are shown the site who fit all its terms, one or two.
type theory []term

func (h theory) fits(has map[trait]bool) bool {
	for _, t := range h {
		if has[t.trait] == t.not {
			return false
		}
	}
	return true
}

// rank orders theories by how simple and usual they are, 0 first. No phone is a desktop, as plain a thing as a phone.
func (h theory) rank() int {
	n := 2 * (len(h) - 1)
	for _, t := range h {
		if t.not && t.name != byPhone && t.name != byChromium {
			n |= 1
		}
	}
	return n
}

// verdict is the name that a theory has in a report.
func (h theory) verdict() string {
	found := extractors.CloakDiffers
	weight := 0
	for _, t := range h {
		name, w := extractors.CloakDiffers, 0
		switch {
		case t.name == byPhone && t.not:
			name, w = extractors.CloakDesktop, 1
		case t.not:
		case t.name == byPhone:
			name, w = extractors.CloakMobile, 1
		case t.name == byReferrer || t.name == bySource:
			name, w = extractors.CloakReferrer, 2
		case t.name == byWallet:
			name, w = extractors.CloakWallet, 3
		case t.name == byCode:
			name, w = extractors.CloakInvitation, 4
		}
		if w > weight {
			found, weight = name, w
		}
	}
	return found
}

// theories are all that explain who is shown the site, the simplest first.
func (m *matrix) theories() []theory {
	var terms []term
	has := map[*look]map[trait]bool{}
	for _, l := range append(slices.Clone(m.in), m.out...) {
		has[l] = traits(&l.profile, l.coded)
		for t := range has[l] {
			for _, not := range []bool{false, true} {
				if x := (term{t, not}); !slices.Contains(terms, x) {
					terms = append(terms, x)
				}
			}
		}
	}
	slices.SortFunc(terms, func(a, b term) int {
		return strings.Compare(a.name+a.value, b.name+b.value)*2 + bit(a.not) - bit(b.not)
	})
	terms = slices.DeleteFunc(terms, func(t term) bool { // what not all have that see the site
		return slices.ContainsFunc(m.in, func(l *look) bool { return has[l][t.trait] == t.not })
	})
	var out []theory
	try := func(h theory) {
		if !slices.ContainsFunc(m.out, func(l *look) bool { return h.fits(has[l]) }) {
			out = append(out, h)
		}
	}
	for i, a := range terms {
		try(theory{a})
		for _, b := range terms[:i] {
			if a.name != b.name {
				try(theory{a, b})
			}
		}
	}
	slices.SortStableFunc(out, func(a, b theory) int { return a.rank() - b.rank() })
	return out
}

// cause gives the verdict where visitors are shown different things: what the simplest theories agree on.
func (m *matrix) cause() (verdict, why string) {
	all := m.theories()
	verdict = extractors.CloakDiffers
	for i, h := range all {
		if h.rank() > all[0].rank() {
			break
		}
		if i == 0 {
			verdict = h.verdict()
		} else if h.verdict() != verdict {
			verdict = extractors.CloakDiffers
		}
	}
	if verdict == extractors.CloakMobile && slices.ContainsFunc(m.out, m.sentAway) {
		verdict = extractors.CloakRedirected
	}
	return verdict, reason(verdict) + "; " + names(m.in) + " " + see(m.in) + " it, " + m.others()
}

// sentAway reports a desktop that ended at a site of its own.
func (m *matrix) sentAway(l *look) bool {
	return !l.profile.Mobile && !l.own && l.domain != "" && !slices.ContainsFunc(m.in, func(in *look) bool { return in.domain == l.domain })
}

// reason begins the line for people.
func reason(verdict string) string {
	switch verdict {
	case extractors.CloakMobile:
		return "phones are shown the site, desktops are not"
	case extractors.CloakDesktop:
		return "desktops are shown the site, phones are not"
	case extractors.CloakReferrer:
		return "only visitors who come from another page are shown the site"
	case extractors.CloakWallet:
		return "only browsers with a wallet are shown the site"
	case extractors.CloakInvitation:
		return "only visitors with a code in the address are shown the site"
	case extractors.CloakRedirected:
		return "phones are shown the site, desktops are sent to another one"
	}
	return "visitors are shown different things"
}
