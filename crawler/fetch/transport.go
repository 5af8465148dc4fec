package fetch

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/netip"
	"slices"
	"strconv"
	"sync"

	"scamatlas/crawler"
	"scamatlas/crawler/judge"
)

// exchangeHeader carries the number of an exchange from get through colly to the transport, which takes it off again:
// colly hands neither a context nor any value of ours to its RoundTripper.
const exchangeHeader = "Scamatlas-Exchange"

// exchange is one request and its answer, without following redirects.
type exchange struct {
	document bool // only what can be a page is read
	limit    int  // decoded bytes of the body

	connected bool // a connection stood, so what went wrong is the answer's fault
	answer    crawler.Response
	location  string // where a redirect points, as sent
	cut       string // what kept the bytes of the answer from being read to the end
}

// transport is colly's way to the network for one visit: it waits at the gate, dials through the guard, keeps heads as they
// were sent, and reads bodies within bounds into the exchange. It has its own connections, all closed by close.
type transport struct {
	f     *Fetcher
	http  *http.Transport
	wire  *wire               // nil: not kept
	order func([]byte) []byte // of a request's lines

	dials     sync.WaitGroup
	stop      context.CancelFunc // ends dials under way
	stopped   context.Context
	mu        sync.Mutex
	open      map[*headConn]struct{}
	pending   map[string]*exchange
	numbered  int
	addresses map[string]string // by host: the address that stands for it at the gate; "" = none known
}

func newTransport(f *Fetcher, chromium bool) *transport {
	t := &transport{f: f, order: func(head []byte) []byte { return browserOrder(head, chromium) }, open: map[*headConn]struct{}{}, pending: map[string]*exchange{}, addresses: map[string]string{}}
	if f.wire {
		t.wire = &wire{}
	}
	t.stopped, t.stop = context.WithCancel(context.Background())
	t.http = &http.Transport{
		Proxy:                  nil,
		DialContext:            t.dialPlain,
		DialTLSContext:         t.dialTLS,
		DisableCompression:     true,
		MaxIdleConnsPerHost:    f.perDomain,
		ResponseHeaderTimeout:  f.limits.header,
		MaxResponseHeaderBytes: crawler.MaxHeaderBytes,
		Protocols:              new(http.Protocols),
	}
	t.http.Protocols.SetHTTP1(true)
	return t
}

// register gives x the number under which RoundTrip finds it.
func (t *transport) register(x *exchange) string {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.numbered++
	id := strconv.Itoa(t.numbered)
	t.pending[id] = x
	return id
}

func (t *transport) take(id string) *exchange {
	t.mu.Lock()
	defer t.mu.Unlock()
	x := t.pending[id]
	delete(t.pending, id)
	return x
}

// RoundTrip does one exchange. colly gets the status and the cookies; everything else, the body too, goes into the exchange:
// colly would not say that a body was cut and would recode it. Without a Location it follows no redirect.
func (t *transport) RoundTrip(req *http.Request) (*http.Response, error) {
	x := t.take(req.Header.Get(exchangeHeader))
	if x == nil {
		return nil, errors.New("request without an exchange")
	}
	if err := t.f.guard.CheckURL(req.URL); err != nil {
		return nil, err
	}
	host := req.URL.Hostname()
	leave, err := t.f.gate.enter(req.Context(), crawler.RegistrableDomain(host), t.address(req.Context(), host))
	if err != nil {
		return nil, err
	}
	defer leave()

	ctx, cancel := context.WithTimeout(req.Context(), t.f.limits.fetch)
	defer cancel()
	var rec *record
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GotConn: func(i httptrace.GotConnInfo) {
			x.connected = true
			if conn, ok := i.Conn.(*headConn); ok {
				rec = conn.begin()
			}
		},
	})
	out := req.Clone(ctx)
	out.Header.Del(exchangeHeader)
	res, err := t.http.RoundTrip(out)
	if err != nil {
		t.wire.keep(req.URL, rec, 0, cutOf(err))
		return nil, err
	}
	defer res.Body.Close()
	t.fill(x, res, rec)
	t.wire.keep(req.URL, rec, res.StatusCode, x.cut)

	seen := &http.Response{StatusCode: res.StatusCode, Header: http.Header{}, Body: http.NoBody, Request: req}
	if cookies := res.Header["Set-Cookie"]; cookies != nil {
		seen.Header["Set-Cookie"] = cookies
	}
	return seen, nil
}

