package egress

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"scamatlas/crawler"
)

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
