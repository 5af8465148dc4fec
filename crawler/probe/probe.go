// Package probe turns a host into network facts, unjudged: what DNS says about it and what its TLS certificate holds.
//
// It does not know what the facts mean: who hosts a site and which sites belong together, the extractors and the index know.
package probe

import (
	"context"
	"crypto/x509"
	"time"

	"scamatlas/crawler"
	"scamatlas/crawler/egress"
)

// Options of a Prober; the zero value is what the product uses.
type Options struct {
	Roots *x509.CertPool   // certificates are verified against these; nil = the system's
	Now   func() time.Time // the clock for certificate validity; nil = time.Now
}

// Prober asks DNS and TLS about one host at a time; it is safe for concurrent use.
type Prober struct {
	g     *egress.Guard
	roots *x509.CertPool
	now   func() time.Time
}

var _ crawler.Prober = (*Prober)(nil)

// New makes a Prober whose every connection and question goes through g.
func New(g *egress.Guard, o Options) *Prober {
	p := &Prober{g: g, roots: o.Roots, now: o.Now}
	if p.now == nil {
		p.now = time.Now
	}
	return p
}

// Probe fills c.Network about c.Host within crawler.ProbeTimeout and appends to c.Refusals what the guard would not connect to.
func (p *Prober) Probe(ctx context.Context, c *crawler.Capture) {
	ctx, cancel := context.WithTimeout(ctx, crawler.ProbeTimeout)
	defer cancel()
	_ = ctx
}
