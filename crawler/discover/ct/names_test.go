package ct

import (
	"bytes"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	"scamatlas/crawler"
	"scamatlas/crawler/discover/ct/cttest"
)

// certificates are of the kinds logs hold, as the entries they make.
func certificates() map[string]cttest.Entry {
	a, now := authority(), time.Now()
	plain := func(change func(*x509.Certificate), names ...string) cttest.Entry {
		t := a.Template(names...)
		change(t)
		return cttest.Entry{Time: now, DER: a.Issue(t)}
	}
	many := make([]string, 300)
	for i := range many {
		many[i] = fmt.Sprintf("n%d.example.com", i)
	}
	return map[string]cttest.Entry{
		"one name":    a.Entry(now, "one.example.com"),
		"precert":     a.PreEntry(now, "one.example.com", "*.two.example.com"),
		"many names":  a.Entry(now, many...),
		"no names":    plain(func(t *x509.Certificate) { t.Subject.CommonName = "" }),
		"only common": plain(func(t *x509.Certificate) { t.Subject.CommonName = "common.example.com" }),
		"a person": plain(func(t *x509.Certificate) {
			t.Subject = pkix.Name{CommonName: "Dr. A. Person", Organization: []string{"Firm, Inc."}, Country: []string{"GB"}}
			t.EmailAddresses = []string{"person@example.com"}
		}),
		"an address": plain(func(t *x509.Certificate) { t.IPAddresses = []net.IP{net.IPv4(192, 0, 2, 1)} }),
		"unknown critical extension": plain(func(t *x509.Certificate) {
			t.ExtraExtensions = []pkix.Extension{{Id: asn1.ObjectIdentifier{1, 2, 3, 4}, Critical: true, Value: []byte{5, 0}}}
		}, "critical.example.com"),
		"hostile names": plain(func(t *x509.Certificate) {
			t.Subject.CommonName = "a\x00b.example.com"
		}, "nul\x00byte.example.com", "*.com", "co.uk", "*.*.example.com", "a..example.com", "192.0.2.7", "2001:db8::1", strings.Repeat("a.", 300)+"example.com",
			strings.Repeat("x", 64)+".example.com", "-a.example.com", "under_score.example.com", "UPPER.Example.COM.", "xn--mnchen-3ya.example.com",
			"xn--zzzzzzzz.example.com", "localhost", "", ".", "*", "*.", "https://a.example.com/", "a b.example.com", "r3---sn.example.com", "good.example.com"),
	}
}

// TestNames compares the names found with those crypto/x509 finds.
func TestNames(t *testing.T) {
	for name, entry := range certificates() {
		t.Run(name, func(t *testing.T) {
			der := entry.DER
			if entry.Pre != nil {
				der = entry.Pre
			}
			want, err := x509.ParseCertificate(der)
			if err != nil {
				t.Fatal(err)
			}
			var n certNames
			if err := n.read(entry.DER, entry.Pre != nil); err != nil {
				t.Fatal(err)
			}
			sameNames(t, &n, want)
		})
	}
}

func sameNames(t *testing.T, n *certNames, want *x509.Certificate) {
	t.Helper()
	if string(n.common) != want.Subject.CommonName {
		t.Errorf("common name %q, want %q", n.common, want.Subject.CommonName)
	}
	if len(n.dns) != len(want.DNSNames) {
		t.Fatalf("names %q, want %q", n.dns, want.DNSNames)
	}
	for i, name := range want.DNSNames {
		if string(n.dns[i]) != name {
			t.Errorf("name %q, want %q", n.dns[i], name)
		}
	}
}

// FuzzNames: where crypto/x509 reads a certificate, the same names are found, in it and in what of it was signed.
func FuzzNames(f *testing.F) {
	for _, entry := range certificates() {
		f.Add(entry.DER)
		f.Add(entry.Pre)
	}
	f.Fuzz(func(t *testing.T, der []byte) {
		var n certNames
		n.read(der, true) // does not panic
		err := n.read(der, false)
		want, werr := x509.ParseCertificate(der)
		if werr != nil {
			return
		}
		if err != nil {
			t.Fatalf("%v, and crypto/x509 reads it", err)
		}
		for _, name := range want.Subject.Names { // a name of another kind of string is not looked at
			if _, ok := name.Value.(string); !ok {
				return
			}
		}
		sameNames(t, &n, want)
		if err := n.read(want.RawTBSCertificate, true); err != nil {
			t.Fatalf("%v in what was signed", err)
		}
		sameNames(t, &n, want)
	})
}

