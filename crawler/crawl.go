package crawler

import (
	"context"
	"errors"
	"time"
)

// Prober asks DNS and TLS about c.Host and fills c.Network. It retries within its own time limit and never fails:
// what went wrong stands in c.Network.
type Prober interface {
	Probe(ctx context.Context, c *Capture)
}

// Fetcher visits one site by plain HTTP as a visitor like p would, and fills the capture's pages, assets, robots, redirects, refusals,
// wire and caps, and its Outcome and Reason. It is called when the host has an address. It returns an error only when ctx ended
// before the walk could say anything.
type Fetcher interface {
	// Fetch walks the site: the entry page, its links and assets within the fetcher's bounds.
	Fetch(ctx context.Context, c *Capture, p *Profile) error
	// Enter asks for the entry page alone.
	Enter(ctx context.Context, c *Capture, p *Profile) error
}

// ErrNoBrowser says that there is no browser to look with: none is installed, or it does not start. Nothing was seen.
var ErrNoBrowser = errors.New("no browser")

// Renderer looks at the site of c in a browser of its own as a visitor like p would, and sets c.Rendered, its Outcome and Reason by
// what was on the screen, FinalURL and Refusals. Beginning at c.EntryURL (the target's address where it is empty) it follows what
// leads to plans, deposits, wallets and contacts, as long as there are no more than views; 0 = as many as it is set to. It submits
// nothing.
type Renderer interface {
	// Render retries nothing but a blank page. An error wraps ErrNoBrowser, or ctx's when that ended; anything else that goes wrong
	// stands in c.Rendered.Err beside what was seen until then.
	Render(ctx context.Context, c *Capture, p *Profile, views int) error
}

// Crawler visits sites: probe, then fetch; render when it is asked to.
type Crawler struct {
	Prober   Prober
	Fetcher  Fetcher
	Renderer Renderer         // nil: there is no browser
	Profile  *Profile         // of the visitor who walks the site
	Timeout  time.Duration    // of one visit; 0 = VisitTimeout
	Now      func() time.Time // the clock; nil = time.Now
}

// Crawl visits one target with the crawler's profile by plain HTTP. The error is non-nil only when ctx ended: then the visit must
// be done again, nothing is known.
func (cr *Crawler) Crawl(ctx context.Context, t Target) (*Capture, error) {
	c := &Capture{Target: t, Host: t.Host, Profile: cr.Profile.Name, Visitor: cr.Profile, Started: cr.now()}
	visit, cancel := context.WithTimeout(ctx, cr.limit())
	defer cancel()
	cr.Prober.Probe(visit, c)
	if !settledByDNS(c) {
		cr.settle(ctx, c, cr.Fetcher.Fetch(visit, c, cr.Profile))
	}
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	c.Ended = cr.now()
	return c, nil
}

// Enter asks for the entry page of a site that Crawl has visited, as another visitor. The error is as Crawl's.
func (cr *Crawler) Enter(ctx context.Context, seen *Capture, p *Profile) (*Capture, error) {
	c := &Capture{Target: seen.Target, Host: seen.Host, Profile: p.Name, Visitor: p, Network: seen.Network, Started: cr.now()}
	visit, cancel := context.WithTimeout(ctx, cr.limit())
	defer cancel()
	if !settledByDNS(c) {
		cr.settle(ctx, c, cr.Fetcher.Enter(visit, c, p))
	}
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	c.Ended = cr.now()
	return c, nil
}

// Render looks at a captured site in a browser, at so many views as Renderer says, and merges what came into c. why is kept with it. The error wraps ErrNoBrowser, or is
// ctx's: c is as it was then.
func (cr *Crawler) Render(ctx context.Context, c *Capture, p *Profile, why string, views int) error {
	if cr.Renderer == nil {
		return ErrNoBrowser
	}
	visit, cancel := context.WithTimeout(ctx, cr.limit())
	defer cancel()
	if err := cr.Renderer.Render(visit, c, p, views); err != nil && (ctx.Err() != nil || errors.Is(err, ErrNoBrowser)) {
		return err
	}
	if c.Rendered != nil {
		c.Rendered.Why = why
		c.merge()
	}
	c.Ended = cr.now()
	return nil
}

func (cr *Crawler) settle(ctx context.Context, c *Capture, err error) {
	if err != nil && ctx.Err() == nil {
		c.Outcome, c.Reason = Unreachable, "no answer within "+cr.limit().String()
	}
}

func (cr *Crawler) limit() time.Duration {
	if cr.Timeout == 0 {
		return VisitTimeout
	}
	return cr.Timeout
}

func (cr *Crawler) now() time.Time {
	if cr.Now == nil {
		return time.Now().UTC()
	}
	return cr.Now().UTC()
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
