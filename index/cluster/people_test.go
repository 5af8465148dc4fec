package cluster

import (
	"fmt"
	"testing"

	"scamatlas/extractors"
	"scamatlas/index"
)

// at describes a site for the tables below.
type at struct {
	host     string
	kit      string // front end, none when empty
	wallets  string // one letter each
	trackers string
	contacts string
	cert     string
	address  string
	cdn      string
}

func (a at) member() *index.Member {
	m := alive(a.host)
	if a.kit != "" {
		front(m, a.kit, .9)
	}
	for _, w := range a.wallets {
		m.Indicators = append(m.Indicators, wallet("W"+string(w)))
	}
	for _, v := range a.trackers {
		m.Indicators = append(m.Indicators, extractors.Indicator{Kind: extractors.KindTracker, Type: "tawk", Value: "T" + string(v), Confidence: extractors.High})
	}
	for _, v := range a.contacts {
		m.Indicators = append(m.Indicators, extractors.Indicator{Kind: extractors.KindContact, Type: "telegram", Value: "C" + string(v), Confidence: extractors.High})
	}
	m.Hosting.CertSHA256, m.Hosting.CDN = a.cert, a.cdn
	if a.address != "" {
		m.Hosting.Addresses = []string{a.address}
	}
	return m
}

func members(all ...at) []*index.Member {
	var out []*index.Member
	for _, a := range all {
		out = append(out, a.member())
	}
	return out
}

func TestOperators(t *testing.T) {
	for name, tc := range map[string]struct {
		sites []at
		want  string
	}{
		"one wallet is enough": {
			[]at{{host: "a", wallets: "12"}, {host: "b", wallets: "23"}, {host: "c", wallets: "4"}}, "a b"},
		"a chat account is enough": {
			[]at{{host: "a", trackers: "x"}, {host: "b", trackers: "x"}}, "a b"},
		"a contact alone is not": {
			[]at{{host: "a", contacts: "x"}, {host: "b", contacts: "x"}}, ""},
		"a contact and an address are": {
			[]at{{host: "a", contacts: "x", address: "192.0.2.1"}, {host: "b", contacts: "x", address: "192.0.2.1"}}, "a b"},
		"two contacts are one kind of evidence": {
			[]at{{host: "a", contacts: "xy"}, {host: "b", contacts: "xy"}}, ""},
		"an address alone is not enough": {
			[]at{{host: "a", address: "192.0.2.1"}, {host: "b", address: "192.0.2.1"}}, ""},
		"a certificate is enough": {
			[]at{{host: "a", cert: "aa"}, {host: "b", cert: "aa"}}, "a b"},
		"what a CDN shows is nobody's": {
			[]at{{host: "a", cert: "aa", address: "192.0.2.1", contacts: "x", cdn: "Edge"}, {host: "b", cert: "aa", address: "192.0.2.1", contacts: "x", cdn: "Edge"}}, ""},
		"a site without wallets follows its operator's account": {
			[]at{{host: "a", kit: "k", wallets: "1", trackers: "x"}, {host: "b", kit: "l", wallets: "1", trackers: "x"}, {host: "c", trackers: "x"}}, "a b c"},
		"an account of the kit's author is dropped when two operators carry it": {
			[]at{{host: "a", kit: "k", wallets: "1", trackers: "x"}, {host: "b", kit: "k", wallets: "1", trackers: "x"},
				{host: "c", kit: "k", wallets: "2", trackers: "x"}, {host: "d", kit: "k", wallets: "2", trackers: "x"}, {host: "e", kit: "k", trackers: "x"}}, "a b|c d"},
		"also when every copy has wallets of its own": {
			[]at{{host: "a", kit: "k", wallets: "1", trackers: "x"}, {host: "b", kit: "k", wallets: "2", trackers: "x"}, {host: "c", kit: "k", wallets: "3", trackers: "x"}}, ""},
		"but wallets that change from site to site do not hide one account on several kits": {
			[]at{{host: "a", kit: "k", wallets: "1", trackers: "x"}, {host: "b", kit: "l", wallets: "2", trackers: "x"}}, "a b"},
		"an account all over one kit and nowhere else is the kit's": {
			[]at{{host: "a", kit: "k", trackers: "x"}, {host: "b", kit: "k", trackers: "x"}, {host: "c", kit: "k", trackers: "x"}}, ""},
		"a contact on a page of the kit does not draw in the kit's honest ancestor": {
			[]at{{host: "a", kit: "k", wallets: "1", contacts: "x"}, {host: "b", kit: "k", wallets: "1", contacts: "x"}, {host: "c", kit: "k", wallets: "1"}, {host: "d", contacts: "x"}}, "a b c"},
		"a contact on several kits with one wallet is the operator's": {
			[]at{{host: "a", kit: "k", wallets: "1", contacts: "x"}, {host: "b", kit: "l", wallets: "1", contacts: "x"}, {host: "d", contacts: "x"}}, "a b d"},
		"nothing joins two groups that pay to different wallets": {
			[]at{{host: "a", wallets: "1"}, {host: "b", wallets: "1", trackers: "x"}, {host: "c", trackers: "xy"}, {host: "d", wallets: "2", trackers: "y"}, {host: "e", wallets: "2"}}, "a b c|d e"},
	} {
		all := build(nil, members(tc.sites...)...)
		if got := layout(all, index.Operator); got != tc.want {
			t.Errorf("%s: %q, want %q", name, got, tc.want)
		}
		checkTies(t, all)
	}
}

