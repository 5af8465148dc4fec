package indextest

import (
	"fmt"
	"strings"
	"time"

	"scamatlas/crawler"
	"scamatlas/extractors"
	"scamatlas/index"
)

var hostileTests = []test{
	{"what sites send is stored and harms nothing", func(s *suite) {
		for i, evil := range []string{
			strings.Repeat("x", 40<<10), strings.Repeat("é", 20<<10), strings.Repeat("比特币 ", 20_000), "a\x00b", "\x00", "\xff\xfe\xed\xa0\x80", `\ud800 "\udfff"`,
			strings.Repeat("v", index.MaxKey), strings.Repeat("v", index.MaxKey+1), strings.Repeat("T ", 50_000), "' OR 1=1 --", `"}]}{"index":{}}`,
			"\u202e\u2066txt", "{{.}} ${jndi:x} %s %n", "line\nline\r\n\t", "\U0010FFFF\uFFFF\uFDD0", "", "*", "__proto__", "a.b..c.", "1e999", "2024-13-45",
		} {
			host := fmt.Sprintf("evil%d.example", i)
			v := hostileVisit(host, evil)
			if err := s.SaveVisit(ctx, v); err != nil {
				s.Errorf("value %d %.20q: %v", i, evil, err)
				continue
			}
			s.ok(s.Flush(ctx))
			s.equal("host:"+host, host)
			site := s.site(host)
			if site.Outcome != crawler.OK || len(site.Findings.Indicators) != len(v.Findings.Indicators) {
				s.Errorf("value %d %.20q: stored as %.200v", i, evil, site)
			}
			s.captures(host, 1)
		}
		s.ok(s.SaveClusters(ctx, []index.Cluster{{ID: "k-1", Layer: index.Kit, Size: 1, Hosts: []string{"evil0.example"}, Since: t0,
			Ties: []index.Tie{{A: "evil0.example", B: "evil1.example", Kind: "names", Value: "\x00\xff\"'"}}}}))
		s.ok(s.EachMember(ctx, func(*index.Member) error { return nil }))
	}},
	{"clean text comes back as it was", func(s *suite) {
		for i, text := range []string{"a\x00b", `\ud800 "\udfff" </script>`, "\u202etxt\U0010FFFF", "line\r\nline\u2028", strings.Repeat("長い ", 1000)} {
			v := visit(fmt.Sprintf("t%d.example", i), 1, crawler.OK, t0)
			v.Findings.Title, v.Findings.Text, v.Findings.Indicators[0].Value = text, text, text
			s.save(v)
			f := s.site(v.Record.Host).Findings
			if f.Title != text || f.Text != text || f.Indicators[0].Value != text {
				s.Errorf("%q came back as %q", text, f.Title)
			}
		}
	}},
	{"long values are found up to MaxKey bytes, words by their first 64 letters", func(s *suite) {
		v := visit("a.example", 1, crawler.OK, t0)
		fits, over := strings.Repeat("k", index.MaxKey), strings.Repeat("o", index.MaxKey+1)
		v.Findings.Indicators = []extractors.Indicator{{Kind: extractors.KindTracker, Type: "ga4", Value: fits}, {Kind: extractors.KindTracker, Type: "ga4", Value: over}}
		v.Findings.Text = strings.Repeat("w", 40<<10) + " after"
		s.save(v)
		s.equal("ga4:"+fits, "a.example")
		s.equal("ga4:ooo*")
		s.equal("text:"+strings.Repeat("w", 80), "a.example")
		s.equal(`text:"`+strings.Repeat("w", 80)+` after"`, "a.example")
		s.equal("text:" + strings.Repeat("w", 63))
		s.equal("text:"+strings.Repeat("w", 63)+"*", "a.example")
	}},
	{"a site with very many indicators", func(s *suite) {
		v := visit("a.example", 1, crawler.OK, t0)
		v.Findings.Indicators = nil
		for i := range extractors.MaxIndicators {
			v.Findings.Indicators = append(v.Findings.Indicators, extractors.Indicator{Kind: extractors.KindWallet, Chain: "evm", Role: extractors.Payee,
				Value: fmt.Sprintf("0x%040x", i), Confidence: extractors.High, Where: extractors.InText})
		}
		s.save(v)
		s.equal(fmt.Sprintf("wallet:0X%040X", extractors.MaxIndicators-1), "a.example")
		s.equal(fmt.Sprintf("wallets:%d", extractors.MaxIndicators), "a.example")
	}},
	{"hostile queries are answered", func(s *suite) {
		s.three()
		for _, q := range []string{`"\x00"`, "a\x00b", `"') OR 1=1 --"`, `text:"a\" OR title:b"`, "host:\U0010FFFF\U0010FFFF*", `"` + strings.Repeat("w ", 250) + `"`,
			strings.Repeat("host:nothing* ", 50), strings.Repeat("(", 20) + "welcome" + strings.Repeat(")", 20), "title:NEAR", "title:AND", `server:"x*"`, "visits:>9223372036854775806"} {
			e := s.parse(q)
			if _, err := s.Search(ctx, index.SearchRequest{Query: e}); err != nil {
				s.Errorf("%.40q: %v", q, err)
			}
		}
		s.equal(strings.Repeat("-welcome OR ", 49)+"welcome", "a.example", "b.example", "c.example")
	}},
}

