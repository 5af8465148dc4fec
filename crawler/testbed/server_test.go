package testbed

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"testing"
	"time"

	"scamatlas/crawler"

	"github.com/miekg/dns"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func start(t *testing.T, o Options) *Server {
	t.Helper()
	s, err := Start(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("closing: %v", err)
		}
	})
	return s
}

// ask puts one question to the server's DNS.
func ask(t *testing.T, s *Server, network, name string, qtype uint16) *dns.Msg {
	t.Helper()
	m := new(dns.Msg)
	m.SetQuestion(dns.Fqdn(name), qtype)
	r, _, err := (&dns.Client{Net: network, Timeout: 5 * time.Second}).Exchange(m, s.Settings().Resolver)
	if err != nil {
		t.Fatalf("%s %s over %s: %v", dns.TypeToString[qtype], name, network, err)
	}
	return r
}

// addressOf resolves a host the way a visitor does.
func addressOf(t *testing.T, s *Server, host string) netip.Addr {
	t.Helper()
	for _, rr := range ask(t, s, "udp", host, dns.TypeA).Answer {
		if a, ok := rr.(*dns.A); ok {
			addr, _ := netip.AddrFromSlice(a.A.To4())
			return addr
		}
	}
	t.Fatalf("%s has no address", host)
	return netip.Addr{}
}

