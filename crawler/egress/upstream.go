package egress

import (
	"bufio"
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"

	"golang.org/x/net/proxy"

	"scamatlas/crawler"
)

func (g *Guard) setUpstream(o Options) error {
	if o.Proxy == "" {
		return nil
	}
	u, err := url.Parse(o.Proxy)
	if err != nil { // the parser's error repeats the address, and with it a password
		return errors.New("proxy: not an address such as socks5://host:port")
	}
	if u.Scheme != "socks5" && u.Scheme != "http" {
		return fmt.Errorf("proxy %s: neither socks5:// nor http://", u.Redacted())
	}
	if _, err := endpoint(u.Host); err != nil {
		return fmt.Errorf("proxy %s: %w", u.Redacted(), err)
	}
	g.upstream = u
	return nil
}

// dialUpstream asks the operator's proxy for a connection to an address that has been checked; the proxy resolves nothing.
func (g *Guard) dialUpstream(ctx context.Context, to netip.AddrPort) (net.Conn, error) {
	d := &net.Dialer{Timeout: crawler.DialTimeout}
	if g.upstream.Scheme == "socks5" {
		var auth *proxy.Auth
		if u := g.upstream.User; u != nil {
			password, _ := u.Password()
			auth = &proxy.Auth{User: u.Username(), Password: password}
		}
		socks, err := proxy.SOCKS5("tcp", g.upstream.Host, auth, d)
		if err != nil {
			return nil, fmt.Errorf("setting up the proxy: %w", err)
		}
		ctxDialer, ok := socks.(proxy.ContextDialer)
		if !ok {
			return nil, errors.New("setting up the proxy: it cannot be cancelled")
		}
		return ctxDialer.DialContext(ctx, "tcp", to.String())
	}
	conn, err := d.DialContext(ctx, "tcp", g.upstream.Host)
	if err != nil {
		return nil, fmt.Errorf("connecting to the proxy: %w", err)
	}
	stop := context.AfterFunc(ctx, func() { conn.Close() })
	tunnel, err := g.connect(conn, to)
	if !stop() && err == nil {
		err = ctx.Err()
	}
	if err != nil {
		conn.Close()
		return nil, fmt.Errorf("asking the proxy for %s: %w", to, err)
	}
	return tunnel, nil
}

// connect opens a tunnel (RFC 9110, 9.3.6) over conn.
func (g *Guard) connect(conn net.Conn, to netip.AddrPort) (net.Conn, error) {
	req := &http.Request{Method: http.MethodConnect, URL: &url.URL{Opaque: to.String()}, Host: to.String(), Header: http.Header{}}
	if u := g.upstream.User; u != nil {
		password, _ := u.Password()
		req.Header.Set("Proxy-Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte(u.Username()+":"+password)))
	}
	if err := req.Write(conn); err != nil {
		return nil, err
	}
	head := bufio.NewReader(io.LimitReader(conn, maxProxyHeader))
	resp, err := http.ReadResponse(head, req)
	if err != nil {
		return nil, err
	}
	if resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("it answered %s", resp.Status)
	}
	early, err := head.Peek(head.Buffered())
	if err != nil {
		return nil, err
	}
	return &tunnelled{Conn: conn, r: io.MultiReader(bytes.NewReader(early), conn)}, nil
}

// tunnelled is a connection whose first bytes came along with the proxy's answer.
type tunnelled struct {
	net.Conn
	r io.Reader
}

func (t *tunnelled) Read(p []byte) (int, error) { return t.r.Read(p) }
