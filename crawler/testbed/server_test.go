package testbed

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"scamatlas/crawler"

	"github.com/andybalholm/brotli"
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

func TestCanaryCountsWhoReachesLoopback(t *testing.T) {
	s := start(t, Options{Sites: mustSites(t), Hostile: true})
	addr, hits := s.Canary()
	if netip.MustParsePrefix(s.Settings().Allow[0]).Contains(netip.MustParseAddrPort(addr).Addr()) {
		t.Fatalf("the canary at %s lies in the allowed network %s", addr, s.Settings().Allow[0])
	}
	_, port, _ := net.SplitHostPort(addr)
	at := []string{
		addr,
		fmt.Sprintf("127.0.0.1:%d", s.Settings().Ports[80]),
		fmt.Sprintf("127.0.0.1:%d", s.Settings().Ports[443]),
		fmt.Sprintf("0.0.0.0:%s", port),
		net.JoinHostPort(addressOf(t, s, "hostile-port-smuggle.example").String(), port),
	}
	for i, a := range at {
		c, err := net.Dial("tcp", a)
		if err != nil {
			t.Fatal(err)
		}
		said, _ := io.ReadAll(c)
		c.Close()
		if string(said) != canarySays || hits() != int64(i+1) {
			t.Errorf("%s says %q, %d hits, want %d", a, said, hits(), i+1)
		}
	}
}

