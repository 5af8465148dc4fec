package egress

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"scamatlas/crawler"
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
	g := newGuard(t, Options{Resolver: serveDNS(t, zone(t, records...)), Allow: prefixes("127.3.0.0/24"), Ports: map[uint16]uint16{80: closed}})
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

func TestTrustedDialer(t *testing.T) {
	inside := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "inside") }))
	defer inside.Close()
	addr := inside.Listener.Addr().String()
	g := newGuard(t, Options{Trusted: []string{addr, "Search.Example:9200"}})
	ctx := context.Background()

	conn, err := g.TrustedDialer(addr)(ctx, "tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	conn.Close()
	for name, dial := range map[string]func() (net.Conn, error){
		"the crawl's own dialer": func() (net.Conn, error) { return g.DialContext(ctx, "tcp", addr) },
		"another endpoint":       func() (net.Conn, error) { return g.TrustedDialer("search.example:9200")(ctx, "tcp", addr) },
		"an unnamed endpoint":    func() (net.Conn, error) { return g.TrustedDialer("127.0.0.1:1")(ctx, "tcp", "127.0.0.1:1") },
		"UDP":                    func() (net.Conn, error) { return g.TrustedDialer(addr)(ctx, "udp", addr) },
		"no address":             func() (net.Conn, error) { return g.TrustedDialer("")(ctx, "tcp", "") },
	} {
		conn, err := dial()
		if err == nil {
			conn.Close()
		}
		t.Log(name)
		refusal(t, err)
	}
}

// TestClientAndTrusted: the operator may name an endpoint of the own network; a site cannot send us there.
func TestClientAndTrusted(t *testing.T) {
	inside := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/moved" {
			http.Redirect(w, r, "/", http.StatusFound)
			return
		}
		fmt.Fprint(w, "inside")
	}))
	defer inside.Close()
	port, _, _ := serveBeside(t, http.HandlerFunc(hostileSite))
	g := newGuard(t, Options{Allow: prefixes("127.0.0.2/32"), Ports: map[uint16]uint16{80: port}, Trusted: []string{inside.Listener.Addr().String()}})
	client := g.Client()
	defer client.CloseIdleConnections()
	for _, path := range []string{"/", "/moved"} {
		resp, err := client.Get(inside.URL + path)
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(resp.Body)
		resp.Body.Close()
		if string(body) != "inside" {
			t.Errorf("%s: %q", path, body)
		}
	}
	_, err := client.Get("http://127.0.0.2/?to=" + url.QueryEscape(inside.URL+"/"))
	if no := refusal(t, err); no.Why != "redirect into an endpoint of our own network" {
		t.Error(no)
	}
	_, err = client.Post("file:///etc/passwd", "text/plain", strings.NewReader("x"))
	refusal(t, err)
}

func TestClientCapsHops(t *testing.T) {
	var asked int
	port, _, _ := serveBeside(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked++
		http.Redirect(w, r, fmt.Sprintf("/%d", asked), http.StatusFound)
	}))
	g := newGuard(t, Options{Allow: prefixes("127.0.0.2/32"), Ports: map[uint16]uint16{80: port}})
	client := g.Client()
	defer client.CloseIdleConnections()
	resp, err := client.Get("http://127.0.0.2/")
	if err == nil {
		resp.Body.Close()
	}
	if !errors.Is(err, ErrHops) || asked != crawler.MaxHops+1 {
		t.Errorf("%d requests, %v", asked, err)
	}
}

// TestEnvironmentProxyIsIgnored sets a proxy that would see the request. net/http reads the environment once a process, so this
// holds only because no transport asks for it at all; TestOnlyWayOut covers the sources.
func TestEnvironmentProxyIsIgnored(t *testing.T) {
	var seen bool
	proxy := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { seen = true }))
	defer proxy.Close()
	for _, name := range []string{"HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "ALL_PROXY"} {
		t.Setenv(name, proxy.URL)
	}
	port, _, _ := serveBeside(t, http.HandlerFunc(hostileSite))
	g := newGuard(t, Options{Allow: prefixes("127.0.0.2/32"), Ports: map[uint16]uint16{80: port}})
	client := g.Client()
	defer client.CloseIdleConnections()
	resp, err := client.Get("http://127.0.0.2/")
	if err != nil || seen || g.Transport().Proxy != nil {
		t.Fatalf("proxy seen %t, %v", seen, err)
	}
	resp.Body.Close()
}

// asked is what a test proxy was asked for.
type asked struct {
	mu   sync.Mutex
	list []string
}

func (a *asked) add(s string) { a.mu.Lock(); a.list = append(a.list, s); a.mu.Unlock() }

// httpProxy tunnels CONNECT for u:p and refuses all else.
func httpProxy(t *testing.T, a *asked) string {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		user, password, ok := (&http.Request{Header: http.Header{"Authorization": r.Header["Proxy-Authorization"]}}).BasicAuth()
		if r.Method != http.MethodConnect || !ok || user != "u" || password != "p" {
			w.WriteHeader(http.StatusProxyAuthRequired)
			return
		}
		a.add(r.Host)
		client, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		// The first byte the far end "sends" travels with the answer: it must not be lost.
		io.WriteString(client, "HTTP/1.1 200 OK\r\n\r\n")
		splice(client, r.Host)
	}))
	t.Cleanup(s.Close)
	return "http://u:p@" + s.Listener.Addr().String()
}

