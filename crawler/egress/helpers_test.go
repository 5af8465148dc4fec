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

	"github.com/miekg/dns"
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

// serveDNS answers over UDP and TCP on one loopback port until the test ends.
func serveDNS(t *testing.T, h dns.HandlerFunc) string {
	t.Helper()
	pc, l := listenBoth(t)
	for _, s := range []*dns.Server{{PacketConn: pc, Handler: h}, {Listener: l, Handler: h}} {
		up, down := make(chan struct{}), make(chan struct{})
		s.NotifyStartedFunc = func() { close(up) }
		go func() {
			defer close(down)
			if err := s.ActivateAndServe(); err != nil {
				t.Error(err)
			}
		}()
		<-up
		t.Cleanup(func() {
			if err := s.Shutdown(); err != nil {
				t.Error(err)
			}
			<-down
		})
	}
	return pc.LocalAddr().String()
}

// listenBoth takes one port for UDP and TCP. The port that UDP gets may be somebody's in TCP: then the next is tried.
func listenBoth(t *testing.T) (net.PacketConn, net.Listener) {
	t.Helper()
	for range 50 {
		pc, err := net.ListenPacket("udp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		if l, err := net.Listen("tcp", pc.LocalAddr().String()); err == nil {
			return pc, l
		}
		pc.Close()
	}
	t.Fatal("no port is free for both UDP and TCP")
	return nil, nil
}

// zone answers from records in master-file form; a name of none of them is NXDOMAIN.
func zone(t *testing.T, records ...string) dns.HandlerFunc {
	t.Helper()
	var all []dns.RR
	for _, r := range records {
		rr, err := dns.NewRR(r)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, rr)
	}
	return func(w dns.ResponseWriter, q *dns.Msg) {
		m := new(dns.Msg).SetReply(q)
		m.Rcode = dns.RcodeNameError
		for _, rr := range all {
			if rr.Header().Name == dns.CanonicalName(q.Question[0].Name) {
				m.Rcode = dns.RcodeSuccess
				if rr.Header().Rrtype == q.Question[0].Qtype || rr.Header().Rrtype == dns.TypeCNAME {
					m.Answer = append(m.Answer, rr)
				}
			}
		}
		reply(w, q, m)
	}
}

// reply cuts m to what the transport carries, as a real server does.
func reply(w dns.ResponseWriter, q, m *dns.Msg) {
	size := dns.MaxMsgSize
	if _, udp := w.RemoteAddr().(*net.UDPAddr); udp {
		size = dns.MinMsgSize
		if opt := q.IsEdns0(); opt != nil {
			size = int(opt.UDPSize())
		}
	}
	m.Truncate(size)
	_ = w.WriteMsg(m) // the asker may have gone
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
