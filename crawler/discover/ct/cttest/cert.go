package cttest

import (
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/pem"
	"math/big"
	"time"
)

// Authority issues certificates.
type Authority struct {
	Cert  *x509.Certificate
	Extra []pkix.Extension // in all certificates
	key   *ecdsa.PrivateKey
	leaf  *ecdsa.PrivateKey // of all certificates
}

var (
	oidPoison = asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 11129, 2, 4, 3} // RFC 6962, 3.1
	oidSCTs   = asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 11129, 2, 4, 2} // RFC 6962, 3.3
)

// NewAuthority makes an authority with a root of its own.
func NewAuthority() *Authority {
	a := &Authority{key: Key(), leaf: Key()}
	tmpl := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Test Root", Organization: []string{"Tests"}},
		NotBefore: time.Now().Add(-24 * time.Hour), NotAfter: time.Now().Add(10 * 365 * 24 * time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	a.Cert = must(x509.ParseCertificate(must(x509.CreateCertificate(rand.Reader, tmpl, tmpl, &a.key.PublicKey, a.key))))
	return a
}

// PEM is the root.
func (a *Authority) PEM() []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: a.Cert.Raw})
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err) // keys are our own; what is left are names and extensions of the test's that ASN.1 cannot write: see Template
	}
	return v
}

// Template is a certificate as web servers have them, to be changed and issued. Names are bytes of ASCII, whatever they say: a
// certificate cannot hold others as DNS names.
func (a *Authority) Template(names ...string) *x509.Certificate {
	serial := make([]byte, 16)
	rand.Read(serial)
	serial[0] &= 0x7f
	t := &x509.Certificate{
		SerialNumber: new(big.Int).SetBytes(serial),
		NotBefore:    time.Now().Add(-time.Hour).Truncate(time.Second), NotAfter: time.Now().Add(90 * 24 * time.Hour).Truncate(time.Second),
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		BasicConstraintsValid: true, DNSNames: names,
		OCSPServer: []string{"http://ocsp.example.net"}, IssuingCertificateURL: []string{"http://issuer.example.net/root.der"},
		CRLDistributionPoints: []string{"http://crl.example.net/17.crl"},
		ExtraExtensions:       a.Extra[:len(a.Extra):len(a.Extra)],
	}
	if len(names) > 0 {
		t.Subject.CommonName = names[0]
	}
	return t
}

// Issue signs a template.
func (a *Authority) Issue(t *x509.Certificate) []byte {
	return must(x509.CreateCertificate(rand.Reader, t, a.Cert, &a.leaf.PublicKey, a.key))
}

// Entry is the entry of a certificate for names, with two promises of logs in it.
func (a *Authority) Entry(at time.Time, names ...string) Entry {
	t := a.Template(names...)
	scts := make([]byte, 240)
	rand.Read(scts)
	t.ExtraExtensions = append(t.ExtraExtensions, pkix.Extension{Id: oidSCTs, Value: must(asn1.Marshal(scts))})
	return Entry{Time: at, DER: a.Issue(t)}
}

// PreEntry is the entry of a precertificate for names.
func (a *Authority) PreEntry(at time.Time, names ...string) Entry {
	t := a.Template(names...)
	tbs := must(x509.ParseCertificate(a.Issue(t))).RawTBSCertificate
	return Entry{Time: at, DER: tbs, Pre: a.Precertificate(t)}
}

// Precertificate signs a template with the poison that makes it of no use (RFC 6962, 3.1).
func (a *Authority) Precertificate(t *x509.Certificate) []byte {
	poisoned := *t
	poisoned.ExtraExtensions = append(poisoned.ExtraExtensions[:len(poisoned.ExtraExtensions):len(poisoned.ExtraExtensions)],
		pkix.Extension{Id: oidPoison, Critical: true, Value: asn1.NullBytes})
	return a.Issue(&poisoned)
}
