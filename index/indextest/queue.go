package indextest

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"scamatlas/crawler"
	"scamatlas/index"
)

var queueTests = []test{
	{"AddTargets makes unknown hosts due at now and counts them", func(s *suite) {
		n, err := s.AddTargets(ctx, []crawler.Target{
			{Host: "b.example", Source: "feed:x", Reference: "list:1", URL: "https://b.example/in", Score: 0.5, Reasons: []string{"brand"}},
			{Host: "a.example", Source: "cli"}, {Host: "b.example", Source: "cli"}}, hour(1))
		s.ok(err)
		s.ok(s.Flush(ctx))
		if n != 2 {
			s.Errorf("added %d, want 2", n)
		}
		s.due(hour(0), 0, 0)
		s.due(hour(1), 2, 0)
		b := s.site("b.example")
		if !b.LastVisit.IsZero() || !b.FirstSeen.Equal(hour(1)) || !b.NextVisit.Equal(hour(1)) || b.RegDomain != "b.example" || b.Visits != 0 {
			s.Errorf("queued site is %+v", b)
		}
		if len(b.Sources) != 2 || b.Sources[0].Source != "feed:x" || b.Sources[0].Reference != "list:1" || b.Sources[1].Source != "cli" {
			s.Errorf("sources %+v", b.Sources)
		}
		l := s.lease("w", hour(1), time.Hour, 10)
		if i := slices.IndexFunc(l, func(l index.Lease) bool { return l.Host == "b.example" }); i < 0 || l[i].Target.URL != "https://b.example/in" ||
			l[i].Target.Host != "b.example" || l[i].Target.Source != "feed:x" {
			s.Errorf("leases %+v do not carry the target", l)
		}
	}},
	{"AddTargets notes further sources of known hosts and does not make them due", func(s *suite) {
		s.save(visit("a.example", 1, crawler.OK, hour(0)))
		n, err := s.AddTargets(ctx, []crawler.Target{{Host: "a.example", Source: "feed:y"}}, hour(2))
		s.ok(err)
		s.ok(s.Flush(ctx))
		a := s.site("a.example")
		if n != 0 || len(a.Sources) != 2 || a.Sources[1].Source != "feed:y" || !a.Sources[1].Seen.Equal(hour(2)) {
			s.Errorf("added %d, sources %+v", n, a.Sources)
		}
		s.due(hour(2), 0, 0)
		s.equal("source:feed:y", "a.example")
	}},
	{"AddTargets keeps the terms of a source, and what it says of them last", func(s *suite) {
		on := func(licence string, light crawler.TLP) []crawler.Target {
			return []crawler.Target{{Host: "a.example", Source: "feed:x", Reference: "list", Licence: licence, TLP: light}}
		}
		terms := func(licence string, light crawler.TLP) {
			s.ok(s.Flush(ctx))
			if all := s.site("a.example").Sources; len(all) != 1 || all[0].Licence != licence || all[0].TLP != light || !all[0].Seen.Equal(hour(1)) {
				s.Errorf("sources %+v, want %s %s", all, licence, light)
			}
		}
		for i, t := range [][]crawler.Target{on("", crawler.TLPRed), on("CC0-1.0", crawler.TLPAmberStrict), on("", "")} {
			n, err := s.AddTargets(ctx, t, hour(i+1))
			if s.ok(err); n != map[bool]int{true: 1}[i == 0] {
				s.Errorf("added %d", n)
			}
		}
		terms("CC0-1.0", crawler.TLPAmberStrict)
		l := s.leaseHost("w", "a.example", hour(5))
		if l.Target.TLP != crawler.TLPRed {
			s.Errorf("leased %+v, which was queued as red", l.Target)
		}
		v := visit("a.example", l.Sequence, crawler.OK, hour(5))
		v.Lease, v.Target = l, l.Target
		s.save(v)
		terms("CC0-1.0", crawler.TLPAmberStrict)
	}},
	{"AddTargets takes nothing and long lists", func(s *suite) {
		n, err := s.AddTargets(ctx, nil, t0)
		s.ok(err)
		var many []crawler.Target
		for i := range 4 * index.MaxTargets {
			many = append(many, crawler.Target{Host: fmt.Sprintf("n%04d.example", i), Source: "feed:big"})
		}
		m, err := s.AddTargets(ctx, many, t0)
		s.ok(err)
		s.ok(s.Flush(ctx))
		if n != 0 || m != len(many) {
			s.Errorf("added %d and %d", n, m)
		}
		s.due(t0, int64(len(many)), 0)
	}},
	{"LeaseDue hands out what is due, longest due first, up to n", func(s *suite) {
		s.add(hour(3), "aaa.example")
		s.add(hour(1), "ccc.example")
		s.add(hour(2), "bbb.example")
		s.add(hour(9), "later.example")
		l := s.lease("w", hour(4), time.Hour, 2)
		if got := leasedHosts(l); !slices.Equal(got, []string{"ccc.example", "bbb.example"}) {
			s.Fatalf("leased %v", got)
		}
		if l[0].Owner != "w" || !l[0].Until.Equal(hour(5)) || l[0].Sequence < 1 {
			s.Errorf("lease %+v", l[0])
		}
		if got := leasedHosts(s.lease("w", hour(4), time.Hour, 10)); !slices.Equal(got, []string{"aaa.example"}) {
			s.Errorf("second call leased %v", got)
		}
		s.due(hour(4), 0, 3)
		s.due(hour(9), 4, 0)
	}},
	{"a lease runs out after ttl and the next one has a higher sequence", func(s *suite) {
		s.add(t0, "a.example")
		first := s.lease("w1", t0, time.Hour, 1)[0]
		if l := s.lease("w2", t0.Add(time.Hour-time.Millisecond), time.Hour, 1); len(l) != 0 {
			s.Fatalf("leased a held host: %+v", l)
		}
		second := s.lease("w2", hour(1), time.Hour, 1)
		if len(second) != 1 || second[0].Sequence <= first.Sequence {
			s.Fatalf("after %+v came %+v", first, second)
		}
		s.ok(s.Release(ctx, first))
		s.due(hour(1), 0, 1)
	}},
	{"two workers never hold one host at once", func(s *suite) {
		const hosts, workers = 60, 6
		for i := range hosts {
			s.add(t0, fmt.Sprintf("h%02d.example", i))
		}
		var mu sync.Mutex
		var wg sync.WaitGroup
		owners := map[string][]string{}
		for w := range workers {
			wg.Go(func() {
				owner := fmt.Sprint("w", w)
				// A store may lose races and hand out fewer than asked for; whoever comes again gets the rest.
				for tries := 0; tries < 200; tries++ {
					leases, err := s.LeaseDue(ctx, owner, t0, time.Hour, 7)
					if err != nil {
						s.Error(err)
						return
					}
					mu.Lock()
					for _, l := range leases {
						owners[l.Host] = append(owners[l.Host], owner)
					}
					done := len(owners) == hosts
					mu.Unlock()
					if done {
						return
					}
				}
			})
		}
		wg.Wait()
		if len(owners) != hosts {
			s.Errorf("%d of %d hosts leased", len(owners), hosts)
		}
		for h, o := range owners {
			if len(o) != 1 {
				s.Errorf("%s went to %v", h, o)
			}
		}
	}},
	{"LeaseHost takes a host whether due or not", func(s *suite) {
		s.add(hour(5), "a.example")
		l := s.leaseHost("w1", "a.example", t0)
		if l.Host != "a.example" || l.Owner != "w1" || l.Target.Source != "cli" || !l.Until.Equal(hour(1)) {
			s.Errorf("lease %+v", l)
		}
		if _, err := s.LeaseHost(ctx, "w2", "a.example", t0, time.Hour); !errors.Is(err, index.ErrLeased) {
			s.Errorf("a second owner: %v", err)
		}
		if _, err := s.LeaseHost(ctx, "w2", "nope.example", t0, time.Hour); !errors.Is(err, index.ErrNotFound) {
			s.Errorf("unknown host: %v", err)
		}
		if again := s.leaseHost("w2", "a.example", hour(1)); again.Sequence <= l.Sequence {
			s.Errorf("after expiry: %+v, before %+v", again, l)
		}
	}},
	{"of many LeaseHost calls one succeeds", func(s *suite) {
		s.add(t0, "a.example")
		var wg sync.WaitGroup
		errs := make([]error, 8)
		for i := range errs {
			wg.Go(func() { _, errs[i] = s.LeaseHost(ctx, fmt.Sprint("w", i), "a.example", t0, time.Hour) })
		}
		wg.Wait()
		won := 0
		for _, err := range errs {
			switch {
			case err == nil:
				won++
			case !errors.Is(err, index.ErrLeased):
				s.Error(err)
			}
		}
		if won != 1 {
			s.Errorf("%d owners hold the host", won)
		}
	}},
	{"Release gives a host back, due at once, and leaves a lost lease alone", func(s *suite) {
		s.add(t0, "a.example")
		s.add(hour(5), "b.example")
		a, b := s.leaseHost("w", "a.example", t0), s.leaseHost("w", "b.example", t0)
		s.due(t0, 0, 2)
		s.ok(s.Release(ctx, a))
		s.ok(s.Release(ctx, b))
		s.due(t0, 2, 0)
		l := s.lease("w2", t0, time.Hour, 2)
		if len(l) != 2 {
			s.Fatalf("leased %v", leasedHosts(l))
		}
		s.ok(s.Release(ctx, a))
		s.ok(s.Release(ctx, index.Lease{Host: "nope.example", Owner: "w", Sequence: 1}))
		s.due(t0, 0, 2)
	}},
	{"Reclaim gives back all leases of one owner", func(s *suite) {
		s.add(t0, "a.example", "b.example", "c.example", "d.example")
		s.add(hour(50), "e.example")
		if n := len(s.lease("dead", t0, time.Hour, 2)); n != 2 {
			s.Fatalf("%d leases", n)
		}
		s.leaseHost("dead", "e.example", t0)
		s.lease("alive", t0, time.Hour, 1)
		n, err := s.Reclaim(ctx, "dead")
		s.ok(err)
		s.ok(s.Flush(ctx))
		if n != 3 {
			s.Errorf("reclaimed %d, want 3", n)
		}
		s.due(t0, 4, 1)
		if n, err = s.Reclaim(ctx, "dead"); err != nil || n != 0 {
			s.Errorf("again: %d, %v", n, err)
		}
	}},
	{"sequences rise over releases, reclaims and visits", func(s *suite) {
		s.add(t0, "a.example")
		last := int64(0)
		for i := range 4 {
			l := s.leaseHost("w", "a.example", hour(10*i))
			if l.Sequence <= last {
				s.Fatalf("sequence %d after %d", l.Sequence, last)
			}
			last = l.Sequence
			switch i {
			case 0:
				s.ok(s.Release(ctx, l))
			case 1:
				_, err := s.Reclaim(ctx, "w")
				s.ok(err)
			default:
				s.save(of(l, visit("a.example", l.Sequence, crawler.OK, hour(10*i))))
			}
		}
	}},
}

// due checks the counts of Due.
func (s *suite) due(at time.Time, due, held int64) {
	s.Helper()
	d, h, err := s.Due(ctx, at)
	if err != nil || d != due || h != held {
		s.Errorf("Due(%s) = %d due, %d held, %v; want %d, %d", at.Format(time.TimeOnly), d, h, err, due, held)
	}
}

// equal checks which hosts a query finds.
func (s *suite) equal(text string, want ...string) {
	s.Helper()
	if got := s.find(text); !slices.Equal(got, want) && len(got)+len(want) > 0 {
		s.Errorf("%q finds %v, want %v", text, got, want)
	}
}
