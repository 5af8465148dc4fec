package egress

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"log/slog"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"scamatlas/crawler"
)

// ForwardOptions bound one forward proxy. Zero values take the defaults of limits.go.
type ForwardOptions struct {
	MaxConns int           // connections of the browser at a time
	MaxBytes int64         // from servers, over all connections
	Life     time.Duration // after which everything is closed
	Log      *slog.Logger  // nil = nowhere
}

// Forward is an HTTP proxy on loopback for one visit in a browser: requests in absolute form, and CONNECT. Every connection it makes
// goes through its guard, which resolves the name, checks the address it dials and knows the ports. What is sent through is not
// looked into and gets no header of ours.
type Forward struct {
	guard     *Guard
	o         ForwardOptions
	listener  net.Listener
	server    *http.Server
	transport *http.Transport
	ctx       context.Context
	stop      context.CancelFunc
	work      sync.WaitGroup
	timer     *time.Timer
	unhook    func() bool

	bytes  atomic.Int64
	capped atomic.Bool

	mu       sync.Mutex
	closed   bool
	open     map[net.Conn]struct{} // tunnels, both ends
	clients  int
	refusals []crawler.Refusal
}

// Forward opens a proxy of its own for one visit, until Close or until ctx ends.
func (g *Guard) Forward(ctx context.Context, o ForwardOptions) (*Forward, error) {
	o.MaxConns = cmp.Or(o.MaxConns, forwardConns)
	o.MaxBytes = cmp.Or(o.MaxBytes, forwardBytes)
	o.Life = cmp.Or(o.Life, forwardLife)
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("opening a proxy for the browser: %w", err)
	}
	f := &Forward{guard: g, o: o, listener: l, open: map[net.Conn]struct{}{}}
	f.ctx, f.stop = context.WithCancel(ctx)
	f.transport = &http.Transport{
		DialContext:            f.dial,
		DisableCompression:     true,
		ResponseHeaderTimeout:  forwardAnswer,
		MaxResponseHeaderBytes: crawler.MaxHeaderBytes,
		IdleConnTimeout:        idleTimeout,
	}
	f.server = &http.Server{
		Handler:           http.HandlerFunc(f.serve),
		ReadHeaderTimeout: crawler.HeaderTimeout,
		MaxHeaderBytes:    crawler.MaxHeaderBytes,
		ErrorLog:          log.New(io.Discard, "", 0), // a browser that breaks off is nothing to talk about
		BaseContext:       func(net.Listener) context.Context { return f.ctx },
	}
	f.work.Go(func() { _ = f.server.Serve(limited{l, f}) }) // always an error: end has come
	f.timer = time.AfterFunc(o.Life, f.end)
	f.unhook = context.AfterFunc(ctx, f.end)
	return f, nil
}

// Addr is where the browser finds it: "127.0.0.1:PORT".
func (f *Forward) Addr() string { return f.listener.Addr().String() }

// Bytes counts what servers have sent.
func (f *Forward) Bytes() int64 { return f.bytes.Load() }

// Capped reports that MaxBytes or MaxConns was reached.
func (f *Forward) Capped() bool { return f.capped.Load() }

// Refusals gives the connections that the guard would not make, each target once, at most crawler.MaxRefusals.
func (f *Forward) Refusals() []crawler.Refusal {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.refusals)
}

// Close ends the listener and every connection, and waits for all that was started.
func (f *Forward) Close() error {
	f.unhook()
	f.timer.Stop()
	f.end()
	f.work.Wait()
	return nil
}

// end closes everything without waiting.
func (f *Forward) end() {
	f.stop()
	f.mu.Lock()
	if f.closed {
		f.mu.Unlock()
		return
	}
	f.closed = true
	f.mu.Unlock()
	f.server.Close()
	f.transport.CloseIdleConnections()
	f.mu.Lock()
	open := make([]net.Conn, 0, len(f.open))
	for c := range f.open {
		open = append(open, c)
	}
	f.mu.Unlock()
	for _, c := range open {
		c.Close()
	}
}

// serve answers one request of the browser.
func (f *Forward) serve(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	if f.closed {
		f.mu.Unlock()
		return
	}
	f.work.Add(1)
	f.mu.Unlock()
	defer f.work.Done()
	u := r.URL
	if r.Method == http.MethodConnect {
		u = &url.URL{Scheme: "https", Host: r.Host}
	}
	switch {
	case vendor(u.Hostname()):
		http.Error(w, "the browser's own talk is not let out", http.StatusForbidden)
	case r.Method != http.MethodConnect && !u.IsAbs():
		http.Error(w, "this is a proxy", http.StatusBadRequest)
	default:
		if err := f.guard.CheckURL(u); err != nil {
			f.fail(w, err)
			return
		}
		if r.Method == http.MethodConnect {
			f.tunnel(w, r)
			return
		}
		f.pass(w, r)
	}
}

// pass sends a plain HTTP request on.
func (f *Forward) pass(w http.ResponseWriter, r *http.Request) {
	p := httputil.ReverseProxy{
		Rewrite: func(p *httputil.ProxyRequest) {
			p.Out.Host = p.In.Host
			if _, ok := p.In.Header["User-Agent"]; !ok {
				p.Out.Header["User-Agent"] = nil // none is none
			}
		},
		Transport:     f.transport,
		FlushInterval: -1,
		ErrorLog:      f.server.ErrorLog,
		ErrorHandler:  func(w http.ResponseWriter, _ *http.Request, err error) { f.fail(w, err) },
	}
	p.ServeHTTP(w, r)
}

