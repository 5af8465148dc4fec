package egress

import (
	"errors"
	"net"
	"sync"
	"time"
)

var errMaxBytes = errors.New("more bytes than one visit may have")

// counted is a connection to a server. It adds what it reads to the visit's bytes, breaks off when they are too many, and closes
// when nothing has gone either way for a while.
type counted struct {
	net.Conn
	f    *Forward
	idle *time.Timer
}

func newCounted(conn net.Conn, f *Forward) *counted {
	return &counted{conn, f, time.AfterFunc(f.o.Idle, func() { conn.Close() })}
}

func (c *counted) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	c.idle.Reset(c.f.o.Idle)
	if c.f.bytes.Add(int64(n)) > c.f.o.MaxBytes {
		c.f.capped.Store(true)
		c.Close()
		return 0, errMaxBytes
	}
	return n, err
}

func (c *counted) Write(p []byte) (int, error) {
	n, err := c.Conn.Write(p)
	c.idle.Reset(c.f.o.Idle)
	return n, err
}

func (c *counted) Close() error {
	c.idle.Stop()
	c.f.mu.Lock()
	delete(c.f.open, c)
	c.f.mu.Unlock()
	return c.Conn.Close()
}

// limited is a listener that hands out so many connections at a time; more are closed at once.
type limited struct {
	net.Listener
	f *Forward
}

func (l limited) Accept() (net.Conn, error) {
	for {
		conn, err := l.Listener.Accept()
		if err != nil {
			return nil, err
		}
		c := &client{Conn: conn, f: l.f}
		l.f.mu.Lock()
		room := l.f.clients < l.f.o.MaxConns
		if room {
			l.f.clients++
		}
		l.f.mu.Unlock()
		if !room {
			l.f.capped.Store(true)
			conn.Close()
			continue
		}
		if l.f.track(c) {
			return c, nil
		}
	}
}

// client is a connection of the browser.
type client struct {
	net.Conn
	f    *Forward
	once sync.Once
}

func (c *client) Close() error {
	c.once.Do(func() {
		c.f.mu.Lock()
		c.f.clients--
		delete(c.f.open, c)
		c.f.mu.Unlock()
	})
	return c.Conn.Close()
}

// CloseWrite is what the server ends a connection with, so that its last answer arrives.
func (c *client) CloseWrite() error {
	if half, ok := c.Conn.(interface{ CloseWrite() error }); ok {
		return half.CloseWrite()
	}
	return nil
}
