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
	"testing"
	"time"

	"go.uber.org/goleak"

	"scamatlas/crawler"
	"scamatlas/crawler/egress"
	"scamatlas/crawler/testbed/loopbacktest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

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
	return loopbacktest.TCP(t, ip, handle).Port()
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
