package testbed

import (
	"errors"
	"net"
	"net/netip"
	"sync"
	"sync/atomic"
)

// canary stands for internal services: it counts every connection and says so to who connects.
type canary struct {
	main net.Listener
	hits atomic.Int64
	wait sync.WaitGroup

	mu   sync.Mutex
	open []net.Listener
}

const canarySays = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\n\r\n<title>internal service</title>reached an internal service\n"

func newCanary() (*canary, error) {
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	c := &canary{main: l}
	c.accept(l)
	c.watch(netip.AddrPortFrom(netip.IPv6Loopback(), uint16(c.port())))
	return c, nil
}

func (c *canary) port() int    { return c.main.Addr().(*net.TCPAddr).Port }
func (c *canary) addr() string { return c.main.Addr().String() }

// watch counts connections to one more address. One that cannot be opened (no IPv6, port in use by somebody else) is left: nothing
// can reach it through us.
func (c *canary) watch(at netip.AddrPort) {
	if l, err := net.Listen("tcp", at.String()); err == nil {
		c.accept(l)
	}
}

func (c *canary) accept(l net.Listener) {
	c.mu.Lock()
	c.open = append(c.open, l)
	c.mu.Unlock()
	c.wait.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			c.hits.Add(1)
			conn.Write([]byte(canarySays)) // fits the socket's buffer
			conn.Close()
		}
	})
}

func (c *canary) close() error {
	var errs []error
	c.mu.Lock()
	for _, l := range c.open {
		errs = append(errs, l.Close())
	}
	c.mu.Unlock()
	c.wait.Wait()
	return errors.Join(errs...)
}
