package fetch

import (
	"net/http"
	"net/url"
	"sync"
	"time"

	"scamatlas/crawler"
)

// wire keeps the exchanges of one visit byte by byte. A nil wire keeps nothing.
type wire struct {
	mu    sync.Mutex
	all   []crawler.Exchange
	bytes int
	full  bool
}

// record is one exchange on a connection, guarded by the connection's mu until it is sealed.
type record struct {
	conn *headConn
	head []byte // of the final answer, as sent

	began             time.Time // when the first byte of the request was written
	request, response []byte    // empty unless kept; of the answer interim heads are dropped
	over              bool      // more came than is kept
	sealed            bool      // nothing is added any more
	whole             bool      // sealed: nothing is missing of the answer
	open              bool      // sealed: the answer ends with the connection, so its bytes do not tell
}

// begin makes what goes over the connection from now on a new exchange: net/http has just taken the connection for it. Where more came
// than the answer before had, that would be taken for this one's answer: the connection is spoiled, and net/http, which cannot write to
// it, takes another.
func (c *headConn) begin() *record {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.rec != nil {
		c.seal(c.rec)
	}
	c.rec = &record{conn: c}
	c.spoiled = len(c.early) > 0
	c.early = nil
	return c.rec
}

func (c *headConn) isSpoiled() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.spoiled
}

// seal ends a record and cuts it where its answer ends. Callers hold mu.
func (c *headConn) seal(r *record) {
	if r.sealed || !c.keep {
		return
	}
	r.sealed = true
	var end int
	end, r.whole, r.open = answerEnd(r.response)
	if end < len(r.response) && c.rec == r {
		c.early = append(c.early, r.response[end:]...)
	}
	r.response = r.response[:end:end]
}

// headCame hands the head of an answer to its exchange: the next one may begin before this one's has been looked at.
func (c *headConn) headCame() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.rec != nil {
		c.rec.head = c.head
	}
}

// fields gives the header lines of the answer.
func (r *record) fields() []crawler.HeaderField {
	r.conn.mu.Lock()
	defer r.conn.mu.Unlock()
	return parseHead(r.head)
}

// writes is told what of a request is about to go out.
func (c *headConn) writes(p []byte, at time.Time) {
	if !c.keep {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if r := c.rec; r != nil && !r.sealed {
		if len(r.request) == 0 {
			r.began = at
		}
		r.request = append(r.request, p[:min(len(p), crawler.MaxHeaderBytes-len(r.request))]...)
	}
}

// unwrote is told how many of the last bytes did not go out after all.
func (c *headConn) unwrote(n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if r := c.rec; r != nil && !r.sealed {
		r.request = r.request[:max(0, len(r.request)-n)]
	}
}

// came is told what of an answer came in.
func (c *headConn) came(p []byte) {
	if !c.keep {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	r := c.rec
	if r == nil || r.sealed { // nobody asked: whose it is shows when the connection is taken again
		c.early = append(c.early, p[:min(len(p), max(0, crawler.MaxHeaderBytes-len(c.early)))]...)
		return
	}
	room := max(0, crawler.MaxWire-len(r.response))
	r.over = r.over || len(p) > room
	r.response = append(r.response, p[:min(len(p), room)]...)
}

// forget drops the first n bytes of the present answer: an interim head.
func (c *headConn) forget(n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if r := c.rec; r != nil && !r.sealed {
		r.response = append(r.response[:0], r.response[min(n, len(r.response)):]...)
	}
}

// keep takes an exchange off its connection. cut is what kept its answer from being read to the end, "" for nothing. One that net/http
// repeated on another connection before anything of its answer came is not kept.
func (w *wire) keep(u *url.URL, r *record, status int, cut string) {
	if w == nil || r == nil {
		return
	}
	c := r.conn
	c.mu.Lock()
	c.seal(r)
	c.mu.Unlock()
	if len(r.request) == 0 {
		return
	}
	x := crawler.Exchange{URL: u.String(), Method: http.MethodGet, At: r.began.UTC(), TookMS: time.Since(r.began).Milliseconds(),
		Address: c.RemoteAddr().String(), Request: r.request, Response: r.response, Status: status}
	switch {
	case r.over:
		x.Truncated = cutSize
	case !r.whole:
		x.Truncated = cut
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if room := max(0, maxWireBytes-w.bytes); len(x.Request)+len(x.Response) > room {
		w.full = true
		x.Truncated = cutSize
		x.Response = x.Response[:max(0, min(room-len(x.Request), len(x.Response)))]
	}
	w.bytes += len(x.Request) + len(x.Response)
	w.all = append(w.all, x)
}
