package testbed

import (
	"errors"
	"io"
	"net"
	"net/netip"
	"sync"
	"sync/atomic"
	"syscall"
)

// canary stands for internal services: it counts every connection and datagram, and says so to who connects.
type canary struct {
	main net.Listener
	hits atomic.Int64
	wait sync.WaitGroup

	mu   sync.Mutex
	open []io.Closer
}

const canarySays = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\n\r\n<title>internal service</title>reached an internal service\n"

// newCanary opens one port for TCP and UDP.
func newCanary() (*canary, error) {
	for try := 0; ; try++ {
		l, err := net.Listen("tcp4", "127.0.0.1:0")
		if err != nil {
			return nil, err
		}
		p, err := net.ListenPacket("udp4", l.Addr().String())
		if err == nil {
			c := &canary{main: l}
			c.accept(l)
			c.read(p)
			c.watch(netip.AddrPortFrom(netip.IPv6Loopback(), uint16(c.port())))
			return c, nil
		}
		if err = errors.Join(err, l.Close()); try == bindTries {
			return nil, err
		}
	}
}

func (c *canary) port() int    { return c.main.Addr().(*net.TCPAddr).Port }
func (c *canary) addr() string { return c.main.Addr().String() }

// watch counts what comes to one more address. One that cannot be opened (no IPv6, port in use by somebody else) is left: nothing
// can reach it through us.
func (c *canary) watch(at netip.AddrPort) {
	if l, err := net.Listen("tcp", at.String()); err == nil {
		c.accept(l)
	}
	if p, err := net.ListenPacket("udp", at.String()); err == nil {
		c.read(p)
	}
}

func (c *canary) accept(l net.Listener) {
	c.keep(l)
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

func (c *canary) read(p net.PacketConn) {
	c.keep(p)
	c.wait.Go(func() {
		for b := make([]byte, 1); ; {
			if _, _, err := p.ReadFrom(b); err != nil && !errors.Is(err, syscall.EMSGSIZE) { // what is too long for b counts too
				return
			}
			c.hits.Add(1)
		}
	})
}

func (c *canary) keep(l io.Closer) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.open = append(c.open, l)
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
