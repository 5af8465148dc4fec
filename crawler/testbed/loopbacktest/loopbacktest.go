// Package loopbacktest turns handlers into servers on loopback addresses that live as long as a test. It does not know who asks them.
package loopbacktest

import (
	"net"
	"net/netip"
	"sync"
	"testing"

	"github.com/miekg/dns"
)

// portTries is how many ports are tried for one that UDP and TCP both have free.
const portTries = 50

// TCP hands every connection to handle, which need not close it, and gives where: a free port of ip. The test ends when all that
// handle began has ended.
func TCP(t testing.TB, ip string, handle func(net.Conn)) netip.AddrPort {
	t.Helper()
	l, err := net.Listen("tcp", net.JoinHostPort(ip, "0"))
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	wg.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			wg.Go(func() {
				defer c.Close()
				handle(c)
			})
		}
	})
	t.Cleanup(func() { l.Close(); wg.Wait() })
	return l.Addr().(*net.TCPAddr).AddrPort()
}

// Both takes one port of 127.0.0.1 for UDP and TCP. The port that UDP gets may be somebody's in TCP: then the next is tried.
func Both(t testing.TB) (net.PacketConn, net.Listener) {
	t.Helper()
	for range portTries {
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

// DNS answers over UDP and TCP and gives its address.
func DNS(t testing.TB, h dns.HandlerFunc) string {
	t.Helper()
	pc, l := Both(t)
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

// Zone answers from records in master-file form; a name of none of them is NXDOMAIN.
func Zone(t testing.TB, records ...string) dns.HandlerFunc {
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
			if dns.CanonicalName(rr.Header().Name) == dns.CanonicalName(q.Question[0].Name) {
				m.Rcode = dns.RcodeSuccess
				if rr.Header().Rrtype == q.Question[0].Qtype || rr.Header().Rrtype == dns.TypeCNAME {
					m.Answer = append(m.Answer, rr)
				}
			}
		}
		Reply(w, q, m)
	}
}

// Reply cuts m to what the transport carries, as a real server does, and sends it.
func Reply(w dns.ResponseWriter, q, m *dns.Msg) {
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
