package testbed

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/andybalholm/brotli"
	"github.com/miekg/dns"
)

func TestCanaryCountsWhoReachesLoopback(t *testing.T) {
	s := start(t, Options{Sites: mustSites(t), Hostile: true})
	addr, hits := s.Canary()
	if netip.MustParsePrefix(s.Settings().Allow[0]).Contains(netip.MustParseAddrPort(addr).Addr()) {
		t.Fatalf("the canary at %s lies in the allowed network %s", addr, s.Settings().Allow[0])
	}
	_, port, _ := net.SplitHostPort(addr)
	at := []string{
		addr,
		fmt.Sprintf("127.0.0.1:%d", s.Settings().Ports[80]),
		fmt.Sprintf("127.0.0.1:%d", s.Settings().Ports[443]),
		fmt.Sprintf("0.0.0.0:%s", port),
		net.JoinHostPort(addressOf(t, s, "hostile-port-smuggle.example").String(), port),
	}
	for i, a := range at {
		c, err := net.Dial("tcp", a)
		if err != nil {
			t.Fatal(err)
		}
		said, _ := io.ReadAll(c)
		c.Close()
		if string(said) != canarySays || hits() != int64(i+1) {
			t.Errorf("%s says %q, %d hits, want %d", a, said, hits(), i+1)
		}
	}
}

func TestCanaryCountsDatagrams(t *testing.T) {
	s := start(t, Options{Sites: []Site{}, Hostile: true})
	addr, hits := s.Canary()
	_, port, _ := net.SplitHostPort(addr)
	for i, a := range []string{addr, net.JoinHostPort(addressOf(t, s, "hostile-webrtc.example").String(), port)} {
		c, err := net.Dial("udp", a)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		if _, err := c.Write([]byte("longer than a byte")); err != nil {
			t.Fatal(err)
		}
		for end := time.Now().Add(5 * time.Second); hits() != int64(i+1); runtime.Gosched() {
			if time.Now().After(end) {
				t.Fatalf("a datagram to %s: %d hits, want %d", a, hits(), i+1)
			}
		}
	}
}

func TestCloseEndsAnswersWithoutEnd(t *testing.T) {
	s := start(t, Options{Sites: []Site{}, Hostile: true})
	for _, name := range []string{"endless-body", "drip-body", "endless-header", "no-answer"} {
		host := "hostile-" + name + ".example"
		c, err := net.Dial("tcp", netip.AddrPortFrom(addressOf(t, s, host), uint16(s.Settings().Ports[80])).String())
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		fmt.Fprintf(c, "GET / HTTP/1.1\r\nHost: %s\r\n\r\n", host) // and never read
	}
	for s.Requests("hostile-no-answer.example") == 0 {
		runtime.Gosched() // until the server has taken up the last one
	}
	began := time.Now()
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if took := time.Since(began); took > 2*shutdownTimeout+time.Second {
		t.Errorf("closing took %s", took)
	}
	if err := s.Close(); err != nil {
		t.Errorf("closing again: %v", err)
	}
}

// TestHostileSites: each attack is really made, and has its bound.
func TestHostileSites(t *testing.T) {
	s := start(t, Options{Sites: []Site{}, Hostile: true})
	c := visitor(t, s)
	controls := 0
	for _, site := range s.Sites() {
		if len(site.Outcomes) == 0 || site.Outcomes[0] == "" {
			t.Errorf("%s has no expected outcome", site.Host)
		}
		if site.Kit != "" {
			controls++
			if _, body := get(t, c, "http://"+site.Host+"/deposit"); !bytes.Contains(body, []byte(site.Wallets[0].Spelling())) {
				t.Errorf("%s does not show its wallet", site.Host)
			}
		}
	}
	if want := (len(s.Sites()) - controls + controlEvery - 1) / controlEvery; controls != want {
		t.Errorf("%d control sites, want %d", controls, want)
	}
	for _, host := range s.Hosts() {
		if to := redirectOf(t, c, host); strings.HasPrefix(host, "hostile-ssrf") && to == "" {
			t.Errorf("%s does not redirect", host)
		}
	}
	if _, hits := s.Canary(); hits() != 0 {
		t.Errorf("a visitor that follows nothing hit the canary %d times", hits())
	}
}