// hostileVisit puts evil wherever a site's own bytes can come to stand.
func hostileVisit(host, evil string) index.Visit {
	v := visit(host, 1, crawler.OK, t0)
	v.Record.Reason, v.Record.FinalURL = evil, "https://"+host+"/"+evil
	v.Record.Bodies = []index.BodyRef{{URL: evil, SHA256: "00"}}
	v.Hops = []crawler.Hop{{URL: evil, Status: 302, To: evil}}
	v.Pages, v.Refused, v.Caps = []string{evil}, []crawler.Refusal{{Target: evil, Why: evil}}, []string{evil}
	f := &v.Findings
	f.Title, f.Lang, f.Text = evil, evil, evil
	f.Indicators = nil
	for _, i := range []extractors.Indicator{{Kind: extractors.KindWallet, Chain: "btc"}, {Kind: extractors.KindContact, Type: "email"},
		{Kind: extractors.KindContact, Type: "telegram"}, {Kind: extractors.KindTracker, Type: "ga4"}} {
		i.Value, i.Seen, i.Tag, i.Page, i.Role, i.Confidence = evil, []string{evil, evil}, evil, evil, evil, extractors.High
		f.Indicators = append(f.Indicators, i)
	}
	h := &f.Hosting
	h.Server, h.PoweredBy, h.CertIssuer, h.HeaderOrder, h.CertError = evil, evil, evil, evil, evil
	h.CertSANs, h.NS, h.MX, h.CNAMEs = []string{evil}, []string{evil}, []string{evil}, []string{evil, evil}
	f.Fingerprint.Bands, f.Fingerprint.DOMHash = []string{evil}, evil
	h.ASNs, h.Countries, h.DomainStatus, h.Abuse, h.Origins, h.Tech = []string{"AS1 " + evil, evil}, []string{evil}, []string{evil}, []string{evil}, []string{evil}, []string{evil}
	h.Registrar, h.RegistrarID, h.JARM = evil, -1, evil
	h.Registered, h.Expires = time.Date(12_345, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(-5, 1, 1, 0, 0, 0, 0, time.UTC)
	v.Record.Network = crawler.Network{JARM: evil, Registration: &crawler.Registration{Registrar: evil, Created: h.Registered, Updated: h.Expires, Err: evil}, TLS: &crawler.TLS{NotAfter: h.Registered}}
	v.Verdict.Reasons = []extractors.Reason{{Code: evil, Group: evil, Evidence: evil, Where: evil, Says: evil}}
	return v
}
