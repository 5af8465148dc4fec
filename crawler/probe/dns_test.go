package probe

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/miekg/dns"

	"scamatlas/crawler"
	"scamatlas/crawler/testbed/loopbacktest"
)

// closedPort is a loopback port that nothing listens at: probes of DNS alone fail their handshake at once.
func closedPort(t *testing.T) uint16 {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.2:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return uint16(l.Addr().(*net.TCPAddr).Port)
}

func TestDNSFacts(t *testing.T) {
	resolver := loopbacktest.DNS(t, loopbacktest.Zone(t,
		"plain.example. 60 A 127.0.0.2", "plain.example. 60 A 127.0.0.2", "plain.example. 60 A 10.0.0.9", "plain.example. 60 AAAA 2001:DB8::1",
		"plain.example. 60 NS NS2.Host.example.", "plain.example. 60 NS ns1.host.example.",
		"plain.example. 60 MX 20 b.mail.example.", "plain.example. 60 MX 10 Z.mail.example.", "plain.example. 60 MX 10 c.mail.example.",
		`plain.example. 60 TXT "v=spf1 " "-all"`, `plain.example. 60 TXT "token=1"`,
		"plain.example. 60 SOA NS1.host.example. admin.host.example. 2026010101 1 2 3 4",
		"www.plain.example. 60 CNAME Edge.CDN.example.", "edge.cdn.example. 60 CNAME node.cdn.example.", "node.cdn.example. 60 A 127.0.0.2",
		"node.cdn.example. 60 MX 1 mail.cdn.example.", "node.cdn.example. 60 NS ns.cdn.example.", "node.cdn.example. 60 TXT all-customers",
		"shop.plain.example. 60 A 127.0.0.2", "nomail.example. 60 MX 0 .", "empty.example. 60 HINFO a b",
	))
	p := New(guard(t, resolver, closedPort(t)), Options{})
	domainNS, domainSOA := []string{"ns1.host.example", "ns2.host.example"}, "ns1.host.example admin.host.example 2026010101"
	for host, want := range map[string]crawler.DNS{
		"plain.example": {
			A: []string{"10.0.0.9", "127.0.0.2"}, AAAA: []string{"2001:db8::1"}, NS: domainNS, SOA: domainSOA,
			MX: []string{"c.mail.example", "z.mail.example", "b.mail.example"}, TXT: []string{"token=1", "v=spf1 -all"}, Rcode: "NOERROR",
		},
		// What stands behind the alias is the provider's; name servers and SOA come from the registrable domain.
		"www.plain.example":  {A: []string{"127.0.0.2"}, CNAME: []string{"edge.cdn.example", "node.cdn.example"}, NS: domainNS, SOA: domainSOA, Rcode: "NOERROR"},
		"shop.plain.example": {A: []string{"127.0.0.2"}, NS: domainNS, SOA: domainSOA, Rcode: "NOERROR"},
		"gone.plain.example": {NS: domainNS, SOA: domainSOA, Rcode: "NXDOMAIN"},
		"gone.example":       {Rcode: "NXDOMAIN"},
		"empty.example":      {Rcode: "NOERROR"},
		"nomail.example":     {Rcode: "NOERROR"},
	} {
		if got := probe(t, p, host).Network.DNS; !reflect.DeepEqual(got, want) {
			t.Errorf("%s:\n got %s\nwant %s", host, asJSON(got), asJSON(want))
		}
		want.MX, want.TXT, want.SOA = nil, nil, ""
		if got := p.Where(t.Context(), host); !reflect.DeepEqual(got, want) {
			t.Errorf("where %s is:\n got %s\nwant %s", host, asJSON(got), asJSON(want))
		}
	}
}

func asJSON(d crawler.DNS) string {
	b, _ := json.Marshal(d)
	return string(b)
}

