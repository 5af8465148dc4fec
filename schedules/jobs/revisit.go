package jobs

import (
	"hash/fnv"
	"time"

	"scamatlas/crawler"
)

// Revisit says when a site is due again. All fields are needed.
type Revisit struct {
	Live    time.Duration // after a visit that saw the site
	Parked  time.Duration // parked, suspended, blank
	Failing time.Duration // after the first failure; doubled with each one
	Longest time.Duration // bound of the doubling
}

// Next gives the due time after a visit that ended at ended; failures counts visits without success before it. Each host has its own
// shift of up to a tenth, so that sites found together do not stay due together.
func (r Revisit) Next(host string, outcome crawler.Outcome, failures int, ended time.Time) time.Time {
	wait := r.Failing
	switch outcome {
	case crawler.OK:
		wait = r.Live
	case crawler.Parked, crawler.Suspended, crawler.Blank, crawler.RobotsDenied:
		wait = r.Parked
	case crawler.DNSTimeout: // our own trouble: says nothing about the site
		wait = min(r.Failing, r.Live)
	default:
		for i := 0; i < failures && wait < r.Longest; i++ {
			wait *= 2
		}
		wait = min(wait, r.Longest)
	}
	return ended.Add(wait + jitter(host, wait/10)).UTC()
}

func jitter(host string, span time.Duration) time.Duration {
	if span <= 0 {
		return 0
	}
	h := fnv.New64a()
	h.Write([]byte(host))
	return time.Duration(h.Sum64() % uint64(span))
}
