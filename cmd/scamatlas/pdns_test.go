package main

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"scamatlas/crawler"
	"scamatlas/extractors"
	"scamatlas/index"
	"scamatlas/index/local"
)

// TestPassiveDNS: an address leads to all that were there, visited or not, and a host to where it was; first and last are those of the fact.
func TestPassiveDNS(t *testing.T) {
	st, err := local.Open(t.Context(), t.TempDir(), local.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	hour := func(n int) time.Time { return time.Date(2026, 11, 1, n, 0, 0, 0, time.UTC) }
	at := func(host string, n int, address, ns string) {
		t.Helper()
		v := index.Visit{Target: crawler.Target{Host: host, Source: "cli"}, Next: hour(n + 9), Findings: extractors.Findings{Hosting: extractors.Hosting{Addresses: []string{address}, NS: []string{ns}}},
			Record: index.CaptureRecord{Host: host, Sequence: int64(n), Profile: "desktop", Outcome: crawler.OK, Started: hour(n), Ended: hour(n)}}
		if err := st.SaveVisit(t.Context(), v); err != nil {
			t.Fatal(err)
		}
	}
	at("a.example", 1, "203.0.113.7", "ns1.bulk.example")
	at("a.example", 2, "203.0.113.7", "ns1.bulk.example")
	at("a.example", 3, "2001:db8::9", "ns1.bulk.example")
	at("b.example", 4, "203.0.113.8", "ns1.bulk.example")
	past := func(kind, value string, n int) index.Past {
		return index.Past{Kind: kind, Value: value, First: hour(n), Last: hour(n + 1)}
	}
	if err := st.SaveNames(t.Context(), []index.Name{{Host: "n.example", Source: "ct:x", First: hour(5), Last: hour(6), Past: []index.Past{
		past("address", "203.0.113.7", 5), past("cname", "edge.bulk.example", 5), past(index.PastNS, "ns1.x.example ns2.x.example", 5), past(index.PastEntry, "https://log.example/#7", 5)}}}); err != nil {
		t.Fatal(err)
	}
	for what, want := range map[string]string{
		"203.0.113.7":        "n.example A 203.0.113.7 5-6 false; a.example A 203.0.113.7 1-2 true",
		"2001:DB8:0::9":      "a.example AAAA 2001:db8::9 3-3 true",
		"hxxp://a[.]example": "a.example AAAA 2001:db8::9 3-3 true; a.example NS ns1.bulk.example 1-3 true; a.example A 203.0.113.7 1-2 true",
		"ns1.bulk.example":   "b.example NS ns1.bulk.example 4-4 true; a.example NS ns1.bulk.example 1-3 true",
		"edge.bulk.example":  "n.example CNAME edge.bulk.example 5-6 false",
		"n.example":          "n.example A 203.0.113.7 5-6 false; n.example CNAME edge.bulk.example 5-6 false; n.example NS ns1.x.example 5-6 false; n.example NS ns2.x.example 5-6 false",
		"198.51.100.1":       "", "nobody.example": "",
	} {
		asked, err := pdnsWhat(what)
		if err != nil {
			t.Fatal(err)
		}
		all, err := passiveDNS(t.Context(), st, asked, 100)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, r := range all {
			got = append(got, fmt.Sprintf("%s %s %s %d-%d %v", r.Name, r.Type, r.Data, time.Unix(r.First, 0).UTC().Hour(), time.Unix(r.Last, 0).UTC().Hour(), r.Visited))
		}
		if text := strings.Join(got, "; "); text != want {
			t.Errorf("%s: %s\nwant %s", what, text, want)
		}
	}
	for _, bad := range []string{"", "co.uk", "a@b", "fe80::1%eth0"} {
		if what, err := pdnsWhat(bad); err == nil {
			t.Errorf("%q is taken for %q", bad, what)
		}
	}
}
