package render

import (
	"bufio"
	"context"
	"crypto/tls"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"scamatlas/crawler"
	"scamatlas/crawler/testbed/browsertest"
)

// town is a made-up web on loopback: every host name leads to one handler, over HTTP and TLS, except those that end in
// ".private.example", which its proxy refuses.
type town struct {
	http.Handler
	plain, secret *httptest.Server

	mu     sync.Mutex
	asked  []string // host:port of every connection, refused ones too
	closed sync.WaitGroup
}

func newTown(t testing.TB, h http.Handler) *town {
	w := &town{Handler: h, plain: httptest.NewServer(h), secret: httptest.NewUnstartedServer(h)}
	w.secret.TLS = &tls.Config{MinVersion: tls.VersionTLS12}
	w.secret.Config.ErrorLog = nil
	w.secret.StartTLS()
	t.Cleanup(w.shut)
	return w
}

func (w *town) shut() {
	w.plain.CloseClientConnections()
	w.secret.CloseClientConnections()
	w.plain.Close()
	w.secret.Close()
	w.closed.Wait()
	http.DefaultTransport.(*http.Transport).CloseIdleConnections()
}

// forward opens a proxy into the town.
func (w *town) forward(context.Context, *crawler.Profile) (Forward, error) {
	line, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	p := &proxy{town: w, line: line, open: map[net.Conn]bool{}}
	p.life, p.end = context.WithCancel(context.Background())
	w.closed.Go(p.serve)
	return p, nil
}

// proxy is what egress.Forward is in the product: CONNECT and absolute requests, no address of its own choosing.
type proxy struct {
	*town
	line net.Listener

	mu      sync.Mutex
	refused []crawler.Refusal
	open    map[net.Conn]bool
	done    bool
	life    context.Context
	end     context.CancelFunc
	conns   sync.WaitGroup
}

func (p *proxy) Addr() string { return p.line.Addr().String() }
func (p *proxy) Capped() bool { return false }
func (p *proxy) Refusals() []crawler.Refusal {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.refused
}

func (p *proxy) Close() error {
	err := p.line.Close()
	p.end()
	p.mu.Lock()
	p.done = true
	for c := range p.open {
		_ = c.Close()
	}
	p.mu.Unlock()
	p.conns.Wait()
	return err
}

func (p *proxy) serve() {
	for {
		c, err := p.line.Accept()
		if err != nil {
			return
		}
		p.conns.Add(1)
		go func() {
			defer p.conns.Done()
			p.handle(c)
		}()
	}
}

func (p *proxy) hold(c net.Conn) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.done {
		_ = c.Close()
		return false
	}
	p.open[c] = true
	return true
}

func (p *proxy) drop(c net.Conn) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.open, c)
	_ = c.Close()
}

func (p *proxy) handle(c net.Conn) {
	if !p.hold(c) {
		return
	}
	defer p.drop(c)
	r := bufio.NewReader(c)
	for {
		q, err := http.ReadRequest(r)
		if err != nil {
			return
		}
		host := q.URL.Host
		if q.Method == http.MethodConnect {
			host = q.Host
		} else if q.URL.Port() == "" {
			host += ":80"
		}
		p.town.mu.Lock()
		p.town.asked = append(p.town.asked, host)
		p.town.mu.Unlock()
		name, port, _ := net.SplitHostPort(host)
		if strings.HasSuffix(name, ".private.example") || net.ParseIP(name) != nil {
			p.mu.Lock()
			p.refused = append(p.refused, crawler.Refusal{Target: host, Why: "private"})
			p.mu.Unlock()
			_, _ = io.WriteString(c, "HTTP/1.1 403 Forbidden\r\nContent-Type: text/plain\r\nContent-Length: 13\r\nConnection: close\r\n\r\nnot connected")
			return
		}
		if q.Method == http.MethodConnect {
			p.tunnel(c, r, port)
			return
		}
		if !p.pass(c, q) {
			return
		}
	}
}

func (p *proxy) tunnel(c net.Conn, r *bufio.Reader, port string) {
	to := p.secret.Listener.Addr().String()
	if port != "443" {
		to = p.plain.Listener.Addr().String()
	}
	s, err := net.Dial("tcp", to)
	if err != nil || !p.hold(s) {
		return
	}
	_, _ = io.WriteString(c, "HTTP/1.1 200 OK\r\n\r\n")
	var both sync.WaitGroup
	both.Go(func() { _, _ = io.Copy(s, r); p.drop(s) })
	_, _ = io.Copy(c, s)
	p.drop(c)
	p.drop(s)
	both.Wait()
}

func (p *proxy) pass(c net.Conn, q *http.Request) bool {
	q.RequestURI = ""
	q = q.WithContext(p.life)
	q.URL.Host = p.plain.Listener.Addr().String()
	a, err := http.DefaultTransport.RoundTrip(q)
	if err != nil {
		return false
	}
	defer a.Body.Close()
	return a.Write(c) == nil && !a.Close
}

// newTestPool gives a pool whose browsers see the town.
func newTestPool(t testing.TB, w *town, change func(*Options)) *Pool {
	t.Helper()
	o := Options{Browser: browsertest.Path(t), Tabs: 1, Forward: w.forward}
	if change != nil {
		change(&o)
	}
	p, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	})
	return p
}

var desktop = &crawler.Profile{
	Name: "desktop", UserAgent: "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{chrome}.0.0.0 Safari/537.36",
	Platform: "Win32", Width: 1366, Height: 768, Scale: 1, Language: "en-US,en;q=0.8", Timezone: "America/New_York",
}

// patience is what a test has with one visit: no machine is so slow that it takes longer.
const patience = 5 * time.Minute

// see renders https://HOST/ and gives the capture.
func see(t testing.TB, p *Pool, host string, v *crawler.Profile) *crawler.Capture {
	t.Helper()
	return looks(t, p, host, v, 0)
}

// glance is see with the entry page alone, which is not waited for after it came to rest.
func glance(t testing.TB, p *Pool, host string) *crawler.Capture {
	t.Helper()
	return looks(t, p, host, desktop, 1)
}

func looks(t testing.TB, p *Pool, host string, v *crawler.Profile, views int) *crawler.Capture {
	t.Helper()
	c := &crawler.Capture{Host: host, Target: crawler.Target{Host: host}}
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	if err := p.Render(ctx, c, v, views); err != nil {
		t.Fatalf("Render(%s): %v", host, err)
	}
	return c
}

// pages serves HTML by path.
type pages map[string]string

func (m pages) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, ok := m[r.URL.Path]
	if !ok {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = io.WriteString(w, body)
}
