package indextest

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"sync"
	"time"

	"scamatlas/crawler"
	"scamatlas/extractors"
	"scamatlas/index"
)

var visitTests = []test{
	{"SaveVisit keeps all of a visit", func(s *suite) {
		v := fullVisit()
		s.save(v)
		want, _ := index.Apply(nil, &v)
		got := s.site(v.Record.Host)
		if !reflect.DeepEqual(normal(*got), normal(*want)) {
			s.Errorf("stored\n%+v\nwant\n%+v", *got, *want)
		}
		rs, err := s.Captures(ctx, v.Record.Host, 10)
		if want := []index.CaptureRecord{v.Record, v.Further[0]}; err != nil || !reflect.DeepEqual(rs, want) {
			s.Errorf("records %+v, %v\nwant %+v", rs, err, want)
		}
		s.equal("cloaking:desktop_only seen_as:desktop", v.Record.Host)
	}},
	{"Revise replaces what a visit found", func(s *suite) {
		v := fullVisit()
		host := v.Record.Host
		s.save(v, visit(host, 4, crawler.Unreachable, hour(1)))
		want := *s.site(host)
		r := index.Revision{Host: host, Sequence: 3, Findings: v.Findings, Cloaking: extractors.Cloaking{Verdict: extractors.CloakSame}, Verdict: extractors.Verdict{Label: "fake_investment"}}
		r.Findings.Title, r.Findings.Text, r.Findings.Indicators = "Read again", "newly read words", r.Findings.Indicators[:1]
		s.ok(s.Revise(ctx, r))
		want.Findings, want.Cloaking, want.Verdict = r.Findings, r.Cloaking, r.Verdict // the later visit saw nothing that would say otherwise
		if got := s.site(host); !reflect.DeepEqual(normal(*got), normal(want)) {
			s.Errorf("stored\n%+v\nwant\n%+v", *got, want)
		}
		s.equal("title:again text:newly cloaking:same", host)
		s.equal("ga4:G-ABC123")
	}},
	{"Revise of another visit changes nothing", func(s *suite) {
		s.save(visit("a.example", 1, crawler.OK, t0), visit("a.example", 2, crawler.OK, hour(1)))
		before := s.site("a.example")
		if err := s.Revise(ctx, index.Revision{Host: "a.example", Sequence: 1}); !errors.Is(err, index.ErrStale) {
			s.Errorf("%v, want ErrStale", err)
		}
		if err := s.Revise(ctx, index.Revision{Host: "b.example", Sequence: 1}); !errors.Is(err, index.ErrNotFound) {
			s.Errorf("%v, want ErrNotFound", err)
		}
		if after := s.site("a.example"); !reflect.DeepEqual(before, after) {
			s.Errorf("before %+v\nafter %+v", before, after)
		}
	}},
	{"times are stored as UTC in whole milliseconds", func(s *suite) {
		zone := time.FixedZone("", 2*3600)
		v := visit("a.example", 1, crawler.OK, t0.Add(1234567*time.Nanosecond).In(zone))
		v.Findings.Hosting.CertFrom = t0.In(zone)
		s.save(v)
		a := s.site("a.example")
		for name, got := range map[string][2]time.Time{"first seen": {a.FirstSeen, t0.Add(time.Millisecond)}, "last visit": {a.LastVisit, t0.Add(5001 * time.Millisecond)},
			"last live": {a.LastLive, t0.Add(5001 * time.Millisecond)}, "next visit": {a.NextVisit, t0.Add(24*time.Hour + time.Millisecond)},
			"source": {a.Sources[0].Seen, t0.Add(time.Millisecond)}, "certificate": {a.Findings.Hosting.CertFrom, t0}} {
			if got[0] != got[1] {
				s.Errorf("%s is %v, want %v", name, got[0], got[1])
			}
		}
		rs, err := s.Captures(ctx, "a.example", 1)
		if err != nil || len(rs) != 1 || rs[0].Started != t0.Add(time.Millisecond) {
			s.Errorf("record %+v %v", rs, err)
		}
	}},
	{"SaveVisit ends the lease and sets the next visit", func(s *suite) {
		s.add(t0, "a.example")
		l := s.leaseHost("w", "a.example", t0)
		s.save(of(l, visit("a.example", l.Sequence, crawler.OK, t0)))
		s.due(hour(23), 0, 0)
		s.due(hour(24), 1, 0)
		a := s.site("a.example")
		if a.Visits != 1 || a.Sequence != l.Sequence || !a.NextVisit.Equal(hour(24)) || !a.FirstSeen.Equal(t0) || len(a.Sources) != 1 {
			s.Errorf("site %+v", a)
		}
	}},
	{"saving a visit twice is saving it once", func(s *suite) {
		v := visit("a.example", 1, crawler.OK, t0)
		s.save(v)
		before := s.site("a.example")
		s.save(v, v)
		if after := s.site("a.example"); !reflect.DeepEqual(before, after) {
			s.Errorf("before %+v\nafter %+v", before, after)
		}
		s.captures("a.example", 1)
	}},
	{"an older visit adds its record only", func(s *suite) {
		s.add(t0, "a.example")
		slow := s.leaseHost("slow", "a.example", t0)
		fast := s.leaseHost("fast", "a.example", hour(1))
		s.save(of(fast, visit("a.example", fast.Sequence, crawler.OK, hour(1))))
		before := s.site("a.example")
		s.save(of(slow, visit("a.example", slow.Sequence, crawler.Dead, t0)))
		if after := s.site("a.example"); !reflect.DeepEqual(before, after) {
			s.Errorf("before %+v\nafter %+v", before, after)
		}
		s.captures("a.example", fast.Sequence, slow.Sequence)
		s.due(hour(2), 0, 0)
	}},
	{"a late visit does not end the lease of the next owner", func(s *suite) {
		s.add(t0, "a.example")
		slow := s.leaseHost("slow", "a.example", t0)
		fast := s.leaseHost("fast", "a.example", hour(1))
		s.save(of(slow, visit("a.example", slow.Sequence, crawler.Dead, t0)))
		s.due(hour(1), 0, 1)
		s.save(of(fast, visit("a.example", fast.Sequence, crawler.OK, hour(1))))
		a := s.site("a.example")
		if a.Outcome != crawler.OK || a.Visits != 2 {
			s.Errorf("site %+v", a)
		}
		s.due(hour(1), 0, 0)
	}},
	{"a failed visit keeps what the last live one found", func(s *suite) {
		s.save(visit("a.example", 1, crawler.OK, t0), visit("a.example", 2, crawler.Unreachable, hour(24)), visit("a.example", 3, crawler.Dead, hour(48)))
		a := s.site("a.example")
		if a.Outcome != crawler.Dead || a.Failures != 2 || a.Visits != 3 || a.Reason != "no answer" || !a.LastLive.Equal(t0.Add(5*time.Second)) {
			s.Errorf("site %+v", a)
		}
		if a.Findings.Title != "Welcome to a.example" || len(a.Findings.Indicators) != 2 || len(a.Findings.Fingerprint.Tags.Hashes) != 3 || a.FinalURL == "" {
			s.Errorf("findings are gone: %+v", a.Findings)
		}
		s.equal("email:help@a.example outcome:dead", "a.example")
		s.equal("text:deposit", "a.example")
		s.equal("outcome:ok")
	}},
	{"a later visit replaces what is found by search", func(s *suite) {
		s.save(visit("a.example", 1, crawler.OK, t0))
		v := visit("a.example", 2, crawler.OK, hour(1))
		v.Findings.Title, v.Findings.Text, v.Findings.Indicators = "New face", "other words", nil
		s.save(v)
		s.equal("title:face text:words", "a.example")
		s.equal("title:welcome")
		s.equal("text:deposit")
		s.equal("email:help@a.example")
		s.equal("visits:2 wallets:0", "a.example")
		v = visit("a.example", 3, crawler.OK, hour(2))
		v.Findings.Title, v.Findings.Text = "Third face", "other words"
		s.save(v)
		s.equal("title:third text:words", "a.example")
	}},
	{"many workers save at once", func(s *suite) {
		var wg sync.WaitGroup
		for w := range 8 {
			wg.Go(func() {
				for i := range 10 {
					if err := s.SaveVisit(ctx, visit(fmt.Sprintf("h%d-%d.example", w, i), 1, crawler.OK, t0)); err != nil {
						s.Error(err)
					}
				}
			})
		}
		wg.Wait()
		s.ok(s.Flush(ctx))
		if n := s.search(index.SearchRequest{}).Total; n != 80 {
			s.Errorf("%d sites, want 80", n)
		}
	}},
	{"Captures gives records newest first, at most n", func(s *suite) {
		for i := range 12 {
			s.save(visit("a.example", int64(i+1), crawler.OK, hour(i)))
		}
		s.save(visit("b.example", 1, crawler.OK, t0))
		rs, err := s.Captures(ctx, "a.example", 3)
		if err != nil || len(rs) != 3 || rs[0].Sequence != 12 || rs[1].Sequence != 11 || rs[2].Sequence != 10 {
			s.Errorf("%+v %v", rs, err)
		}
		s.captures("b.example", 1)
		s.captures("nope.example")
	}},
	{"Health counts sites", func(s *suite) {
		s.add(t0, "q.example")
		s.save(visit("a.example", 1, crawler.OK, t0))
		h := s.Health(ctx)
		if h.Err != nil || h.Sites != 2 || h.Kind == "" || h.Store == "" || h.Version == "" || h.Queued != 0 || h.Dead != 0 {
			s.Errorf("%+v", h)
		}
	}},
}

