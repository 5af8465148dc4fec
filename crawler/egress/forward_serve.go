package egress

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"scamatlas/crawler"
)

// NotConnected is the whole body of the answer (403 or 502) to a request that is not sent on.
const NotConnected = "not connected"

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
	u, err := f.guard.asked(r)
	switch {
	case vendor(u.Hostname()):
		refuse(w, http.StatusForbidden)
	case err != nil:
		f.fail(w, err)
	case r.Method == http.MethodConnect:
		f.tunnel(w, r, u.Host)
	default:
		f.pass(w, r)
	}
}

// asked gives the address that a request in absolute form or a CONNECT is after, and why it may not be had. An address with a
// name and password is refused: browsers send none to a proxy, and parsers disagree about the host in it.
func (g *Guard) asked(r *http.Request) (*url.URL, error) {
	u, why := r.URL, ""
	switch {
	case r.Method == http.MethodConnect:
		u = &url.URL{Scheme: "https", Host: r.URL.Host}
		if r.URL.User != nil || strings.ContainsAny(r.RequestURI, "/?#@") {
			why = "not host:port"
		}
	case !u.IsAbs():
		why = "not an absolute address"
	case u.User != nil:
		why = "name and password in the address"
	case strings.EqualFold(u.Scheme, "https"):
		why = "https without a tunnel"
	}
	if why != "" {
		return u, &crawler.Refusal{Target: clip(r.RequestURI, crawler.MaxURL), Why: why}
	}
	return u, g.CheckURL(u)
}

// pass sends a plain HTTP request on, hop-by-hop headers (RFC 9110, 7.6.1) apart; a change of protocols is passed on too.
func (f *Forward) pass(w http.ResponseWriter, r *http.Request) {
	p := httputil.ReverseProxy{
		Rewrite: func(p *httputil.ProxyRequest) {
			p.Out.Host = p.In.Host
			asWritten(p.Out.URL, p.In.URL, p.In.RequestURI)
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

// asWritten makes out ask for the path and query of target byte for byte: the server sees what the browser wrote, not what a
// parser made of it.
func asWritten(out, in *url.URL, target string) {
	out.RawQuery = in.RawQuery
	_, rest, _ := strings.Cut(target, "://")
	begin := strings.IndexAny(rest, "/?")
	if begin < 0 || rest[begin] == '?' {
		return
	}
	path, _, _ := strings.Cut(rest[begin:], "?")
	if !strings.HasPrefix(path, "//") { // such an Opaque would be written with the scheme before it
		out.Opaque = path
	}
}

// tunnel connects the browser to where it wants to go and passes bytes on in both directions.
func (f *Forward) tunnel(w http.ResponseWriter, r *http.Request, addr string) {
	server, err := f.dial(r.Context(), "tcp", addr)
	if err != nil {
		f.fail(w, err)
		return
	}
	defer server.Close()
	client, buffered, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return
	}
	defer client.Close()
	if _, err := io.WriteString(client, "HTTP/1.1 200 Connection established\r\n\r\n"); err != nil {
		return
	}
	_ = client.SetDeadline(time.Time{}) // those of the server do not hold in a tunnel
	var up sync.WaitGroup
	up.Go(func() {
		_, _ = io.Copy(server, buffered.Reader) // ends when either side does
		closeWrite(server)
	})
	_, _ = io.Copy(client, server)
	client.Close()
	server.Close()
	up.Wait()
}

// closeWrite tells a server that no more comes; one behind another proxy cannot be told and is closed.
func closeWrite(c *counted) {
	if half, ok := c.Conn.(interface{ CloseWrite() error }); ok {
		_ = half.CloseWrite()
		return
	}
	c.Close()
}

// dial connects through the guard; the connection counts what comes and dies with the proxy.
func (f *Forward) dial(ctx context.Context, network, addr string) (*counted, error) {
	conn, err := f.guard.DialContext(ctx, network, addr)
	if err != nil {
		f.note(err)
		return nil, err
	}
	c := newCounted(conn, f)
	if !f.track(c) {
		return nil, net.ErrClosed
	}
	return c, nil
}

// fail answers a request that cannot be sent on.
func (f *Forward) fail(w http.ResponseWriter, err error) {
	f.note(err)
	status := http.StatusBadGateway
	if errors.Is(err, crawler.ErrRefused) {
		status = http.StatusForbidden
	}
	refuse(w, status)
}

func refuse(w http.ResponseWriter, status int) {
	w.Header().Set("Connection", "close")
	http.Error(w, NotConnected, status)
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
