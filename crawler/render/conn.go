package render

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"sync"

	"github.com/chromedp/cdproto"
	"github.com/chromedp/cdproto/cdp"
	jsonv2 "github.com/chromedp/cdproto/cdp/jsonv2"
	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"
)

var errLost = errors.New("the browser is gone")

// conn speaks the DevTools protocol with one browser over its two pipes. Of chromedp it uses the transport alone: chromedp.Target
// mirrors the whole document tree, whose size a hostile page decides, and sees neither frames of other sites nor workers.
//
// One goroutine reads: replies go to their callers, events to the handler, in the order the browser sent them. Nothing is queued, so
// a flood of events slows the browser down and not us.
type conn struct {
	pipe *chromedp.PipeConn
	lost chan struct{} // closed when no more is read

	mu      sync.Mutex
	last    int64
	waiting map[int64]chan *cdproto.Message // nil once lost
	handler func(*cdproto.Message)
}

func newConn(r io.ReadCloser, w io.WriteCloser) *conn {
	c := &conn{pipe: chromedp.NewPipeConn(&capped{r: r}, w), lost: make(chan struct{}), waiting: map[int64]chan *cdproto.Message{}}
	go c.read()
	return c
}

// close ends the reading goroutine and waits for it.
func (c *conn) close() {
	_ = c.pipe.Close()
	<-c.lost
}

// listen gives all events to h from now on, nil to drop them. h is called by the reader: it must not wait for a reply.
func (c *conn) listen(h func(*cdproto.Message)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.handler = h
}

func (c *conn) read() {
	defer c.lose()
	for {
		m := new(cdproto.Message)
		err := c.pipe.Read(context.Background(), m)
		var syntax *jsonv2.SyntacticError
		if err != nil && !errors.As(err, &syntax) && m.ID == 0 && m.Method == "" {
			return
		}
		if err != nil && m.ID != 0 { // cut at maxMessage
			m.Error = &cdproto.Error{Message: "the answer is too long or damaged"}
		}
		if m.ID != 0 {
			c.answer(m)
		} else if err == nil && m.Method != "" {
			c.event(m)
		}
	}
}

func (c *conn) lose() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.waiting = nil
	close(c.lost)
}

func (c *conn) answer(m *cdproto.Message) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if ch := c.waiting[m.ID]; ch != nil {
		delete(c.waiting, m.ID)
		ch <- m // has room for one
	}
}

func (c *conn) event(m *cdproto.Message) {
	c.mu.Lock()
	h := c.handler
	c.mu.Unlock()
	if h != nil {
		h(m)
	}
}

// send writes a command; its reply comes through the channel. Without wait, the reply is dropped and the channel is nil.
func (c *conn) send(s target.SessionID, method string, params any, wait bool) (int64, chan *cdproto.Message, error) {
	var raw []byte
	if params != nil {
		var err error
		if raw, err = jsonv2.Marshal(params, chromedp.DefaultMarshalOptions); err != nil {
			return 0, nil, fmt.Errorf("writing %s: %w", method, err)
		}
	}
	c.mu.Lock()
	if c.waiting == nil {
		c.mu.Unlock()
		return 0, nil, errLost
	}
	c.last++
	id := c.last
	var ch chan *cdproto.Message
	if wait {
		ch = make(chan *cdproto.Message, 1)
		c.waiting[id] = ch
	}
	c.mu.Unlock()
	err := c.pipe.Write(context.Background(), &cdproto.Message{ID: id, SessionID: s, Method: cdproto.MethodType(method), Params: raw})
	if err != nil {
		c.forget(id)
		return 0, nil, fmt.Errorf("%w: %w", errLost, err)
	}
	return id, ch, nil
}

func (c *conn) forget(id int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.waiting, id)
}

// session is one target that commands go to; "" is the browser itself. It is a cdp.Session.
type session struct {
	c  *conn
	id target.SessionID
}

// Call runs a command. The error is a *cdproto.Error when the browser refused, errLost when it is gone, else ctx's.
func (s session) Call(ctx context.Context, method string, params, result any) error {
	return s.await(ctx, s.begin(method, params), result)
}

// Subscribe gives nothing: events go to the conn's one listener.
func (s session) Subscribe(string) (<-chan jsonv2.Value, func()) {
	ch := make(chan jsonv2.Value)
	close(ch)
	return ch, func() {}
}

// tell runs a command whose reply nobody waits for.
func (s session) tell(method string, params any) { _, _, _ = s.c.send(s.id, method, params, false) }

// pending is a command under way.
type pending struct {
	method string
	id     int64
	reply  chan *cdproto.Message
	err    error
}

func (s session) begin(method string, params any) pending {
	id, ch, err := s.c.send(s.id, method, params, true)
	return pending{method, id, ch, err}
}

func (s session) await(ctx context.Context, p pending, result any) error {
	if p.err != nil {
		return fmt.Errorf("%s: %w", p.method, p.err)
	}
	var m *cdproto.Message
	select {
	case m = <-p.reply:
	case <-ctx.Done():
		s.c.forget(p.id)
		return fmt.Errorf("%s: %w", p.method, ctx.Err())
	case <-s.c.lost:
		select {
		case m = <-p.reply:
		default:
			return fmt.Errorf("%s: %w", p.method, errLost)
		}
	}
	if m.Error != nil {
		return fmt.Errorf("%s: %w", p.method, m.Error)
	}
	if result == nil {
		return nil
	}
	if err := jsonv2.Unmarshal(m.Result, result, chromedp.DefaultUnmarshalOptions); err != nil {
		return fmt.Errorf("reading the answer to %s: %w", p.method, err)
	}
	return nil
}

// command is one of several that are sent without waiting for each other.
type command struct {
	method string
	params any
	must   bool // its refusal is an error
}

// all runs commands in order, without a round trip between them.
func (s session) all(ctx context.Context, list []command) error {
	under := make([]pending, len(list))
	for i, c := range list {
		under[i] = s.begin(c.method, c.params)
	}
	var first error
	for i, c := range list {
		err := s.await(ctx, under[i], nil)
		var refused *cdproto.Error
		if err != nil && first == nil && (c.must || !errors.As(err, &refused)) {
			first = err
		}
	}
	return first
}

// do makes a command of a typed one.
func do[P, R any](c cdp.Command[P, R], params P) command { return command{c.Method, params, true} }

// try is do for a command that some browsers refuse.
func try[P, R any](c cdp.Command[P, R], params P) command { return command{c.Method, params, false} }

// capped cuts messages (which end with a zero byte) at maxMessage, so that a page cannot make us hold one of any length.
type capped struct {
	r    io.ReadCloser
	seen int // bytes of the message under way
}

func (c *capped) Close() error { return c.r.Close() }

func (c *capped) Read(p []byte) (int, error) {
	for {
		n, err := c.r.Read(p)
		if n = c.keep(p[:n]); n > 0 || err != nil {
			return n, err
		}
	}
}

// keep moves what is wanted of b to its front.
func (c *capped) keep(b []byte) int {
	kept := b[:0] // never ahead of what is still to be read
	for len(b) > 0 {
		part, _, ended := bytes.Cut(b, []byte{0})
		room := min(len(part), max(0, maxMessage-c.seen))
		c.seen += len(part)
		kept = append(kept, part[:room]...)
		b = b[len(part):]
		if ended {
			kept, b, c.seen = append(kept, 0), b[1:], 0
		}
	}
	return len(kept)
}