func TestDNSIsBounded(t *testing.T) {
	var records []string
	for i := range 200 {
		records = append(records, fmt.Sprintf("flood.example. 60 A 10.0.0.%d", i), fmt.Sprintf("flood.example. 60 MX 1 m%d.example.", i),
			fmt.Sprintf("flood.example. 60 NS n%d.example.", i))
	}
	long := `flood.example. 60 TXT`
	for range 20 {
		long += ` "` + strings.Repeat("x", 250) + `"`
	}
	p := New(guard(t, loopbacktest.DNS(t, loopbacktest.Zone(t, append(records, long)...)), closedPort(t)), Options{})
	c := probe(t, p, "flood.example")
	d := c.Network.DNS
	if len(d.A) != crawler.MaxRecords || len(d.MX) != crawler.MaxRecords || len(d.NS) != crawler.MaxRecords {
		t.Errorf("%d A, %d MX, %d NS; want %d of each", len(d.A), len(d.MX), len(d.NS), crawler.MaxRecords)
	}
	if len(d.TXT) != 1 || len(d.TXT[0]) > maxTXT+len("…") {
		t.Errorf("%d texts, the first of %d bytes", len(d.TXT), len(strings.Join(d.TXT, "")))
	}
	if len(c.Refusals) != 1 {
		t.Errorf("%d refusals of one connection", len(c.Refusals))
	}
}

// TestRcode: which mix of answers says that a site is gone, and which only that nobody knows.
func TestRcode(t *testing.T) {
	const silent = -1
	for _, tc := range []struct {
		name    string
		a, aaaa int
		address string // the type that carries one
		want    string
	}{
		{"both empty", dns.RcodeSuccess, dns.RcodeSuccess, "", "NOERROR"},
		{"both gone", dns.RcodeNameError, dns.RcodeNameError, "", "NXDOMAIN"},
		{"gone, and silence", dns.RcodeNameError, silent, "", "NXDOMAIN"},
		{"silence, and gone", silent, dns.RcodeNameError, "", "NXDOMAIN"},
		{"empty, and silence", dns.RcodeSuccess, silent, "", ""},
		{"silence, and empty", silent, dns.RcodeSuccess, "", ""},
		{"silence", silent, silent, "", ""},
		{"SERVFAIL", dns.RcodeServerFailure, dns.RcodeServerFailure, "", "SERVFAIL"},
		{"empty, and SERVFAIL", dns.RcodeSuccess, dns.RcodeServerFailure, "", "SERVFAIL"},
		{"REFUSED", dns.RcodeRefused, dns.RcodeRefused, "", "REFUSED"},
		{"unknown code", 4000, 4000, "", "RCODE4000"},
		{"A, and silence", dns.RcodeSuccess, silent, "A", "NOERROR"},
		{"SERVFAIL, and AAAA", dns.RcodeServerFailure, dns.RcodeSuccess, "AAAA", "NOERROR"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			reply := func(rcode int, qtype uint16, address string) (r reply) {
				r.answered, r.rcode = rcode != silent, max(rcode, 0)
				if address == dns.TypeToString[qtype] {
					r.records = make([]dns.RR, 1)
				}
				return r
			}
			f := findings{a: reply(tc.a, dns.TypeA, tc.address), aaaa: reply(tc.aaaa, dns.TypeAAAA, tc.address)}
			if got := f.rcode(); got != tc.want {
				t.Errorf("%q, want %q", got, tc.want)
			}
		})
	}
}

