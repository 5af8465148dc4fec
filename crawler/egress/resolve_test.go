package egress

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/miekg/dns"

	"scamatlas/crawler"
	"scamatlas/crawler/testbed/loopbacktest"
)

func TestLookupNetIP(t *testing.T) {
	records := []string{
		"a.example. 60 A 192.0.2.7", "a.example. 60 A 192.0.2.8", "a.example. 60 A 192.0.2.7", "a.example. 60 AAAA 2001:db8::7",
		"v6.example. 60 AAAA 2001:db8::6", "empty.example. 60 TXT x",
		"one.example. 60 CNAME Two.Example.", "two.example. 60 CNAME a.example.",
		"loop.example. 60 CNAME pool.example.", "pool.example. 60 CNAME loop.example.",
		"self.example. 60 CNAME self.example.", "dangling.example. 60 CNAME gone.example.",
		// Hosts files know these; the resolver is not even asked.
		"localhost. 60 A 192.0.2.9", "printer.local. 60 A 192.0.2.9",
	}
	for i := range crawler.MaxCNAMEs + 2 {
		records = append(records, fmt.Sprintf("c%d.example. 60 CNAME c%d.example.", i, i+1))
	}
	g := newGuard(t, Options{Resolver: loopbacktest.DNS(t, loopbacktest.Zone(t, records...))})
	for name, want := range map[string]string{
		"a.example": "[192.0.2.7 192.0.2.8 2001:db8::7]", "A.EXAMPLE.": "[192.0.2.7 192.0.2.8 2001:db8::7]",
		"v6.example": "[2001:db8::6]", "one.example": "[192.0.2.7 192.0.2.8 2001:db8::7]",
		"192.0.2.1": "[192.0.2.1]", "0x7f.1": "[127.0.0.1]", "::ffff:192.0.2.1": "[192.0.2.1]",
		"gone.example": "not found", "empty.example": "not found", "dangling.example": "not found",
		"loop.example": "failed", "self.example": "failed", "c0.example": "failed",
		"localhost": "refused", "printer.local": "refused", "intranet": "refused", "": "refused",
	} {
		addrs, err := g.LookupNetIP(context.Background(), name)
		got := fmt.Sprint(addrs)
		var d *net.DNSError
		switch {
		case errors.Is(err, crawler.ErrRefused):
			got = "refused"
		case errors.As(err, &d) && d.IsNotFound:
			got = "not found"
		case errors.As(err, &d):
			got = "failed"
		case err != nil:
			got = err.Error()
		}
		if got != want {
			t.Errorf("%q: %s (%v), want %s", name, got, err, want)
		}
	}
}

func TestResolveKeepsTheChain(t *testing.T) {
	g := newGuard(t, Options{Resolver: loopbacktest.DNS(t, loopbacktest.Zone(t,
		"www.example. 60 CNAME A.CDN.example.", "a.cdn.example. 60 CNAME b.cdn.example.", "b.cdn.example. 60 A 192.0.2.1", "b.cdn.example. 60 A 192.0.2.2"))})
	ans, err := g.Resolve(context.Background(), "www.example.", dns.TypeA)
	if err != nil || strings.Join(ans.CNAME, " ") != "a.cdn.example b.cdn.example" || len(ans.Records) != 2 || ans.Rcode != dns.RcodeSuccess {
		t.Errorf("%+v, %v", ans, err)
	}
	if ans, err = g.Resolve(context.Background(), "nothing.example", dns.TypeA); ans == nil || ans.Rcode != dns.RcodeNameError || err == nil {
		t.Errorf("%+v, %v", ans, err)
	}
}

// TestFollowIgnoresStrangers: records of names outside the chain, other types and empty ones are not answers.
func TestFollowIgnoresStrangers(t *testing.T) {
	var answer []dns.RR
	for _, s := range []string{"q.example. CNAME r.example.", "other.example. A 192.0.2.66", "q.example. A 192.0.2.67", "r.example. A 192.0.2.1",
		"r.example. TXT a", "r.example. CH A 192.0.2.68"} {
		rr, err := dns.NewRR(s)
		if err != nil {
			t.Fatal(err)
		}
		rr.Header().Rdlength = 4
		answer = append(answer, rr)
	}
	answer = append(answer, &dns.A{Hdr: dns.RR_Header{Name: "r.example.", Rrtype: dns.TypeA, Class: dns.ClassINET}})
	chain, records := follow(answer, "q.example.", dns.TypeA)
	if len(chain) != 1 || len(records) != 1 || records[0].(*dns.A).A.String() != "192.0.2.1" {
		t.Errorf("chain %v records %v", chain, records)
	}
}

