package cluster

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"scamatlas/extractors"
	"scamatlas/index"
)

// estate is eight operators with six sites each on kits of their own, and thirty strangers. poison changes it.
func estate(poison func(i int, m *index.Member)) []*index.Member {
	var all []*index.Member
	for o := range 8 {
		for i := range 6 {
			m := front(alive(host(fmt.Sprintf("op%d-", o), i)), fmt.Sprintf("kit%d", o), .85)
			m.Indicators = []extractors.Indicator{wallet(fmt.Sprintf("W%d", o)), ga4(fmt.Sprintf("chat%d", o))}
			all = append(all, m)
		}
	}
	for i := range 30 {
		all = append(all, front(alive(host("shop", i)), "", 0))
	}
	for i, m := range all {
		if poison != nil {
			poison(i, m)
		}
	}
	return all
}

func ga4(value string) extractors.Indicator {
	return extractors.Indicator{Kind: extractors.KindTracker, Type: "ga4", Value: value, Confidence: extractors.High}
}

func TestPoisonMergesNothing(t *testing.T) {
	want := build(nil, estate(nil)...)
	operators, kits := layout(want, index.Operator), layout(want, index.Kit)
	if strings.Count(operators, "|") != 7 || strings.Count(kits, "|") != 7 {
		t.Fatalf("the estate itself: %s\n%s", operators, kits)
	}
	add := func(m *index.Member, i ...extractors.Indicator) { m.Indicators = append(m.Indicators, i...) }
	for name, poison := range map[string]func(i int, m *index.Member){
		"a burn wallet everywhere": func(_ int, m *index.Member) {
			w := wallet("0xdead")
			w.Role = extractors.Burn
			add(m, w)
		},
		"an exchange's wallet, told apart by tags": func(i int, m *index.Member) {
			w := wallet("rExchange")
			w.Tag = fmt.Sprint(i / 6)
			if i < 48 {
				add(m, w)
			}
		},
		"the wallets of an analyst's list": func(i int, m *index.Member) {
			for o := range 8 {
				w := wallet(fmt.Sprintf("W%d", o))
				w.Role = extractors.List
				if i >= 48 {
					add(m, w)
				}
			}
		},
		"another kit's account in a second kit": func(i int, m *index.Member) {
			if i < 12 {
				add(m, ga4("UA-1"))
			}
		},
		"an account of the common ancestor in all kits": func(i int, m *index.Member) {
			if i < 48 {
				add(m, ga4("UA-1"))
			}
		},
		"a CDN's address and certificate that no list knows": func(i int, m *index.Member) {
			m.Hosting.Addresses = []string{fmt.Sprintf("198.51.100.%d", i%3)}
			m.Hosting.CertSHA256 = fmt.Sprintf("edge%d", i%3)
			m.Hosting.CertSANs = []string{"*.edge.example"}
		},
		"an account of one operator pasted into two others' pages": func(i int, m *index.Member) {
			if i == 6 || i == 12 {
				add(m, ga4("chat0"))
			}
		},
	} {
		all := build(nil, estate(poison)...)
		if got := layout(all, index.Operator); got != operators {
			t.Errorf("%s: operators %s", name, got)
		}
		if got := layout(all, index.Kit); got != kits {
			t.Errorf("%s: kits %s", name, got)
		}
		checkTies(t, all)
	}
}

func TestExchangeWalletOfManyJoinsNobody(t *testing.T) {
	sites := estate(nil)
	for i := range maxWalletHolders + 100 {
		m := alive(host("x", i))
		m.Indicators = []extractors.Indicator{wallet("hot")}
		sites = append(sites, m)
	}
	for _, m := range sites[:48] {
		m.Indicators = append(m.Indicators, wallet("hot"))
	}
	all := build(nil, sites...)
	if got, want := layout(all, index.Operator), layout(build(nil, estate(nil)...), index.Operator); got != want {
		t.Errorf("operators %.300s", got)
	}
}

func TestParkedPagesAreNoKit(t *testing.T) {
	sites := estate(nil)
	for i := range 40 { // never seen alive: the provider's page is not the site
		m := front(alive(host("parked", i)), "parking", .99)
		m.LastLive = time.Time{}
		m.Indicators = []extractors.Indicator{ga4("the provider's")}
		sites = append(sites, m)
	}
	if all := build(nil, sites...); strings.Contains(layout(all, index.Kit)+layout(all, index.Operator), "parked") {
		t.Error("parked pages were grouped")
	}
}

