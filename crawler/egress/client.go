package egress

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"scamatlas/crawler"
)

// ErrHops is wrapped when a chain of redirects is longer than crawler.MaxHops.
var ErrHops = errors.New("too many redirects")

// Transport is a plain transport over DialContext with our time limits and no proxy of the environment. Whoever uses it without
// Client calls CheckURL on every hop.
func (g *Guard) Transport() *http.Transport {
	return &http.Transport{
		DialContext:            g.DialContext,
		ForceAttemptHTTP2:      true,
		TLSHandshakeTimeout:    crawler.TLSTimeout,
		ResponseHeaderTimeout:  crawler.HeaderTimeout,
		MaxResponseHeaderBytes: crawler.MaxHeaderBytes,
		IdleConnTimeout:        idleTimeout,
		MaxIdleConns:           maxIdle,
	}
}

// Client fetches addresses that the operator named (feeds, lists). Every hop is checked by CheckURL and hops are capped. An
// endpoint of Options.Trusted may be asked directly; a redirect from elsewhere does not lead into it.
func (g *Guard) Client() *http.Client {
	t := g.Transport()
	t.DialContext = func(ctx context.Context, network, addr string) (net.Conn, error) {
		if key, err := endpoint(addr); err == nil && g.trusted[key] {
			return g.TrustedDialer(addr)(ctx, network, addr)
		}
		return g.DialContext(ctx, network, addr)
	}
	return &http.Client{
		Transport: &checked{g, t},
		Timeout:   clientTimeout,
		CheckRedirect: func(req *http.Request, via []*http.Request) error {
			if len(via) > crawler.MaxHops {
				return fmt.Errorf("%w: more than %d", ErrHops, crawler.MaxHops)
			}
			return g.checkHop(req)
		},
	}
}

// checked looks at every request before its transport does, the first one too.
type checked struct {
	g    *Guard
	next *http.Transport
}

func (c *checked) RoundTrip(req *http.Request) (*http.Response, error) {
	if err := c.g.checkHop(req); err != nil {
		if req.Body != nil {
			req.Body.Close()
		}
		return nil, err
	}
	return c.next.RoundTrip(req)
}

// CloseIdleConnections lets http.Client.CloseIdleConnections through.
func (c *checked) CloseIdleConnections() { c.next.CloseIdleConnections() }

// checkHop lets a trusted endpoint through when the operator asked for it or it redirects within itself.
func (g *Guard) checkHop(req *http.Request) error {
	to, ok := urlEndpoint(req.URL)
	if !ok || !g.trusted[to] {
		return g.CheckURL(req.URL)
	}
	if req.Response == nil {
		return nil
	}
	if from, ok := urlEndpoint(req.Response.Request.URL); ok && from == to {
		return nil
	}
	return &crawler.Refusal{Target: target(req.URL), Why: "redirect into an endpoint of our own network"}
}

func urlEndpoint(u *url.URL) (string, bool) {
	if u == nil || !strings.EqualFold(u.Scheme, "http") && !strings.EqualFold(u.Scheme, "https") {
		return "", false
	}
	port, ok := urlPort(u)
	if !ok {
		return "", false
	}
	key, err := endpoint(net.JoinHostPort(u.Hostname(), strconv.Itoa(int(port))))
	return key, err == nil
}
