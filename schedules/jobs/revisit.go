package jobs

import (
	"hash/fnv"
	"time"

	"scamatlas/crawler"
	"scamatlas/index"
)

// Revisit says when a site is due again. Each phase of a site's life has its own wait, which grows as long as nothing changes. All
// fields are needed.
type Revisit struct {
	New     time.Duration // a site younger than freshFor in our eyes: such sites change and vanish fastest
	Live    time.Duration // seen, as before: half as long again with each visit that finds nothing new
	Changed time.Duration // seen, and it is not what it was
	Parked  time.Duration // parked, suspended, blank: grows like Live
	Dead    time.Duration // no name or no address: doubled with each visit
	Failing time.Duration // all other failures: doubled with each one
	Longest time.Duration // bound of all growth
}

// Next gives the due time of a site in the state after its last visit. Each host has its own shift of up to a tenth, so that sites
// found together do not stay due together.
func (r Revisit) Next(s *index.Site) time.Time {
	wait := r.wait(s)
	return s.LastVisit.Add(wait + jitter(s.Host, wait/10)).UTC()
}

func (r Revisit) wait(s *index.Site) time.Duration {
	switch s.Outcome {
	case crawler.OK, crawler.Gated:
		wait := r.grown(r.Live, 3, 2, s.Steady)
		if s.Steady == 0 && s.Visits > 1 {
			wait = min(r.Changed, r.Longest)
		}
		if s.LastVisit.Sub(s.FirstSeen) < freshFor {
			wait = min(wait, r.New)
		}
		return wait
	case crawler.Parked, crawler.Suspended, crawler.Blank, crawler.RobotsDenied:
		return r.grown(r.Parked, 3, 2, s.Steady)
	case crawler.Dead:
		return r.grown(r.Dead, 2, 1, s.Failures-1)
	case crawler.DNSTimeout: // our own trouble: says nothing about the site
		return min(r.Failing, r.Live)
	}
	return r.grown(r.Failing, 2, 1, s.Failures-1)
}

// grown is base times (a/b) to the n, at most Longest.
func (r Revisit) grown(base time.Duration, a, b int64, n int) time.Duration {
	for ; n > 0 && base < r.Longest; n-- {
		base = base / time.Duration(b) * time.Duration(a)
	}
	return min(base, r.Longest)
}

func jitter(host string, span time.Duration) time.Duration {
	if span <= 0 {
		return 0
	}
	h := fnv.New64a()
	h.Write([]byte(host))
	return time.Duration(h.Sum64() % uint64(span))
}
