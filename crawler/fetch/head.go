package fetch

import (
	"bytes"
	"fmt"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/net/http/httpguts"
	"scamatlas/crawler"
	"scamatlas/crawler/judge"
)

// headConn stands between the connection (above TLS) and net/http while the head of an answer comes in. It keeps the head as sent:
// net/http sorts header lines into a map and forgets their order, spelling and repeats, which tell servers and kits apart. And it
// hands on what browsers would make of it: net/http gives up on a line it finds odd, which would let one strange byte hide a site.
//
// Read is called by one goroutine of net/http, Write by another; what they share with the one that asks is guarded by mu.
type headConn struct {
	net.Conn
	closed func(*headConn)
	keep   bool                // what goes over it, too
	order  func([]byte) []byte // of a request's lines; nil = as net/http writes them

	unsent []byte // of a request whose head is not complete

	mu      sync.Mutex
	rec     *record // the exchange under way, or the last one
	early   []byte  // came when nothing was asked
	spoiled bool    // … so that the next answer would not be told from it

	asked  atomic.Bool // a request was written and nothing of its answer has come
	inBody bool        // the head is complete, what follows goes through as it is
	head   []byte      // of the present answer until it is complete, as sent; interim (1xx) heads are dropped
	seen   int         // bytes of head already searched for its end
	hints  int         // interim heads of the present answer
	ready  []byte      // for net/http: the tidied head, and what came in one piece with it
}

// Write begins a request, and so a new answer: on one connection they take turns. Requests have no body: what is written is a head,
// sent in one piece when it is complete.
func (c *headConn) Write(p []byte) (int, error) {
	c.unsent = append(c.unsent, p...)
	if !bytes.HasSuffix(c.unsent, []byte("\r\n\r\n")) {
		return len(p), nil
	}
	head := c.unsent
	c.unsent = nil
	if c.isSpoiled() {
		return 0, judge.ProtocolError("more came than an answer")
	}
	if c.order != nil {
		head = c.order(head)
	}
	c.asked.Store(true)
	// Noted before it is sent: a fast answer may have been read, and its exchange taken, before Write comes back.
	c.writes(head, time.Now())
	if n, err := c.Conn.Write(head); err != nil {
		c.unwrote(len(head) - n)
		return 0, err
	}
	return len(p), nil
}

func (c *headConn) Read(p []byte) (int, error) {
	for len(c.ready) == 0 {
		n, err := c.Conn.Read(p)
		if n > 0 && c.asked.Swap(false) && c.inBody {
			c.head, c.seen, c.hints, c.inBody = nil, 0, 0, false
		}
		c.came(p[:n])
		if c.inBody || err != nil && n == 0 {
			return n, err
		}
		if err := c.feed(p[:n]); err != nil {
			return 0, err
		}
	}
	n := copy(p, c.ready)
	c.ready = c.ready[n:]
	return n, nil
}

func (c *headConn) Close() error {
	if c.closed != nil {
		c.closed(c)
	}
	return c.Conn.Close()
}

// feed adds what came to the head; when that is complete, ready holds it.
func (c *headConn) feed(p []byte) error {
	c.head = append(c.head, p...)
	for {
		const begin = "HTTP/"
		if n := min(len(c.head), len(begin)); string(c.head[:n]) != begin[:n] {
			return judge.ProtocolError(fmt.Sprintf("an answer that begins with %q", c.head[:min(len(c.head), 32)]))
		}
		end := headEnd(c.head, c.seen)
		if end > crawler.MaxHeaderBytes || end < 0 && len(c.head) > crawler.MaxHeaderBytes {
			return judge.ProtocolError(fmt.Sprintf("more than %d bytes of headers", crawler.MaxHeaderBytes))
		}
		if end < 0 {
			c.seen = len(c.head)
			return nil
		}
		if !interim(c.head) {
			c.ready = append(tidyHead(c.head[:end]), c.head[end:]...)
			c.head, c.inBody = c.head[:end:end], true
			c.headCame()
			return nil
		}
		if c.hints++; c.hints > crawler.MaxInterim {
			return judge.ProtocolError(fmt.Sprintf("more than %d interim answers", crawler.MaxInterim))
		}
		c.head, c.seen = append(c.head[:0], c.head[end:]...), 0
		c.forget(end)
	}
}

// tidyHead gives a head that net/http accepts: lines that are no header lines are left out, control bytes in values are blanks.
func tidyHead(head []byte) []byte {
	status, text, _ := bytes.Cut(head, []byte("\n"))
	tidy := append(make([]byte, 0, len(head)+4), status...)
	tidy = append(tidy, '\n')
	for _, f := range parseHead(append(append([]byte{}, '\n'), text...)) {
		name := strings.TrimRight(f.Name, " \t")
		if !httpguts.ValidHeaderFieldName(name) {
			continue
		}
		tidy = append(append(tidy, name...), ": "...)
		for i := range len(f.Value) {
			c := f.Value[i]
			if c < ' ' && c != '\t' || c == 0x7f {
				c = ' '
			}
			tidy = append(tidy, c)
		}
		tidy = append(tidy, "\r\n"...)
	}
	return append(tidy, "\r\n"...)
}

// headEnd is the index after the empty line that ends a head, -1 when it has not come; bytes before from were searched.
func headEnd(b []byte, from int) int {
	from = max(from-2, 0) // the line feed before an empty line may be the last one searched
	for {
		i := bytes.IndexByte(b[from:], '\n')
		if i < 0 {
			return -1
		}
		from += i + 1
		switch rest := b[from:]; {
		case len(rest) > 0 && rest[0] == '\n':
			return from + 1
		case len(rest) > 1 && rest[0] == '\r' && rest[1] == '\n':
			return from + 2
		}
	}
}

// interim says whether a head is that of a 1xx answer that another one follows. 101 is final: nothing follows it in HTTP.
func interim(head []byte) bool {
	line, _, _ := bytes.Cut(head, []byte("\n"))
	_, status, ok := bytes.Cut(line, []byte(" "))
	status = bytes.TrimLeft(status, " ")
	return ok && len(status) >= 3 && status[0] == '1' && !bytes.HasPrefix(status, []byte("101"))
}

// parseHead reads the header lines of a response head, the status line left out. Folded lines (RFC 9112, 5.2) are joined by
// a space; lines without a colon are dropped.
func parseHead(head []byte) []crawler.HeaderField {
	_, text, _ := strings.Cut(string(head), "\n")
	var fields []crawler.HeaderField
	for len(text) > 0 && len(fields) < maxHeaderFields {
		var line string
		line, text, _ = strings.Cut(text, "\n")
		line = strings.TrimSuffix(line, "\r")
		if line == "" {
			break
		}
		if n := len(fields); n > 0 && (line[0] == ' ' || line[0] == '\t') {
			fields[n-1].Value = strings.TrimSpace(fields[n-1].Value + " " + strings.TrimSpace(line))
			continue
		}
		name, value, ok := strings.Cut(line, ":")
		if !ok || name == "" {
			continue
		}
		fields = append(fields, crawler.HeaderField{Name: name, Value: strings.Trim(value, " \t")})
	}
	return fields
}
