package egress

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"testing"
	"time"

	"scamatlas/crawler"
	"scamatlas/crawler/testbed/loopbacktest"
)

func addresses127() []netip.Addr { return []netip.Addr{netip.MustParseAddr("127.0.0.1")} }

func TestNewTellsAllFaults(t *testing.T) {
	_, err := New(Options{
		Resolver: "dns.example:53", Allow: append(prefixes("0.0.0.0/0", "::/0"), netip.Prefix{}), Deny: []netip.Prefix{{}},
		Ports: map[uint16]uint16{80: 0, 9200: 19200}, Open: []uint16{80, 0}, Proxy: "ftp://u:secret@h:1", Trusted: []string{"es", "es:0", ":9200"},
	})
	if err == nil {
		t.Fatal("no error")
	}
	for _, part := range []string{`"dns.example:53"`, "0.0.0.0/0", "::/0", "invalid Prefix", "port mapping 80: 0", "port 9200 may not",
		"open port 0", "neither socks5", `"es"`, `"es:0"`, `":9200"`} {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("%q is missing in: %v", part, err)
		}
	}
	if strings.Contains(err.Error(), "secret") {
		t.Error("the error gives the proxy's password away")
	}
	for _, p := range []string{"socks5://", "http://proxy", "http://u:secret@h:x", "::"} {
		if _, err := New(Options{Resolver: "127.0.0.1:9", Proxy: p}); err == nil || strings.Contains(err.Error(), "secret") {
			t.Errorf("proxy %q: %v", p, err)
		}
	}
	for in, want := range map[string]string{"192.0.2.1": "192.0.2.1:53", "[::1]:5353": "[::1]:5353", "::1": "[::1]:53"} {
		if got := newGuard(t, Options{Resolver: in}).Resolver(); got != want {
			t.Errorf("resolver %q is %q, want %q", in, got, want)
		}
	}
}

// TestPorts: a mapped port is dialled, not opened.
func TestPorts(t *testing.T) {
	port, _, _ := serveBeside(t, http.HandlerFunc(hostileSite))
	g := newGuard(t, Options{Allow: prefixes("127.0.0.2/32"), Ports: map[uint16]uint16{80: port}})
	conn, err := g.DialContext(context.Background(), "tcp", "127.0.0.2:80")
	if err != nil {
		t.Fatal(err)
	}
	conn.Close()
	for addr, why := range map[string]string{
		fmt.Sprintf("127.0.0.2:%d", port): fmt.Sprintf("port %d is not allowed", port),
		"127.0.0.2:22":                    "port 22 is not allowed",
		"127.0.0.2:http":                  "not a port",
		"127.0.0.2:-1":                    "not a port",
		"127.0.0.2":                       "not host:port",
		":80":                             "empty host",
	} {
		_, err := g.DialContext(context.Background(), "tcp", addr)
		if no := refusal(t, err); no.Why != why || no.Target != addr {
			t.Errorf("%s: %v, want %s", addr, no, why)
		}
	}
	for _, network := range []string{"udp", "unix", "ip4:icmp", ""} {
		_, err := g.DialContext(context.Background(), network, "127.0.0.2:80")
		refusal(t, err)
	}
	_, err = g.DialContext(context.Background(), "tcp6", "127.0.0.2:80")
	refusal(t, err)
}

func TestPickTakesFamiliesInTurn(t *testing.T) {
	g := newGuard(t, Options{})
	var found []netip.Addr
	for _, s := range []string{"1.0.0.1", "10.0.0.1", "1.0.0.2", "1.0.0.3", "1.0.0.4", "1.0.0.5", "2600::1", "fd00::1", "2600::2"} {
		found = append(found, netip.MustParseAddr(s))
	}
	for network, want := range map[string]string{
		"tcp": "[1.0.0.1 2600::1 1.0.0.2 2600::2]", "tcp4": "[1.0.0.1 1.0.0.2 1.0.0.3 1.0.0.4]", "tcp6": "[2600::1 2600::2]",
	} {
		picked, _ := g.pick(network, found)
		if got := fmt.Sprint(picked); got != want {
			t.Errorf("%s: %s, want %s", network, got, want)
		}
	}
}

// TestFlood: a name with 200 addresses, none of which answers, costs a bounded number of tries.
func TestFlood(t *testing.T) {
	var records []string
	for i := range 200 {
		records = append(records, fmt.Sprintf("flood.example. 0 A 127.3.0.%d", i+1))
	}
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed := uint16(free.Addr().(*net.TCPAddr).Port)
	free.Close()
	g := newGuard(t, Options{Resolver: loopbacktest.DNS(t, loopbacktest.Zone(t, records...)), Allow: prefixes("127.3.0.0/24"), Ports: map[uint16]uint16{80: closed}})
	addrs, err := g.LookupNetIP(context.Background(), "flood.example")
	if err != nil || len(addrs) != crawler.MaxRecords {
		t.Fatalf("%d addresses, %v; want %d", len(addrs), err, crawler.MaxRecords)
	}
	_, err = g.DialContext(context.Background(), "tcp", "flood.example:80")
	if n := strings.Count(fmt.Sprint(err), "connection refused"); n != crawler.MaxDialTries {
		t.Errorf("%d tries, want %d: %v", n, crawler.MaxDialTries, err)
	}
	if errors.Is(err, crawler.ErrRefused) {
		t.Error("a closed port is taken for the guard's refusal")
	}
}

// TestDialGivesUp: an address that swallows connections holds a dial no longer than its context.
func TestDialGivesUp(t *testing.T) {
	g := newGuard(t, Options{Allow: prefixes("127.0.0.2/32")})
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	start := time.Now()
	if _, err := g.DialContext(ctx, "tcp", "127.0.0.2:80"); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if time.Since(start) > crawler.DialTimeout/2 {
		t.Error("a dead context was waited for")
	}
}
