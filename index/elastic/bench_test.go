package elastic

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"scamatlas/extractors"
	"scamatlas/index"
	"scamatlas/index/elastic/elastictest"
)

// BenchmarkCatchUp measures how fast an outbox empties after an outage: visits with 12 KB of text and fingerprints of real size.
// Also: saving them, streaming all members, and how long the same documents take by bare bulk requests (x-raw-bulk: ours to that).
func BenchmarkCatchUp(b *testing.B) {
	url := elastictest.URL(b)
	const visits = 2000
	var l link
	s, err := Open(b.Context(), url, Options{Prefix: elastictest.Prefix(b), Outbox: b.TempDir(), Dial: l.dial})
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	r := rand.New(rand.NewPCG(1, 1))
	for n := range b.N {
		l.cut()
		all := make([]index.Visit, visits)
		for i := range all {
			all[i] = heavy(r, fmt.Sprintf("n%d-%s", n, host(i)))
		}
		begin := time.Now()
		for _, v := range all {
			if err := s.SaveVisit(b.Context(), v); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(visits/time.Since(begin).Seconds(), "saved/s")
		l.mend()
		begin = time.Now()
		if err := s.Flush(b.Context()); err != nil {
			b.Fatal(err)
		}
		took := time.Since(begin)
		b.ReportMetric(visits/took.Seconds(), "delivered/s")
		b.ReportMetric(took.Seconds()/raw(b, url, all).Seconds(), "x-raw-bulk")
	}
	begin, members := time.Now(), 0
	if err := s.EachMember(b.Context(), func(*index.Member) error { members++; return nil }); err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64(members)/time.Since(begin).Seconds(), "members/s")
}

// raw writes the same documents by nothing but bulk requests.
func raw(b *testing.B, url string, visits []index.Visit) time.Duration {
	s, err := Open(b.Context(), url, Options{Prefix: elastictest.Prefix(b), Dial: new(link).dial})
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	var ops []op
	for i := range visits {
		site, _ := index.Apply(nil, &visits[i])
		doc, err := s.pack.siteToDoc(site, false)
		if err != nil {
			b.Fatal(err)
		}
		queue, _ := afterVisit(nil, &visits[i])
		ops = append(ops, write(s.names.captures, visits[i].Record.ID, nil, captureToDoc(visits[i].Record, false)),
			write(s.names.sites, site.Host, nil, doc), write(s.names.frontier, site.Host, nil, queue))
	}
	begin := time.Now()
	if _, err := s.c.bulk(b.Context(), ops, 0); err != nil {
		b.Fatal(err)
	}
	if err := s.Flush(b.Context()); err != nil {
		b.Fatal(err)
	}
	return time.Since(begin)
}

func heavy(r *rand.Rand, host string) index.Visit {
	v := visitOf(host, 1)
	var text strings.Builder
	for text.Len() < 12<<10 {
		fmt.Fprintf(&text, "word%d ", r.IntN(5000))
	}
	v.Findings.Text = text.String()
	set := func(n int) extractors.TokenSet {
		t := extractors.TokenSet{Total: n}
		for i := range n {
			t.Hashes = append(t.Hashes, uint32(i)<<20|r.Uint32()>>12)
		}
		return t
	}
	v.Findings.Fingerprint = extractors.Fingerprint{Version: 1, Tags: set(256), Classes: set(200), Assets: set(30), Names: set(30), Text: set(512)}
	return v
}
