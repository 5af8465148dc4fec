package egress

import (
	"bufio"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"scamatlas/crawler"
	"scamatlas/crawler/testbed/loopbacktest"
	"scamatlas/crawler/testbed/needtest"
)

// behind gives a proxy whose guard reaches site.example at 127.0.0.2, served over HTTP and TLS, and a client that uses it.
func behind(t *testing.T, o ForwardOptions, site http.HandlerFunc) (*Forward, *http.Client) {
	t.Helper()
	plain, secure := at2(t, site, false), at2(t, site, true)
	g := newGuard(t, Options{Resolver: loopbacktest.DNS(t, loopbacktest.Zone(t, hostileZone...)), Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.2/32")},
		Ports: map[uint16]uint16{80: plain, 443: secure}})
	f, err := g.Forward(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	tr := &http.Transport{Proxy: http.ProxyURL(&url.URL{Scheme: "http", Host: f.Addr()}), TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, DisableCompression: true}
	t.Cleanup(func() {
		tr.CloseIdleConnections()
		f.Close()
	})
	return f, &http.Client{Transport: tr}
}

// at2 serves h on a port of 127.0.0.2.
func at2(t *testing.T, h http.HandlerFunc, secure bool) uint16 {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.2:0")
	if err != nil {
		needtest.Missing(t, "needs 127.0.0.2, which Linux has by itself (macOS: sudo ifconfig lo0 alias 127.0.0.2): "+err.Error())
	}
	s := httptest.NewUnstartedServer(h)
	s.Listener.Close()
	s.Listener = l
	if secure {
		s.StartTLS()
	} else {
		s.Start()
	}
	t.Cleanup(s.Close)
	return netip.MustParseAddrPort(l.Addr().String()).Port()
}

func get(t *testing.T, c *http.Client, address string) (int, string) {
	t.Helper()
	res, err := c.Get(address)
	if err != nil {
		return 0, err.Error()
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		return res.StatusCode, err.Error()
	}
	return res.StatusCode, string(b)
}

func TestForwardPassesOnWithoutAMark(t *testing.T) {
	var seen atomic.Pointer[http.Request]
	f, c := behind(t, ForwardOptions{}, func(w http.ResponseWriter, r *http.Request) {
		seen.Store(r)
		fmt.Fprint(w, "hello from ", r.Host)
	})
	for _, address := range []string{"http://site.example/a?b=1", "https://site.example/a?b=1"} {
		if status, body := get(t, c, address); status != 200 || body != "hello from site.example" {
			t.Fatalf("%s: %d %s", address, status, body)
		}
		r := seen.Load()
		for _, name := range []string{"Via", "Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "Proxy-Connection"} {
			if r.Header.Get(name) != "" {
				t.Errorf("%s: the site sees %s: %s", address, name, r.Header.Get(name))
			}
		}
		if r.RequestURI != "/a?b=1" {
			t.Errorf("%s: asked for %s", address, r.RequestURI)
		}
	}
	if f.Bytes() == 0 || f.Capped() || len(f.Refusals()) > 0 {
		t.Errorf("%d bytes, capped %t, refusals %v", f.Bytes(), f.Capped(), f.Refusals())
	}
}

func TestForwardRefuses(t *testing.T) {
	f, c := behind(t, ForwardOptions{}, hostileSite)
	for _, w := range waysIn {
		to := strings.ReplaceAll(w.to, ":P/", "/")
		u, err := url.Parse(to)
		if err != nil || u.Scheme != "http" || u.Host == "" {
			continue
		}
		if status, body := get(t, c, to); status == 200 {
			t.Errorf("%s: %s answers %q", w.name, to, body)
		}
		if u.Host == "localhost" || strings.Contains(u.Host, "%") { // Go's own client does not ask a proxy for these
			continue
		}
		conn, err := net.Dial("tcp", f.Addr())
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(conn, "CONNECT %s:443 HTTP/1.1\r\nHost: %s:443\r\n\r\n", u.Host, u.Host)
		res, err := http.ReadResponse(bufio.NewReader(conn), nil)
		if err == nil && res.StatusCode == 200 {
			t.Errorf("%s: CONNECT %s was let through", w.name, u.Host)
		}
		conn.Close()
	}
	if len(f.Refusals()) < 10 {
		t.Errorf("only %d refusals noted: %v", len(f.Refusals()), f.Refusals())
	}
}

func TestForwardKeepsTheBrowsersOwnTalk(t *testing.T) {
	f, c := behind(t, ForwardOptions{}, hostileSite)
	for _, address := range []string{"http://update.googleapis.com/service", "http://Redirector.gvt1.com./edgedl"} {
		if status, _ := get(t, c, address); status != 403 {
			t.Errorf("%s: %d", address, status)
		}
	}
	if r := f.Refusals(); len(r) > 0 {
		t.Errorf("noted as findings: %v", r)
	}
}

func TestForwardCapsBytes(t *testing.T) {
	f, c := behind(t, ForwardOptions{MaxBytes: 1 << 20}, func(w http.ResponseWriter, _ *http.Request) {
		for range 1 << 10 {
			if _, err := w.Write(make([]byte, 64<<10)); err != nil {
				return
			}
		}
	})
	for _, address := range []string{"http://site.example/", "https://site.example/"} {
		if _, body := get(t, c, address); len(body) > 2<<20 {
			t.Errorf("%s: %d bytes came", address, len(body))
		}
	}
	if !f.Capped() {
		t.Error("not capped")
	}
}

func TestForwardEndsWithItsConnections(t *testing.T) {
	hang := make(chan struct{})
	f, c := behind(t, ForwardOptions{}, func(w http.ResponseWriter, r *http.Request) {
		w.(http.Flusher).Flush()
		close(hang)
		<-r.Context().Done()
	})
	done := make(chan string)
	go func() {
		_, body := get(t, c, "https://site.example/")
		done <- body
	}()
	<-hang
	f.Close()
	<-done // goleak sees what is left
	if status, _ := get(t, c, "http://site.example/"); status != 0 {
		t.Error("a closed proxy answers")
	}
}

// say writes lines to the proxy and reads one answer; nil when it only closes.
func say(t *testing.T, f *Forward, text string) (*http.Response, net.Conn, *bufio.Reader) {
	t.Helper()
	conn, err := net.Dial("tcp", f.Addr())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	if _, err := io.WriteString(conn, text); err != nil {
		t.Fatal(err)
	}
	method, _, _ := strings.Cut(text, " ")
	from := bufio.NewReader(conn)
	res, err := http.ReadResponse(from, &http.Request{Method: method})
	if err != nil {
		return nil, conn, from
	}
	return res, conn, from
}

// TestForwardWritesAsWritten: what a parser would tidy reaches the site as the browser wrote it; what is for the proxy does not.
func TestForwardWritesAsWritten(t *testing.T) {
	var seen atomic.Pointer[http.Request]
	f, _ := behind(t, ForwardOptions{}, func(_ http.ResponseWriter, r *http.Request) { seen.Store(r) })
	for _, path := range []string{"/", "/a|b/%7e/c%2Fd?x=1;y=%zz&[", "/?", "/a?b?c#d", "//double//slash", "/..;/x"} {
		res, _, _ := say(t, f, "GET http://site.example"+path+" HTTP/1.1\r\nHost: other.example\r\nConnection: X-Hop\r\nX-Hop: 1\r\nKeep-Alive: 5\r\nProxy-Authorization: Basic eA==\r\nX-End: 1\r\n\r\n")
		r := seen.Swap(nil)
		if res == nil || res.StatusCode != 200 || r == nil {
			t.Errorf("%s: not passed on: %v", path, res)
			continue
		}
		if r.RequestURI != path && path != "/a?b?c#d" || r.Host != "site.example" {
			t.Errorf("%s is asked for as %s of %s", path, r.RequestURI, r.Host)
		}
		for name := range r.Header {
			if name != "X-End" {
				t.Errorf("%s: the site sees %s: %q", path, name, r.Header[name])
			}
		}
	}
}

func TestForwardRefusesWhatNoBrowserAsks(t *testing.T) {
	for line, want := range map[string]string{
		"GET http://u:p@site.example/":        "name and password",
		"GET http://u@site.example/":          "name and password",
		"GET http:///path":                    "empty host",
		"GET http://:80/":                     "empty host",
		"GET http://site.example:22/":         "port 22",
		"GET http://site.example:0/":          "port 0",
		"GET http://[fe80::1%25lo]/":          "zone",
		"GET http://017700000001/":            "loopback",
		"GET http://[::ffff:7f00:1]/":         "loopback",
		"GET http://1.2.3.4.5/":               "not a host name",
		"GET https://site.example/":           "without a tunnel",
		"GET ftp://site.example/":             "scheme ftp",
		"GET ws://site.example/":              "scheme ws",
		"GET /":                               "not an absolute address",
		"OPTIONS *":                           "not an absolute address",
		"CONNECT site.example:25":             "port 25",
		"CONNECT site.example":                "not host:port",
		"CONNECT site.example:":               "not a port",
		"CONNECT :443":                        "empty host",
		"CONNECT u@site.example:443":          "not host:port",
		"CONNECT site.example:443/x":          "not host:port",
		"CONNECT /rpc":                        "not host:port",
		"CONNECT 2130706433:443":              "loopback",
		"CONNECT [::1]:443":                   "loopback",
		"CONNECT [fe80::1%25lo]:443":          "zone",
		"CONNECT metadata:80":                 "without a dot",
		"CONNECT loop4.example:443":           "loopback",
		"POST http://meta.example/latest":     "link-local",
		"GET http://site.example@127.0.0.1/":  "name and password",
		"GET http://printer.local/":           "local network",
		"GET http://a.localhost/":             "loopback name",
		"GET http://" + "a.example.%2e/":      "", // the server itself has none of it
		"GET http://site.example:99999/":      "",
		"GET http://site.example:80 HTTP/0.9": "",
	} {
		f, _ := behind(t, ForwardOptions{}, hostileSite)
		res, _, _ := say(t, f, line+" HTTP/1.1\r\nHost: site.example\r\n\r\n")
		if want == "" {
			if res != nil && res.StatusCode < 400 {
				t.Errorf("%s: %s", line, res.Status)
			}
			continue
		}
		if res == nil || res.StatusCode != http.StatusForbidden {
			t.Errorf("%s: answered %v", line, res)
			continue
		}
		if body, _ := io.ReadAll(res.Body); strings.TrimSpace(string(body)) != NotConnected {
			t.Errorf("%s: answered %q", line, body)
		}
		if r := f.Refusals(); len(r) != 1 || !strings.Contains(r[0].Why, want) {
			t.Errorf("%s: refusals %v, want one with %q", line, r, want)
		}
	}
}

// echo changes protocols and sends back what it gets.
func echo(w http.ResponseWriter, r *http.Request) {
	if r.Header.Get("Upgrade") != "websocket" {
		http.Error(w, "upgrade expected", http.StatusUpgradeRequired)
		return
	}
	conn, rw, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return
	}
	defer conn.Close()
	io.WriteString(conn, "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n")
	io.Copy(conn, rw)
}

