package egress

import (
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strconv"
	"sync/atomic"
	"testing"

	"go.uber.org/goleak"

	"scamatlas/crawler"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// newGuard is New with a resolver nobody listens at, unless the options name one.
func newGuard(t *testing.T, o Options) *Guard {
	t.Helper()
	if o.Resolver == "" {
		o.Resolver = "127.0.0.1:9"
	}
	g, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// canary stands for an internal service: web's port on 127.0.0.1 and ::1, where nothing may arrive.
type canary struct{ hits atomic.Int64 }

func (c *canary) ServeHTTP(w http.ResponseWriter, _ *http.Request) { c.hits.Add(1) }

// serveBeside runs web on 127.0.0.2 and the canary at the same port on 127.0.0.1 and, where the machine has it, ::1.
func serveBeside(t *testing.T, web http.Handler) (port uint16, c *canary, v6 bool) {
	t.Helper()
	c = &canary{}
	for range 20 {
		l, err := net.Listen("tcp", "127.0.0.2:0")
		if err != nil {
			t.Fatal(err)
		}
		port = uint16(l.Addr().(*net.TCPAddr).Port)
		text := strconv.Itoa(int(port))
		l4, err := net.Listen("tcp", "127.0.0.1:"+text)
		if err != nil { // somebody else's port; try the next
			l.Close()
			continue
		}
		serve(t, l, web)
		serve(t, l4, c)
		if l6, err := net.Listen("tcp", "[::1]:"+text); err == nil {
			serve(t, l6, c)
			v6 = true
		}
		return port, c, v6
	}
	t.Fatal("no port is free on both 127.0.0.1 and 127.0.0.2")
	return 0, nil, false
}

func serve(t *testing.T, l net.Listener, h http.Handler) {
	t.Helper()
	s := &httptest.Server{Listener: l, Config: &http.Server{Handler: h}}
	s.Start()
	t.Cleanup(s.Close)
}

// refusal gives the refusal in err, failing the test when there is none.
func refusal(t *testing.T, err error) *crawler.Refusal {
	t.Helper()
	var no *crawler.Refusal
	if !errors.As(err, &no) || !errors.Is(err, crawler.ErrRefused) {
		t.Fatalf("got %v, want a refusal", err)
	}
	return no
}

func prefixes(list ...string) (out []netip.Prefix) {
	for _, s := range list {
		out = append(out, netip.MustParsePrefix(s))
	}
	return out
}
