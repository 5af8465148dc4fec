package crawler

import (
	"context"
	"time"
)

// Prober asks DNS and TLS about c.Host and fills c.Network. It retries within its own time limit and never fails:
// what went wrong stands in c.Network.
type Prober interface {
	Probe(ctx context.Context, c *Capture)
}

// Fetcher walks one site and fills the capture's pages, assets, robots, redirects, refusals and caps, and its Outcome and Reason.
// It is called when the host has an address. It returns an error only when ctx ended before the walk could say anything.
type Fetcher interface {
	Fetch(ctx context.Context, c *Capture) error
}

// Crawler visits sites: probe, then fetch.
type Crawler struct {
	Prober  Prober
	Fetcher Fetcher
	Profile string           // visitor profile written into captures
	Timeout time.Duration    // of one visit; 0 = VisitTimeout
	Now     func() time.Time // the clock; nil = time.Now
}

// Crawl visits one target. The error is non-nil only when ctx ended: then the visit must be done again, nothing is known.
func (cr *Crawler) Crawl(ctx context.Context, t Target) (*Capture, error) {
	now := cr.Now
	if now == nil {
		now = time.Now
	}
	limit := cr.Timeout
	if limit == 0 {
		limit = VisitTimeout
	}
	c := &Capture{Target: t, Host: t.Host, Profile: cr.Profile, Started: now().UTC()}
	visit, cancel := context.WithTimeout(ctx, limit)
	defer cancel()

	cr.Prober.Probe(visit, c)
	if !settledByDNS(c) {
		if err := cr.Fetcher.Fetch(visit, c); err != nil && ctx.Err() == nil {
			c.Outcome, c.Reason = Unreachable, "no answer within "+limit.String()
		}
	}
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	c.Ended = now().UTC()
	return c, nil
}

// settledByDNS gives the outcome where there is nothing to fetch from.
func settledByDNS(c *Capture) bool {
	d := &c.Network.DNS
	if len(d.A)+len(d.AAAA) > 0 {
		return false
	}
	switch {
	case d.Rcode == "NXDOMAIN":
		c.Outcome, c.Reason = Dead, "the name does not exist"
	case d.Rcode == "NOERROR":
		c.Outcome, c.Reason = Dead, "the name has no address"
	default:
		c.Outcome, c.Reason = DNSTimeout, "the resolver gave no usable answer"
		if d.Rcode != "" {
			c.Reason = "the resolver answered " + d.Rcode
		}
	}
	return true
}