const upgrade = "GET http://site.example/ws HTTP/1.1\r\nHost: site.example\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"

func TestForwardChangesProtocols(t *testing.T) {
	f, _ := behind(t, ForwardOptions{}, echo)
	res, conn, from := say(t, f, upgrade)
	if res == nil || res.StatusCode != http.StatusSwitchingProtocols {
		t.Fatalf("answered %v", res)
	}
	io.WriteString(conn, "hello\n")
	if line, err := from.ReadString('\n'); err != nil || line != "hello\n" {
		t.Errorf("echoed %q, %v", line, err)
	}
	f.Close() // while it is open, and its browser stays
	if _, err := from.ReadByte(); err == nil {
		t.Error("a closed proxy passes on")
	}
}

// TestForwardEndsIdleConnections reads until the proxy hangs up.
func TestForwardEndsIdleConnections(t *testing.T) {
	const tunnel = "CONNECT site.example:80 HTTP/1.1\r\nHost: site.example:80\r\n\r\n"
	for name, o := range map[string]ForwardOptions{"idle": {Idle: 20 * time.Millisecond}, "life": {Life: 20 * time.Millisecond}} {
		for kind, request := range map[string]string{"tunnel": tunnel, "upgrade": upgrade, "plain": "GET http://site.example/hang HTTP/1.1\r\nHost: site.example\r\n\r\n"} {
			f, _ := behind(t, o, func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Path == "/hang" {
					<-r.Context().Done()
					return
				}
				echo(w, r)
			})
			_, conn, from := say(t, f, request)
			conn.SetReadDeadline(time.Now().Add(10 * time.Second))
			if _, err := io.Copy(io.Discard, from); isTimeout(err) {
				t.Errorf("%s: a silent %s stays open", name, kind)
			}
		}
	}
}

