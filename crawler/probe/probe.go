// Package probe turns a host into network facts, unjudged: what DNS says about it, what its TLS certificate holds, and, where the
// settings want it, what registries say of its domain, whose networks its addresses are in, and the JARM of its TLS server.
//
// It does not know what the facts mean: who hosts a site and which sites belong together, the extractors and the index know.
package probe

import (
	"cmp"
	"context"
	"crypto/x509"
	"errors"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"time"

	"scamatlas/crawler"
	"scamatlas/crawler/egress"
	"scamatlas/crawler/probe/jarm"
	"scamatlas/crawler/probe/registry"
	"scamatlas/crawler/probe/route"
)

// Options of a Prober; the zero value asks DNS and TLS only.
type Options struct {
	Roots    *x509.CertPool     // certificates are verified against these; nil = the system's
	Now      func() time.Time   // the clock for certificate validity; nil = time.Now
	Registry *registry.Registry // nil = registries are not asked
	Networks bool               // Registry is asked about the addresses' networks too: whom to write to about abuse
	Routes   *route.Finder      // nil = nobody is asked whose networks the addresses are in
	JARM     bool               // TLS servers are fingerprinted, which takes ten connections

	// Fronted reports a CDN in front of a host, whose JARM would be the CDN's and is not taken; nil = there never is one.
	Fronted func(host string, d *crawler.DNS) bool
}

// Prober asks DNS and TLS about one host at a time; it is safe for concurrent use.
type Prober struct {
	g        *egress.Guard
	roots    *x509.CertPool
	now      func() time.Time
	registry *registry.Registry
	networks bool
	routes   *route.Finder
	jarm     bool
	fronted  func(string, *crawler.DNS) bool
}

var _ crawler.Prober = (*Prober)(nil)

// New makes a Prober whose every connection and question goes through g.
func New(g *egress.Guard, o Options) *Prober {
	p := &Prober{g: g, roots: o.Roots, now: o.Now, registry: o.Registry, networks: o.Networks && o.Registry != nil, routes: o.Routes, jarm: o.JARM, fronted: o.Fronted}
	if p.now == nil {
		p.now = time.Now
	}
	return p
}

// Probe fills c.Network about c.Host within crawler.ProbeTimeout and appends to c.Refusals what the guard would not connect to.
//
//	A ────┬─> addresses ─┬─> TLS handshake ─┐
//	AAAA ─┘              └─> networks ──────┤
//	MX, TXT ────────────────────────────────┼─> c.Network
//	NS ──> NS of the registrable domain ────┤
//	SOA ─> SOA of the registrable domain ───┤
//	registration of that domain ────────────┘
func (p *Prober) Probe(ctx context.Context, c *crawler.Capture) {
	ctx, cancel := context.WithTimeout(ctx, crawler.ProbeTimeout)
	defer cancel()
	var f findings
	var wg sync.WaitGroup
	wg.Go(func() {
		f.a, f.aaaa = p.addresses(ctx, c.Host)
		if len(f.a.records)+len(f.aaaa.records) > 0 {
			p.addressed(ctx, c.Host, &f)
		}
	})
	wg.Go(func() {
		if p.registry != nil {
			f.registration = p.registry.Lookup(ctx, c.Host)
		}
	})
	wg.Go(func() { f.mx = p.own(ctx, c.Host, typeMX) })
	wg.Go(func() { f.txt = p.own(ctx, c.Host, typeTXT) })
	wg.Go(func() { f.ns = p.ownOrDomain(ctx, c.Host, typeNS) })
	wg.Go(func() { f.soa = p.ownOrDomain(ctx, c.Host, typeSOA) })
	wg.Wait()
	c.Network = crawler.Network{DNS: f.dns(), TLS: f.tls, Registration: f.registration, Routes: f.routes, JARM: f.jarm}
	for _, err := range []error{f.a.err, f.tlsErr} {
		noteRefusal(c, err)
	}
}

// Where asks DNS alone, and of it only where host is: addresses, aliases, name servers.
func (p *Prober) Where(ctx context.Context, host string) crawler.DNS {
	var f findings
	var wg sync.WaitGroup
	wg.Go(func() { f.a, f.aaaa = p.addresses(ctx, host) })
	wg.Go(func() { f.ns = p.ownOrDomain(ctx, host, typeNS) })
	wg.Wait()
	return f.dns()
}

// addressed asks what needs addresses.
func (p *Prober) addressed(ctx context.Context, host string, f *findings) {
	var wg sync.WaitGroup
	d := f.addresses()
	wg.Go(func() {
		if f.tls, f.tlsErr = p.handshake(ctx, host); f.tls != nil {
			f.jarm = p.fingerprint(ctx, host, &d)
		}
	})
	wg.Go(func() {
		f.routes = p.route(ctx, slices.Concat(d.A, d.AAAA))
	})
	wg.Wait()
}

// route asks whose networks the addresses are in:
//
//	files, Cymru ──────────────────────┬─> routes, in the order of the addresses
//	regional registries ──> abuse mail ┘
func (p *Prober) route(ctx context.Context, addresses []string) []crawler.Route {
	var found []crawler.Route
	owners := make([]crawler.Route, min(len(addresses), maxNetworks))
	var wg sync.WaitGroup
	wg.Go(func() {
		if p.routes != nil {
			found = p.routes.Find(ctx, addresses)
		}
	})
	for i := range owners {
		wg.Go(func() {
			if a, err := netip.ParseAddr(addresses[i]); err == nil && p.networks {
				owners[i] = p.registry.Network(ctx, a)
			}
		})
	}
	wg.Wait()
	return united(addresses, found, owners)
}

// united adds to each route what the owner of the network tells; an owner without a route is one.
func united(addresses []string, found, owners []crawler.Route) []crawler.Route {
	var out []crawler.Route
	for i, a := range addresses {
		var r crawler.Route
		if n := slices.IndexFunc(found, func(r crawler.Route) bool { return r.Address == a }); n >= 0 {
			r = found[n]
		}
		if i < len(owners) && owners[i].Via != "" {
			o := owners[i]
			r.AbuseEmails = o.AbuseEmails
			r.Address, r.Name, r.Country, r.Via = a, cmp.Or(r.Name, o.Name), cmp.Or(r.Country, o.Country), cmp.Or(r.Via, o.Via)
		}
		if r.Via != "" {
			out = append(out, r)
		}
	}
	return out
}

// fingerprint takes the JARM of a TLS server that stands for itself; "" for others and when it does not come about in time.
func (p *Prober) fingerprint(ctx context.Context, host string, d *crawler.DNS) string {
	if !p.jarm || p.fronted != nil && p.fronted(host, d) {
		return ""
	}
	sum, err := jarm.Take(ctx, p.g.DialContext, host)
	if err != nil {
		return "" // a fact that is missing, like an address without a name
	}
	return sum
}

// noteRefusal keeps err when it is a refusal that c does not hold yet.
func noteRefusal(c *crawler.Capture, err error) {
	var no *crawler.Refusal
	if errors.As(err, &no) && len(c.Refusals) < crawler.MaxRefusals && !slices.Contains(c.Refusals, *no) {
		c.Refusals = append(c.Refusals, *no)
	}
}

func clip(s string, n int) string {
	if len(s) <= n {
		return s
	}
	return strings.ToValidUTF8(s[:n], "") + "…"
}
