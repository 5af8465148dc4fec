package probe

import (
	"crypto/ecdsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"fmt"
	"net"
	"reflect"
	"strings"
	"testing"
	"time"

	"scamatlas/crawler"
	"scamatlas/crawler/testbed/loopbacktest"
)

// TestCertificates: every certificate gives its facts; what is wrong with it stands in VerifyError.
func TestCertificates(t *testing.T) {
	root := authority(t)
	middleTemplate := *root.cert
	middleTemplate.Subject.CommonName = "Test Issuing CA"
	middle := issue(t, middleTemplate, root)
	chained := issue(t, leaf("chained.example", "chained.example"), middle)
	chained.tls.Certificate = append(chained.tls.Certificate, middle.cert.Raw)
	expiredTemplate := leaf("expired.example", "expired.example")
	expiredTemplate.NotAfter = clock.AddDate(0, 0, -1)
	goodTemplate := leaf("good.example", "www.good.example", "GOOD.example", "*.good.example")
	goodTemplate.IPAddresses = []net.IP{net.IPv4(192, 0, 2, 1)}
	manyTemplate := leaf(strings.Repeat("n", 300), "many.example")
	for i := range 250 {
		manyTemplate.DNSNames = append(manyTemplate.DNSNames, fmt.Sprintf("n%d.many.example", i))
	}
	certs := map[string]*issued{
		"good.example": issue(t, goodTemplate, root), "chained.example": chained, "many.example": issue(t, manyTemplate, root),
		"self.example": issue(t, leaf("self.example", "self.example"), nil), "expired.example": issue(t, expiredTemplate, root),
		"wrong.example": issue(t, leaf("other.example", "other.example"), root),
	}
	var records []string
	for name := range certs {
		records = append(records, name+". 60 A 127.0.0.2")
	}
	roots := x509.NewCertPool()
	roots.AddCert(root.cert)
	p := New(guard(t, loopbacktest.DNS(t, loopbacktest.Zone(t, records...)), serveTLS(t, certs)), Options{Roots: roots, Now: func() time.Time { return clock }})

	for host, want := range map[string]struct {
		verify string
		self   bool
		issuer string
	}{
		"good.example": {"", false, "Test Trust"}, "chained.example": {"", false, "Test Trust"}, "many.example": {"", false, "Test Trust"},
		"self.example": {"unknown authority", true, "self.example"}, "expired.example": {"expired", false, "Test Trust"},
		"wrong.example": {"not wrong.example", false, "Test Trust"},
	} {
		c := probe(t, p, host)
		got := c.Network.TLS
		if got == nil {
			t.Errorf("%s: no facts, refusals %v", host, c.Refusals)
			continue
		}
		if (got.VerifyError == "") != (want.verify == "") || !strings.Contains(got.VerifyError, want.verify) || len(got.VerifyError) > maxVerifyError {
			t.Errorf("%s: verify error %q, want %q", host, got.VerifyError, want.verify)
		}
		if got.SelfSigned != want.self || got.Issuer != want.issuer {
			t.Errorf("%s: self-signed %t by %q", host, got.SelfSigned, got.Issuer)
		}
		if sum := sha256.Sum256(certs[host].cert.Raw); got.LeafSHA256 != hex.EncodeToString(sum[:]) {
			t.Errorf("%s: leaf %s", host, got.LeafSHA256)
		}
	}
	many := probe(t, p, "many.example").Network.TLS
	if len(many.SANs) != maxSANs || len(many.Subject) > maxName+len("…") {
		t.Errorf("%d names, subject of %d bytes", len(many.SANs), len(many.Subject))
	}

	good := certs["good.example"]
	public, err := x509.MarshalPKIXPublicKey(&good.tls.PrivateKey.(*ecdsa.PrivateKey).PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	leafSum, spkiSum := sha256.Sum256(good.cert.Raw), sha256.Sum256(public)
	want := crawler.TLS{
		Version: "TLS 1.3", LeafSHA256: hex.EncodeToString(leafSum[:]), SPKISHA256: hex.EncodeToString(spkiSum[:]), Subject: "good.example",
		SANs: []string{"*.good.example", "192.0.2.1", "good.example", "www.good.example"}, Issuer: "Test Trust", Serial: "abcdef",
		NotBefore: clock.AddDate(0, 0, -15), NotAfter: clock.AddDate(0, 0, 15),
	}
	if got := probe(t, p, "good.example").Network.TLS; !reflect.DeepEqual(*got, want) {
		t.Errorf("got %+v\nwant %+v", *got, want)
	}
}

// TestNoHandshake: what is not TLS, or refuses it, leaves no facts and no refusal; DNS facts stay.
func TestNoHandshake(t *testing.T) {
	resolver := loopbacktest.DNS(t, loopbacktest.Zone(t, "a.example. 60 A 127.0.0.2"))
	for name, port := range map[string]uint16{
		"closed":  closedPort(t),
		"banner":  serveTCP(t, func(c net.Conn) { _, _ = c.Write([]byte("SSH-2.0-OpenSSH_9\r\n")) }),
		"hang up": serveTCP(t, func(net.Conn) {}),
		"alert":   serveTLS(t, nil),
	} {
		t.Run(name, func(t *testing.T) {
			c := probe(t, New(guard(t, resolver, port), Options{}), "a.example")
			if c.Network.TLS != nil || len(c.Refusals) != 0 || len(c.Network.DNS.A) != 1 {
				t.Errorf("%+v, refusals %v", c.Network, c.Refusals)
			}
		})
	}
}

// TestRefusals: a name that points into a private network is not connected to; the refusal is kept once and within bounds.
func TestRefusals(t *testing.T) {
	hit := make(chan struct{}, 1)
	port := serveTCPAt(t, "127.0.0.1", func(net.Conn) { hit <- struct{}{} })
	resolver := loopbacktest.DNS(t, loopbacktest.Zone(t, "inside.example. 60 A 127.0.0.1", "inside.example. 60 AAAA ::1", "meta.example. 60 A 169.254.169.254"))
	p := New(guard(t, resolver, port), Options{})
	for host, why := range map[string]string{"inside.example": "loopback address 127.0.0.1", "meta.example": "link-local address 169.254.169.254"} {
		c := probe(t, p, host)
		p.Probe(t.Context(), c)
		want := []crawler.Refusal{{Target: host + ":443", Why: why}}
		if !reflect.DeepEqual(c.Refusals, want) || c.Network.TLS != nil || len(c.Network.DNS.A) != 1 {
			t.Errorf("%s: refusals %v, want %v; %+v", host, c.Refusals, want, c.Network)
		}
	}
	full := &crawler.Capture{Host: "inside.example", Refusals: make([]crawler.Refusal, crawler.MaxRefusals)}
	p.Probe(t.Context(), full)
	if len(full.Refusals) != crawler.MaxRefusals {
		t.Errorf("%d refusals kept", len(full.Refusals))
	}
	if len(hit) != 0 {
		t.Error("something was connected to")
	}
}