func isTimeout(err error) bool {
	n, ok := err.(net.Error)
	return ok && n.Timeout()
}

func TestForwardCapsConnections(t *testing.T) {
	f, c := behind(t, ForwardOptions{MaxConns: 2}, hostileSite)
	var open []net.Conn
	for range 3 {
		conn, err := net.Dial("tcp", f.Addr())
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		open = append(open, conn)
	}
	open[2].SetReadDeadline(time.Now().Add(10 * time.Second))
	if _, err := open[2].Read(make([]byte, 1)); err == nil || isTimeout(err) {
		t.Errorf("the third connection: %v", err)
	}
	if !f.Capped() {
		t.Error("not capped")
	}
	open[0].Close()
	open[1].Close()
	for deadline := time.Now().Add(10 * time.Second); ; { // until it has seen them go
		if status, _ := get(t, c, "http://site.example/"); status == 200 {
			return
		}
		if time.Now().After(deadline) {
			t.Fatal("no room after the others have gone")
		}
	}
}

// TestForwardThroughAnotherProxy: what the profile's vantage point is asked for are addresses that passed the rules.
func TestForwardThroughAnotherProxy(t *testing.T) {
	for name, start := range map[string]func(*testing.T, *asked) string{"http": httpProxy, "socks5": socksProxy} {
		t.Run(name, func(t *testing.T) {
			var a asked
			plain := at2(t, hostileSite, false)
			g := newGuard(t, Options{Resolver: loopbacktest.DNS(t, loopbacktest.Zone(t, hostileZone...)), Allow: prefixes("127.0.0.2/32"), Ports: map[uint16]uint16{80: plain}, Proxy: start(t, &a)})
			f, err := g.Forward(t.Context(), ForwardOptions{})
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			if res, _, _ := say(t, f, "GET http://site.example/ HTTP/1.1\r\nHost: site.example\r\nConnection: close\r\n\r\n"); res == nil || res.StatusCode != 200 {
				t.Errorf("plain: %v", res)
			}
			if res, _, _ := say(t, f, "CONNECT site.example:80 HTTP/1.1\r\nHost: site.example:80\r\n\r\n"); res == nil || res.StatusCode != 200 {
				t.Errorf("tunnel: %v", res)
			}
			if res, _, _ := say(t, f, "CONNECT loop4.example:80 HTTP/1.1\r\nHost: loop4.example:80\r\n\r\n"); res == nil || res.StatusCode != 403 {
				t.Errorf("loopback: %v", res)
			}
			want := netip.AddrPortFrom(netip.MustParseAddr("127.0.0.2"), plain).String()
			if len(a.list) != 2 || a.list[0] != want || a.list[1] != want {
				t.Errorf("the other proxy was asked for %q, want %s twice", a.list, want)
			}
		})
	}
}

