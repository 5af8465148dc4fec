package probe

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"reflect"
	"strings"
	"testing"
	"time"

	"scamatlas/crawler"
	"scamatlas/crawler/egress"
	"scamatlas/crawler/probe/registry"
	"scamatlas/crawler/probe/route"
	"scamatlas/crawler/testbed/loopbacktest"
)

// serveHTTP answers on 127.0.0.2 and gives the port.
func serveHTTP(t *testing.T, h http.Handler) uint16 {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.2:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &http.Server{Handler: h}
	done := make(chan struct{})
	go func() {
		defer close(done)
		if err := s.Serve(l); err != http.ErrServerClosed {
			t.Error(err)
		}
	}()
	t.Cleanup(func() { s.Close(); <-done })
	return uint16(l.Addr().(*net.TCPAddr).Port)
}

// registries is a guard whose ports 80 and 43 lead to registries of ours, and what asks them.
func registries(t *testing.T, resolver string, rdap http.Handler, whois func(net.Conn)) (*egress.Guard, *registry.Registry) {
	t.Helper()
	g, err := egress.New(egress.Options{
		Resolver: resolver, Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.2/32")}, Open: []uint16{43, 80, 443},
		Ports: map[uint16]uint16{43: serveTCP(t, whois), 80: serveHTTP(t, rdap), 443: closedPort(t)},
	})
	if err != nil {
		t.Fatal(err)
	}
	client := g.Client()
	t.Cleanup(client.CloseIdleConnections)
	r, err := registry.New(registry.Options{HTTP: client, Dial: g.DialContext, Bootstrap: "http://data.registry.example/rdap/", WHOIS: "whois.registry.example:43",
		Gap: time.Nanosecond, WHOISGap: time.Nanosecond})
	if err != nil {
		t.Fatal(err)
	}
	return g, r
}

// TestGathered: registration and networks come with DNS, through the one guard, over RDAP where there is one, else over WHOIS.
func TestGathered(t *testing.T) {
	resolver := loopbacktest.DNS(t, loopbacktest.Zone(t, "www.nova.com. 60 A 127.0.0.2", "www.nova.com. 60 A 203.0.113.7", "nova.zz. 60 A 203.0.113.7",
		"data.registry.example. 60 A 127.0.0.2", "rdap.registry.example. 60 A 127.0.0.2", "whois.registry.example. 60 A 127.0.0.2", "whois.nic.zz. 60 A 127.0.0.2",
		`0.113.0.203.origin.asn.example. 60 TXT "64500 | 203.0.113.0/24 | HK | apnic |"`, `as64500.asn.example. 60 TXT "64500 | HK | apnic | | NOVA, HK"`))
	rdap := http.NewServeMux()
	rdap.HandleFunc("/rdap/dns.json", func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, `{"version":"1.0","services":[[["com"],["http://rdap.registry.example/"]]]}`)
	})
	rdap.HandleFunc("/domain/nova.com", func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, `{"objectClassName":"domain","ldhName":"nova.com","status":["client hold"]}`)
	})
	rdap.HandleFunc("/rdap/ipv4.json", func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, `{"version":"1.0","services":[[["203.0.0.0/8"],["http://rdap.registry.example/"]]]}`)
	})
	rdap.HandleFunc("/ip/203.0.113.7", func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, `{"objectClassName":"ip network","startAddress":"203.0.113.0","endAddress":"203.0.113.255","name":"NOVA-NET","country":"SC","entities":[{"roles":["registrant"],"entities":[{"roles":["abuse"],"vcardArray":["vcard",[["email",{},"text","abuse@nova-net.example"]]]}]}]}`)
	})
	g, r := registries(t, resolver, rdap, func(c net.Conn) {
		b := make([]byte, 64)
		n, _ := c.Read(b)
		if strings.TrimSpace(string(b[:n])) == "zz" {
			fmt.Fprint(c, "whois: whois.nic.zz\n")
			return
		}
		fmt.Fprint(c, "Domain: nova.zz\nCreated: 2026-01-02\n")
	})
	routes, err := route.Open(route.Options{Resolve: g.Resolve, Zone: "asn.example"})
	if err != nil {
		t.Fatal(err)
	}
	p := New(g, Options{Registry: r, Networks: true, Routes: routes})
	for host, want := range map[string]crawler.Registration{
		"www.nova.com": {Domain: "nova.com", Via: "rdap", Server: "rdap.registry.example", Statuses: []string{"client hold"}},
		"nova.zz":      {Domain: "nova.zz", Via: "whois", Server: "whois.nic.zz", Created: time.Date(2026, 1, 2, 0, 0, 0, 0, time.UTC)},
	} {
		n := probe(t, p, host).Network
		if n.Registration == nil {
			t.Fatalf("%s: nobody was asked", host)
		}
		n.Registration.Asked = time.Time{}
		if !reflect.DeepEqual(*n.Registration, want) {
			t.Errorf("%s: %+v, want %+v", host, *n.Registration, want)
		}
		wantRoutes := []crawler.Route{{Address: "203.0.113.7", Prefix: "203.0.113.0/24", ASN: 64500, Name: "NOVA, HK", Country: "HK", Via: "cymru", AbuseEmails: []string{"abuse@nova-net.example"}}}
		if !reflect.DeepEqual(n.Routes, wantRoutes) {
			t.Errorf("%s: %+v", host, n.Routes)
		}
	}
	owner := []crawler.Route{{Address: "203.0.113.7", Name: "NOVA-NET", Country: "SC", Via: "rdap", AbuseEmails: []string{"abuse@nova-net.example"}}}
	if n := probe(t, New(g, Options{Registry: r, Networks: true}), "nova.zz").Network; !reflect.DeepEqual(n.Routes, owner) {
		t.Errorf("by registries alone: %+v", n.Routes)
	}
	if n := probe(t, p, "nova.github.io").Network; n.Registration != nil || n.Routes != nil {
		t.Errorf("below a platform: %+v", n)
	}
}

