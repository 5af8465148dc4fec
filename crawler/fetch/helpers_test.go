package fetch

import (
	"bufio"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"io"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/miekg/dns"
	"go.uber.org/goleak"

	"scamatlas/crawler"
	"scamatlas/crawler/egress"
	"scamatlas/crawler/testbed/loopbacktest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// closedPort is one where nothing listens.
const closedPort = 1

// listeners are where the made-up sites of one test answer; every name under .test is one of them.
type listeners struct{ http, https uint16 }

// fetcher makes a Fetcher behind the real guard, which lets exactly 127.0.0.1 through and finds the listeners at ports 80 and 443.
func (l listeners) fetcher(t *testing.T, o Options) *Fetcher {
	t.Helper()
	guard, err := egress.New(egress.Options{
		Resolver: serveNames(t),
		Allow:    []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")},
		Ports:    map[uint16]uint16{80: orDefault(l.http, closedPort), 443: orDefault(l.https, closedPort)},
	})
	if err != nil {
		t.Fatal(err)
	}
	o.Guard = guard
	if o.Delay == 0 {
		o.Delay = -1
	}
	return New(o)
}

// serveNames resolves every name under .test to 127.0.0.1.
func serveNames(t *testing.T) string {
	t.Helper()
	return loopbacktest.DNS(t, func(w dns.ResponseWriter, q *dns.Msg) {
		m := new(dns.Msg).SetReply(q)
		name := strings.ToLower(q.Question[0].Name)
		if !strings.HasSuffix(name, ".test.") {
			m.Rcode = dns.RcodeNameError
		} else if q.Question[0].Qtype == dns.TypeA {
			m.Answer = append(m.Answer, &dns.A{Hdr: dns.RR_Header{Name: q.Question[0].Name, Rrtype: dns.TypeA, Class: dns.ClassINET}, A: net.IPv4(127, 0, 0, 1)})
		}
		loopbacktest.Reply(w, q, m)
	})
}

func portOf(a net.Addr) uint16 { return a.(*net.TCPAddr).AddrPort().Port() }

// plain serves h without TLS.
func plain(t *testing.T, h http.Handler) listeners {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return listeners{http: portOf(s.Listener.Addr())}
}

// secure serves h over TLS with a certificate of its own making that ended a year ago.
func secure(t *testing.T, h http.Handler) listeners {
	t.Helper()
	s := httptest.NewUnstartedServer(h)
	s.TLS = &tls.Config{Certificates: []tls.Certificate{expiredCertificate(t)}}
	s.StartTLS()
	t.Cleanup(s.Close)
	return listeners{https: portOf(s.Listener.Addr())}
}

func expiredCertificate(t *testing.T) tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(7), Subject: pkix.Name{CommonName: "old.test"}, DNSNames: []string{"old.test"},
		NotBefore: time.Now().AddDate(-2, 0, 0), NotAfter: time.Now().AddDate(-1, 0, 0),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

// raw serves below HTTP: each request head is read, then answer writes what it likes and the connection is closed.
func raw(t *testing.T, answer func(path string, c net.Conn)) listeners {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				req, err := http.ReadRequest(bufio.NewReader(c))
				if err == nil {
					answer(req.URL.Path, c)
				}
			}()
		}
	}()
	t.Cleanup(func() {
		l.Close()
		<-done
	})
	return listeners{http: portOf(l.Addr())}
}

// rawRoot answers only the root below HTTP; other paths are not found.
func rawRoot(t *testing.T, answer func(c net.Conn)) listeners {
	return raw(t, func(path string, c net.Conn) {
		if path != "/" {
			_, _ = io.WriteString(c, "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
			return
		}
		answer(c)
	})
}

func visitor() *crawler.Profile {
	return &crawler.Profile{Name: "desktop", UserAgent: "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/146.0.0.0", Language: "en-US,en;q=0.9"}
}

func visit(t *testing.T, f *Fetcher, host string) *crawler.Capture {
	t.Helper()
	return visitTarget(t, f, crawler.Target{Host: host})
}

func visitTarget(t *testing.T, f *Fetcher, target crawler.Target) *crawler.Capture {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	c := &crawler.Capture{Target: target, Host: target.Host}
	if err := f.Fetch(ctx, c, visitor()); err != nil {
		t.Fatal(err)
	}
	return c
}

func entryOf(t *testing.T, c *crawler.Capture) crawler.Page {
	t.Helper()
	if len(c.Pages) == 0 {
		t.Fatalf("no page; outcome %s: %s", c.Outcome, c.Reason)
	}
	return c.Pages[0]
}

func wantOutcome(t *testing.T, c *crawler.Capture, want crawler.Outcome) {
	t.Helper()
	if c.Outcome != want {
		t.Errorf("outcome %s (%s), want %s", c.Outcome, c.Reason, want)
	}
	if want != crawler.OK && c.Reason == "" {
		t.Errorf("outcome %s has no reason", c.Outcome)
	}
}

// site is a map of paths to HTML bodies, or to a redirect when the value begins with "->", or to a type when it begins with "TYPE|".
type site map[string]string

func (s site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, ok := s[r.URL.RequestURI()]
	if !ok {
		body, ok = s[r.Host+r.URL.RequestURI()]
	}
	if !ok {
		http.NotFound(w, r)
		return
	}
	if to, ok := strings.CutPrefix(body, "->"); ok {
		w.Header().Set("Location", to)
		w.WriteHeader(http.StatusFound)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	if t, rest, ok := strings.Cut(body, "|"); ok && strings.Contains(t, "/") && !strings.ContainsAny(t, "< ") {
		w.Header().Set("Content-Type", t)
		body = rest
	}
	_, _ = io.WriteString(w, body)
}

// paths lists the pages of a capture as asked for, without the origin.
func paths(c *crawler.Capture) []string {
	var list []string
	for _, p := range c.Pages {
		list = append(list, pathOf(p.URL))
	}
	return list
}

func assetPaths(c *crawler.Capture) []string {
	var list []string
	for _, a := range c.Assets {
		list = append(list, string(a.Kind)+" "+pathOf(a.URL))
	}
	return list
}

func pathOf(u string) string {
	_, rest, _ := strings.Cut(u, "://")
	return rest[strings.IndexByte(rest, '/'):]
}

var errNoSuchPipe = errors.New("nothing answers there")

// pipeGuard connects to functions over in-memory pipes, so that a test can run on made-up time.
type pipeGuard struct {
	t     *testing.T
	serve func(c net.Conn)
}

func (g *pipeGuard) CheckURL(*url.URL) error { return nil }

func (g *pipeGuard) LookupNetIP(context.Context, string) ([]netip.Addr, error) {
	return []netip.Addr{netip.MustParseAddr("192.0.2.1")}, nil
}

func (g *pipeGuard) DialContext(_ context.Context, _, addr string) (net.Conn, error) {
	if _, port, _ := net.SplitHostPort(addr); port != "80" {
		return nil, errNoSuchPipe
	}
	ours, theirs := net.Pipe()
	done := make(chan struct{})
	g.t.Cleanup(func() { <-done })
	go func() {
		defer close(done)
		defer theirs.Close()
		g.serve(theirs)
	}()
	return ours, nil
}

func contextWithTimeout(t *testing.T, d time.Duration) (context.Context, context.CancelFunc) {
	return context.WithTimeout(t.Context(), d)
}