// TestForwardNotesEachTargetOnce, and not without end.
func TestForwardNotesEachTargetOnce(t *testing.T) {
	f, _ := behind(t, ForwardOptions{}, hostileSite)
	for i := range crawler.MaxRefusals + 10 {
		for range 2 {
			say(t, f, fmt.Sprintf("CONNECT 127.0.0.1:%d HTTP/1.1\r\nHost: x\r\n\r\n", 1000+i))
		}
	}
	if n := len(f.Refusals()); n != crawler.MaxRefusals {
		t.Errorf("%d refusals, want %d", n, crawler.MaxRefusals)
	}
}

// FuzzForwardAsked: whatever a request says it is after, what is let through has a scheme, port and host that the guard lets through.
func FuzzForwardAsked(f *testing.F) {
	for _, w := range waysIn {
		f.Add("GET " + w.to + " HTTP/1.1\r\nHost: a\r\n\r\n")
		f.Add("CONNECT " + strings.TrimSuffix(strings.TrimPrefix(w.to, "http://"), "/") + " HTTP/1.1\r\nHost: a\r\n\r\n")
	}
	f.Add("GET http://site.example/ HTTP/1.1\r\nHost: a\r\n\r\n")
	f.Add("CONNECT site.example:443 HTTP/1.1\r\nHost: 127.0.0.1:443\r\n\r\n")
	f.Add("CONNECT site.example:443@127.0.0.1:443 HTTP/1.1\r\nHost:\r\n\r\n")
	g, err := New(Options{Resolver: "127.0.0.1:9"})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, head string) {
		r, err := http.ReadRequest(bufio.NewReader(strings.NewReader(head)))
		if err != nil {
			return
		}
		u, err := g.asked(r)
		if u == nil {
			t.Fatal("no address")
		}
		if err != nil {
			refusal(t, err)
			return
		}
		name, a, why := readHost(u.Hostname())
		port, ok := urlPort(u)
		if why != "" || name == "" && g.denies(a) != "" || !ok || !g.open[port] || u.User != nil || u.Scheme != "http" && r.Method != http.MethodConnect {
			t.Errorf("%q is let through to %s", head, u)
		}
		if r.Method == http.MethodConnect && !strings.HasPrefix(r.RequestURI, u.Host) && !strings.Contains(r.RequestURI, "%") {
			t.Errorf("%q is let through to %s", head, u.Host)
		}
	})
}
