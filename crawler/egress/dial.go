package egress

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"strings"
	"syscall"
	"time"

	"scamatlas/crawler"
)

// DialContext connects to addr ("host:port", the port as the URL says it) over TCP; for http.Transport. The name is resolved
// once by our resolver, every address is checked at the moment of connect, at most crawler.MaxDialTries are tried within
// crawler.DialTimeout, and an open port is mapped only here. The error is or wraps a *crawler.Refusal when the guard would not
// connect, a *net.DNSError when the name gave no address.
func (g *Guard) DialContext(ctx context.Context, network, addr string) (net.Conn, error) {
	host, port, err := g.readTarget(network, addr)
	if err != nil {
		return nil, err
	}
	found, err := g.LookupNetIP(ctx, host)
	if err != nil {
		var no *crawler.Refusal
		if errors.As(err, &no) {
			return nil, &crawler.Refusal{Target: clip(addr, crawler.MaxURL), Why: no.Why}
		}
		return nil, err
	}
	addrs, why := g.pick(network, found)
	if len(addrs) == 0 {
		return nil, &crawler.Refusal{Target: clip(addr, crawler.MaxURL), Why: why}
	}
	return g.dialAny(ctx, addr, addrs, port)
}

// readTarget gives the host and the port to dial, or a refusal.
func (g *Guard) readTarget(network, addr string) (string, uint16, error) {
	refuse := func(why string) (string, uint16, error) {
		return "", 0, &crawler.Refusal{Target: clip(addr, crawler.MaxURL), Why: why}
	}
	if network != "tcp" && network != "tcp4" && network != "tcp6" {
		return refuse("network " + network)
	}
	host, text, err := net.SplitHostPort(addr)
	if err != nil {
		return refuse("not host:port")
	}
	n, err := strconv.ParseUint(text, 10, 16)
	if err != nil {
		return refuse("not a port")
	}
	port := uint16(n)
	if !g.open[port] {
		return refuse(fmt.Sprintf("port %d is not allowed", port))
	}
	if mapped, ok := g.ports[port]; ok {
		port = mapped
	}
	return host, port, nil
}

// pick leaves the addresses that may be dialled, the families in turn (IPv4 first) so that neither uses up all tries;
// why is of the first one left out.
func (g *Guard) pick(network string, found []netip.Addr) (picked []netip.Addr, why string) {
	var byFamily [2][]netip.Addr
	why = "no address of network " + network
	first := true
	for _, a := range found {
		family := 0
		if a.Is6() {
			family = 1
		}
		if network == "tcp4" && family == 1 || network == "tcp6" && family == 0 {
			continue
		}
		if no := g.denies(a); no != "" {
			if first {
				why, first = no, false
			}
			continue
		}
		byFamily[family] = append(byFamily[family], a)
	}
	for i := 0; i < max(len(byFamily[0]), len(byFamily[1])); i++ {
		for _, list := range byFamily {
			if i < len(list) {
				picked = append(picked, list[i])
			}
		}
	}
	return picked[:min(len(picked), crawler.MaxDialTries)], why
}

// dialAny tries the addresses in turn; what is left of the time is shared among those not yet tried.
func (g *Guard) dialAny(ctx context.Context, addr string, addrs []netip.Addr, port uint16) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, crawler.DialTimeout)
	defer cancel()
	end, _ := ctx.Deadline()
	var errs []error
	for i, a := range addrs {
		share := max(time.Until(end)/time.Duration(len(addrs)-i), minTryTime)
		one, stop := context.WithTimeout(ctx, share)
		conn, err := g.dialOne(one, netip.AddrPortFrom(a, port))
		stop()
		if err == nil {
			return conn, nil
		}
		errs = append(errs, err)
		if ctx.Err() != nil {
			break
		}
	}
	return nil, fmt.Errorf("connecting to %s: %w", clip(addr, crawler.MaxURL), inOneLine(errs))
}

// inOneLine is errors.Join for a log line.
func inOneLine(errs []error) error {
	args := make([]any, len(errs))
	for i, err := range errs {
		args[i] = err
	}
	return fmt.Errorf("%w"+strings.Repeat("; %w", len(errs)-1), args...)
}

func (g *Guard) dialOne(ctx context.Context, to netip.AddrPort) (net.Conn, error) {
	if g.upstream != nil {
		if why := g.denies(to.Addr()); why != "" {
			return nil, &crawler.Refusal{Target: to.String(), Why: why}
		}
		return g.dialUpstream(ctx, to)
	}
	d := net.Dialer{Control: func(network, address string, _ syscall.RawConn) error {
		return g.atConnect(network, address, to.Port())
	}}
	return d.DialContext(ctx, "tcp", to.String())
}

// atConnect is the last look, at the address the kernel is about to connect to.
func (g *Guard) atConnect(network, address string, port uint16) error {
	ap, err := netip.ParseAddrPort(address)
	why := ""
	switch {
	case network != "tcp4" && network != "tcp6":
		why = "network " + network
	case err != nil:
		why = "no address"
	case ap.Port() != port:
		why = fmt.Sprintf("port %d is not allowed", ap.Port())
	default:
		why = g.denies(ap.Addr())
	}
	if why != "" {
		return &crawler.Refusal{Target: address, Why: why}
	}
	return nil
}

// TrustedDialer returns a dial function that reaches the operator-named endpoint addr ("host:port", one of Options.Trusted) and
// nothing else. The address rules do not apply to it, the system's resolver and hosts file do, an upstream proxy does not.
func (g *Guard) TrustedDialer(addr string) func(ctx context.Context, network, address string) (net.Conn, error) {
	named, err := endpoint(addr)
	known := err == nil && g.trusted[named]
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		asked, err := endpoint(address)
		if err != nil || !known || asked != named || network != "tcp" && network != "tcp4" && network != "tcp6" {
			return nil, &crawler.Refusal{Target: clip(address, crawler.MaxURL), Why: "not an endpoint named in the settings"}
		}
		d := net.Dialer{Timeout: crawler.DialTimeout}
		return d.DialContext(ctx, network, address)
	}
}
