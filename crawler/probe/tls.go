package probe

import (
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"

	"scamatlas/crawler"
)

// handshake reads the certificate at port 443, good or bad; nil when no handshake came about.
func (p *Prober) handshake(ctx context.Context, host string) (*crawler.TLS, error) {
	conn, err := p.g.DialContext(ctx, "tcp", net.JoinHostPort(host, "443"))
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	ctx, cancel := context.WithTimeout(ctx, crawler.TLSTimeout)
	defer cancel()
	client := tls.Client(conn, &tls.Config{
		ServerName:         host,
		InsecureSkipVerify: true, // the certificate is evidence, not a gate; verify says what is wrong with it
		MinVersion:         tls.VersionTLS10,
		NextProtos:         []string{"h2", "http/1.1"},
	})
	if err := client.HandshakeContext(ctx); err != nil {
		return nil, fmt.Errorf("TLS handshake with %s: %w", host, err)
	}
	state := client.ConnectionState()
	if len(state.PeerCertificates) == 0 {
		return nil, fmt.Errorf("TLS handshake with %s: no certificate", host)
	}
	facts := facts(state.PeerCertificates[0])
	facts.Version = tls.VersionName(state.Version)
	facts.VerifyError = p.verify(host, state.PeerCertificates)
	return facts, nil
}

func facts(leaf *x509.Certificate) *crawler.TLS {
	return &crawler.TLS{
		LeafSHA256: digest(leaf.Raw),
		SPKISHA256: digest(leaf.RawSubjectPublicKeyInfo),
		Subject:    text(leaf.Subject.CommonName),
		SANs:       alternatives(leaf),
		Issuer:     issuer(leaf),
		Serial:     fmt.Sprintf("%x", leaf.SerialNumber),
		NotBefore:  leaf.NotBefore.UTC(),
		NotAfter:   leaf.NotAfter.UTC(),
		SelfSigned: selfSigned(leaf),
	}
}

func digest(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

func text(s string) string { return clip(strings.ToValidUTF8(s, "\ufffd"), maxName) }

func issuer(leaf *x509.Certificate) string {
	if o := leaf.Issuer.Organization; len(o) > 0 && o[0] != "" {
		return text(o[0])
	}
	return text(leaf.Issuer.CommonName)
}

func alternatives(leaf *x509.Certificate) []string {
	var out []string
	for _, n := range leaf.DNSNames[:min(len(leaf.DNSNames), maxSANs)] {
		out = append(out, strings.ToLower(text(n)))
	}
	for _, ip := range leaf.IPAddresses[:min(len(leaf.IPAddresses), maxSANs-len(out))] {
		out = append(out, ip.String())
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// selfSigned reports that the certificate names itself as issuer and its own key made the signature; a signature of an
// algorithm that is no longer checked counts on the names alone.
func selfSigned(leaf *x509.Certificate) bool {
	if !bytes.Equal(leaf.RawSubject, leaf.RawIssuer) {
		return false
	}
	err := leaf.CheckSignature(leaf.SignatureAlgorithm, leaf.RawTBSCertificate, leaf.Signature)
	var insecure x509.InsecureAlgorithmError
	return err == nil || errors.As(err, &insecure)
}

// verify says what a browser would object to in the chain; "" = nothing.
func (p *Prober) verify(host string, chain []*x509.Certificate) string {
	between := x509.NewCertPool()
	for _, c := range chain[1:] {
		between.AddCert(c)
	}
	_, err := chain[0].Verify(x509.VerifyOptions{DNSName: host, Roots: p.roots, Intermediates: between, CurrentTime: p.now()})
	if err != nil {
		return clip(strings.ToValidUTF8(err.Error(), "\ufffd"), maxVerifyError)
	}
	return ""
}
