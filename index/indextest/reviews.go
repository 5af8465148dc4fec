package indextest

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"sync"
	"time"

	"scamatlas/crawler"
	"scamatlas/extractors"
	"scamatlas/index"
)

func review(label string) *index.Review {
	return &index.Review{Label: label, Who: "anna", At: hour(2), Note: "same \"desk\"", Until: hour(50), Machine: extractors.LabelUnclear, Score: 0.25}
}

var reviewTests = []test{
	{"what happens to a site is kept once, found, and outlives visits", func(s *suite) {
		s.save(visit("a.example", 1, crawler.OK, t0), visit("b.example", 1, crawler.OK, t0))
		s.add(t0, "queued.example")
		h := index.Happening{At: hour(1).Add(time.Microsecond), What: index.Reborn, Note: "kit k-1: …"}
		for _, host := range []string{"a.example", "a.example", "queued.example"} {
			s.ok(s.Happen(ctx, host, h))
		}
		s.equal("happened:reborn", "a.example")
		s.save(visit("a.example", 2, crawler.Dead, hour(2)))
		h.At = hour(1)
		got := s.site("a.example").Happened
		if len(got) != 3 || !reflect.DeepEqual(got[1], h) || got[2].What != index.WentGone {
			s.Errorf("%+v", got)
		}
		s.equal("happened:reborn happened:gone", "a.example")
		if n := len(s.site("queued.example").Happened); n != 0 {
			s.Errorf("%d things happened to a site that nobody has visited", n)
		}
		if err := s.Happen(ctx, "nobody.example", h); !errors.Is(err, index.ErrNotFound) {
			s.Errorf("an unknown site: %v", err)
		}
	}},
	{"links are kept and searched", func(s *suite) {
		v := visit("a.example", 1, crawler.OK, t0)
		v.Findings.Links = []string{"b.example", "c.example"}
		s.save(v, visit("b.example", 1, crawler.OK, t0))
		s.equal("link:B.example", "a.example")
		s.equal("link:a.example")
		if got := s.site("a.example").Findings.Links; !reflect.DeepEqual(got, v.Findings.Links) {
			s.Errorf("links %q", got)
		}
	}},
	{"a review is kept whole, wins over the verdict, and can be taken away", func(s *suite) {
		v := visit("a.example", 1, crawler.OK, t0)
		v.Verdict = extractors.Verdict{Label: extractors.LabelSuspicious, Score: 0.6}
		s.save(v, visit("b.example", 1, crawler.OK, t0))
		r := review(extractors.LabelFake)
		s.review("a.example", r)
		s.reviewed("a.example", r)
		s.equal("verdict:fake_investment reviewed:true confirmed:true score:60", "a.example")
		s.equal("verdict:suspicious")
		r = review(extractors.LabelBenign)
		s.review("a.example", r)
		s.reviewed("a.example", r)
		s.equal("verdict:benign", "a.example")
		s.equal("confirmed:true")
		s.review("a.example", nil)
		s.reviewed("a.example", nil)
		s.equal("verdict:suspicious", "a.example")
		s.equal("reviewed:true")
		s.review("a.example", nil) // taken away twice
	}},
	{"a host that is only queued can be reviewed", func(s *suite) {
		s.add(t0, "a.example", "b.example")
		r := review(extractors.LabelFake)
		s.review("a.example", r)
		s.reviewed("a.example", r)
		s.equal("verdict:fake_investment outcome:queued", "a.example")
		s.equal("confirmed:true outcome:queued", "a.example")
		if x := s.site("a.example"); !x.LastVisit.IsZero() || x.Visits != 0 || !x.FirstSeen.Equal(t0) || len(x.Sources) != 1 {
			s.Errorf("the site is %+v now", x)
		}
		s.due(t0, 2, 0)
		s.save(visit("a.example", 1, crawler.OK, hour(3)))
		s.reviewed("a.example", r)
		s.equal("verdict:fake_investment", "a.example")
		s.add(t0, "c.example")
		s.review("c.example", r)
		s.review("c.example", nil)
		s.equal("reviewed:true outcome:queued")
	}},
	{"whatever else changes a site leaves its review as it is", func(s *suite) {
		v := fullVisit()
		host := v.Record.Host
		s.save(v)
		r := review(extractors.LabelReference)
		r.Until = hour(3) // long over when the later visits come
		s.review(host, r)
		for _, change := range []func(){
			func() { s.save(visit(host, 4, crawler.OK, hour(90))) },
			func() { s.save(visit(host, 5, crawler.Dead, hour(91))) },
			func() {
				s.ok(s.Revise(ctx, index.Revision{Host: host, Sequence: 4, Findings: v.Findings, Verdict: v.Verdict}))
			},
			func() {
				s.ok(s.Rejudge(ctx, host, 5, extractors.Verdict{Label: extractors.LabelFake, Confirmed: true}))
			},
			func() { s.addFrom("feed:z", host) },
			func() { s.clusters(cluster("k-1", index.Kit, host, "x.example")) },
			func() { s.ok(s.Join(ctx, host, "k-2", "o-2")) },
			func() { s.leaseHost("w", host, hour(92)) },
		} {
			change()
			s.reviewed(host, r)
			s.equal("verdict:reference reviewed:true", host)
		}
		if x := s.site(host); x.Visits != 3 || len(x.Sources) != 3 || x.Kit != "k-2" || x.Verdict.Label != extractors.LabelFake {
			s.Errorf("the changes are gone: %+v", x)
		}
	}},
	{"reviews that cannot be are refused", func(s *suite) {
		s.save(visit("a.example", 1, crawler.OK, t0))
		if err := s.Review(ctx, "nobody.example", review(extractors.LabelFake)); !errors.Is(err, index.ErrNotFound) {
			s.Errorf("an unknown host: %v", err)
		}
		if err := s.Review(ctx, "nobody.example", nil); !errors.Is(err, index.ErrNotFound) {
			s.Errorf("an unknown host: %v", err)
		}
		for name, r := range map[string]*index.Review{"no label": {At: t0}, "another label": {Label: "scam", At: t0}, "a long note": {Label: "benign", At: t0, Note: strings.Repeat("n", index.MaxNote+1)},
			"over before it begins": {Label: "benign", At: t0, Until: t0}} {
			if err := s.Review(ctx, "a.example", r); err == nil {
				s.Errorf("%s: taken", name)
			}
		}
		s.reviewed("a.example", nil)
	}},
	{"what analysts write is kept and harms nothing", func(s *suite) {
		s.save(visit("a.example", 1, crawler.OK, t0))
		for _, evil := range []string{"a\x00b", "' OR 1=1 --", `"}]}{"index":{}}`, "\u202e\u2066txt", "line\nline\r\n\t", "\U0010FFFF", strings.Repeat("長", index.MaxNote/3), "{{.}} %s"} {
			r := &index.Review{Label: extractors.LabelBenign, Who: evil, Note: evil, Machine: evil, At: t0.In(time.FixedZone("", 7200)).Add(time.Microsecond)}
			s.review("a.example", r)
			r.At = t0
			s.reviewed("a.example", r)
		}
		s.ok(s.Review(ctx, "a.example", &index.Review{Label: extractors.LabelBenign, Who: "\xff\xfe", Note: "\xed\xa0\x80", At: t0}))
		s.equal("verdict:benign", "a.example")
	}},
	{"reviews and visits at once lose nothing of each other", func(s *suite) {
		const visits, rounds = 30, 10
		s.save(visit("a.example", 1, crawler.OK, t0), visit("b.example", 1, crawler.OK, t0))
		var wg sync.WaitGroup
		for _, host := range []string{"a.example", "b.example"} {
			wg.Go(func() {
				for i := range visits {
					if err := s.SaveVisit(ctx, visit(host, int64(i+2), crawler.OK, hour(i+1))); err != nil {
						s.Error(err)
					}
				}
			})
			wg.Go(func() {
				for i := range rounds {
					r := review(extractors.LabelBenign)
					r.Note = fmt.Sprint("round ", i)
					if err := s.Review(ctx, host, r); err != nil {
						s.Error(err)
					}
				}
			})
		}
		wg.Wait()
		s.ok(s.Flush(ctx))
		for _, host := range []string{"a.example", "b.example"} {
			x := s.site(host)
			if x.Visits != visits+1 || x.Review == nil || x.Review.Note != fmt.Sprint("round ", rounds-1) {
				s.Errorf("%s: %d visits, review %+v", host, x.Visits, x.Review)
			}
		}
		s.equal("verdict:benign reviewed:true", "a.example", "b.example")
	}},
	{"Rejudge replaces the verdict of one visit and nothing else", func(s *suite) {
		s.save(fullVisit())
		host := fullVisit().Record.Host
		want := *s.site(host)
		want.Verdict = extractors.Verdict{Label: extractors.LabelFake, Score: 0.996, Confirmed: true, Groups: []string{"kin", "promise"}, Lang: "ru", Rules: "r8",
			Reasons: []extractors.Reason{{Code: "kin_confirmed", Group: "kin", Weight: 2.5, Evidence: "o-1", Says: "its operator runs confirmed fakes"}}}
		s.ok(s.Rejudge(ctx, host, 3, want.Verdict))
		if got := s.site(host); !reflect.DeepEqual(normal(*got), normal(want)) {
			s.Errorf("stored\n%+v\nwant\n%+v", *got, want)
		}
		s.equal("score:100 verdict:fake_investment confirmed:true reason:kin_confirmed", host)
		s.equal("reason:promise")
		s.equal("text:deposit ga4:G-ABC123", host)
		s.add(t0, "queued.example")
		for name, tc := range map[string]struct {
			host     string
			sequence int64
			want     error
		}{"another visit": {host, 2, index.ErrStale}, "a later visit": {host, 4, index.ErrStale}, "no visit yet": {"queued.example", 0, index.ErrStale}, "an unknown host": {"nobody.example", 1, index.ErrNotFound}} {
			if err := s.Rejudge(ctx, tc.host, tc.sequence, extractors.Verdict{Label: "benign"}); !errors.Is(err, tc.want) {
				s.Errorf("%s: %v, want %v", name, err, tc.want)
			}
		}
		if got := s.site(host); !reflect.DeepEqual(normal(*got), normal(want)) {
			s.Errorf("changed by what was refused: %+v", *got)
		}
	}},
	{"hosting over time is kept and searched", func(s *suite) {
		first, second, third := visit("a.example", 1, crawler.OK, t0), visit("a.example", 2, crawler.OK, hour(1)), visit("a.example", 3, crawler.Dead, hour(2))
		second.Findings.Hosting.Addresses, second.Findings.Hosting.Registrar = []string{"203.0.113.99"}, "Other Names"
		s.save(first, second, third)
		var site *index.Site
		for _, v := range []index.Visit{first, second, third} {
			site, _ = index.Apply(site, &v)
		}
		site.Review = review(extractors.LabelBenign)
		s.review("a.example", site.Review)
		if got := s.site("a.example"); len(got.Past) < 4 || len(got.Happened) == 0 || !reflect.DeepEqual(normal(*got), normal(*site)) {
			s.Errorf("stored\n%+v\nwant\n%+v", got, site)
		}
		s.equal("ever:203.0.113.7 ever:203.0.113.99", "a.example")
		s.equal("ip:203.0.113.99", "a.example")
		s.equal("ip:203.0.113.7")
		s.equal(`ever:"Other Names"`, "a.example")
	}},
}

func (s *suite) review(host string, r *index.Review) {
	s.Helper()
	s.ok(s.Review(ctx, host, r))
}

// reviewed checks a site's review, as Site, Search and EachSite give it.
func (s *suite) reviewed(host string, want *index.Review) {
	s.Helper()
	if got := s.site(host).Review; !reflect.DeepEqual(got, want) {
		s.Errorf("review of %s is %+v, want %+v", host, got, want)
	}
	any := s.parse("host:" + host + " (outcome:queued OR -outcome:queued)")
	sites := s.search(index.SearchRequest{Query: any}).Sites
	s.ok(s.EachSite(ctx, any, func(x *index.Site) error { sites = append(sites, x); return nil }))
	for _, x := range sites {
		if !reflect.DeepEqual(x.Review, want) {
			s.Errorf("searched, review of %s is %+v, want %+v", host, x.Review, want)
		}
	}
	if len(sites) != 2 {
		s.Errorf("%s is found %d times, want 2", host, len(sites))
	}
}

func (s *suite) addFrom(source, host string) {
	s.Helper()
	_, err := s.AddTargets(ctx, []crawler.Target{{Host: host, Source: source}}, t0)
	s.ok(err)
	s.ok(s.Flush(ctx))
}