func (t *transport) fill(x *exchange, res *http.Response, rec *record) {
	a := &x.answer
	a.Status = res.StatusCode
	a.ContentType = res.Header.Get("Content-Type")
	if rec != nil {
		a.Header = rec.fields()
	}
	if res.StatusCode >= 300 && res.StatusCode < 400 {
		x.location = res.Header.Get("Location")
	}
	if x.document && isDownload(res.Header) {
		a.Err, x.cut = "a download, not read", cutSize
		return
	}
	var err error
	a.Body, a.Truncated, x.cut, err = t.f.bodies.read(res, x.limit)
	if err != nil {
		a.Err = judge.Line(err.Error())
	}
}

// address gives the one address that stands for host at the gate: the smallest, so that sites on one server share it
// whatever the order of the answer. Which of several is dialled the guard decides.
func (t *transport) address(ctx context.Context, host string) string {
	t.mu.Lock()
	known, ok := t.addresses[host]
	t.mu.Unlock()
	if ok {
		return known
	}
	ctx, cancel := context.WithTimeout(ctx, crawler.QuestionTimeout)
	defer cancel()
	found, err := t.f.guard.LookupNetIP(ctx, host)
	if err != nil {
		found = nil // the dial will say why
	}
	return t.setAddress(host, found)
}

func (t *transport) setAddress(host string, found []netip.Addr) string {
	name := ""
	if len(found) > 0 {
		name = slices.MinFunc(found, netip.Addr.Compare).Unmap().String()
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.addresses[host] = name
	return name
}

func (t *transport) dialPlain(ctx context.Context, network, addr string) (net.Conn, error) {
	conn, done, err := t.dial(ctx, network, addr)
	defer done()
	if err != nil {
		return nil, err
	}
	return t.track(conn)
}

// dialTLS verifies nothing: scam sites with expired or foreign certificates are visited too, and probe records what is wrong.
func (t *transport) dialTLS(ctx context.Context, network, addr string) (net.Conn, error) {
	conn, done, err := t.dial(ctx, network, addr)
	defer done()
	if err != nil {
		return nil, err
	}
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		host = addr
	}
	secure := tls.Client(conn, &tls.Config{
		ServerName:         host,
		InsecureSkipVerify: true,
		MinVersion:         tls.VersionTLS10, // servers too old to be safe are still evidence
		CipherSuites:       allCipherSuites(),
		NextProtos:         []string{"http/1.1"},
	})
	ctx, cancel := context.WithTimeout(ctx, t.f.limits.tls)
	defer cancel()
	defer context.AfterFunc(t.stopped, cancel)()
	if err := secure.HandshakeContext(ctx); err != nil {
		conn.Close()
		return nil, &judge.HandshakeError{Err: err}
	}
	return t.track(secure)
}

func allCipherSuites() []uint16 {
	var ids []uint16
	for _, s := range slices.Concat(tls.CipherSuites(), tls.InsecureCipherSuites()) {
		ids = append(ids, s.ID)
	}
	return ids
}

// dial connects through the guard. done must be called when the connection is tracked or given up.
func (t *transport) dial(ctx context.Context, network, addr string) (conn net.Conn, done func(), err error) {
	t.mu.Lock()
	if t.stopped.Err() != nil {
		t.mu.Unlock()
		return nil, func() {}, net.ErrClosed
	}
	t.dials.Add(1)
	t.mu.Unlock()
	ctx, cancel := context.WithTimeout(ctx, t.f.limits.dial)
	defer cancel()
	defer context.AfterFunc(t.stopped, cancel)()
	conn, err = t.f.guard.DialContext(ctx, network, addr)
	return conn, t.dials.Done, err
}

func (t *transport) track(conn net.Conn) (net.Conn, error) {
	c := &headConn{Conn: conn, closed: t.untrack, keep: t.wire != nil, order: t.order}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.open[c] = struct{}{}
	return c, nil
}

func (t *transport) untrack(c *headConn) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.open, c)
}

// close ends every dial and connection of the visit and waits for the dials.
func (t *transport) close() {
	t.mu.Lock()
	t.stop()
	t.mu.Unlock()
	t.dials.Wait()
	t.http.CloseIdleConnections()
	t.mu.Lock()
	left := make([]*headConn, 0, len(t.open))
	for c := range t.open {
		left = append(left, c)
	}
	t.mu.Unlock()
	for _, c := range left {
		c.Close()
	}
}