// visitor is an HTTP client that goes through the server's DNS and ports, does not follow redirects and does not check certificates.
func visitor(t *testing.T, s *Server) *http.Client {
	tr := &http.Transport{
		DialContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
			host, port, _ := net.SplitHostPort(addr)
			n := map[string]int{"80": s.Settings().Ports[80], "443": s.Settings().Ports[443]}[port]
			if n == 0 {
				return nil, fmt.Errorf("port %s", port)
			}
			return (&net.Dialer{}).DialContext(ctx, network, netip.AddrPortFrom(addressOf(t, s, host), uint16(n)).String())
		},
		TLSClientConfig:        &tls.Config{InsecureSkipVerify: true},
		DisableCompression:     true,
		MaxResponseHeaderBytes: 256 << 10,
	}
	t.Cleanup(tr.CloseIdleConnections)
	return &http.Client{Transport: tr, Timeout: 10 * time.Second, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

func get(t *testing.T, c *http.Client, url string) (*http.Response, []byte) {
	t.Helper()
	r, err := c.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	body, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return r, body
}

func TestEverySiteAnswersOverDNSHTTPAndTLS(t *testing.T) {
	s := start(t, Options{})
	c := visitor(t, s)
	for _, site := range s.Sites() {
		if site.Address == "" {
			if r := ask(t, s, "udp", site.Host, dns.TypeA); r.Rcode != dns.RcodeNameError {
				t.Errorf("%s: rcode %s, want NXDOMAIN", site.Host, dns.RcodeToString[r.Rcode])
			}
			continue
		}
		for _, name := range site.Names() {
			if got := addressOf(t, s, name); got != Simulated(site.Address) {
				t.Errorf("%s is at %s, want %s", name, got, Simulated(site.Address))
			}
			for file, want := range site.Files {
				r, body := get(t, c, "http://"+name+"/"+strings.TrimSuffix(file, "index.html"))
				if _, redirected := site.Redirects[r.Request.URL.Path]; redirected {
					continue
				}
				if r.StatusCode != 200 || !bytes.Equal(body, want) {
					t.Errorf("%s/%s: status %d, %d bytes, want %d bytes", name, file, r.StatusCode, len(body), len(want))
				}
				for k, v := range site.Headers {
					if r.Header.Get(k) != v {
						t.Errorf("%s: header %s is %q, want %q", name, k, r.Header.Get(k), v)
					}
				}
			}
			checkTLS(t, c, &site, name)
		}
		for from, to := range site.Redirects {
			if r, _ := get(t, c, "http://"+site.Host+from); r.StatusCode != 302 || r.Header.Get("Location") != to {
				t.Errorf("%s%s: %d to %q, want 302 to %q", site.Host, from, r.StatusCode, r.Header.Get("Location"), to)
			}
		}
		if s.Requests(site.Host) == 0 {
			t.Errorf("%s: no request counted", site.Host)
		}
	}
	if _, hits := s.Canary(); hits() != 0 {
		t.Errorf("%d canary hits", hits())
	}
}

func checkTLS(t *testing.T, c *http.Client, site *Site, name string) {
	t.Helper()
	r, err := c.Get("https://" + name + "/")
	if site.Cert == "" {
		if err == nil {
			r.Body.Close()
			t.Errorf("%s answers TLS, the truth gives it no certificate", name)
		}
		return
	}
	if err != nil {
		t.Errorf("%s: %v", name, err)
		return
	}
	r.Body.Close()
	leaf := r.TLS.PeerCertificates[0]
	if err := leaf.VerifyHostname(name); err != nil {
		t.Errorf("%s: %v", name, err)
	}
	if site.Issuer != "" && leaf.Issuer.Organization[0] != site.Issuer {
		t.Errorf("%s: issued by %s, want %s", name, leaf.Issuer.Organization[0], site.Issuer)
	}
}

func TestDNSRecords(t *testing.T) {
	s := start(t, Options{Sites: []Site{{Truth: Truth{
		Host: "www.shop.example", Address: "a", CNAME: "shop.edge.cdn.example", NS: []string{"ns1.zone.example"},
		MX: []string{"mx1.zone.example", "mx2.zone.example"}, TXT: []string{"v=spf1 -all"}}}}})
	for _, network := range []string{"udp", "tcp"} {
		for _, c := range []struct {
			name  string
			qtype uint16
			want  string // rcode and answers
		}{
			{"www.shop.example", dns.TypeA, "NOERROR CNAME shop.edge.cdn.example. A " + Simulated("a").String()},
			{"WWW.Shop.Example", dns.TypeCNAME, "NOERROR CNAME shop.edge.cdn.example."},
			{"www.shop.example", dns.TypeAAAA, "NOERROR CNAME shop.edge.cdn.example."},
			{"shop.example", dns.TypeNS, "NOERROR NS ns1.zone.example."},
			{"shop.example", dns.TypeMX, "NOERROR MX 10 mx1.zone.example. MX 20 mx2.zone.example."},
			{"shop.example", dns.TypeTXT, `NOERROR TXT "v=spf1 -all"`},
			{"shop.example", dns.TypeSOA, "NOERROR SOA ns1.shop.example. hostmaster.shop.example. 2026110100 7200 900 1209600 300"},
			{"shop.example", dns.TypeA, "NOERROR"},
			{"ns1.zone.example", dns.TypeA, "NOERROR A " + Simulated("server ns1.zone.example").String()},
			{"other.shop.example", dns.TypeA, "NXDOMAIN"},
			{"nowhere.test", dns.TypeA, "NXDOMAIN"},
		} {
			r := ask(t, s, network, c.name, c.qtype)
			got := dns.RcodeToString[r.Rcode]
			for _, rr := range r.Answer {
				got += " " + dns.TypeToString[rr.Header().Rrtype] + " " + strings.TrimPrefix(rr.String(), rr.Header().String())
			}
			if got != c.want {
				t.Errorf("%s: %s %s: got %s, want %s", network, dns.TypeToString[c.qtype], c.name, got, c.want)
			}
		}
	}
}

func TestHostIsServedAtItsOwnAddressOnly(t *testing.T) {
	s := start(t, Options{})
	for _, c := range []struct {
		at, host string
		want     int
	}{
		{"aurora-vault.example", "aurora-vault.example", 200},
		{"aurora-vault.example", "AURORA-vault.example:80", 200},
		{"aurora-vault.example", "hashfield-mining.example", 421},
		{"aurora-vault.example", "unknown.example", 404},
	} {
		req, _ := http.NewRequest("GET", fmt.Sprintf("http://%s:%d/", addressOf(t, s, c.at), s.Settings().Ports[80]), nil)
		req.Host = c.host
		tr := &http.Transport{DisableKeepAlives: true}
		resp, err := tr.RoundTrip(req)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != c.want {
			t.Errorf("%s at the address of %s: %d, want %d", c.host, c.at, resp.StatusCode, c.want)
		}
	}
}

func TestGzipForWhoTakesIt(t *testing.T) {
	s := start(t, Options{})
	req, _ := http.NewRequest("GET", "http://aurora-vault.example/", nil)
	req.Header.Set("Accept-Encoding", "gzip")
	r, err := visitor(t, s).Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	z, err := gzip.NewReader(r.Body)
	if err != nil {
		t.Fatalf("%v (Content-Encoding %q)", err, r.Header.Get("Content-Encoding"))
	}
	if body, err := io.ReadAll(z); err != nil || !bytes.Contains(body, []byte("Aurora Vault")) {
		t.Errorf("%d bytes unpacked, error %v", len(body), err)
	}
}

func TestTwoServersAtOnceAreApartAndAlike(t *testing.T) {
	leaf := func(s *Server) [32]byte {
		r, err := visitor(t, s).Get("https://aurora-vault.example/")
		if err != nil {
			t.Fatal(err)
		}
		r.Body.Close()
		return sha256.Sum256(r.TLS.PeerCertificates[0].Raw)
	}
	a, b := start(t, Options{}), start(t, Options{})
	sa, sb := a.Settings(), b.Settings()
	if sa.Resolver == sb.Resolver || sa.Ports[80] == sb.Ports[80] || sa.Ports[443] == sb.Ports[443] {
		t.Errorf("settings collide: %v and %v", sa, sb)
	}
	if leaf(a) != leaf(b) {
		t.Error("certificates differ from run to run")
	}
	if a.Requests("aurora-vault.example") != 1 {
		t.Errorf("%d requests counted at the first, want 1", a.Requests("aurora-vault.example"))
	}
}

func TestStartSaysWhatIsWrong(t *testing.T) {
	site := Site{Truth: Truth{Host: "a.example", Address: "a"}}
	for _, c := range []struct {
		o    Options
		want string
	}{
		{Options{Sites: []Site{site, site}}, "two sites are named a.example"},
		{Options{Sites: []Site{site}, HTTP: "nonsense"}, "opening HTTP"},
		{Options{Sites: []Site{site}, HTTPS: "127.0.0.1:99999"}, "opening HTTPS"},
		{Options{Sites: []Site{site}, DNS: "nonsense"}, "opening DNS"},
	} {
		s, err := Start(c.o)
		if err == nil {
			s.Close()
		}
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("error %v, want one with %q", err, c.want)
		}
	}
}

func TestSyntheticSitesServeLinkedPages(t *testing.T) {
	s := start(t, Options{Sites: Synthetic(100)})
	c := visitor(t, s)
	for _, at := range []string{"", "p/0", "p/19"} {
		r, body := get(t, c, "http://synthetic-00007.example/"+at)
		if r.StatusCode != 200 || len(body) < synthMin/2 {
			t.Errorf("/%s: status %d, %d bytes", at, r.StatusCode, len(body))
		}
	}
	if r, _ := get(t, c, "http://synthetic-00007.example/robots.txt"); r.StatusCode != 404 {
		t.Errorf("robots.txt: status %d", r.StatusCode)
	}
	if n := len(s.byName); n != 100 || s.Sites()[0].Outcomes[0] != crawler.OK {
		t.Errorf("%d names", n)
	}
}
