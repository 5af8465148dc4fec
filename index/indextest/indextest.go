// Package indextest turns the contract of index.Store into tests that every store passes, and made-up sites and queries on which two
// stores can be compared. It does not know any store.
package indextest

import (
	"context"
	"testing"
	"time"

	"scamatlas/crawler"
	"scamatlas/extractors"
	"scamatlas/index"
	"scamatlas/index/query"
)

// Run holds a store to the contract. open gives an empty store, a new one at every call, and closes it when the test ends.
func Run(t *testing.T, open func(t *testing.T) index.Store) {
	for _, group := range []struct {
		name  string
		tests []test
	}{
		{"queue", queueTests}, {"visits", visitTests}, {"reader", readerTests},
		{"clusters", clusterTests}, {"links", linkTests}, {"near", nearTests}, {"joining", joiningTests}, {"runs", runTests},
		{"reviews", reviewTests}, {"sources", sourceTests}, {"names", nameTests}, {"hostile", hostileTests},
	} {
		t.Run(group.name, func(t *testing.T) {
			for _, c := range group.tests {
				t.Run(c.name, func(t *testing.T) { c.run(&suite{T: t, Store: open(t)}) })
			}
		})
	}
}

type test struct {
	name string
	run  func(*suite)
}

// suite is one test with its store. Its helpers fail the test when the store returns an error.
type suite struct {
	*testing.T
	index.Store
}

// t0 is where the suite's time begins. Stores take every time they need from their caller.
var t0 = time.Date(2024, 3, 1, 12, 0, 0, 0, time.UTC)

func hour(n int) time.Time { return t0.Add(time.Duration(n) * time.Hour) }

var ctx = context.Background()

func (s *suite) ok(err error) {
	s.Helper()
	if err != nil {
		s.Fatal(err)
	}
}

// add makes hosts known and due at a time.
func (s *suite) add(at time.Time, hosts ...string) {
	s.Helper()
	var targets []crawler.Target
	for _, h := range hosts {
		targets = append(targets, crawler.Target{Host: h, Source: "cli"})
	}
	_, err := s.AddTargets(ctx, targets, at)
	s.ok(err)
	s.ok(s.Flush(ctx))
}

// save stores visits and waits until they can be read.
func (s *suite) save(visits ...index.Visit) {
	s.Helper()
	for _, v := range visits {
		s.ok(s.SaveVisit(ctx, v))
	}
	s.ok(s.Flush(ctx))
}

func (s *suite) lease(owner string, at time.Time, ttl time.Duration, n int) []index.Lease {
	s.Helper()
	l, err := s.LeaseDue(ctx, owner, at, ttl, n)
	s.ok(err)
	return l
}

func (s *suite) leaseHost(owner, host string, at time.Time) index.Lease {
	s.Helper()
	l, err := s.LeaseHost(ctx, owner, host, at, time.Hour)
	s.ok(err)
	return l
}

func (s *suite) site(host string) *index.Site {
	s.Helper()
	site, err := s.Site(ctx, host)
	s.ok(err)
	return site
}

// find gives the hosts that match a query, in the order of the answer.
func (s *suite) find(text string) []string {
	s.Helper()
	return hostsOf(s.search(index.SearchRequest{Query: s.parse(text), Limit: index.MaxHits}).Sites)
}

func (s *suite) search(r index.SearchRequest) *index.SearchResult {
	s.Helper()
	res, err := s.Search(ctx, r)
	s.ok(err)
	return res
}

func (s *suite) parse(text string) query.Expr {
	s.Helper()
	e, err := query.Parse(text)
	s.ok(err)
	return e
}

func hostsOf(sites []*index.Site) []string {
	out := []string{}
	for _, s := range sites {
		out = append(out, s.Host)
	}
	return out
}

func leasedHosts(leases []index.Lease) []string {
	out := []string{}
	for _, l := range leases {
		out = append(out, l.Host)
	}
	return out
}

// visit makes a finished visit; a live one found a title, a wallet and a contact made from the host's name.
func visit(host string, sequence int64, outcome crawler.Outcome, at time.Time) index.Visit {
	v := index.Visit{
		Record: index.CaptureRecord{ID: index.CaptureID(host, sequence, "desktop"), Host: host, Sequence: sequence, Profile: "desktop",
			Started: at, Ended: at.Add(5 * time.Second), Outcome: outcome, FinalURL: "https://" + host + "/", Status: 200, Pages: 1},
		Target:  crawler.Target{Host: host, Source: "cli"},
		Verdict: extractors.Verdict{Label: "unclear", Reasons: []extractors.Reason{}},
		Next:    at.Add(24 * time.Hour),
	}
	if !outcome.Alive() {
		v.Record.FinalURL, v.Record.Status, v.Record.Reason = "", 0, "no answer"
		return v
	}
	v.Pages = []string{"https://" + host + "/"}
	v.Findings = extractors.Findings{Title: "Welcome to " + host, Lang: "en", Text: "deposit today",
		Indicators: []extractors.Indicator{
			{Kind: extractors.KindWallet, Chain: "btc", Value: "1" + host, Role: extractors.Payee, Confidence: extractors.High, Where: extractors.InText},
			{Kind: extractors.KindContact, Type: "email", Value: "Help@" + host, Confidence: extractors.High, Where: extractors.InText},
		},
		Fingerprint: extractors.Fingerprint{Version: 1, Tags: extractors.TokenSet{Hashes: []uint32{1, 7, 1 << 31}, Total: 3}, Elements: 12, Bands: []string{"t1", "c2"}},
		Hosting:     extractors.Hosting{Addresses: []string{"203.0.113.7"}, NS: []string{"ns1.host.example"}, Server: "nginx"},
	}
	return v
}

// of puts a visit under the lease it was made with.
func of(l index.Lease, v index.Visit) index.Visit {
	v.Lease = l
	return v
}
