package egress

import (
	"bufio"
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"

	"scamatlas/crawler/testbed/loopbacktest"
)

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
	return "socks5://" + loopbacktest.TCP(t, "127.0.0.1", func(c net.Conn) {
		head := make([]byte, 13) // greeting 5 1 0, then 5 1 0 1 address port
		if _, err := io.ReadFull(c, head[:3]); err != nil {
			return
		}
		c.Write([]byte{5, 0})
		if _, err := io.ReadFull(c, head[3:]); err != nil || head[6] != 1 {
			return
		}
		to := netip.AddrPortFrom(netip.AddrFrom4([4]byte(head[7:11])), binary.BigEndian.Uint16(head[11:])).String()
		a.add(to)
		c.Write([]byte{5, 0, 0, 1, 0, 0, 0, 0, 0, 0})
		splice(c, to)
	}).String()
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
				Resolver: loopbacktest.DNS(t, loopbacktest.Zone(t, hostileZone...)), Allow: prefixes("127.0.0.2/32"), Ports: map[uint16]uint16{80: port}, Proxy: start(t, &a),
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
		"endless": "HTTP/1.1 200 OK\r\nX: " + strings.Repeat("a", 2*maxProxyHeader) + "\r\n\r\n",
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
