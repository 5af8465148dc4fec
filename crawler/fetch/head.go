package fetch

import (
	"bytes"
	"net"
	"strings"
	"sync"

	"scamatlas/crawler"
)

// headConn keeps the head of the answer under way as it came over the wire: net/http sorts header lines into a map and
// forgets their order, spelling and repeats, which tell servers and kits apart. It sits above TLS.
type headConn struct {
	net.Conn
	closed func(*headConn)

	mu   sync.Mutex
	head []byte // of the current answer; interim (1xx) heads are dropped
	seen int    // bytes of head already searched for its end
	done bool   // the head is complete, what follows is body
}

// Write begins a request, and so a new answer: on one connection they take turns.
func (c *headConn) Write(p []byte) (int, error) {
	c.mu.Lock()
	c.head, c.seen, c.done = c.head[:0], 0, false
	c.mu.Unlock()
	return c.Conn.Write(p)
}

func (c *headConn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	if n > 0 {
		c.mu.Lock()
		if !c.done {
			c.feed(p[:n])
		}
		c.mu.Unlock()
	}
	return n, err
}

func (c *headConn) Close() error {
	if c.closed != nil {
		c.closed(c)
	}
	return c.Conn.Close()
}

func (c *headConn) feed(p []byte) {
	c.head = append(c.head, p...)
	for {
		end := headEnd(c.head, c.seen)
		if end < 0 {
			c.seen = len(c.head)
			c.done = len(c.head) > crawler.MaxHeaderBytes
			return
		}
		if !interim(c.head) {
			c.head, c.done = c.head[:end], true
			return
		}
		c.head, c.seen = append(c.head[:0], c.head[end:]...), 0
	}
}

// fields gives the header lines of the last complete head.
func (c *headConn) fields() []crawler.HeaderField {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.done || len(c.head) > crawler.MaxHeaderBytes {
		return nil
	}
	return parseHead(c.head)
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