// tunnel connects the browser to where it wants to go and passes bytes on in both directions.
func (f *Forward) tunnel(w http.ResponseWriter, r *http.Request) {
	server, err := f.dial(r.Context(), "tcp", r.Host)
	if err != nil {
		f.fail(w, err)
		return
	}
	defer f.forget(server)
	client, buffered, err := http.NewResponseController(w).Hijack()
	if err != nil || !f.track(client) {
		return
	}
	defer f.forget(client)
	if _, err := io.WriteString(client, "HTTP/1.1 200 Connection established\r\n\r\n"); err != nil {
		return
	}
	client.SetDeadline(time.Time{})
	var up sync.WaitGroup
	up.Go(func() {
		_, _ = io.Copy(server, buffered) // ends when either side does
		closeWrite(server)
	})
	_, _ = io.Copy(client, server)
	client.Close()
	server.Close()
	up.Wait()
}

func closeWrite(c net.Conn) {
	if counted, ok := c.(*counted); ok {
		c = counted.Conn
	}
	if half, ok := c.(interface{ CloseWrite() error }); ok {
		_ = half.CloseWrite()
	}
}

// dial connects through the guard; the connection counts what comes and dies with the proxy.
func (f *Forward) dial(ctx context.Context, network, addr string) (net.Conn, error) {
	conn, err := f.guard.DialContext(ctx, network, addr)
	if err != nil {
		f.note(err)
		return nil, err
	}
	c := &counted{Conn: conn, f: f}
	if !f.track(c) {
		return nil, net.ErrClosed
	}
	return c, nil
}

// track keeps a connection for end to close; false: that has come, the connection is closed.
func (f *Forward) track(c net.Conn) bool {
	f.mu.Lock()
	closed := f.closed
	if !closed {
		f.open[c] = struct{}{}
	}
	f.mu.Unlock()
	if closed {
		c.Close()
	}
	return !closed
}

func (f *Forward) forget(c net.Conn) {
	c.Close()
	f.mu.Lock()
	delete(f.open, c)
	f.mu.Unlock()
}

// fail answers a request that cannot be sent on.
func (f *Forward) fail(w http.ResponseWriter, err error) {
	f.note(err)
	status := http.StatusBadGateway
	if errors.Is(err, crawler.ErrRefused) {
		status = http.StatusForbidden
	}
	w.Header().Set("Connection", "close")
	http.Error(w, "not connected", status)
}

func (f *Forward) note(err error) {
	var no *crawler.Refusal
	if !errors.As(err, &no) {
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	known := slices.ContainsFunc(f.refusals, func(r crawler.Refusal) bool { return r.Target == no.Target })
	if !known && len(f.refusals) < crawler.MaxRefusals {
		f.refusals = append(f.refusals, *no)
		f.o.Log.Debug("refused to the browser", "target", no.Target, "why", no.Why)
	}
}

// counted adds what it reads to the visit's bytes and breaks off when they are too many.
type counted struct {
	net.Conn
	f *Forward
}

func (c *counted) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	if c.f.bytes.Add(int64(n)) > c.f.o.MaxBytes {
		c.f.capped.Store(true)
		c.Conn.Close()
		return 0, errors.New("more bytes than one visit may have")
	}
	return n, err
}

func (c *counted) Close() error {
	c.f.mu.Lock()
	delete(c.f.open, c)
	c.f.mu.Unlock()
	return c.Conn.Close()
}

// limited is a listener that hands out so many connections at a time; more are closed at once.
type limited struct {
	net.Listener
	f *Forward
}

func (l limited) Accept() (net.Conn, error) {
	for {
		c, err := l.Listener.Accept()
		if err != nil {
			return nil, err
		}
		l.f.mu.Lock()
		room := l.f.clients < l.f.o.MaxConns
		if room {
			l.f.clients++
		}
		l.f.mu.Unlock()
		if room {
			return &client{Conn: c, f: l.f}, nil
		}
		l.f.capped.Store(true)
		c.Close()
	}
}

// client is a connection of the browser.
type client struct {
	net.Conn
	f    *Forward
	once sync.Once
}

func (c *client) Close() error {
	c.once.Do(func() {
		c.f.mu.Lock()
		c.f.clients--
		c.f.mu.Unlock()
	})
	return c.Conn.Close()
}

// vendors are hosts that a Chromium asks for on its own account, whatever it is told to leave.
var vendors = []string{
	"update.googleapis.com", "clients1.google.com", "clients2.google.com", "clients4.google.com", "clientservices.googleapis.com", "accounts.google.com",
	"optimizationguide-pa.googleapis.com", "safebrowsing.googleapis.com", "safebrowsingohttpgateway.googleapis.com", "content-autofill.googleapis.com",
	"redirector.gvt1.com", "edgedl.me.gvt1.com", "android.clients.google.com", "mtalk.google.com", "t0.gstatic.com", "connectivitycheck.gstatic.com",
}

// vendor reports such a host: it is refused, and is no finding about the site.
func vendor(host string) bool {
	return slices.Contains(vendors, strings.ToLower(strings.TrimSuffix(host, ".")))
}

// BrowserFlags are the arguments without which a Chromium gets past a proxy: it goes to loopback and link-local addresses directly
// unless told not to, and speaks UDP (WebRTC, QUIC) and DNS beside it.
func BrowserFlags(addr string) []string {
	return []string{
		"--proxy-server=" + addr,
		"--proxy-bypass-list=<-loopback>",
		"--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
		"--webrtc-ip-handling-policy=disable_non_proxied_udp",
		"--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
		"--disable-quic",
		"--dns-prefetch-disable",
	}
}
