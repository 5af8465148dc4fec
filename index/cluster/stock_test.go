package cluster

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"scamatlas/extractors"
	"scamatlas/index"
)

// onTheme gives a member a public design of which it keeps a share, and a kit's own parts beside it.
func onTheme(m *index.Member, theme string, keep float64, kit string, part float64) *index.Member {
	front(m, theme, keep)
	for s := range signals {
		size := [...]int{200, 120, 20, 25, 250, 0, 0}[s]
		t := s.of(&m.Fingerprint)
		*t = set(t.Hashes, tokens(kit+s.String(), int(float64(size)*part)))
	}
	return m
}

func payer(h, w string) *index.Member {
	m := alive(h)
	m.Indicators = []extractors.Indicator{wallet(w)}
	return m
}

func TestHonestAncestorIsNoCopy(t *testing.T) {
	sites := estate(nil)
	for i := range 9 { // half of the kit is a public design
		sites = append(sites, onTheme(payer(host("copy", i), fmt.Sprintf("C%d", i/3)), "public", .85, "kit's own", 1))
	}
	sites = append(sites, onTheme(alive("honest.example"), "public", .85, "honest's own", 1))
	all := build(nil, sites...)
	checkTies(t, all)
	if c := only(t, all, "copy0000.example"); c.Layer != index.Operator && c.Size != 9 {
		t.Errorf("the kit: %s of %d", c.Layer, c.Size)
	}
	if got := layout(all, index.Kit); strings.Contains(got, "honest") || !strings.Contains(got, strings.Join(hosts("copy", 9), " ")) {
		t.Errorf("kits %s", got)
	}
	// The same site with an account of the kit's users is one of them.
	tied := sites[len(sites)-1]
	for _, m := range []*index.Member{tied, sites[0], sites[len(sites)-2]} {
		m.Indicators = append(m.Indicators, ga4("desk"))
	}
	if got := layout(build(nil, sites...), index.Kit); !strings.Contains(got, "honest") {
		t.Errorf("tied by an account, yet apart: %s", got)
	}
}

func hosts(name string, n int) (out []string) {
	for i := range n {
		out = append(out, host(name, i))
	}
	return out
}

func TestKitOnStockThemeOfFiveHundred(t *testing.T) {
	sites := estate(nil)
	for i := range 500 {
		m := front(alive(host("theme", i)), "stock", .8)
		m.Indicators = []extractors.Indicator{ga4(fmt.Sprintf("own%d", i))}
		sites = append(sites, m)
	}
	for i := range 12 {
		sites = append(sites, onTheme(payer(host("scam", i), fmt.Sprintf("S%d", i/4)), "stock", .8, "scam's own", .5))
	}
	all := build(nil, sites...)
	checkTies(t, all)
	want := strings.Join(hosts("scam", 12), " ")
	if got := layout(all, index.Kit); !slices.Contains(strings.Split(got, "|"), want) {
		t.Errorf("the kit is not by itself: %.600s", got)
	}
	if got := layout(all, index.Kit) + layout(all, index.Operator); strings.Contains(got, "theme") {
		t.Errorf("honest users of the design are grouped: %.600s", got)
	}
}

func TestPublicDesignIsNoKit(t *testing.T) {
	shops := func(words bool) (all []*index.Member) {
		for i := range 40 {
			m := front(alive(host("theme", i)), "stock", .8)
			if !words { // the design's sample text gave way to their own
				m.Fingerprint.Text = set(tokens(m.Host+"own words", 200))
			}
			all = append(all, m)
		}
		return all
	}
	if got := layout(build(nil, shops(false)...), index.Kit); got != "" {
		t.Errorf("sites with a design in common and nothing to say: %.300s", got)
	}
	if got := layout(build(nil, shops(true)...), index.Kit); got != strings.Join(hosts("theme", 40), " ") {
		t.Errorf("sites that say the same: %.300s", got)
	}
	payers := shops(false)
	for i, m := range payers {
		m.Indicators = []extractors.Indicator{wallet(fmt.Sprintf("W%d", i))}
	}
	if got := layout(build(nil, payers...), index.Kit); got != strings.Join(hosts("theme", 40), " ") {
		t.Errorf("sites that all ask for money: %.300s", got)
	}
}

func TestClaimsNeedAWitness(t *testing.T) {
	claimed := func(h, kind, value string, more ...extractors.Indicator) *index.Member {
		m := alive(h)
		m.Indicators = append(more, extractors.Indicator{Kind: extractors.KindClaim, Type: kind, Value: value, Confidence: extractors.High})
		return m
	}
	backend := extractors.Indicator{Kind: extractors.KindBackend, Type: "api", Value: "api.example", Confidence: extractors.High}
	contact := extractors.Indicator{Kind: extractors.KindContact, Type: "telegram", Value: "desk", Confidence: extractors.High}
	crowd := func() (all []*index.Member) {
		for i := range 30 {
			all = append(all, claimed(host("r", i), "licence", "fca:122702"))
		}
		all[0].Indicators = append(all[0].Indicators, contact)
		all[1].Indicators = append(all[1].Indicators, contact)
		return all
	}
	for name, tc := range map[string]struct {
		sites []*index.Member
		want  string
	}{
		"a company number alone":               {[]*index.Member{claimed("a", "company_number", "gb:1"), claimed("b", "company_number", "gb:1")}, ""},
		"with a backend, still one kind":       {[]*index.Member{claimed("a", "company_number", "gb:1", backend), claimed("b", "company_number", "gb:1", backend)}, ""},
		"with a contact":                       {[]*index.Member{claimed("a", "company_number", "gb:1", contact), claimed("b", "company_number", "gb:1", contact)}, "a b"},
		"a regulator's name with a contact":    {[]*index.Member{claimed("a", "regulator", "FCA", contact), claimed("b", "regulator", "FCA", contact)}, ""},
		"an example's number, which all claim": {crowd(), ""},
	} {
		if got := layout(build(nil, tc.sites...), index.Operator); got != tc.want {
			t.Errorf("%s: %q, want %q", name, got, tc.want)
		}
	}
}
