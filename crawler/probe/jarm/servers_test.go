package jarm

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/hex"
	"errors"
	"io"
	"math/big"
	"net"
	"testing"
	"time"

	"scamatlas/crawler/testbed/loopbacktest"
)

// selfSigned makes a certificate for either kind of key.
func selfSigned(t *testing.T, public, private any) tls.Certificate {
	t.Helper()
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "nova.example"}, NotBefore: time.Unix(0, 0), NotAfter: time.Unix(1<<32, 0)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, public, private)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: private}
}

// says is a server that reads a hello and sends the same whatever it was.
func says(b []byte) func(net.Conn) {
	return func(c net.Conn) {
		head := make([]byte, 5)
		if _, err := io.ReadFull(c, head); err != nil {
			return
		}
		if _, err := io.CopyN(io.Discard, c, int64(head[3])<<8|int64(head[4])); err != nil {
			return
		}
		_, _ = c.Write(b)
	}
}

// answerOf makes a ServerHello from its parts, all in hex.
func answerOf(t *testing.T, version, session, cipher, extensions string) []byte {
	t.Helper()
	raw := func(s string) []byte {
		b, err := hex.DecodeString(s)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	body := append(raw(version), make([]byte, 32)...)
	body = sized8(body, raw(session))
	body = append(append(body, raw(cipher)...), 0)
	if extensions != "" {
		body = sized16(body, raw(extensions))
	}
	return sized16([]byte{22, 3, 3}, append([]byte{2, 0}, sized16(nil, body)...))
}

// servers are TLS servers of many configurations, and some that are none, by name; each gives its address.
func servers(t *testing.T) map[string]string {
	t.Helper()
	ec, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	rs, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	withEC, withRSA := []tls.Certificate{selfSigned(t, &ec.PublicKey, ec)}, []tls.Certificate{selfSigned(t, &rs.PublicKey, rs)}
	const v10, v11, v12, v13 = tls.VersionTLS10, tls.VersionTLS11, tls.VersionTLS12, tls.VersionTLS13
	suite := func(s ...uint16) []uint16 { return s }
	out := map[string]string{}
	for name, conf := range map[string]*tls.Config{
		"1.3 only":             {Certificates: withEC, MinVersion: v13},
		"1.2 and 1.3":          {Certificates: withEC, MinVersion: v12},
		"1.2 and 1.3, RSA":     {Certificates: withRSA, MinVersion: v12},
		"1.2 only":             {Certificates: withEC, MinVersion: v12, MaxVersion: v12},
		"1.1 only":             {Certificates: withEC, MinVersion: v11, MaxVersion: v11},
		"1.0 only":             {Certificates: withEC, MinVersion: v10, MaxVersion: v10},
		"1.0 to 1.2":           {Certificates: withRSA, MinVersion: v10, MaxVersion: v12},
		"1.0 to 1.3":           {Certificates: withEC, MinVersion: v10},
		"h2":                   {Certificates: withEC, MinVersion: v12, NextProtos: []string{"h2"}},
		"h2, http/1.1":         {Certificates: withEC, MinVersion: v12, NextProtos: []string{"h2", "http/1.1"}},
		"http/1.1":             {Certificates: withEC, MinVersion: v12, NextProtos: []string{"http/1.1"}},
		"http/1.0, 1.2 only":   {Certificates: withEC, MinVersion: v12, MaxVersion: v12, NextProtos: []string{"http/1.0"}},
		"hq":                   {Certificates: withEC, MinVersion: v12, NextProtos: []string{"hq", "h2c"}},
		"other protocol":       {Certificates: withEC, MinVersion: v12, NextProtos: []string{"acme-tls/1"}},
		"AES-128-GCM":          {Certificates: withRSA, MinVersion: v12, MaxVersion: v12, CipherSuites: suite(tls.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256)},
		"AES-256-GCM":          {Certificates: withEC, MinVersion: v12, MaxVersion: v12, CipherSuites: suite(tls.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384)},
		"ChaCha20":             {Certificates: withRSA, MinVersion: v12, MaxVersion: v12, CipherSuites: suite(tls.TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256)},
		"CBC":                  {Certificates: withRSA, MinVersion: v10, MaxVersion: v12, CipherSuites: suite(tls.TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA)},
		"CBC-SHA256":           {Certificates: withEC, MinVersion: v12, MaxVersion: v12, CipherSuites: suite(tls.TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256)},
		"RSA key exchange":     {Certificates: withRSA, MinVersion: v10, MaxVersion: v12, CipherSuites: suite(tls.TLS_RSA_WITH_AES_128_CBC_SHA, tls.TLS_RSA_WITH_AES_256_GCM_SHA384)},
		"3DES":                 {Certificates: withRSA, MinVersion: v10, MaxVersion: v12, CipherSuites: suite(tls.TLS_RSA_WITH_3DES_EDE_CBC_SHA)},
		"RC4":                  {Certificates: withRSA, MinVersion: v10, MaxVersion: v12, CipherSuites: suite(tls.TLS_ECDHE_RSA_WITH_RC4_128_SHA)},
		"P-256":                {Certificates: withEC, MinVersion: v12, CurvePreferences: []tls.CurveID{tls.CurveP256}},
		"P-521, 1.2 only":      {Certificates: withEC, MinVersion: v12, MaxVersion: v12, CurvePreferences: []tls.CurveID{tls.CurveP521}},
		"no tickets":           {Certificates: withEC, MinVersion: v12, MaxVersion: v12, SessionTicketsDisabled: true},
		"certificate wanted":   {Certificates: withEC, MinVersion: v12, ClientAuth: tls.RequireAnyClientCert},
		"no such name (alert)": {MinVersion: v12, GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return nil, errors.New("none") }},
	} {
		out[name] = loopbacktest.TCP(t, "127.0.0.1", func(c net.Conn) { _ = tls.Server(c, conf).Handshake() }).String()
	}
	for name, b := range map[string][]byte{
		"says HTTP": []byte("HTTP/1.1 400 Bad Request\r\n\r\n"), "says nothing": nil, "says half a head": {22, 3},
		"session and extensions": answerOf(t, "0303", "aabbccdd", "c02f", "ff0100010000100005000302683200170000"),
		"no extensions":          answerOf(t, "0303", "", "009c", ""),
		"empty extensions":       answerOf(t, "0302", "", "c014", "00000000000b000403000102"),
		"unknown suite":          answerOf(t, "0301", "", "ffff", "ff01000100"),
		"empty protocol":         answerOf(t, "0303", "", "c02f", "00100000"),
		"protocol not in UTF-8":  answerOf(t, "0303", "", "c02f", "00100005000302ff32"),
		"lengths that lie":       answerOf(t, "0303", "", "c02f", "0010fff0000302683200"),
		"cut short":              answerOf(t, "0303", "aabb", "c02f", "ff01000100")[:48],
	} {
		out[name] = loopbacktest.TCP(t, "127.0.0.1", says(b)).String()
	}
	return out
}
