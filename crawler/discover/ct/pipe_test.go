package ct

import (
	"context"
	"errors"
	"net"
	"net/http"
	"sync"
)

// pipeServer is an HTTP server without a network, so that the clock of synctest runs for it too.
type pipeServer struct {
	client *http.Client
	server *http.Server
	conns  chan net.Conn
	closed chan struct{}
	once   sync.Once
	served chan struct{}
}

func newPipeServer(h http.Handler) *pipeServer {
	p := &pipeServer{server: &http.Server{Handler: h}, conns: make(chan net.Conn), closed: make(chan struct{}), served: make(chan struct{})}
	p.client = &http.Client{Transport: &http.Transport{DialContext: p.dial}}
	go func() {
		defer close(p.served)
		p.server.Serve(pipeListener{p})
	}()
	return p
}

func (p *pipeServer) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	ours, theirs := net.Pipe()
	select {
	case p.conns <- theirs:
		return ours, nil
	case <-p.closed:
		return nil, errors.New("connection refused")
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (p *pipeServer) Close() {
	p.client.CloseIdleConnections()
	p.server.Close()
	<-p.served
}

type pipeListener struct{ *pipeServer }

func (l pipeListener) Accept() (net.Conn, error) {
	select {
	case c := <-l.conns:
		return c, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

func (l pipeListener) Close() error {
	l.once.Do(func() { close(l.closed) })
	return nil
}

func (l pipeListener) Addr() net.Addr { return &net.UnixAddr{Name: "pipe", Net: "unix"} }