// TestDeadRegistry: registries that say nothing cost a visit nothing but time, and its DNS facts stand.
func TestDeadRegistry(t *testing.T) {
	resolver := loopbacktest.DNS(t, loopbacktest.Zone(t, "nova.com. 60 A 127.0.0.2", "data.registry.example. 60 A 127.0.0.2"))
	g, r := registries(t, resolver, http.HandlerFunc(func(_ http.ResponseWriter, req *http.Request) { <-req.Context().Done() }), func(net.Conn) {})
	ctx, cancel := context.WithTimeout(t.Context(), 500*time.Millisecond)
	defer cancel()
	c := &crawler.Capture{Host: "nova.com"}
	New(g, Options{Registry: r}).Probe(ctx, c)
	if n := c.Network; n.Registration == nil || n.Registration.Err == "" || n.Registration.Domain != "nova.com" || c.Refusals != nil {
		t.Errorf("%+v, refusals %v", n.Registration, c.Refusals)
	}
}

// TestJARM: it is taken where the settings want it, and not of a CDN's servers.
func TestJARM(t *testing.T) {
	cert := issue(t, leaf("nova.example", "nova.example"), nil)
	port := serveTLS(t, map[string]*issued{"nova.example": cert, "cdn.example": cert})
	resolver := loopbacktest.DNS(t, loopbacktest.Zone(t, "nova.example. 60 A 127.0.0.2", "cdn.example. 60 A 127.0.0.2", "alert.example. 60 A 127.0.0.2"))
	fronted := func(host string, d *crawler.DNS) bool { return host == "cdn.example" && d.A[0] == "127.0.0.2" }
	for name, c := range map[string]struct {
		o    Options
		host string
		want int
	}{
		"wanted": {Options{JARM: true}, "nova.example", 62}, "not wanted": {Options{}, "nova.example", 0}, "a CDN's": {Options{JARM: true, Fronted: fronted}, "cdn.example", 0},
		"beside a CDN": {Options{JARM: true, Fronted: fronted}, "nova.example", 62}, "no handshake": {Options{JARM: true}, "alert.example", 0},
	} {
		if got := probe(t, New(guard(t, resolver, port), c.o), c.host).Network.JARM; len(got) != c.want {
			t.Errorf("%s: %q", name, got)
		}
	}
}
