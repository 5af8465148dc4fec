// Package fetch turns a host that has an address into the pages and assets of its site, by plain HTTP: no script runs.
//
// It is the only importer of colly. It does not know what the pages say about wallets or people, what DNS and TLS said
// (probe), or when to come again (schedules).
package fetch

import (
	"context"
	"log/slog"
	"net"
	"net/netip"
	"net/url"
	"time"

	"scamatlas/crawler"
	"scamatlas/crawler/judge"
)

// Guard is the way out. A connection it will not make fails with an error that matches crawler.ErrRefused.
type Guard interface {
	// DialContext connects to host:port after checking the address it really dials.
	DialContext(ctx context.Context, network, addr string) (net.Conn, error)
	// CheckURL refuses what need not be dialled to be refused: schemes, ports, address literals. It does not look names up.
	CheckURL(u *url.URL) error
	// LookupNetIP gives the addresses of host, checked or not.
	LookupNetIP(ctx context.Context, host string) ([]netip.Addr, error)
}

// Options say how sites are walked. Zero values take the defaults.
type Options struct {
	Guard      Guard
	Pages      int           // of one site, the entry page counted; default 20
	Depth      int           // links from the entry page; default 3; negative: only the entry page
	Delay      time.Duration // least time between the starts of two requests to one registrable domain; default 100 ms; negative: none
	PerDomain  int           // requests at a time to one registrable domain, over all visits; default 2
	PerAddress int           // the same for one address; default 8
	Wire       bool          // what goes over connections is kept in Capture.Wire
	ObeyRobots bool          // what robots.txt forbids is not fetched
	Log        *slog.Logger  // default: nowhere
}

// Fetcher walks sites; any number at a time. It implements crawler.Fetcher.
type Fetcher struct {
	guard        Guard
	pages, depth int
	perDomain    int
	wire         bool
	obeyRobots   bool
	log          *slog.Logger

	gate   *gate
	bodies bodies
	words  *words
	judge  *judge.Judge
	limits limits
}

// New makes a Fetcher. What it holds is shared by all visits: the politeness gate and decoders.
func New(o Options) *Fetcher {
	f := &Fetcher{
		guard:      o.Guard,
		pages:      orDefault(o.Pages, defaultPages),
		depth:      max(orDefault(o.Depth, defaultDepth), 0),
		perDomain:  max(orDefault(o.PerDomain, defaultPerDomain), 1),
		obeyRobots: o.ObeyRobots,
		wire:       o.Wire,
		log:        orDefault(o.Log, slog.New(slog.DiscardHandler)),
		words:      newWords(),
		judge:      judge.New(),
		limits:     productLimits(),
	}
	delay := max(orDefault(o.Delay, defaultDelay), 0)
	f.gate = newGate(delay, f.perDomain, max(orDefault(o.PerAddress, defaultPerAddress), 1))
	return f
}

func orDefault[T comparable](v, otherwise T) T {
	var zero T
	if v == zero {
		return otherwise
	}
	return v
}

// Enter is crawler.Fetcher's: the entry page alone. Nothing of the visit, neither connection nor goroutine, outlives it.
func (f *Fetcher) Enter(ctx context.Context, c *crawler.Capture, p *crawler.Profile) error {
	w := newWalk(ctx, f, c, p)
	defer w.end()
	w.enter()
	w.standBefore()
	if ctx.Err() != nil && len(c.Pages) == 0 {
		return ctx.Err()
	}
	return nil
}

// Fetch is crawler.Fetcher's: it walks the site of c.Host and fills c. Nothing of the visit outlives it.
func (f *Fetcher) Fetch(ctx context.Context, c *crawler.Capture, p *crawler.Profile) error {
	w := newWalk(ctx, f, c, p)
	defer w.end()

	w.enter()
	if ctx.Err() != nil && len(c.Pages) == 0 {
		return ctx.Err()
	}
	if c.Outcome.Alive() {
		w.explore()
	}
	w.standBefore()
	if ctx.Err() != nil {
		w.cap(capTime)
	}
	f.log.DebugContext(ctx, "walked", "host", c.Host, "outcome", c.Outcome, "pages", len(c.Pages), "assets", len(c.Assets), "caps", c.Caps)
	return nil
}
