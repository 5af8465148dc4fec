package ct

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"scamatlas/crawler/discover/ct/cttest"
)

func verifierOf(t testing.TB, public []byte) *headVerifier {
	t.Helper()
	key, err := parseKey(public)
	if err != nil {
		t.Fatal(err)
	}
	return &headVerifier{origin: origin, id: Log{Key: public}.ID(), key: key}
}

func TestCheckpoint(t *testing.T) {
	l := logOf(20)
	at := time.UnixMilli(1700000000123).UTC()
	l.Publish(17, at)
	v := verifierOf(t, l.PublicKey())
	good := l.Checkpoint()
	head, err := v.checkpoint(good)
	if err != nil || head != (Head{Size: 17, Root: l.Root(), Time: at}) {
		t.Fatalf("%+v, %v", head, err)
	}
	text, sigs, _ := strings.Cut(string(good), "\n\n")
	other := logOf(20)
	other.Publish(17, at)
	cosigned := append(bytes.Clone(good), []byte(strings.SplitN(string(other.Checkpoint()), "\n\n", 2)[1])...)
	if head, err := v.checkpoint(cosigned); err != nil || head.Size != 17 {
		t.Errorf("with another's signature beside it: %+v, %v", head, err)
	}
	for name, c := range map[string]struct {
		msg  string
		want error
	}{
		"another's":         {string(other.Checkpoint()), ErrSignature},
		"another size":      {strings.Replace(text, "\n17\n", "\n18\n", 1) + "\n\n" + sigs, ErrSignature},
		"a leading zero":    {strings.Replace(text, "\n17\n", "\n017\n", 1) + "\n\n" + sigs, ErrMalformed},
		"a sign":            {strings.Replace(text, "\n17\n", "\n+17\n", 1) + "\n\n" + sigs, ErrMalformed},
		"too many entries":  {strings.Replace(text, "\n17\n", "\n99999999999999999999\n", 1) + "\n\n" + sigs, ErrMalformed},
		"a further line":    {text + "\nmore\n\n" + sigs, ErrMalformed},
		"another name":      {strings.Replace(text, origin, "evil.example", 1) + "\n\n" + sigs, ErrMalformed},
		"no signature":      {text + "\n", ErrMalformed},
		"nothing":           {"", ErrMalformed},
		"a web page":        {"<!DOCTYPE html><title>Maintenance</title>", ErrMalformed},
		"a broken base64":   {text + "\n\n— " + origin + " AAAA!\n", ErrMalformed},
		"a short signature": {text + "\n\n" + sigs[:len("— "+origin+" ")+8] + "\n", ErrSignature},
	} {
		if _, err := v.checkpoint([]byte(c.msg)); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
}

// TestKeyHash compares the id of a key with the one on the checkpoints of a log of the web, Let's Encrypt's Sycamore2026h1.
func TestKeyHash(t *testing.T) {
	key, err := base64.StdEncoding.DecodeString("MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEfEEe0JZknA91/c6eNl1aexgeKzuGQUMvRCXPXg9L227O5I4Pi++Abcpq6qxlVUKPYafAJelAnMfGzv3lHCc8gA==")
	if err != nil {
		t.Fatal(err)
	}
	v := verifierOf(t, key)
	v.origin = "log.sycamore.ct.letsencrypt.org/2026h1"
	if id := (&noteVerifier{head: v}).KeyHash(); id != 0x104b9ebf {
		t.Errorf("key id %08x", id)
	}
}

func TestRSAHead(t *testing.T) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	public, err := x509.MarshalPKIXPublicKey(&key.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	root := tlog.RecordHash(nil)
	message := append(append([]byte{0, 1}, 0, 0, 1, 0x8b, 0xcf, 0xe5, 0x68, 0x7b, 0, 0, 0, 0, 0, 0, 0, 1), root[:]...)
	digest := sha256.Sum256(message)
	sig, err := rsa.SignPKCS1v15(nil, key, crypto.SHA256, digest[:])
	if err != nil {
		t.Fatal(err)
	}
	sig = append([]byte{4, 1, byte(len(sig) >> 8), byte(len(sig))}, sig...)
	v := verifierOf(t, public)
	if err := v.signed(1700000000123, 1, root, sig); err != nil {
		t.Error(err)
	}
	if err := v.signed(1700000000124, 1, root, sig); !errors.Is(err, ErrSignature) {
		t.Errorf("another time: %v", err)
	}
	sig[1] = sigECDSA
	if err := v.signed(1700000000123, 1, root, sig); !errors.Is(err, ErrSignature) {
		t.Errorf("another algorithm: %v", err)
	}
}

func TestParseKey(t *testing.T) {
	// openssl genrsa 1024 | openssl rsa -pubout -outform DER | base64 -w0
	const short = "MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDeHYgVkZXHlw/iuoF677WSvNhrb612D3wwEFjL1LbWUL8a3PKnO1L2L4GMhV6kpMcilRAcch4MziLNbQXIpfX/HQPk7eEl" +
		"z/Hs8q71mEvqWEjWVG5csuYctfWnXUnHDeDZZsdGFIZLlR5GmFjBoDrBhFzVVIs5EqajuKNl73TQhwIDAQAB"
	der, err := base64.StdEncoding.DecodeString(short)
	if err != nil {
		t.Fatal(err)
	}
	p384, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for why, bad := range map[string][]byte{"is missing": nil, "not a public key": []byte("x"), "RSA of 1024 bits": der} {
		if _, err := parseKey(bad); err == nil || !strings.Contains(err.Error(), why) {
			t.Errorf("%v, want %q", err, why)
		}
	}
	good, err := x509.MarshalPKIXPublicKey(&p384.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := parseKey(good); err != nil {
		t.Error(err)
	}
}

func TestNewSource(t *testing.T) {
	_, err := New(Options{Log: Log{URL: "ftp://x", Kind: "other"}, Batch: -1, From: -1, Since: -1})
	if err == nil {
		t.Fatal("taken")
	}
	for _, fault := range []string{"name is missing", "url", "kind", "no client", "no scorer", "batch", "from", "since", "key"} {
		if !strings.Contains(err.Error(), fault) {
			t.Errorf("nothing of %q in %v", fault, err)
		}
	}
	s := serve(t, Static, cttest.New(origin, cttest.Key()), func(o *Options) { o.Log.Origin = "" })
	if want := strings.TrimSuffix(strings.TrimPrefix(s.o.Log.URL, "http://"), "/"); s.o.Log.Origin != want {
		t.Errorf("origin is %q, want %q", s.o.Log.Origin, want)
	}
	if s.Expect() != QuietLog {
		t.Errorf("a usable log may be silent for %v", s.Expect())
	}
	s.o.Log.State = "readonly"
	if s.Expect() != 0 {
		t.Errorf("a log that takes nothing may be silent for %v", s.Expect())
	}
}

func FuzzCheckpoint(f *testing.F) {
	l := logOf(3)
	l.Publish(-1, time.Now())
	f.Add(l.Checkpoint())
	f.Add([]byte(origin + "\n1\n" + l.Root().String() + "\n\n— " + origin + " AAAAAAAA\n"))
	v := verifierOf(f, l.PublicKey())
	f.Fuzz(func(t *testing.T, msg []byte) {
		head, err := v.checkpoint(msg)
		if err == nil && (head.Size != 3 || head.Root != l.Root()) {
			t.Fatalf("took a head that was never signed: %v", head)
		}
		if err != nil && !errors.Is(err, ErrMalformed) && !errors.Is(err, ErrSignature) {
			t.Fatalf("an error of no kind: %v", err)
		}
	})
}