// TestFailingResolvers: each way a resolver fails, the number of questions it costs, and what the caller can tell.
func TestFailingResolvers(t *testing.T) {
	answer := func(q *dns.Msg, rcode int) *dns.Msg { return new(dns.Msg).SetRcode(q, rcode) }
	for _, tc := range []struct {
		name    string
		behave  func(n int64, q *dns.Msg) *dns.Msg // nil = silence
		asked   int64
		rcode   int // -1: no answer
		timeout bool
	}{
		{"silent", func(int64, *dns.Msg) *dns.Msg { return nil }, maxTries, -1, true},
		{"second try", func(n int64, q *dns.Msg) *dns.Msg {
			if n == 1 {
				return nil
			}
			return answer(q, dns.RcodeSuccess)
		}, 2, dns.RcodeSuccess, false},
		{"SERVFAIL", func(_ int64, q *dns.Msg) *dns.Msg { return answer(q, dns.RcodeServerFailure) }, maxTries, dns.RcodeServerFailure, false},
		{"SERVFAIL once", func(n int64, q *dns.Msg) *dns.Msg {
			if n == 1 {
				return answer(q, dns.RcodeServerFailure)
			}
			return answer(q, dns.RcodeNameError)
		}, 2, dns.RcodeNameError, false},
		{"REFUSED", func(_ int64, q *dns.Msg) *dns.Msg { return answer(q, dns.RcodeRefused) }, maxTries, dns.RcodeRefused, false},
		{"no EDNS", func(_ int64, q *dns.Msg) *dns.Msg {
			if q.IsEdns0() != nil {
				return answer(q, dns.RcodeFormatError)
			}
			return answer(q, dns.RcodeSuccess)
		}, 2, dns.RcodeSuccess, false},
		{"another question", func(_ int64, q *dns.Msg) *dns.Msg {
			m := answer(q, dns.RcodeSuccess)
			m.Question[0].Name = "bank.example."
			return m
		}, maxTries, -1, false},
		{"not an answer", func(_ int64, q *dns.Msg) *dns.Msg {
			m := answer(q, dns.RcodeSuccess)
			m.Response = false
			return m
		}, maxTries, -1, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var asked atomic.Int64
			g := newGuard(t, Options{Resolver: loopbacktest.DNS(t, func(w dns.ResponseWriter, q *dns.Msg) {
				if m := tc.behave(asked.Add(1), q); m != nil {
					loopbacktest.Reply(w, q, m)
				}
			})})
			g.try = 200 * time.Millisecond
			msg, err := g.Exchange(context.Background(), new(dns.Msg).SetQuestion("q.example.", dns.TypeA))
			if n := asked.Load(); n != tc.asked {
				t.Errorf("asked %d times, want %d", n, tc.asked)
			}
			if tc.rcode >= 0 {
				if err != nil || msg.Rcode != tc.rcode {
					t.Errorf("got %v, %v", msg, err)
				}
				return
			}
			var d *net.DNSError
			if !errors.As(err, &d) || d.IsTimeout != tc.timeout || d.IsNotFound || d.Name != "q.example" {
				t.Errorf("got %#v", err)
			}
		})
	}
}

func TestNobodyListens(t *testing.T) {
	pc, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	g := newGuard(t, Options{Resolver: pc.LocalAddr().String()})
	pc.Close()
	_, err = g.LookupNetIP(context.Background(), "a.example")
	var d *net.DNSError
	if !errors.As(err, &d) || d.IsNotFound || d.IsTimeout || !d.IsTemporary {
		t.Errorf("got %#v", err)
	}
}

func TestNextServerIsAsked(t *testing.T) {
	g := newGuard(t, Options{})
	good := loopbacktest.DNS(t, loopbacktest.Zone(t, "a.example. 60 A 192.0.2.1"))
	g.servers = []string{loopbacktest.DNS(t, func(w dns.ResponseWriter, q *dns.Msg) {
		loopbacktest.Reply(w, q, new(dns.Msg).SetRcode(q, dns.RcodeServerFailure))
	}), good}
	addrs, err := g.LookupNetIP(context.Background(), "a.example")
	if err != nil || fmt.Sprint(addrs) != "[192.0.2.1]" {
		t.Errorf("%v, %v", addrs, err)
	}
	if !strings.HasSuffix(g.Resolver(), ","+good) {
		t.Errorf("Resolver says %q", g.Resolver())
	}
}

