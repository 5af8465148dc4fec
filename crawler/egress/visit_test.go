package egress

import (
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/miekg/dns"

	"scamatlas/crawler/testbed/loopbacktest"
)

// turning gives another address each time it is asked, first nothing at all; names below "gone." do not exist.
func turning(t *testing.T) (resolver string, asked *atomic.Int64) {
	asked = new(atomic.Int64)
	return loopbacktest.DNS(t, func(w dns.ResponseWriter, q *dns.Msg) {
		m := new(dns.Msg).SetReply(q)
		n := asked.Add(1)
		switch {
		case strings.HasPrefix(q.Question[0].Name, "gone."):
			m.Rcode = dns.RcodeNameError
		case n <= maxTries:
			m.Rcode = dns.RcodeServerFailure
		case q.Question[0].Qtype == dns.TypeA:
			m.Answer = []dns.RR{&dns.A{Hdr: dns.RR_Header{Name: q.Question[0].Name, Rrtype: dns.TypeA, Class: dns.ClassINET}, A: net.IPv4(192, 0, 2, byte(n))}}
		}
		loopbacktest.Reply(w, q, m)
	}), asked
}

// TestOneVisit: within a visit the first answer holds, between visits it does not; a failure never does.
func TestOneVisit(t *testing.T) {
	resolver, asked := turning(t)
	g := newGuard(t, Options{Resolver: resolver})
	ctx := OneVisit(t.Context())
	if _, err := g.Resolve(ctx, "a.example", dns.TypeA); err == nil {
		t.Error("a failing resolver gave an answer")
	}
	first, err := g.Resolve(ctx, "A.example.", dns.TypeA)
	if err != nil || len(first.Records) != 1 {
		t.Fatalf("%+v, %v", first, err)
	}
	want := addresses(first)
	for range 3 {
		got, err := g.LookupNetIP(ctx, "a.example")
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("%v, %v; the visit was told %v", got, err, want)
		}
		got[0] = netip.IPv6Loopback() // the caller's own
	}
	if n := asked.Load(); n != maxTries+2 { // the failures, one A, one AAAA
		t.Errorf("%d questions", n)
	}
	other, err := g.LookupNetIP(OneVisit(t.Context()), "a.example")
	if err != nil || slices.Equal(other, want) {
		t.Errorf("another visit is told %v, %v", other, err)
	}
	asked.Store(maxTries)
	for range 2 {
		if ans, err := g.Resolve(ctx, "gone.example", dns.TypeA); ans == nil || err == nil || ans.Rcode != dns.RcodeNameError {
			t.Errorf("%+v, %v", ans, err)
		}
	}
	if n := asked.Load(); n != maxTries+1 {
		t.Errorf("a name that does not exist was asked for %d times", n-maxTries)
	}
}

// TestOneVisitAtOnce: who asks at the same time is told the same, and what is kept has a bound.
func TestOneVisitAtOnce(t *testing.T) {
	resolver, asked := turning(t)
	asked.Store(maxTries)
	g := newGuard(t, Options{Resolver: resolver})
	ctx := OneVisit(t.Context())
	var found [20]string
	var wg sync.WaitGroup
	for n := range found {
		wg.Go(func() {
			addrs, err := g.LookupNetIP(ctx, "a.example")
			found[n] = fmt.Sprint(addrs, err)
		})
	}
	wg.Wait()
	if all := slices.Compact(found[:]); len(all) != 1 {
		t.Errorf("one visit was told %q", all)
	}
	v := visitOf(ctx)
	for n := range maxTold + 10 {
		v.ask(question{name: fmt.Sprint(n)}, func() told { return told{addresses: []netip.Addr{netip.IPv6Loopback()}} })
	}
	if len(v.told) != maxTold {
		t.Errorf("%d answers are kept", len(v.told))
	}
}

// TestDialAfterRebinding: the name turns to another address between two connections, and the visit does not follow.
func TestDialAfterRebinding(t *testing.T) {
	port, _, _ := serveBeside(t, nil)
	var turn atomic.Int64
	g := newGuard(t, Options{Ports: map[uint16]uint16{80: port}, Allow: prefixes("127.0.0.0/8"), Resolver: loopbacktest.DNS(t, func(w dns.ResponseWriter, q *dns.Msg) {
		ip := "127.0.0.2"
		if q.Question[0].Qtype == dns.TypeA && turn.Add(1) > 1 {
			ip = "127.0.0.1"
		}
		loopbacktest.Zone(t, "a.example. 0 A "+ip)(w, q)
	})})
	ctx := OneVisit(t.Context())
	for range 3 {
		conn, err := g.DialContext(ctx, "tcp", "a.example:80")
		if err != nil {
			t.Fatal(err)
		}
		if to := conn.RemoteAddr().String(); !strings.HasPrefix(to, "127.0.0.2:") {
			t.Errorf("connected to %s", to)
		}
		conn.Close()
	}
	conn, err := g.DialContext(OneVisit(t.Context()), "tcp", "a.example:80")
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if to := conn.RemoteAddr().String(); !strings.HasPrefix(to, "127.0.0.1:") {
		t.Errorf("the next visit connected to %s", to)
	}
}
