package probe

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"math/big"
	"net"
	"net/netip"
	"sync"
	"testing"
	"time"

	"github.com/miekg/dns"
	"go.uber.org/goleak"

	"scamatlas/crawler"
	"scamatlas/crawler/egress"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

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
			if dns.CanonicalName(rr.Header().Name) == dns.CanonicalName(q.Question[0].Name) {
				m.Rcode = dns.RcodeSuccess
				if rr.Header().Rrtype == q.Question[0].Qtype || rr.Header().Rrtype == dns.TypeCNAME {
					m.Answer = append(m.Answer, rr)
				}
			}
		}
		if _, udp := w.RemoteAddr().(*net.UDPAddr); udp {
			m.Truncate(1232)
		}
		_ = w.WriteMsg(m) // the asker may have gone
	}
}

// issued is a certificate with its key.
type issued struct {
	cert *x509.Certificate
	tls  tls.Certificate
}

// issue makes a certificate; a nil issuer makes it self-signed.
func issue(t *testing.T, template x509.Certificate, by *issued) *issued {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	parent, signer := &template, key
	if by != nil {
		parent, signer = by.cert, by.tls.PrivateKey.(*ecdsa.PrivateKey)
	}
	der, err := x509.CreateCertificate(rand.Reader, &template, parent, &key.PublicKey, signer)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return &issued{cert, tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key, Leaf: cert}}
}

var clock = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// leaf is a template valid a month around clock.
func leaf(cn string, names ...string) x509.Certificate {
	return x509.Certificate{
		SerialNumber: big.NewInt(0xabcdef), Subject: pkix.Name{CommonName: cn}, DNSNames: names,
		NotBefore: clock.AddDate(0, 0, -15), NotAfter: clock.AddDate(0, 0, 15),
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
}

func authority(t *testing.T) *issued {
	ca := x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Test Root R1", Organization: []string{"Test Trust"}},
		NotBefore: clock.AddDate(-1, 0, 0), NotAfter: clock.AddDate(1, 0, 0),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	return issue(t, ca, nil)
}

// serveTCP hands every connection to handle, on 127.0.0.2 which the guard is told to allow, and gives the port.
func serveTCP(t *testing.T, handle func(net.Conn)) uint16 {
	t.Helper()
	return serveTCPAt(t, "127.0.0.2", handle)
}

func serveTCPAt(t *testing.T, ip string, handle func(net.Conn)) uint16 {
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
	return uint16(l.Addr().(*net.TCPAddr).Port)
}

// serveTLS serves the certificates by name asked for (SNI).
func serveTLS(t *testing.T, byName map[string]*issued) uint16 {
	conf := &tls.Config{GetCertificate: func(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
		if c := byName[hello.ServerName]; c != nil {
			return &c.tls, nil
		}
		return nil, net.ErrClosed
	}}
	return serveTCP(t, func(c net.Conn) {
		s := tls.Server(c, conf)
		if s.Handshake() == nil {
			_, _ = s.Read(make([]byte, 1)) // until the prober hangs up
		}
	})
}

func guard(t *testing.T, resolver string, port uint16) *egress.Guard {
	t.Helper()
	g, err := egress.New(egress.Options{
		Resolver: resolver, Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.2/32")}, Ports: map[uint16]uint16{443: port},
	})
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func probe(t *testing.T, p *Prober, host string) *crawler.Capture {
	t.Helper()
	c := &crawler.Capture{Host: host}
	p.Probe(t.Context(), c)
	return c
}