func redirectOf(t *testing.T, c *http.Client, host string) string {
	t.Helper()
	if !strings.HasPrefix(host, "hostile-ssrf") {
		return ""
	}
	req, _ := http.NewRequest("GET", "http://"+host+"/", nil)
	r, err := c.Transport.RoundTrip(req) // the client would parse the address, and refuse some
	if err != nil {
		t.Fatal(err)
	}
	r.Body.Close()
	return r.Header.Get("Location")
}

func TestBombsAreSmallAndUnpackToTheirSize(t *testing.T) {
	const part = 4<<20 + 1 // decoding all takes long; the whole is the same chunk again
	s := start(t, Options{Sites: []Site{}, Hostile: true})
	c := visitor(t, s)
	for name, b := range map[string]struct {
		make   func(int) []byte
		unpack func(io.Reader) (io.Reader, error)
	}{
		"gzip-bomb": {gzipBomb, func(r io.Reader) (io.Reader, error) { return gzip.NewReader(r) }},
		"br-bomb":   {brotliBomb, func(r io.Reader) (io.Reader, error) { return brotli.NewReader(r), nil }},
	} {
		r, err := b.unpack(bytes.NewReader(b.make(part)))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		text, err := io.ReadAll(r)
		if err != nil || string(text) != bombHead+strings.Repeat("a", 5<<20) {
			t.Errorf("%s unpacks to %d bytes, error %v", name, len(text), err)
		}
		_, body := get(t, c, "http://hostile-"+name+".example/")
		if want := len(b.make(maxBomb)); len(body) != want || want > 1<<20 || want < len(b.make(maxBomb/2)) {
			t.Errorf("%s is sent in %d bytes, made in %d", name, len(body), want)
		}
	}
}

func TestBrokenAnswersAreBroken(t *testing.T) {
	s := start(t, Options{Sites: []Site{}, Hostile: true})
	c := visitor(t, s)
	for _, c2 := range []struct {
		name string
		want string // part of Go's own error; "" = body ends early without one
	}{
		{"cl-long", "unexpected EOF"}, {"reset-mid", "reset"}, {"bad-chunk", "chunk"}, {"cl-two", "Content-Length"},
		{"garbage", "malformed"}, {"endless-header", "exceeded"}, {"endless-status-line", "exceeded"}, {"status-1xx", "exceeded"},
	} {
		for _, scheme := range []string{"http", "https"} {
			r, err := c.Get(scheme + "://hostile-" + c2.name + ".example/")
			if err == nil {
				_, err = io.Copy(io.Discard, r.Body)
				r.Body.Close()
			}
			if err == nil || !strings.Contains(err.Error(), c2.want) {
				t.Errorf("%s over %s: error %v, want one with %q", c2.name, scheme, err, c2.want)
			}
		}
	}
}

func TestHostileDNS(t *testing.T) {
	s := start(t, Options{Sites: []Site{}, Hostile: true})
	var seen []string
	for range 4 {
		seen = append(seen, addressOf(t, s, "hostile-dns-rebind.example").String())
	}
	own := Simulated("hostile-dns-rebind.example").String()
	if want := []string{own, "127.0.0.1", own, "127.0.0.1"}; !slices.Equal(seen, want) {
		t.Errorf("rebinding gives %v, want %v", seen, want)
	}
	if r := ask(t, s, "tcp", "hostile-dns-flood.example", dns.TypeA); len(r.Answer) != maxFloodAnswers {
		t.Errorf("flood gives %d addresses", len(r.Answer))
	}
	if r := ask(t, s, "udp", "hostile-dns-flood.example", dns.TypeA); !r.Truncated {
		t.Error("flood over UDP is not marked as truncated")
	}
	if r := ask(t, s, "udp", "hostile-dns-loopback.example", dns.TypeAAAA); len(r.Answer) != 1 {
		t.Errorf("dns-loopback has %d AAAA records", len(r.Answer))
	}
	m := new(dns.Msg)
	m.SetQuestion("hostile-dns-silent.example.", dns.TypeA)
	_, _, err := (&dns.Client{Timeout: 200 * time.Millisecond}).Exchange(m, s.Settings().Resolver)
	if timeout, ok := errors.AsType[net.Error](err); !ok || !timeout.Timeout() {
		t.Errorf("dns-silent: error %v, want a timeout", err)
	}
}
