package fetch

import (
	"sync"
	"time"

	"scamatlas/crawler"
)

// tee keeps what goes over one connection (above TLS) until it is taken, one exchange after the other: without pipelining nothing of an
// answer comes before its request was written. A nil tee keeps nothing.
type tee struct {
	mu       sync.Mutex
	request  []byte
	response []byte
	began    time.Time
	over     bool // more came than is kept
}

// wrote is told every write; the first after an exchange was taken begins the next one.
func (t *tee) wrote(p []byte) {
	if t == nil {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.request) == 0 {
		t.began = time.Now().UTC()
	}
	t.request = append(t.request, p[:min(len(p), crawler.MaxHeaderBytes-len(t.request))]...)
}

// head replaces what came by the head of the final answer and what came in one piece with it: interim answers are dropped.
func (t *tee) head(p []byte) {
	if t == nil {
		return
	}
	t.mu.Lock()
	t.response = t.response[:0]
	t.mu.Unlock()
	t.read(p)
}

// read is told every part of an answer.
func (t *tee) read(p []byte) {
	if t == nil {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	room := max(0, crawler.MaxWire-len(t.response))
	t.over = t.over || len(p) > room
	t.response = append(t.response, p[:min(len(p), room)]...)
}

// take gives the exchange that is over, and makes room for the next.
func (t *tee) take() (request, response []byte, began time.Time, over bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	request, response, began, over = t.request, t.response, t.began, t.over
	t.request, t.response, t.over = nil, nil, false
	return request, response, began, over
}

// wire keeps the exchanges of one visit. It is safe for concurrent use.
type wire struct {
	mu    sync.Mutex
	all   []crawler.Exchange
	bytes int
	full  bool
}

// keep takes the exchange off a connection.
func (w *wire) keep(url string, conn *headConn, a *crawler.Response) {
	if w == nil || conn == nil || conn.tee == nil {
		return
	}
	request, response, began, over := conn.tee.take()
	if len(request) == 0 {
		return
	}
	x := crawler.Exchange{URL: url, Method: "GET", At: began, TookMS: time.Since(began).Milliseconds(), Address: conn.RemoteAddr().String(),
		Request: request, Response: response, Status: a.Status, Truncated: a.Truncated}
	if over && x.Truncated == "" {
		x.Truncated = cutSize
	}
	if x.Truncated == "" && a.Err != "" && a.Status == 0 {
		x.Truncated = "unexpected_eof"
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if room := max(0, maxWireBytes-w.bytes); len(x.Response) > room {
		x.Response, x.Truncated, w.full = x.Response[:room], cutSize, true
	}
	w.bytes += len(x.Response)
	w.all = append(w.all, x)
}
