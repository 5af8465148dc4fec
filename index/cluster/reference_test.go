package cluster

import (
	"slices"
	"strings"
	"testing"

	"scamatlas/extractors"
	walletx "scamatlas/extractors/wallet"
	"scamatlas/index"
)

// TestImitatedFirmJoinsNobody: two operators copied one honest firm's pages, its account along with them.
func TestImitatedFirmJoinsNobody(t *testing.T) {
	firm := front(alive("firm.example"), "kit0", .95)
	firm.Indicators = []extractors.Indicator{ga4("the firm's")}
	sites := append(estate(func(i int, m *index.Member) {
		if i%6 == 0 && i < 48 || i == 48 {
			m.Indicators = append(m.Indicators, ga4("the firm's"))
		}
	}), firm)

	var b Builder
	for _, m := range sites {
		b.Add(m)
	}
	unknown := b.Build(nil, Options{Now: day})
	if got := layout(unknown.Clusters, index.Kit); !strings.Contains(got, "firm.example") || len(unknown.Imitations) > 0 {
		t.Fatalf("not known to be honest, the firm is a copy among copies: %s", got)
	}
	known := b.Build(nil, Options{Now: day, Reference: func(h string) bool { return h == "firm.example" }})
	want := build(nil, estate(nil)...)
	for _, l := range []index.Layer{index.Kit, index.Operator} {
		if got := layout(known.Clusters, l); got != layout(want, l) {
			t.Errorf("%s: %s", l, got)
		}
	}
	if len(known.Imitations) != 1 {
		t.Fatalf("imitations %+v", known.Imitations)
	}
	m := known.Imitations[0]
	kit := only(t, slices.DeleteFunc(slices.Clone(known.Clusters), func(c index.Cluster) bool { return c.Layer != index.Kit }), "op0-0000.example")
	if m.Host != "firm.example" || m.Kit != kit.ID || m.Sites != 6 || m.Score < DefaultKitCut || len(m.By) != 6 || m.By[0] != "op0-0000.example" || m.Why == "" {
		t.Errorf("%+v", m)
	}
	e := b.Explain("firm.example", "op0-0001.example", Options{Reference: func(h string) bool { return h == "firm.example" }})
	if e.Kit.Same || !strings.Contains(e.Kit.Note, "honest") {
		t.Errorf("explained as %+v", e.Kit)
	}
	if r := (&Joiner{Options{Reference: func(h string) bool { return h == "firm.example" }}}).Join(firm, []index.Neighbour{{Member: *sites[0], Kit: "k-1", Operator: "o-1"}}); r != (Joined{}) {
		t.Errorf("a known firm joined %+v", r)
	}
}

func TestCloneByItselfIsTold(t *testing.T) {
	var b Builder
	for _, m := range append(town(), front(alive("firm.example"), "firm", .9), front(alive("clone.example"), "firm", .9)) {
		b.Add(m)
	}
	g := b.Build(nil, Options{Now: day, Reference: func(h string) bool { return h == "firm.example" }})
	if got := layout(g.Clusters, index.Kit); got != townKits {
		t.Errorf("kits %s", got)
	}
	if len(g.Imitations) != 1 || g.Imitations[0].Kit != "" || g.Imitations[0].Sites != 1 || g.Imitations[0].By[0] != "clone.example" {
		t.Errorf("imitations %+v", g.Imitations)
	}
}

func TestKnownValuesAreWallets(t *testing.T) {
	if len(known) < 20 {
		t.Fatalf("only %d known values", len(known))
	}
	for v := range known {
		kind, value, _ := strings.Cut(v, " ")
		if _, _, canonical, ok := walletx.Canonical(value); kind != extractors.KindWallet || !ok || canonical != value {
			t.Errorf("%s: canonical %q, %v", v, canonical, ok)
		}
	}
	if Known(extractors.KindWallet, "0x0000000000000000000000000000000000000001") {
		t.Error("everything is known")
	}
}

func TestHostingSupports(t *testing.T) {
	named := func(h string, sans ...string) *index.Member {
		m := alive(h)
		m.Hosting.CertSHA256, m.Hosting.CertSANs = "cert of "+h, append(sans, h)
		return m
	}
	if got := layout(build(nil, named("a.example", "b.example"), named("b.example"), named("c.example")), index.Operator); got != "a.example b.example" {
		t.Errorf("a site named in another's certificate: %q", got)
	}
	var many []string
	for i := range maxNamed + 1 {
		many = append(many, host("tenant", i))
	}
	if got := layout(build(nil, named("a.example", many...), named(many[0])), index.Operator); got != "" {
		t.Errorf("tenants of one certificate: %q", got)
	}
	behind := func(h, origin string) *index.Member {
		m := alive(h)
		m.Hosting.CDN, m.Hosting.Addresses, m.Hosting.Origins = "cloudflare", []string{"104.16.1.1"}, []string{origin + " by an earlier address"}
		m.Hosting.NS, m.Hosting.Registrar, m.Hosting.Registered = []string{"ns1.example"}, "Registrar", day
		m.Indicators = []extractors.Indicator{{Kind: extractors.KindContact, Type: "email", Value: "desk@x.example", Confidence: extractors.High}}
		return m
	}
	if got := layout(build(nil, behind("a", "198.51.100.3"), behind("b", "198.51.100.3")), index.Operator); got != "a b" {
		t.Errorf("one contact and one server behind the CDN: %q", got)
	}
	if got := layout(build(nil, behind("a", "198.51.100.3"), behind("b", "198.51.100.4")), index.Operator); got != "" {
		t.Errorf("one contact and a day of registration: %q", got)
	}
}