// socksProxy serves SOCKS5 (RFC 1928) without authentication for IPv4 addresses.
func socksProxy(t *testing.T, a *asked) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	wg.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			wg.Go(func() {
				head := make([]byte, 13) // greeting 5 1 0, then 5 1 0 1 address port
				if _, err := io.ReadFull(c, head[:3]); err != nil {
					c.Close()
					return
				}
				c.Write([]byte{5, 0})
				if _, err := io.ReadFull(c, head[3:]); err != nil || head[6] != 1 {
					c.Close()
					return
				}
				to := netip.AddrPortFrom(netip.AddrFrom4([4]byte(head[7:11])), binary.BigEndian.Uint16(head[11:])).String()
				a.add(to)
				c.Write([]byte{5, 0, 0, 1, 0, 0, 0, 0, 0, 0})
				splice(c, to)
			})
		}
	})
	t.Cleanup(func() { l.Close(); wg.Wait() })
	return "socks5://" + l.Addr().String()
}

func splice(client net.Conn, to string) {
	defer client.Close()
	far, err := net.Dial("tcp", to)
	if err != nil {
		return
	}
	defer far.Close()
	var wg sync.WaitGroup
	wg.Go(func() { io.Copy(far, client); far.(*net.TCPConn).CloseWrite() })
	io.Copy(client, far)
	client.Close()
	wg.Wait()
}

// TestUpstreamProxy: the proxy is handed addresses that passed the rules, never names, never refused ones.
func TestUpstreamProxy(t *testing.T) {
	for name, start := range map[string]func(*testing.T, *asked) string{"http": httpProxy, "socks5": socksProxy} {
		t.Run(name, func(t *testing.T) {
			port, canary, _ := serveBeside(t, http.HandlerFunc(hostileSite))
			var a asked
			g := newGuard(t, Options{
				Resolver: serveDNS(t, zone(t, hostileZone...)), Allow: prefixes("127.0.0.2/32"), Ports: map[uint16]uint16{80: port}, Proxy: start(t, &a),
			})
			client := g.Client()
			resp, err := client.Get("http://site.example/")
			if err != nil {
				t.Fatal(err)
			}
			body, _ := io.ReadAll(resp.Body)
			resp.Body.Close()
			client.CloseIdleConnections()
			if string(body) != "the site itself" {
				t.Errorf("body %q", body)
			}
			for _, bad := range []string{"http://loop4.example/", "http://127.0.0.1/", "http://site.example:22/"} {
				_, err := client.Get(bad)
				refusal(t, err)
			}
			_, err = g.dialOne(context.Background(), netip.AddrPortFrom(addresses127()[0], port))
			refusal(t, err)
			if want := []string{fmt.Sprintf("127.0.0.2:%d", port)}; !slices.Equal(a.list, want) || canary.hits.Load() != 0 {
				t.Errorf("asked for %q, want %q; canary %d", a.list, want, canary.hits.Load())
			}
		})
	}
}

func TestUpstreamFaults(t *testing.T) {
	for name, answer := range map[string]string{
		"refused": "HTTP/1.1 403 Forbidden\r\n\r\n", "garbage": "SSH-2.0-x\r\n", "closed": "",
		"endless": "HTTP/1.1 200 OK\r\nX: " + strings.Repeat("a", 2*maxProxyHeader),
	} {
		t.Run(name, func(t *testing.T) {
			near, far := net.Pipe()
			defer near.Close()
			done := make(chan struct{})
			go func() {
				defer close(done)
				defer far.Close()
				if _, err := http.ReadRequest(bufio.NewReader(far)); err == nil {
					io.WriteString(far, answer)
				}
			}()
			g := newGuard(t, Options{Proxy: "http://127.0.0.1:9"})
			if _, err := g.connect(near, netip.MustParseAddrPort("93.184.215.14:80")); err == nil {
				t.Error("no error")
			}
			near.Close()
			<-done
		})
	}
	t.Run("early bytes", func(t *testing.T) {
		near, far := net.Pipe()
		defer near.Close()
		done := make(chan struct{})
		go func() {
			defer close(done)
			defer far.Close()
			if _, err := http.ReadRequest(bufio.NewReader(far)); err == nil {
				io.WriteString(far, "HTTP/1.1 200 OK\r\n\r\nhello ")
				io.WriteString(far, "world")
			}
		}()
		g := newGuard(t, Options{Proxy: "http://127.0.0.1:9"})
		c, err := g.connect(near, netip.MustParseAddrPort("93.184.215.14:80"))
		if err != nil {
			t.Fatal(err)
		}
		if got, err := io.ReadAll(c); string(got) != "hello world" {
			t.Errorf("%q, %v", got, err)
		}
		<-done
	})
}