// TestFailuresByType: a type that fails is told apart from one that has no records, and hides no other.
func TestFailuresByType(t *testing.T) {
	good := loopbacktest.Zone(t, "shop.a.example. 60 A 127.0.0.2", "shop.a.example. 60 MX 1 m.example.")
	var mu sync.Mutex
	asked := map[string]int{}
	resolver := loopbacktest.DNS(t, func(w dns.ResponseWriter, q *dns.Msg) {
		kind := dns.TypeToString[q.Question[0].Qtype]
		mu.Lock()
		asked[kind]++
		mu.Unlock()
		if kind == "TXT" || kind == "NS" {
			_ = w.WriteMsg(new(dns.Msg).SetRcode(q, dns.RcodeServerFailure))
			return
		}
		good(w, q)
	})
	d := probe(t, New(guard(t, resolver, closedPort(t)), Options{}), "shop.a.example").Network.DNS
	if len(d.A) != 1 || len(d.MX) != 1 || d.Rcode != "NOERROR" {
		t.Errorf("facts lost: %s", asJSON(d))
	}
	if want := map[string]string{"TXT": "SERVFAIL", "NS": "SERVFAIL"}; !reflect.DeepEqual(d.Errs, want) {
		t.Errorf("errors %v, want %v", d.Errs, want)
	}
	mu.Lock()
	defer mu.Unlock()
	if asked["TXT"] > 3 || asked["NS"] > 3 { // a resolver that fails is not asked about the domain as well
		t.Errorf("TXT was asked %d times, NS %d times", asked["TXT"], asked["NS"])
	}
}

// TestSilentResolver: without any answer the probe ends in time, knows nothing, and the crawl says so.
func TestSilentResolver(t *testing.T) {
	p := New(guard(t, loopbacktest.DNS(t, func(dns.ResponseWriter, *dns.Msg) {}), closedPort(t)), Options{})
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	c := &crawler.Capture{Host: "a.example"}
	start := time.Now()
	p.Probe(ctx, c)
	if took := time.Since(start); took > crawler.ProbeTimeout {
		t.Errorf("the probe took %v", took)
	}
	if d := c.Network.DNS; d.Rcode != "" || len(d.Errs) != 6 || c.Network.TLS != nil {
		t.Errorf("%+v", c.Network)
	}
}

// TestLocalNames do not exist in public DNS, whatever a resolver or a hosts file says; nobody is asked.
func TestLocalNames(t *testing.T) {
	resolver := loopbacktest.DNS(t, func(dns.ResponseWriter, *dns.Msg) { t.Error("the resolver was asked") })
	p := New(guard(t, resolver, closedPort(t)), Options{})
	for _, host := range []string{"localhost", "a.localhost", "printer.local", "intranet", ""} {
		c := probe(t, p, host)
		if c.Network.DNS.Rcode != "NXDOMAIN" || len(c.Refusals) != 1 || len(c.Network.DNS.A) != 0 {
			t.Errorf("%q: %s, refusals %v", host, asJSON(c.Network.DNS), c.Refusals)
		}
	}
}

// FuzzFacts: any bytes that unpack as answers become facts within bounds, whatever their types.
func FuzzFacts(f *testing.F) {
	for _, s := range []string{"a.example. A 192.0.2.1", "a.example. MX 1 .", `a.example. TXT "\000\255"`, "a.example. SOA . . 1 1 1 1 1", "a.example. NS ."} {
		rr, err := dns.NewRR(s)
		if err != nil {
			f.Fatal(err)
		}
		b, err := (&dns.Msg{Answer: []dns.RR{rr}}).Pack()
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		var m dns.Msg
		if m.Unpack(b) != nil {
			return
		}
		of := func(qtype uint16) (r reply) {
			for _, rr := range m.Answer {
				if rr.Header().Rrtype == qtype {
					r.records = append(r.records, rr)
				}
			}
			return r
		}
		all := findings{a: of(dns.TypeA), aaaa: of(dns.TypeAAAA), mx: of(typeMX), txt: of(typeTXT), ns: of(typeNS), soa: of(typeSOA)}
		d := all.dns()
		for _, a := range append(d.A, d.AAAA...) {
			if net.ParseIP(a) == nil {
				t.Errorf("address %q", a)
			}
		}
		for _, s := range d.TXT {
			if len(s) > maxTXT+len("…") {
				t.Errorf("text of %d bytes", len(s))
			}
		}
	})
}