// captures checks the sequences of a host's records.
func (s *suite) captures(host string, want ...int64) {
	s.Helper()
	rs, err := s.Captures(ctx, host, 100)
	s.ok(err)
	var got []int64
	for _, r := range rs {
		got = append(got, r.Sequence)
	}
	if !slices.Equal(got, want) {
		s.Errorf("records of %s have sequences %v, want %v", host, got, want)
	}
}

// normal drops differences without meaning: empty against missing lists.
func normal(s index.Site) index.Site {
	if len(s.Verdict.Reasons) == 0 {
		s.Verdict.Reasons = nil
	}
	return s
}

// fullVisit sets every field that a visit can carry.
func fullVisit() index.Visit {
	v := visit("shop.nova-trade.example", 3, crawler.OK, t0.Add(123*time.Millisecond))
	v.Record.Reason, v.Record.Assets, v.Record.Bytes = "fine", 4, 70_000
	v.Record.Bodies = []index.BodyRef{{URL: "https://shop.nova-trade.example/", SHA256: "ab12", Size: 7, Status: 200, Truncated: "size"}}
	v.Record.Rendered = true
	v.Record.Deposits = []index.Deposit{{Page: "https://shop.nova-trade.example/plans", Wallets: []string{"wallet:btc:1abc"}}}
	v.Record.Evidence = &index.Evidence{Chain: "c1", Seq: 12, Hash: "00ff", Objects: []index.ObjectRef{{Kind: "warc", SHA256: "77", Size: 9}, {Kind: "viewport", Profile: "mobile", SHA256: "78", Size: 3, Of: "https://shop.nova-trade.example/"}}}
	phone := v.Record
	phone.ID, phone.Profile, phone.Outcome, phone.Evidence, phone.Deposits = index.CaptureID(v.Record.Host, 3, "mobile"), "mobile", crawler.Denied, nil, nil
	v.Further = []index.CaptureRecord{phone}
	v.Cloaking = extractors.Cloaking{Verdict: extractors.CloakDesktop, Why: "phones are refused", Shown: "desktop", Hidden: []string{"mobile"}, Steps: []string{"Open it"},
		Cells: []extractors.Cell{{Profile: "desktop", Outcome: crawler.OK, Status: 200, Rendered: true, Words: 90, Wallets: 1, Text: 1, DOM: 1, Wallet: 1, Same: true}, {Profile: "mobile", Outcome: crawler.Denied, Text: -1}}}
	v.Target = crawler.Target{Host: v.Record.Host, Source: "feed:x", Reference: "list.csv:7"}
	v.Hops = []crawler.Hop{{URL: "http://shop.nova-trade.example/", Status: 301, To: "https://shop.nova-trade.example/"}}
	v.Pages = []string{"https://shop.nova-trade.example/", "https://shop.nova-trade.example/plans"}
	v.Refused = []crawler.Refusal{{Target: "http://127.0.0.1/", Why: "loopback address"}}
	v.Caps = []string{"pages", "time"}
	v.Verdict = extractors.Verdict{Label: "suspicious", Score: 0.745, Groups: []string{"promise"}, Lang: "en", Rules: "r7", Reasons: []extractors.Reason{
		{Code: "Promise", Group: "promise", Weight: 0.5, Evidence: "3% daily", Where: "https://shop.nova-trade.example/plans", Says: "promises 3 % a day"}}}
	v.Record.Network = crawler.Network{JARM: "29d2", Routes: []crawler.Route{{Address: "203.0.113.9", Prefix: "203.0.113.0/24", ASN: 64500, Name: "NOVA", Country: "HK", AbuseEmails: []string{"a@x.example"}, Via: "mmdb"}},
		Registration: &crawler.Registration{Domain: "nova-trade.example", Via: "rdap", Registrar: "Names Ltd", RegistrarID: 1234, AbuseEmails: []string{"abuse@names.example"}, Statuses: []string{"client hold"},
			NS: []string{"ns1.x.example"}, Created: hour(-500), Expires: hour(8000), Asked: t0}}
	f := &v.Findings
	f.Indicators = []extractors.Indicator{
		{Kind: extractors.KindWallet, Chain: "btc|bch", Form: "p2pkh", Value: "1abc", Seen: []string{"1ABC", "bitcoin:1abc"}, Role: extractors.Payee,
			Confidence: extractors.High, Tag: "7", Where: extractors.InQR, Offset: 99, Page: "https://shop.nova-trade.example/plans"},
		{Kind: extractors.KindTracker, Type: "ga4", Value: "G-ABC123", Confidence: extractors.High, Where: extractors.InScript},
	}
	set := func(h ...uint32) extractors.TokenSet { return extractors.TokenSet{Hashes: h, Total: len(h) + 5} }
	f.Fingerprint = extractors.Fingerprint{Version: 2, Tags: set(0, 1, 2, 1<<32-1), Classes: set(5), Assets: set(6, 9), Names: set(70_000), Text: set(1, 1<<20),
		Bands: []string{"t:0011", "c:ffee"}, DOMHash: "d0", FaviconMMH3: "-1234567", FaviconSHA256: "fa", Elements: 311, Shell: true}
	f.Hosting = extractors.Hosting{Addresses: []string{"2001:db8::1", "203.0.113.9"}, CNAMEs: []string{"edge.cdn.example"}, NS: []string{"ns1.x.example"},
		MX: []string{"mx.x.example"}, CDN: "cloudflare", Server: "nginx/1.2", PoweredBy: "PHP/8", HeaderOrder: "hhh:1:aa", CertSHA256: "c0", SPKISHA256: "5b",
		CertIssuer: "R3", CertSANs: []string{"shop.nova-trade.example"}, CertFrom: hour(-100), CertUntil: hour(2000), CertError: "expired",
		JARM: "29d29d00", ASNs: []string{"AS64500 Nova Hosting"}, Countries: []string{"HK"}, Registrar: "Names Ltd", RegistrarID: 1234, Registered: hour(-500), Expires: hour(8000),
		DomainStatus: []string{"client hold"}, Abuse: []string{"registrar abuse@names.example"}, Origins: []string{"198.51.100.4 from its certificate"}, Tech: []string{"ThinkPHP", "Vant"}}
	return v
}