// street is two operators behind one CDN that nobody has on a list, with honest neighbours, on addresses that all share.
func street() []*index.Member {
	var all []at
	for i := range 18 {
		s := at{host: host("street", i), address: fmt.Sprintf("198.51.100.%d", i%4), contacts: string(rune('a' + i%5))}
		switch i % 3 {
		case 0:
			s.wallets, s.trackers = "1", "x"
		case 1:
			s.wallets, s.trackers = "2", "y"
		}
		all = append(all, s)
	}
	return members(all...)
}

func TestSharedAddressesSayNothing(t *testing.T) {
	all := build(nil, street()...)
	for _, c := range all {
		if c.Layer != index.Operator || c.Size != 6 {
			t.Errorf("cluster of %d: %v", c.Size, c.Hosts)
		}
	}
	if len(all) != 2 {
		t.Errorf("%d clusters, want the two operators", len(all))
	}
}

func TestCrowdBehindOneAddress(t *testing.T) {
	// Strangers on one shared host, two of whom share a contact: the address must not be the second witness.
	var all []at
	for i := range 8 {
		all = append(all, at{host: host("h", i), address: "192.0.2.9"})
	}
	all[0].contacts, all[1].contacts = "x", "x"
	if got := layout(build(nil, members(all...)...), index.Operator); got != "" {
		t.Errorf("joined %s", got)
	}
}

func TestWhatOnlyOneOperatorHoldsStaysTelling(t *testing.T) {
	var sites []at
	for i := range 50 {
		sites = append(sites, at{host: host("own", i), wallets: "1", cert: "aa"})
	}
	late := at{host: "late.example", cert: "aa"}
	if got := only(t, build(nil, members(append(sites, late)...)...), "late.example"); got.Size != 51 {
		t.Errorf("a site with the certificate of fifty sites of one operator is in a cluster of %d", got.Size)
	}
	for i := range sites[20:] { // strangers make it a hub
		sites[20+i].wallets = ""
	}
	for _, c := range build(nil, members(append(sites, late)...)...) {
		if c.Size > 20 {
			t.Errorf("a certificate of twenty sites of one operator and of thirty others joined %d sites", c.Size)
		}
	}
}

func TestWhichWalletsCount(t *testing.T) {
	pair := func(change func(i *extractors.Indicator)) string {
		var all []*index.Member
		for _, h := range []string{"a", "b"} {
			m := alive(h)
			w := wallet("W1")
			change(&w)
			if w.Tag == "own" {
				w.Tag = h
			}
			m.Indicators = []extractors.Indicator{w}
			all = append(all, m)
		}
		return layout(build(nil, all...), index.Operator)
	}
	for role, want := range map[string]string{extractors.Payee: "a b", "": "a b", extractors.Contract: "", extractors.Burn: "", extractors.Example: "",
		extractors.ThirdParty: "", extractors.List: "", extractors.Program: ""} {
		if got := pair(func(i *extractors.Indicator) { i.Role = role }); got != want {
			t.Errorf("role %q: %q, want %q", role, got, want)
		}
	}
	if got := pair(func(i *extractors.Indicator) { i.Confidence = extractors.Low }); got != "" {
		t.Errorf("a shape without checksum joined %s", got)
	}
	if got := pair(func(i *extractors.Indicator) { i.Tag = "own" }); got != "" {
		t.Errorf("two customers of one exchange joined: %s", got)
	}
	if got := pair(func(i *extractors.Indicator) { i.Tag = "77" }); got != "a b" {
		t.Errorf("one customer of an exchange: %q", got)
	}
}

func TestUnsureAccountNeedsAWitness(t *testing.T) {
	pair := members(at{host: "a", trackers: "x"}, at{host: "b", trackers: "x"}, at{host: "c", trackers: "y", contacts: "y"}, at{host: "d", trackers: "y", contacts: "y"})
	for _, m := range pair {
		m.Indicators[0].Confidence = extractors.Medium
	}
	if got := layout(build(nil, pair...), index.Operator); got != "c d" {
		t.Errorf("joined %q, want only those with a second witness", got)
	}
}

func TestWalletOfEverybodyJoinsNobody(t *testing.T) {
	var all []at
	for i := range maxWalletHolders + 50 {
		all = append(all, at{host: host("h", i), wallets: "1"})
	}
	if got := layout(build(nil, members(all...)...), index.Operator); got != "" {
		t.Errorf("joined %d bytes of hosts", len(got))
	}
}

func TestOwnCert(t *testing.T) {
	for _, tc := range []struct {
		host string
		sans []string
		want bool
	}{
		{"a.example", nil, true},
		{"a.example", []string{"b.example", "A.example"}, true},
		{"www.a.example", []string{"*.a.example"}, true},
		{"a.example", []string{"localhost", "plesk.example"}, false},
		{"shop.github.io", []string{"*.github.io", "github.io"}, false}, // a certificate for all customers
		{"x.www.a.example", []string{"*.a.example"}, false},
	} {
		if got := ownCert(tc.host, tc.sans); got != tc.want {
			t.Errorf("%s with %v: %v", tc.host, tc.sans, got)
		}
	}
}