// FuzzHost: the quick way to a host is the one all hosts go.
func FuzzHost(f *testing.F) {
	for _, entry := range certificates() {
		c, err := x509.ParseCertificate(entry.DER)
		if err != nil {
			continue
		}
		for _, name := range c.DNSNames {
			f.Add([]byte(name))
		}
	}
	for _, name := range []string{"a-.example.com", "a.b", "a.1", "1.a", "a--b.example.com", "ab--c.example.com", "xn--a.example.com", "a.example.com..",
		"ex\u00e4mple.com", "\u212aelvin.example.com", " a.example.com ", strings.Repeat("a", 63) + ".example.com", strings.Repeat("a.", 120) + "example.com"} {
		f.Add([]byte(name))
	}
	f.Fuzz(func(t *testing.T, name []byte) {
		got, why := appendHost(nil, name)
		if why == "" {
			why = site(string(got))
		}
		want, err := crawler.NormalHost(strings.TrimPrefix(string(name), "*."))
		if (err == nil) != (why == "") || err == nil && string(got) != want {
			t.Fatalf("%q: %q (%s), want %q (%v)", name, got, why, want, err)
		}
	})
}

// TestEntries reads one of each kind: what is no host is counted and named, the rest is found.
func TestEntries(t *testing.T) {
	all := certificates()
	l := cttest.New(origin, cttest.Key())
	order := []string{"one name", "no names", "hostile names", "an address", "only common", "a person", "precert"}
	for _, name := range order {
		l.Append(all[name])
	}
	l.Append(cttest.Entry{Time: time.Now(), DER: []byte("no certificate")})                               // 7
	l.Append(cttest.Entry{Time: time.Now(), DER: all["precert"].DER, Pre: bytes.Repeat([]byte{0xff}, 9)}) // 8: what it is a precert of is not looked at
	l.Publish(-1, time.Now())
	eachKind(t, func(t *testing.T, kind Kind) {
		var g got
		s := serve(t, kind, l, func(o *Options) { o.Threshold = 0 })
		if err := g.readOn(t, s, 0); err != nil {
			t.Fatal(err)
		}
		g.has(t, map[string]bool{
			"one.example.com": true, "two.example.com": true, "common.example.com": true, "good.example.com": true, "under_score.example.com": true,
			"upper.example.com": true, "xn--mnchen-3ya.example.com": true, "r3---sn.example.com": true,
		}, 9)
		if g.rejected != 4 { // no names, an address, a person, no certificate
			t.Errorf("%d entries rejected", g.rejected)
		}
		for _, told := range [][]string{{"entry 7", "not a certificate"}, {"entry 2", `"nul\x00byte.example.com"`}, {"entry 2", `"co.uk"`, "public suffix"}, {"entry 2", `"*.com"`},
			{"entry 2", `"192.0.2.7"`, "IP address"}, {"entry 2", "longer than 253"}, {"entry 2", "longer than 63"}, {"entry 2", `"localhost"`}} {
			if !g.says(told...) {
				t.Errorf("nobody told of %q: %q", told, g.problems)
			}
		}
	})
}

// TestManyProblems: a batch of nothing but problems says how many there are.
func TestManyProblems(t *testing.T) {
	l := cttest.New(origin, cttest.Key())
	for range 200 {
		l.Append(cttest.Entry{Time: time.Now(), DER: []byte("no certificate")})
	}
	l.Publish(-1, time.Now())
	var g got
	if err := g.readOn(t, serve(t, Static, l, nil), 0); err != nil {
		t.Fatal(err)
	}
	if g.rejected != 200 || len(g.problems) != crawler.MaxProblems || !g.says("151 more") {
		t.Errorf("%d rejected, %d problems, the last is %q", g.rejected, len(g.problems), g.problems[len(g.problems)-1])
	}
}

// TestUnknownLeaf: RFC 6962 gives each leaf a length: one that cannot be read is counted, and its hash is in the tree all the same.
func TestUnknownLeaf(t *testing.T) {
	l := logOf(20)
	l.AppendRaw([]byte("something else"))
	grow(l, 20)
	l.Publish(-1, time.Now())
	var g got
	if err := g.readOn(t, serve(t, RFC6962, l, nil), 0); err != nil {
		t.Fatal(err)
	}
	if g.read != 41 || g.rejected != 1 || !g.says("entry 20", "malformed") {
		t.Errorf("%d read, %d rejected, problems %q", g.read, g.rejected, g.problems)
	}
}
