// Package registry turns a host name into what its registry says of the domain: registrar, dates, statuses, whom to write to about
// abuse. It asks over RDAP (RFC 7480 to 9083), where a top-level domain has no RDAP over WHOIS (RFC 3912).
//
// It does not know what an answer means, and trusts none: every field is checked and cut before it is kept. Servers are asked at
// a rate they put up with, and a domain once per cache time, whoever asks.
package registry

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"github.com/openrdap/rdap/bootstrap"
	"golang.org/x/net/publicsuffix"

	"scamatlas/crawler"
)

// Options say how to get out and whom to ask. HTTP is obligatory, all others have defaults.
type Options struct {
	HTTP      *http.Client                                                      // the guard's client
	Dial      func(ctx context.Context, network, addr string) (net.Conn, error) // the guard's dialler with port 43 open; nil = no WHOIS
	Bootstrap string                                                            // address below which IANA's dns.json lies; "" = https://data.iana.org/rdap/
	WHOIS     string                                                            // host:port of the server that names the others; "" = whois.iana.org:43
	Agent     string                                                            // User-Agent
	Gap       time.Duration                                                     // least time between two questions to one RDAP server; 0 = 500 ms
	WHOISGap  time.Duration                                                     // likewise of a WHOIS server; 0 = 1 s
	Keep      time.Duration                                                     // a record is not asked for again this long; 0 = 24 h
	Entries   int                                                               // records kept; 0 = 8192
}

// Registry asks and remembers. It is safe for concurrent use.
type Registry struct {
	rdap  *rdapAsker
	whois *whoisAsker // nil: no WHOIS
	known *memory[crawler.Registration]
	nets  *memory[crawler.Route]
	keep  time.Duration
}

// New checks the options. It asks nobody.
func New(o Options) (*Registry, error) {
	if o.HTTP == nil || o.HTTP.Transport == nil {
		return nil, errors.New("registry: no HTTP client with a transport of its own")
	}
	if o.Bootstrap == "" {
		o.Bootstrap = bootstrap.DefaultBaseURL
	}
	base, err := url.Parse(o.Bootstrap)
	if err != nil || base.Host == "" {
		return nil, fmt.Errorf("registry: list of RDAP servers %q: not an address", o.Bootstrap)
	}
	if o.WHOIS == "" {
		o.WHOIS = "whois.iana.org:43"
	}
	if _, _, err := net.SplitHostPort(o.WHOIS); err != nil {
		return nil, fmt.Errorf("registry: WHOIS server %q: not host:port", o.WHOIS)
	}
	r := &Registry{keep: orElse(o.Keep, keepKnown), known: newMemory[crawler.Registration](orElse(o.Entries, maxEntries)), nets: newMemory[crawler.Route](orElse(o.Entries, maxEntries))}
	r.rdap = newRDAP(o.HTTP, base, o.Agent, newTurns(orElse(o.Gap, rdapGap)))
	if o.Dial != nil {
		r.whois = &whoisAsker{dial: o.Dial, root: o.WHOIS, turns: newTurns(orElse(o.WHOISGap, whoisGap)), servers: map[string]whoisServer{}}
	}
	return r, nil
}

func orElse[T int | time.Duration](v, otherwise T) T {
	if v > 0 {
		return v
	}
	return otherwise
}

// Lookup gives what is known of the domain that host belongs to, from memory or by asking within ctx. What went wrong stands in
// Err. It is nil for hosts nobody can be asked about: addresses, public suffixes, and names below a shared platform's domain,
// whose registration is the platform's. The slices are shared and must not be changed.
func (r *Registry) Lookup(ctx context.Context, host string) *crawler.Registration {
	domain, ok := registered(host)
	if !ok {
		return nil
	}
	found, err := ask(ctx, r.known, domain, r.keep, func() (*crawler.Registration, error) { return r.ask(ctx, domain) },
		func(err error) *crawler.Registration { return failure(domain, err) })
	if err != nil {
		return failure(domain, err)
	}
	return found
}

// ask answers from m, by waiting for who asks already, or by asking; failed is what is kept in place of an answer. An error is one
// that says nothing about what was asked for.
func ask[V any](ctx context.Context, m *memory[V], about string, keep time.Duration, question func() (*V, error), failed func(error) *V) (*V, error) {
	for {
		e, mine := m.claim(about, time.Now())
		if mine {
			return fill(ctx, m, e, keep, question, failed)
		}
		select {
		case <-e.done:
			if e.found != nil {
				found := *e.found
				return &found, nil
			}
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// fill asks on behalf of all who wait for e.
func fill[V any](ctx context.Context, m *memory[V], e *entry[V], keep time.Duration, question func() (*V, error), failed func(error) *V) (*V, error) {
	var kept *V
	var until time.Time
	defer func() { m.settle(e.about, e, kept, until) }()
	found, err := question()
	var busy *busyError
	switch {
	case err == nil:
		e.last = found
		kept, until = found, time.Now().Add(keep)
	case errors.Is(err, errUnknown):
		e.last = nil
		kept, until = failed(err), time.Now().Add(min(keepUnknown, keep))
	case e.last != nil: // what was so yesterday is better than nothing; it says itself when it was asked
		kept, until = e.last, time.Now().Add(min(keepFailure, keep))
	case ctx.Err() != nil || errors.As(err, &busy):
		return nil, err
	default:
		kept, until = failed(err), time.Now().Add(min(keepFailure, keep))
	}
	out := *kept
	return &out, nil
}

// errUnknown says that the registry holds no such domain.
var errUnknown = errors.New("not registered")

func (r *Registry) ask(ctx context.Context, domain string) (*crawler.Registration, error) {
	found, err := r.rdap.ask(ctx, domain)
	if errors.Is(err, errNoRDAP) && r.whois != nil {
		found, err = r.whois.ask(ctx, domain)
	}
	if err != nil {
		return nil, err
	}
	found.Domain, found.Asked = domain, time.Now().UTC()
	return found, nil
}

func failure(domain string, err error) *crawler.Registration {
	return &crawler.Registration{Domain: domain, Asked: time.Now().UTC(), Err: cut(clean(err.Error()), maxErr)}
}

// registered gives the domain above host that a registry sells.
func registered(host string) (string, bool) {
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	if _, err := netip.ParseAddr(strings.Trim(host, "[]")); err == nil || len(host) > 253 || strings.ContainsFunc(host, notName) {
		return "", false
	}
	suffix, icann := publicsuffix.PublicSuffix(host)
	if !icann && strings.Contains(suffix, ".") {
		return "", false
	}
	domain, err := publicsuffix.EffectiveTLDPlusOne(host)
	if err != nil {
		return "", false
	}
	return domain, true
}

func notName(r rune) bool {
	return !(r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '-' || r == '_' || r == '.')
}
