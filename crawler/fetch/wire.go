package fetch

import (
	"bytes"
	"net/url"
	"slices"
	"sync"
	"time"

	"scamatlas/crawler"
)

// tee keeps what goes over one connection (above TLS) until it is taken. Requests take turns on a connection: what is written after an
// answer has come begins the next exchange, whether or not the one before was taken yet. A nil tee keeps nothing.
type tee struct {
	mu   sync.Mutex
	kept []*turn // the last is under way
}

// turn is one exchange on a connection.
type turn struct {
	request, response []byte
	began             time.Time
	over              bool // more came than is kept
}

// wrote is told every write.
func (t *tee) wrote(p []byte) {
	if t == nil {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if n := len(t.kept); n == 0 || len(t.kept[n-1].response) > 0 {
		t.kept = append(t.kept, &turn{began: time.Now().UTC()})
	}
	now := t.kept[len(t.kept)-1]
	now.request = append(now.request, p[:min(len(p), crawler.MaxHeaderBytes-len(now.request))]...)
}

// head replaces what came by the head of the final answer and what came in one piece with it: interim answers are dropped.
func (t *tee) head(p []byte) { t.came(p, true) }

// read is told every further part of an answer.
func (t *tee) read(p []byte) { t.came(p, false) }

func (t *tee) came(p []byte, anew bool) {
	if t == nil || len(p) == 0 {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.kept) == 0 {
		return // nothing was asked
	}
	now := t.kept[len(t.kept)-1]
	if anew {
		now.response = now.response[:0]
	}
	room := max(0, crawler.MaxWire-len(now.response))
	now.over = now.over || len(p) > room
	now.response = append(now.response, p[:min(len(p), room)]...)
}

// take gives the oldest exchange that asked for target, nil when there is none.
func (t *tee) take(target string) *turn {
	t.mu.Lock()
	defer t.mu.Unlock()
	line := []byte("GET " + target + " ")
	for i, x := range t.kept {
		if bytes.HasPrefix(x.request, line) {
			t.kept = slices.Delete(t.kept, i, i+1)
			return x
		}
	}
	return nil
}

// wire keeps the exchanges of one visit. It is safe for concurrent use.
type wire struct {
	mu    sync.Mutex
	all   []crawler.Exchange
	bytes int
	full  bool
}

// keep takes an exchange off a connection.
func (w *wire) keep(u *url.URL, conn *headConn, a *crawler.Response) {
	if w == nil || conn == nil || conn.tee == nil {
		return
	}
	t := conn.tee.take(u.RequestURI())
	if t == nil {
		return
	}
	x := crawler.Exchange{URL: u.String(), Method: "GET", At: t.began, TookMS: time.Since(t.began).Milliseconds(), Address: conn.RemoteAddr().String(),
		Request: t.request, Response: t.response, Status: a.Status, Truncated: a.Truncated}
	switch {
	case x.Truncated != "":
	case t.over:
		x.Truncated = cutSize
	case a.Err != "" && a.Status == 0:
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
