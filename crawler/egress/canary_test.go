package egress

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/miekg/dns"

	"scamatlas/crawler"
	"scamatlas/crawler/testbed/loopbacktest"
)

// hostileSite redirects to what its query says; it lives at site.example and 127.0.0.2, the only address the guard is told to allow.
func hostileSite(w http.ResponseWriter, r *http.Request) {
	if to := r.URL.Query().Get("to"); to != "" {
		w.Header().Set("Location", to)
		w.WriteHeader(http.StatusFound)
		return
	}
	fmt.Fprint(w, "the site itself")
}

var hostileZone = []string{
	"site.example. 60 A 127.0.0.2", "loop4.example. 60 A 127.0.0.1", "loop6.example. 60 AAAA ::1",
	"both.example. 60 A 127.0.0.1", "both.example. 60 AAAA ::1", "meta.example. 60 A 169.254.169.254",
	"mapped.example. 60 AAAA ::ffff:127.0.0.1", "alias.example. 60 CNAME loop4.example.", "zero.example. 60 A 0.0.0.0",
}

// wayIn is one attempt to reach the canary; P in to is the canary's port.
type wayIn struct {
	name, to string
	reaches  bool // an unguarded client gets there: the control run must hit the canary
	v6       bool // only where the machine has ::1
}

var waysIn = []wayIn{
	{"loopback", "http://127.0.0.1:P/", true, false},
	{"loopback, mapped port", "http://127.0.0.1/", true, false},
	{"other loopback", "http://127.0.0.9:P/", false, false},
	{"IPv6", "http://[::1]:P/", true, true},
	{"mapped", "http://[::ffff:127.0.0.1]:P/", true, false},
	{"mapped in hex", "http://[::ffff:7f00:1]:P/", true, false},
	{"compatible", "http://[::127.0.0.1]:P/", false, false},
	{"metadata", "http://169.254.169.254/latest/meta-data/", false, false},
	{"zero", "http://0.0.0.0:P/", false, false},
	{"all", "http://[::]:P/", false, false},
	{"decimal", "http://2130706433:P/", true, false},
	{"hex", "http://0x7f.1:P/", true, false},
	{"octal", "http://0177.0.0.01:P/", true, false},
	{"short", "http://127.1:P/", true, false},
	{"full width", "http://１２７.０.０.１:P/", true, false},
	{"user info", "http://site.example@127.0.0.1:P/", true, false},
	{"name", "http://loop4.example:P/", true, false},
	{"IPv6 name", "http://loop6.example:P/", true, true},
	{"name with both", "http://both.example:P/", true, false},
	{"name, mapped address", "http://mapped.example:P/", true, false},
	{"alias", "http://alias.example:P/", true, false},
	{"name of metadata", "http://meta.example/", false, false},
	{"name of zero", "http://zero.example:P/", false, false},
	{"localhost", "http://localhost:P/", false, false},
	{"sub localhost", "http://a.localhost:P/", false, false},
	{"zone", "http://[fe80::1%25lo]:P/", false, false},
	{"empty host", "http://:P/", false, false},
	{"file", "file:///etc/passwd", false, false},
	{"gopher", "gopher://127.0.0.1:P/_x", false, false},
	{"smuggled port", "http://site.example:22/", false, false},
	{"search node", "http://site.example:9200/", false, false},
}

// TestCanary redirects to internal services in every spelling. The canary's port is open to the guard, so that nothing but
// the address rules stands between; the control run shows that the canary can be hit.
func TestCanary(t *testing.T) {
	port, canary, v6 := serveBeside(t, http.HandlerFunc(hostileSite))
	o := Options{
		Resolver: loopbacktest.DNS(t, loopbacktest.Zone(t, hostileZone...)), Allow: prefixes("127.0.0.2/32"),
		Ports: map[uint16]uint16{80: port}, Open: []uint16{80, port},
	}
	guarded := newGuard(t, o)
	o.Allow = prefixes("127.0.0.0/8", "::1/128")
	control := newGuard(t, o)

	get := func(c *http.Client, w wayIn) error {
		defer c.CloseIdleConnections()
		to := strings.ReplaceAll(w.to, "P", fmt.Sprint(port))
		resp, err := c.Get("http://site.example/?to=" + url.QueryEscape(to))
		if err == nil {
			resp.Body.Close()
		}
		return err
	}
	for _, w := range waysIn {
		t.Run(w.name, func(t *testing.T) {
			refusal(t, get(guarded.Client(), w))
			// Without CheckURL the dialer alone must hold; it never sees the scheme.
			if err := get(&http.Client{Transport: guarded.Transport()}, w); err == nil {
				t.Error("the dialer alone let it through")
			}
			if n := canary.hits.Load(); n != 0 {
				t.Fatalf("the canary was hit %d times", n)
			}
			if !w.reaches || w.v6 && !v6 {
				return
			}
			if err := get(control.Client(), w); err != nil || canary.hits.Swap(0) != 1 {
				t.Errorf("control: the canary was not hit: %v", err)
			}
		})
	}
	resp, err := guarded.Client().Get("http://site.example/")
	if err != nil {
		t.Fatalf("the site itself: %v", err)
	}
	resp.Body.Close()
}

// TestRebind asks again and again for a name whose answers alternate between the site and loopback.
func TestRebind(t *testing.T) {
	port, canary, _ := serveBeside(t, http.HandlerFunc(hostileSite))
	var turn atomic.Int64
	resolver := loopbacktest.DNS(t, func(w dns.ResponseWriter, q *dns.Msg) {
		m := new(dns.Msg).SetReply(q)
		if q.Question[0].Qtype == dns.TypeA {
			ip := net.IPv4(127, 0, 0, byte(1+turn.Add(1)%2))
			m.Answer = []dns.RR{&dns.A{Hdr: dns.RR_Header{Name: q.Question[0].Name, Rrtype: dns.TypeA, Class: dns.ClassINET}, A: ip}}
		}
		loopbacktest.Reply(w, q, m)
	})
	g := newGuard(t, Options{Resolver: resolver, Allow: prefixes("127.0.0.2/32"), Ports: map[uint16]uint16{80: port}})
	client := g.Client()
	defer client.CloseIdleConnections()
	var served, refused int
	for range 20 {
		resp, err := client.Get("http://rebind.example/")
		switch {
		case err == nil:
			resp.Body.Close()
			served++
			client.CloseIdleConnections()
		case errors.Is(err, crawler.ErrRefused):
			refused++
		default:
			t.Fatal(err)
		}
	}
	if served != 10 || refused != 10 || canary.hits.Load() != 0 {
		t.Errorf("served %d, refused %d, canary %d; want 10, 10, 0", served, refused, canary.hits.Load())
	}
}

// TestAtConnect holds even when an address that was picked is no longer good at the moment of connect.
func TestAtConnect(t *testing.T) {
	port, canary, _ := serveBeside(t, http.HandlerFunc(hostileSite))
	g := newGuard(t, Options{Open: []uint16{port}})
	conn, err := g.dialAny(context.Background(), "site.example:80", addresses127(), port)
	if err == nil {
		conn.Close()
	}
	refusal(t, err)
	if canary.hits.Load() != 0 {
		t.Error("the canary was hit")
	}
	if no := refusal(t, g.atConnect("tcp4", "93.184.215.14:22", 80)); no.Why != "port 22 is not allowed" {
		t.Error(no)
	}
	refusal(t, g.atConnect("udp4", "93.184.215.14:80", 80))
	refusal(t, g.atConnect("unix", "/run/socket", 80))
	if err := g.atConnect("tcp4", "93.184.215.14:80", 80); err != nil {
		t.Error(err)
	}
}
