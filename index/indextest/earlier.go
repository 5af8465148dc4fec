package indextest

import (
	"bytes"
	"compress/gzip"
	_ "embed"
	"encoding/json"
	"fmt"
	"io"
	"testing"

	"scamatlas/crawler"
	"scamatlas/extractors"
	"scamatlas/index"
)

// earlierStore is what a store of schema 1 held, as the last program of that schema (commit 001cf5e) read it: the first visits of the Corpus
// of then, two queued hosts, clusters, a link, a run. The stores' own testdata hold the same as that program wrote it.
//
//go:embed testdata/earlier.json.gz
var earlierStore []byte

// Unzip gives the content of a gzip file in a test's data.
func Unzip(t *testing.T, packed []byte) []byte {
	t.Helper()
	r, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// Earlier checks that a store made by the last program of schema 1 has lost nothing. upgraded says that it was opened for writing, so that
// its sites are also found by what has come since.
func Earlier(t *testing.T, store index.Store, upgraded bool) {
	t.Helper()
	s := &suite{T: t, Store: store}
	var want struct {
		Sites    []*index.Site
		Captures []index.CaptureRecord
		Clusters []index.Cluster
		Links    []index.Link
		Runs     []index.Run
	}
	s.ok(json.Unmarshal(Unzip(t, earlierStore), &want))
	var visited []string
	for _, x := range want.Sites {
		got := s.site(x.Host)
		if upgraded {
			s.seeded(got)
		}
		got.Past = nil
		s.same("site "+x.Host, got, x)
		if !x.LastVisit.IsZero() {
			visited = append(visited, x.Host)
		}
	}
	s.equal("", visited...)
	s.equal("outcome:queued", "held.example", "queued.example")
	clusters, err := s.Clusters(ctx, "")
	s.ok(err)
	s.same("clusters", clusters, want.Clusters)
	links, err := s.Links(ctx)
	s.ok(err)
	s.same("links", links, want.Links)
	runs, err := s.RecentRuns(ctx, 10)
	s.ok(err)
	s.same("runs", runs, want.Runs)
	var records []index.CaptureRecord
	for _, x := range want.Sites {
		of, err := s.Captures(ctx, x.Host, 100)
		s.ok(err)
		records = append(records, of...)
	}
	s.same("records", records, want.Captures)
	s.sources()
	s.equal("reviewed:true")
	s.equal("registered:>1900")
	if upgraded {
		s.equal("reason:promised_return score:0", visited...)
		s.equal("-score:0")
		s.works(visited[0])
		return
	}
	s.equal("score:>0") // may be asked
}

// works changes a store that was upgraded.
func (s *suite) works(host string) {
	s.Helper()
	before := s.site(host)
	s.review(host, review(extractors.LabelFake))
	s.review("queued.example", review(extractors.LabelBenign))
	v := visit(host, before.Sequence+1, crawler.OK, hour(90_000))
	v.Findings.Hosting.Addresses, v.Verdict.Score = []string{"203.0.113.250"}, 0.5
	s.save(v)
	s.equal("verdict:fake_investment reviewed:true score:50 ever:203.0.113.250", host)
	s.equal("verdict:benign outcome:queued", "queued.example")
	for _, a := range before.Findings.Hosting.Addresses {
		if got := s.find("ever:" + a + " host:" + host); len(got) != 1 {
			s.Errorf("the address from before, %s, is forgotten", a)
		}
	}
}

// seeded checks that a site's past begins with where it was last seen alive.
func (s *suite) seeded(x *index.Site) {
	s.Helper()
	if x.LastLive.IsZero() {
		return
	}
	if len(x.Past) == 0 {
		s.Errorf("%s has no past", x.Host)
	}
	for _, p := range x.Past {
		if !p.First.Equal(x.LastLive) || !p.Last.Equal(x.LastLive) {
			s.Errorf("%s was last seen alive at %s, its past says %+v", x.Host, x.LastLive, p)
		}
	}
	if got := s.find(fmt.Sprintf("ever:%q", x.Findings.Hosting.CertSHA256)); len(got) != 1 || got[0] != x.Host {
		s.Errorf("%s is not found by what it had: %v", x.Host, got)
	}
}

// same compares as JSON, where the empty list is none.
func (s *suite) same(what string, got, want any) {
	s.Helper()
	a, err := json.Marshal(got)
	s.ok(err)
	b, err := json.Marshal(want)
	s.ok(err)
	if !bytes.Equal(a, b) {
		s.Errorf("%s\nis  %s\nwas %s", what, a, b)
	}
}
