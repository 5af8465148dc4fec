// Package egress turns a host and a port into a connection, or into a crawler.Refusal that says why there is none.
//
// It is the only way out: nothing else in the product dials, resolves names or builds an HTTP client of its own, and a test
// over the sources holds that. It does not know what is asked over a connection, nor whether a site is good or bad; it only
// keeps what sites send us to from reaching private networks, this machine, metadata services and ports that are not the web's.
package egress

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"code.dny.dev/ssrf"
	"github.com/miekg/dns"
)

// Options are the operator's settings. The zero value is the safe one: the system's resolver, public addresses, web ports.
type Options struct {
	Resolver string            // "ip:port" of a DNS server; "" = the system's (from /etc/resolv.conf)
	Allow    []netip.Prefix    // extra addresses let through (network.allow); opens neither ports nor schemes
	Deny     []netip.Prefix    // extra addresses kept out, such as our networks as seen from outside; Allow goes before it
	Ports    map[uint16]uint16 // logical port -> port actually dialled (network.ports)
	Open     []uint16          // logical ports that may be asked for; nil = DefaultPorts
	Proxy    string            // optional upstream "socks5://…" or "http://…"; "" = none. Environment proxies are never read.
	Trusted  []string          // host:port endpoints the operator configured: TrustedDialer and Client reach exactly these unchecked
}

// DefaultPorts are the web's usual ports: 80, 443, their common alternatives, and those a CDN forwards.
func DefaultPorts() []uint16 {
	return []uint16{80, 443, 8080, 8443, 8888, 2052, 2053, 2082, 2083, 2086, 2087, 2095, 2096}
}

// Guard decides about and makes connections. It is safe for concurrent use.
type Guard struct {
	base     *ssrf.Guardian
	allow    []netip.Prefix
	deny     []netip.Prefix
	open     map[uint16]bool
	ports    map[uint16]uint16
	trusted  map[string]bool
	servers  []string
	upstream *url.URL // nil: none
	own      ownAddrs
	try      time.Duration // of one try of one question
}

// New checks the options and reads this machine's interfaces. All faults come in one error.
func New(o Options) (*Guard, error) {
	g := &Guard{open: map[uint16]bool{}, ports: map[uint16]uint16{}, trusted: map[string]bool{}, try: tryTimeout}
	err := errors.Join(g.setAddresses(o), g.setPorts(o), g.setTrusted(o), g.setServers(o), g.setUpstream(o), g.own.read())
	if err != nil {
		return nil, err
	}
	return g, nil
}

// Resolver names the DNS servers that are asked, as "ip:port" with commas between.
func (g *Guard) Resolver() string { return strings.Join(g.servers, ",") }

func (g *Guard) setAddresses(o Options) error {
	var faults []error
	for _, p := range o.Allow {
		q, err := plainPrefix(p)
		if err == nil && (q.Addr().Is4() && q.Bits() < minAllow4 || q.Addr().Is6() && q.Bits() < minAllow6) {
			err = errors.New("so wide that it would switch the guard off")
		}
		if err != nil {
			faults = append(faults, fmt.Errorf("allowed addresses %v: %w", p, err))
			continue
		}
		g.allow = append(g.allow, q)
	}
	for _, p := range append(slices.Clone(o.Deny), netip.MustParsePrefix(cloudHostAgent)) {
		q, err := plainPrefix(p)
		if err != nil {
			faults = append(faults, fmt.Errorf("denied addresses %v: %w", p, err))
			continue
		}
		g.deny = append(g.deny, q)
	}
	g.base = ssrf.New(ssrf.WithAnyPort())
	return errors.Join(faults...)
}

// plainPrefix gives the IPv4 prefix for one written as IPv4-mapped IPv6, since addresses are compared unmapped.
func plainPrefix(p netip.Prefix) (netip.Prefix, error) {
	if !p.IsValid() {
		return p, errors.New("not a valid prefix")
	}
	if p.Addr().Is4In6() {
		if p.Bits() < 96 {
			return p, errors.New("reaches beyond the IPv4-mapped addresses")
		}
		p = netip.PrefixFrom(p.Addr().Unmap(), p.Bits()-96)
	}
	return p.Masked(), nil
}

func (g *Guard) setPorts(o Options) error {
	open := o.Open
	if open == nil {
		open = DefaultPorts()
	}
	var faults []error
	for _, p := range open {
		if p == 0 {
			faults = append(faults, errors.New("open port 0: not a port"))
		}
		g.open[p] = true
	}
	for from, to := range o.Ports {
		switch {
		case from == 0 || to == 0:
			faults = append(faults, fmt.Errorf("port mapping %d: %d: not a port", from, to))
		case !g.open[from]:
			faults = append(faults, fmt.Errorf("port mapping %d: %d: port %d may not be asked for", from, to, from))
		}
		g.ports[from] = to
	}
	return errors.Join(faults...)
}

func (g *Guard) setTrusted(o Options) error {
	var faults []error
	for _, t := range o.Trusted {
		key, err := endpoint(t)
		if err != nil {
			faults = append(faults, fmt.Errorf("trusted endpoint %q: %w", t, err))
			continue
		}
		g.trusted[key] = true
	}
	return errors.Join(faults...)
}

// endpoint gives host:port in the one form endpoints are compared in.
func endpoint(addr string) (string, error) {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return "", errors.New("not host:port")
	}
	n, err := strconv.ParseUint(port, 10, 16)
	if err != nil || n == 0 || host == "" {
		return "", errors.New("not host:port")
	}
	return net.JoinHostPort(strings.ToLower(host), strconv.FormatUint(n, 10)), nil
}

func (g *Guard) setServers(o Options) error {
	if o.Resolver != "" {
		text := o.Resolver
		if a, err := netip.ParseAddr(text); err == nil {
			text = netip.AddrPortFrom(a, 53).String()
		}
		ap, err := netip.ParseAddrPort(text)
		if err != nil || ap.Port() == 0 {
			return fmt.Errorf("resolver %q: not an address and port such as 192.0.2.1:53", o.Resolver)
		}
		g.servers = []string{ap.String()}
		return nil
	}
	conf, err := dns.ClientConfigFromFile("/etc/resolv.conf")
	if err != nil {
		return fmt.Errorf("reading the system's resolvers (name one in the settings): %w", err)
	}
	for _, s := range conf.Servers[:min(len(conf.Servers), maxServers)] {
		g.servers = append(g.servers, net.JoinHostPort(s, conf.Port))
	}
	if len(g.servers) == 0 {
		return errors.New("/etc/resolv.conf names no resolver; name one in the settings")
	}
	return nil
}
