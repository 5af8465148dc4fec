package egress

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"log"
	"log/slog"
	"net"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"scamatlas/crawler"
)

// ForwardOptions bound one forward proxy, made for one visit of one visitor profile. Zero values take the defaults of limits.go.
type ForwardOptions struct {
	MaxConns int           // connections of the browser at a time
	MaxBytes int64         // from servers, over all connections
	Idle     time.Duration // after which a connection to a server that carried nothing is closed
	Life     time.Duration // after which everything is closed
	Log      *slog.Logger  // nil = nowhere
}

// Forward is an HTTP proxy on loopback for one visit in a browser: requests in absolute form, and CONNECT (RFC 9110, 7.6 and 9.3.6).
// Every connection it makes goes through its guard, which resolves the name, checks the address it dials and knows the ports. What
// is sent through is not looked into and gets no header of ours. A browser needs BrowserFlags to have no other way out.
//
//	browser → listener (MaxConns) → serve, one goroutine each → CONNECT: tunnel, one more goroutine → guard.DialContext
//	                                                          → else:    pass (ReverseProxy)        → guard.DialContext
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
	open     map[net.Conn]struct{} // the browser's and the servers'
	clients  int
	refusals []crawler.Refusal
}

// Forward opens a proxy of its own for one visit, until Close or until ctx ends.
func (g *Guard) Forward(ctx context.Context, o ForwardOptions) (*Forward, error) {
	o.MaxConns = cmp.Or(o.MaxConns, forwardConns)
	o.MaxBytes = cmp.Or(o.MaxBytes, forwardBytes)
	o.Idle = cmp.Or(o.Idle, forwardIdle)
	o.Life = cmp.Or(o.Life, forwardLife)
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp4", "127.0.0.1:0") // nobody but this machine gets there
	if err != nil {
		return nil, fmt.Errorf("opening a proxy for the browser: %w", err)
	}
	f := &Forward{guard: g, o: o, listener: l, open: map[net.Conn]struct{}{}}
	f.ctx, f.stop = context.WithCancel(ctx)
	f.transport = &http.Transport{
		DialContext:            func(ctx context.Context, network, addr string) (net.Conn, error) { return f.dial(ctx, network, addr) },
		DisableCompression:     true,
		ResponseHeaderTimeout:  forwardAnswer,
		MaxResponseHeaderBytes: crawler.MaxHeaderBytes,
		IdleConnTimeout:        idleTimeout,
		MaxIdleConns:           maxIdle,
	}
	f.server = &http.Server{
		Handler:           http.HandlerFunc(f.serve),
		ReadHeaderTimeout: crawler.HeaderTimeout,
		IdleTimeout:       o.Idle,
		MaxHeaderBytes:    crawler.MaxHeaderBytes,
		ErrorLog:          log.New(io.Discard, "", 0), // a browser that breaks off is nothing to talk about
		BaseContext:       func(net.Listener) context.Context { return f.ctx },

		DisableGeneralOptionsHandler: true,
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

// Close ends the listener and every connection, and waits for all that was started. Closing twice is closing once.
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
	open := make([]net.Conn, 0, len(f.open))
	for c := range f.open {
		open = append(open, c)
	}
	f.mu.Unlock()
	f.server.Close()
	f.listener.Close() // where Serve had not begun, the server does not know it
	for _, c := range open {
		c.Close()
	}
	f.transport.CloseIdleConnections()
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