func TestStockThemeJoinsNoPeople(t *testing.T) {
	sites := estate(nil)
	for i := range 500 {
		m := front(alive(host("theme", i)), "stock", .8)
		m.Fingerprint.Text = set(tokens(m.Host+"own words", 200))
		m.Indicators = []extractors.Indicator{ga4(fmt.Sprintf("own%d", i)), ga4("theme author")}
		m.Hosting.Addresses = []string{fmt.Sprintf("203.0.113.%d", i%5)}
		sites = append(sites, m)
	}
	all := build(nil, sites...)
	want := build(nil, estate(nil)...)
	if got := layout(all, index.Operator); got != layout(want, index.Operator) {
		t.Errorf("operators %.300s", got)
	}
	if got := layout(all, index.Kit); got != layout(want, index.Kit) {
		t.Errorf("kits %.300s", got)
	}
}

func TestHotWalletOfAnExchangeJoinsNobody(t *testing.T) {
	const hot = "0x28c6c06298d514db089934071355e5743bf21d60"
	want := layout(build(nil, estate(nil)...), index.Operator)
	shown := estate(func(i int, m *index.Member) { m.Indicators = append(m.Indicators, wallet(hot)) })
	if got := layout(build(nil, shown...), index.Operator); got != want {
		t.Errorf("operators %.300s", got)
	}
	tagged := estate(func(i int, m *index.Member) {
		if i == 48 || i == 49 { // one customer of the exchange
			w := wallet(hot)
			w.Tag = "1077"
			m.Indicators = append(m.Indicators, w)
		}
	})
	if got := layout(build(nil, tagged...), index.Operator); !strings.Contains(got, "shop0000.example shop0001.example") {
		t.Errorf("one customer's sites: %.300s", got)
	}
}

// TestSharedHostingByItsTenants: no list knows the address; that strangers live there is seen.
func TestSharedHostingByItsTenants(t *testing.T) {
	house := func(tenants int) []*index.Member {
		var all []*index.Member
		for i := range tenants {
			m := alive(host("t", i))
			m.Hosting.Addresses, m.Hosting.CertSHA256 = []string{"198.51.100.9"}, "one for all"
			if i >= 2 {
				m.Indicators = []extractors.Indicator{ga4(fmt.Sprintf("own%d", i/2))}
			}
			all = append(all, m)
		}
		return all
	}
	if got := layout(build(nil, house(2)...), index.Operator); got != "t0000.example t0001.example" {
		t.Errorf("two sites on one server with one certificate: %q", got)
	}
	for _, c := range build(nil, house(20)...) {
		if c.Size > 2 || c.Hosts[0] == "t0000.example" {
			t.Errorf("tenants of one house are %v", c.Hosts)
		}
	}
}

// marked gives what kinds of things the tests' sites lack: scripts, marks, pictures, icons.
func marked(all []*index.Member) []*index.Member {
	for i, m := range all {
		kit := m.Host[:3] + fmt.Sprint(i/50)
		m.Fingerprint.Script, m.Fingerprint.Marks = set(tokens(kit+"script", 60), tokens(m.Host+"script", 9)), set(tokens(kit+"marks", 20), tokens(m.Host+"marks", 9))
		m.Fingerprint.ScreenP, m.Fingerprint.ScreenD = fmt.Sprintf("%016x", i/50), fmt.Sprintf("%016x", i/50<<20)
		m.Fingerprint.FaviconSHA256, m.Hosting.HeaderOrder = kit, fmt.Sprint(i%9)
	}
	return all
}

func TestTenOrdersGiveOnePartition(t *testing.T) {
	all := append(marked(city(700)), estate(nil)...)
	want := build(nil, all...)
	if len(want) < 30 {
		t.Fatalf("only %d clusters", len(want))
	}
	r := rand.New(rand.NewPCG(5, 6))
	for range 10 {
		r.Shuffle(len(all), func(i, k int) { all[i], all[k] = all[k], all[i] })
		if got := build(nil, all...); !reflect.DeepEqual(got, want) {
			t.Fatal("another order gave other clusters")
		}
	}
}

func TestNewSitesKeepTheIDs(t *testing.T) {
	all := city(2000)
	r := rand.New(rand.NewPCG(7, 8))
	r.Shuffle(len(all), func(i, k int) { all[i], all[k] = all[k], all[i] })
	before := all[:len(all)*10/11]
	first := build(nil, before...)
	second := build(first, all...)
	is := map[string]string{}
	for _, c := range second {
		for _, h := range c.Hosts {
			is[string(c.Layer)+h] = c.ID
		}
	}
	held, changed := 0, 0
	for _, c := range first {
		for _, h := range c.Hosts {
			held++
			if is[string(c.Layer)+h] != c.ID {
				changed++
			}
		}
	}
	if held < 1500 || changed*50 >= held {
		t.Errorf("a tenth of new sites changed %d of %d memberships", changed, held)
	}
	if slices.ContainsFunc(second, func(c index.Cluster) bool { return c.ID == "" }) {
		t.Error("a cluster without id")
	}
}