func TestCloseEndsAnswersWithoutEnd(t *testing.T) {
	s := start(t, Options{Sites: []Site{}, Hostile: true})
	for _, name := range []string{"endless-body", "drip-body", "endless-header", "no-answer"} {
		host := "hostile-" + name + ".example"
		c, err := net.Dial("tcp", netip.AddrPortFrom(addressOf(t, s, host), uint16(s.Settings().Ports[80])).String())
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		fmt.Fprintf(c, "GET / HTTP/1.1\r\nHost: %s\r\n\r\n", host) // and never read
	}
	for s.Requests("hostile-no-answer.example") == 0 {
		runtime.Gosched() // until the server has taken up the last one
	}
	began := time.Now()
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if took := time.Since(began); took > 2*shutdownTimeout+time.Second {
		t.Errorf("closing took %s", took)
	}
	if err := s.Close(); err != nil {
		t.Errorf("closing again: %v", err)
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

// TestHostileSites: each attack is really made, and has its bound.
func TestHostileSites(t *testing.T) {
	s := start(t, Options{Sites: []Site{}, Hostile: true})
	c := visitor(t, s)
	controls := 0
	for _, site := range s.Sites() {
		if len(site.Outcomes) == 0 || site.Outcomes[0] == "" {
			t.Errorf("%s has no expected outcome", site.Host)
		}
		if site.Kit != "" {
			controls++
			if _, body := get(t, c, "http://"+site.Host+"/deposit"); !bytes.Contains(body, []byte(site.Wallets[0].Spelling())) {
				t.Errorf("%s does not show its wallet", site.Host)
			}
		}
	}
	if want := (len(s.Sites()) - controls + controlEvery - 1) / controlEvery; controls != want {
		t.Errorf("%d control sites, want %d", controls, want)
	}
	for _, host := range s.Hosts() {
		if to := redirectOf(t, c, host); strings.HasPrefix(host, "hostile-ssrf") && to == "" {
			t.Errorf("%s does not redirect", host)
		}
	}
	if _, hits := s.Canary(); hits() != 0 {
		t.Errorf("a visitor that follows nothing hit the canary %d times", hits())
	}
}

func redirectOf(t *testing.T, c *http.Client, host string) string {
	t.Helper()
	if !strings.HasPrefix(host, "hostile-ssrf") {
		return ""
	}
	req, _ := http.NewRequest("GET", "http://"+host+"/", nil)
	r, err := c.Transport.RoundTrip(req) // the client would parse the address, and refuse some
	if err != nil {
		t.Fatal(err)
	}
	r.Body.Close()
	return r.Header.Get("Location")
}

func TestBombsAreSmallAndUnpackToTheirSize(t *testing.T) {
	const part = 4<<20 + 1 // decoding all takes long; the whole is the same chunk again
	s := start(t, Options{Sites: []Site{}, Hostile: true})
	c := visitor(t, s)
	for name, b := range map[string]struct {
		make   func(int) []byte
		unpack func(io.Reader) (io.Reader, error)
	}{
		"gzip-bomb": {gzipBomb, func(r io.Reader) (io.Reader, error) { return gzip.NewReader(r) }},
		"br-bomb":   {brotliBomb, func(r io.Reader) (io.Reader, error) { return brotli.NewReader(r), nil }},
	} {
		r, err := b.unpack(bytes.NewReader(b.make(part)))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		text, err := io.ReadAll(r)
		if err != nil || string(text) != bombHead+strings.Repeat("a", 5<<20) {
			t.Errorf("%s unpacks to %d bytes, error %v", name, len(text), err)
		}
		_, body := get(t, c, "http://hostile-"+name+".example/")
		if want := len(b.make(maxBomb)); len(body) != want || want > 1<<20 || want < len(b.make(maxBomb/2)) {
			t.Errorf("%s is sent in %d bytes, made in %d", name, len(body), want)
		}
	}
}

func TestBrokenAnswersAreBroken(t *testing.T) {
	s := start(t, Options{Sites: []Site{}, Hostile: true})
	c := visitor(t, s)
	for _, c2 := range []struct {
		name string
		want string // part of Go's own error; "" = body ends early without one
	}{
		{"cl-long", "unexpected EOF"}, {"reset-mid", "reset"}, {"bad-chunk", "chunk"}, {"cl-two", "Content-Length"},
		{"garbage", "malformed"}, {"endless-header", "exceeded"}, {"endless-status-line", "exceeded"}, {"status-1xx", "exceeded"},
	} {
		for _, scheme := range []string{"http", "https"} {
			r, err := c.Get(scheme + "://hostile-" + c2.name + ".example/")
			if err == nil {
				_, err = io.Copy(io.Discard, r.Body)
				r.Body.Close()
			}
			if err == nil || !strings.Contains(err.Error(), c2.want) {
				t.Errorf("%s over %s: error %v, want one with %q", c2.name, scheme, err, c2.want)
			}
		}
	}
}

func TestHostileDNS(t *testing.T) {
	s := start(t, Options{Sites: []Site{}, Hostile: true})
	var seen []string
	for range 4 {
		seen = append(seen, addressOf(t, s, "hostile-dns-rebind.example").String())
	}
	own := Simulated("hostile-dns-rebind.example").String()
	if want := []string{own, "127.0.0.1", own, "127.0.0.1"}; !slices.Equal(seen, want) {
		t.Errorf("rebinding gives %v, want %v", seen, want)
	}
	if r := ask(t, s, "tcp", "hostile-dns-flood.example", dns.TypeA); len(r.Answer) != maxFloodAnswers {
		t.Errorf("flood gives %d addresses", len(r.Answer))
	}
	if r := ask(t, s, "udp", "hostile-dns-flood.example", dns.TypeA); !r.Truncated {
		t.Error("flood over UDP is not marked as truncated")
	}
	if r := ask(t, s, "udp", "hostile-dns-loopback.example", dns.TypeAAAA); len(r.Answer) != 1 {
		t.Errorf("dns-loopback has %d AAAA records", len(r.Answer))
	}
	m := new(dns.Msg)
	m.SetQuestion("hostile-dns-silent.example.", dns.TypeA)
	_, _, err := (&dns.Client{Timeout: 200 * time.Millisecond}).Exchange(m, s.Settings().Resolver)
	if timeout, ok := errors.AsType[net.Error](err); !ok || !timeout.Timeout() {
		t.Errorf("dns-silent: error %v, want a timeout", err)
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
