package cloak

import (
	"net/url"
	"strings"

	"scamatlas/crawler"
	"scamatlas/extractors"
)

// Probe is one more look that would tell what a site goes by.
type Probe struct {
	Profile *crawler.Profile
	URL     string // where to enter; "" = as before
}

// Follow gives the looks that would settle why visitors see different things, at most three; nil when that is settled, or when they
// see the same.
func Follow(views []View, c extractors.Cloaking) []Probe {
	if len(views) == 0 || len(c.Cells) != len(views) {
		return nil
	}
	var out []Probe
	first := views[0]
	if entered := first.Capture.Target.URL; hasCode(entered) && first.Capture.Outcome.Alive() && c.Verdict != extractors.CloakInvitation {
		bare := *first.Profile
		bare.Name += "-code"
		out = append(out, Probe{&bare, withoutCode(entered)})
	}
	if c.Verdict == extractors.CloakSame || c.Verdict == extractors.CloakUnclear {
		return out
	}
	all := make([]sight, len(views))
	explained := 0
	for i := range views {
		all[i] = newSight(&views[i])
		all[i].cell.Same = c.Cells[i].Same
	}
	for _, t := range traits() {
		if t.explains(all) {
			explained++
		}
	}
	if explained == 1 {
		return out
	}
	return append(out, referrerProbes(all)...)[:min(maxProbes, len(out)+len(referrerProbes(all)))]
}

// referrerProbes change nothing but the page a visitor comes from: one who sees nothing comes from where one who sees it did, and one
// who sees it from nowhere.
func referrerProbes(all []sight) []Probe {
	var out []Probe
	from := ""
	for i := range all {
		if s := &all[i]; s.cell.Same && s.Profile.Referrer != "" {
			from = s.Profile.Referrer
			out = append(out, Probe{Profile: s.Profile.WithReferrer("")})
			break
		}
	}
	for i := range all {
		if s := &all[i]; s.differs() && s.Profile.Referrer == "" && from != "" {
			return append([]Probe{{Profile: s.Profile.WithReferrer(from)}}, out...)
		}
	}
	return out
}

// codes are names of parameters that carry an invitation.
var codes = []string{"invit", "ref", "code", "promo", "agent", "share", "partner", "aff", "yqm", "tgm", "recommend", "sponsor", "upline", "channel"}

// hasCode reports an address with an invitation in its query or its route.
func hasCode(address string) bool {
	u, err := url.Parse(address)
	if err != nil || address == "" {
		return false
	}
	query := u.RawQuery
	if _, q, ok := strings.Cut(u.Fragment, "?"); ok {
		query += "&" + q
	}
	values, _ := url.ParseQuery(query)
	for name, v := range values {
		name = strings.ToLower(name)
		for _, c := range codes {
			if strings.Contains(name, c) && len(v) > 0 && v[0] != "" {
				return true
			}
		}
	}
	return false
}

// withoutCode is the address without its query and route.
func withoutCode(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return address
	}
	u.RawQuery, u.Fragment, u.RawFragment = "", "", ""
	return u.String()
}