// TestCutAnswers: what does not fit UDP comes over TCP; where TCP is shut the cut answer is used.
func TestCutAnswers(t *testing.T) {
	var records []string
	for i := range 45 {
		records = append(records, fmt.Sprintf("big.example. 60 TXT \"%d %s\"", i, strings.Repeat("x", 90)))
	}
	whole := loopbacktest.Zone(t, records...)
	g := newGuard(t, Options{Resolver: loopbacktest.DNS(t, whole)})
	ans, err := g.Resolve(context.Background(), "big.example", dns.TypeTXT)
	if err != nil || len(ans.Records) != 45 {
		t.Errorf("%d records, %v", len(ans.Records), err)
	}
	g = newGuard(t, Options{Resolver: loopbacktest.DNS(t, func(w dns.ResponseWriter, q *dns.Msg) {
		if _, udp := w.RemoteAddr().(*net.UDPAddr); udp {
			whole(w, q)
		} else {
			w.Close()
		}
	})})
	ans, err = g.Resolve(context.Background(), "big.example", dns.TypeTXT)
	if err != nil || len(ans.Records) == 0 || len(ans.Records) >= 45 {
		t.Errorf("%d records, %v", len(ans.Records), err)
	}
}

// TestSlowFamily: a resolver that never answers AAAA does not hold up a name that has an A.
func TestSlowFamily(t *testing.T) {
	known := loopbacktest.Zone(t, "a.example. 60 A 192.0.2.1")
	g := newGuard(t, Options{Resolver: loopbacktest.DNS(t, func(w dns.ResponseWriter, q *dns.Msg) {
		if q.Question[0].Qtype == dns.TypeA {
			known(w, q)
		}
	})})
	g.try = time.Minute
	start := time.Now()
	addrs, err := g.LookupNetIP(context.Background(), "a.example")
	if took := time.Since(start); err != nil || fmt.Sprint(addrs) != "[192.0.2.1]" || took > g.try/2 {
		t.Errorf("%v, %v after %v", addrs, err, took)
	}
	// A name that exists, without an A, and no word about AAAA: nobody knows whether it has an address.
	g = newGuard(t, Options{Resolver: loopbacktest.DNS(t, func(w dns.ResponseWriter, q *dns.Msg) {
		if q.Question[0].Qtype == dns.TypeA {
			loopbacktest.Reply(w, q, new(dns.Msg).SetReply(q))
		}
	})})
	g.try = 50 * time.Millisecond
	_, err = g.LookupNetIP(context.Background(), "a.example")
	var d *net.DNSError
	if !errors.As(err, &d) || d.IsNotFound || !d.IsTimeout {
		t.Errorf("got %#v", err)
	}
}

func TestCancelledQuestion(t *testing.T) {
	started := make(chan struct{}, 2*maxTries)
	g := newGuard(t, Options{Resolver: loopbacktest.DNS(t, func(dns.ResponseWriter, *dns.Msg) { started <- struct{}{} })})
	g.try = time.Minute
	ctx, cancel := context.WithCancel(context.Background())
	go func() { <-started; cancel() }()
	start := time.Now()
	_, err := g.LookupNetIP(ctx, "a.example")
	if !errors.Is(err, context.Canceled) || time.Since(start) > g.try/2 {
		t.Errorf("%v after %v", err, time.Since(start))
	}
	for _, q := range []*dns.Msg{nil, {}, {Question: make([]dns.Question, 2)}} {
		if _, err := g.Exchange(context.Background(), q); err == nil {
			t.Errorf("%v is taken for a question", q)
		}
	}
}

// FuzzAnswer: any bytes that unpack as an answer give a bounded chain, bounded records and valid addresses.
func FuzzAnswer(f *testing.F) {
	for _, s := range []string{"q.example. A 192.0.2.1", "q.example. CNAME q.example.", "q.example. CNAME r.example.", "q.example. AAAA ::ffff:127.0.0.1"} {
		rr, err := dns.NewRR(s)
		if err != nil {
			f.Fatal(err)
		}
		b, err := (&dns.Msg{Answer: []dns.RR{rr}}).Pack()
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		var m dns.Msg
		if m.Unpack(b) != nil {
			return
		}
		for _, qtype := range []uint16{dns.TypeA, dns.TypeAAAA, dns.TypeTXT} {
			chain, records := follow(m.Answer, "q.example.", qtype)
			if len(chain) > crawler.MaxCNAMEs+1 || len(records) > crawler.MaxRecords {
				t.Errorf("chain of %d, %d records", len(chain), len(records))
			}
			for _, a := range addresses(&Answer{Records: records}) {
				if a == (netip.Addr{}) || a.Is4In6() {
					t.Errorf("address %v", a)
				}
			}
		}
	})
}
