package index

import (
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"scamatlas/crawler"
	"scamatlas/extractors"
)

var t0 = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func visit(seq int64, o crawler.Outcome, title string) *Visit {
	at := t0.Add(time.Duration(seq) * time.Hour)
	return &Visit{Target: crawler.Target{Host: "a.example", Source: "cli"}, Next: at.Add(24 * time.Hour), Findings: extractors.Findings{Title: title},
		Record: CaptureRecord{ID: CaptureID("a.example", seq, "desktop"), Host: "a.example", Sequence: seq, Outcome: o, Started: at, Ended: at.Add(time.Minute), FinalURL: "https://a.example/" + title}}
}

func TestApply(t *testing.T) {
	s, ok := Apply(nil, visit(1, crawler.OK, "one"))
	if !ok || s.Visits != 1 || s.Findings.Title != "one" || !s.FirstSeen.Equal(t0.Add(time.Hour)) || s.RegDomain != "a.example" {
		t.Fatalf("first visit: %+v", s)
	}
	s.Kit = "k-x"
	failed, ok := Apply(s, visit(2, crawler.Dead, ""))
	if !ok || failed.Findings.Title != "one" || failed.Outcome != crawler.Dead || failed.Failures != 1 || failed.Visits != 2 || !failed.LastLive.Equal(s.LastLive) || failed.Kit != "k-x" {
		t.Errorf("a failed visit: %+v", failed)
	}
	if s.Visits != 1 {
		t.Error("Apply changed what it was given")
	}
	for _, v := range []*Visit{visit(2, crawler.OK, "again"), visit(1, crawler.OK, "older")} {
		if got, ok := Apply(failed, v); ok || got != failed {
			t.Errorf("visit %d overwrites visit 2: %+v", v.Record.Sequence, got)
		}
	}
	back, _ := Apply(failed, visit(3, crawler.OK, "three"))
	if back.Failures != 0 || back.Findings.Title != "three" {
		t.Errorf("back alive: %+v", back)
	}
	never, _ := Apply(nil, visit(1, crawler.Parked, "for sale"))
	if never.Findings.Title != "for sale" || !never.LastLive.IsZero() {
		t.Errorf("a site never seen alive keeps what there was: %+v", never)
	}
}

func TestSourcesAreNotedOnceAndBounded(t *testing.T) {
	var s Site
	for range 3 {
		for i := range MaxSources + 5 {
			s.AddSource(crawler.Target{Source: "feed", Reference: strings.Repeat("x", i)}, t0)
		}
	}
	if len(s.Sources) != MaxSources {
		t.Errorf("%d sources", len(s.Sources))
	}
}

func TestKeys(t *testing.T) {
	s := &Site{Host: "a.example", RegDomain: "a.example", Outcome: crawler.OK, LastVisit: t0, Kit: "k-Abc", Sources: []SourceRef{{Source: "cli"}, {Source: "cli", Reference: "2"}},
		Findings: extractors.Findings{
			Indicators: []extractors.Indicator{
				{Kind: "wallet", Chain: "btc|bch", Value: "1Abc", Seen: []string{"1Abc", "bitcoincash:q"}, Role: "payee"},
				{Kind: "contact", Type: "telegram", Value: "Nova"},
				{Kind: "tracker", Type: "ga4", Value: "G-ABC"},
				{Kind: "tracker", Type: "tawk", Value: strings.Repeat("x", MaxKey+1)},
			},
			Hosting: extractors.Hosting{Addresses: []string{"203.0.113.7"}, Server: "NGINX"},
		}}
	want := map[string][]string{"host": {"a.example"}, "domain": {"a.example"}, "outcome": {"ok"}, "verdict": {"unclear"}, "kit": {"k-Abc"}, "source": {"cli"}, "wallet": {"1Abc", "bitcoincash:q"},
		"chain": {"bch", "btc"}, "role": {"payee"}, "contact": {"nova"}, "telegram": {"nova"}, "tracker": {"G-ABC"}, "ga4": {"G-ABC"}, "ip": {"203.0.113.7"}, "server": {"nginx"}}
	if got := Keys(s); !reflect.DeepEqual(got, want) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
	if got := Keys(&Site{Host: "b.example"})["outcome"]; !slices.Equal(got, []string{"queued"}) {
		t.Errorf("a host never visited has outcome %v", got)
	}
}

func TestNewVisit(t *testing.T) {
	c := &crawler.Capture{Host: "a.example", Profile: "desktop", Outcome: crawler.OK, FinalURL: "https://a.example/x", Robots: &crawler.Robots{Body: make([]byte, MaxRobotsKept+1)},
		Pages:  []crawler.Page{{Response: crawler.Response{FinalURL: "https://a.example/x", Status: 200, Body: []byte("abc"), SHA256: "s", Hops: []crawler.Hop{{Status: 302}}}}},
		Assets: []crawler.Asset{{Response: crawler.Response{FinalURL: "https://a.example/a.js", Body: []byte("de")}}}}
	v := NewVisit(Lease{Host: "a.example", Sequence: 7}, c, &extractors.Findings{Title: "t"}, extractors.Verdict{Label: "unclear"}, t0)
	r := v.Record
	if r.ID != "a.example@7@desktop" || r.Sequence != 7 || r.Bytes != 5 || len(r.Bodies) != 2 || r.Status != 200 || len(v.Hops) != 1 || len(v.Pages) != 1 || len(r.Robots.Body) != MaxRobotsKept {
		t.Errorf("%+v", v)
	}
	if len(c.Robots.Body) != MaxRobotsKept+1 {
		t.Error("the capture was changed")
	}
}
