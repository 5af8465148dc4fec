package testbed

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/binary"
	"fmt"
	"maps"
	"math/big"
	"slices"
	"strings"
	"time"
)

// certStore holds one certificate for each certificate id, with all names of the sites that have the id. Keys, serials, dates and
// signatures derive from the ids, so that fingerprints are the same in each run. The keys protect nothing.
type certStore struct {
	byName map[string]*tls.Certificate
	names  [][]string // of each certificate, ordered by its id
}

const defaultIssuer = "Made-Up Trust"

func newCertStore(sites []Site) (*certStore, error) {
	names, first := map[string][]string{}, map[string]*Site{}
	for i := range sites {
		s := &sites[i]
		if s.Cert == "" {
			continue
		}
		names[s.Cert] = append(names[s.Cert], s.Names()...)
		if first[s.Cert] == nil {
			first[s.Cert] = s
		}
	}
	store := &certStore{byName: map[string]*tls.Certificate{}}
	for _, id := range slices.Sorted(maps.Keys(names)) {
		slices.Sort(names[id])
		cert, err := makeCert(id, names[id], first[id])
		if err != nil {
			return nil, fmt.Errorf("%s: %w", id, err)
		}
		for _, n := range names[id] {
			store.byName[n] = cert
		}
		store.names = append(store.names, names[id])
	}
	return store, nil
}

func makeCert(id string, names []string, site *Site) (*tls.Certificate, error) {
	issuer := site.Issuer
	if issuer == "" {
		issuer = defaultIssuer
	}
	key, err := deriveKey("certificate " + id)
	if err != nil {
		return nil, err
	}
	caKey, err := deriveKey("issuer " + issuer)
	if err != nil {
		return nil, err
	}
	ca := &x509.Certificate{Subject: pkix.Name{Organization: []string{issuer}, CommonName: issuer + " R1"}}
	h := sha256.Sum256([]byte("dates " + id))
	from := time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(binary.BigEndian.Uint32(h[:])%150) * 24 * time.Hour)
	until := from.AddDate(0, 0, 397)
	if site.Expired {
		from, until = from.AddDate(-2, 0, 0), until.AddDate(-2, 0, 0)
	}
	leaf := &x509.Certificate{
		SerialNumber: new(big.Int).SetBytes(h[4:20]),
		Subject:      pkix.Name{CommonName: site.Host},
		NotBefore:    from, NotAfter: until,
		DNSNames:    names,
		KeyUsage:    x509.KeyUsageDigitalSignature,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	der, err := x509.CreateCertificate(nil, leaf, ca, &key.PublicKey, caKey) // no randomness: RFC 6979 signature
	if err != nil {
		return nil, err
	}
	return &tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, nil
}

// deriveKey makes a key from public text; the first of its hashes that is a valid scalar is taken.
func deriveKey(text string) (*ecdsa.PrivateKey, error) {
	h := sha256.Sum256([]byte("scamatlas testbed " + text))
	for {
		if key, err := ecdsa.ParseRawPrivateKey(elliptic.P256(), h[:]); err == nil {
			return key, nil
		}
		h = sha256.Sum256(h[:])
	}
}

func (c *certStore) get(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
	if cert, ok := c.byName[strings.ToLower(hello.ServerName)]; ok {
		return cert, nil
	}
	return nil, fmt.Errorf("no certificate for %q", hello.ServerName)
}
