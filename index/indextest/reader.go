package indextest

import (
	"errors"
	"fmt"
	"reflect"
	"slices"

	"scamatlas/crawler"
	"scamatlas/index"
	"scamatlas/index/query"
)

var readerTests = []test{
	{"Site of an unknown host", func(s *suite) {
		if _, err := s.Site(ctx, "nope.example"); !errors.Is(err, index.ErrNotFound) {
			s.Errorf("%v", err)
		}
	}},
	{"every kind of field is searched", func(s *suite) {
		s.save(fullVisit(), visit("other.example", 1, crawler.Parked, hour(30)))
		full := "shop.nova-trade.example"
		for _, q := range []string{
			"host:shop.nova-trade.example", "host:shop*", "domain:nova-trade.example", "outcome:ok", "verdict:suspicious", "source:feed:x",
			"wallet:1abc", "wallet:1ABC", "wallet:1ab*", "chain:btc", "chain:bch", "role:payee", "tracker:G-ABC123", "ga4:G-ABC123", "ga4:G-A*",
			"ip:2001:DB8::1", "ip:203.0.113.9", "ip:203.0.113.*", "ns:ns1.x.example", "mx:mx.x.example", "cname:edge*", "cdn:Cloudflare", "server:nginx*",
			"cert:c0", "spki:5b", "san:shop*", "issuer:r3", "favicon:-1234567", "favicon:fa", "domhash:d0", "headers:hhh:1:aa", "lang:en",
			"title:welcome", "title:WELC*", `title:"welcome to shop"`, "title:nova-trade", "text:deposit", `text:"deposit today"`,
			"first_seen:2024-03-01", "last_visit:[2024-03-01T12:00 TO 2024-03-01T12:00]", "last_live:<2024-03-02", "last_live:>2020", "last_visit:{2024-02 TO *]",
			"reason:promise", "reason:PROM*", "asn:as64500", `asn:"nova hosting"`, "country:hk", `registrar:"names ltd"`, "registrar:1234", "tech:thinkphp", "tech:Vant", "jarm:29d2*",
			"ever:203.0.113.9", "ever:ns1.x.example", "ever:c0", `ever:"names ltd"`, "registered:<2024-03", "registered:2024-02-09", "score:75", "score:>=74", "score:[70 TO 80}",
			"visits:1 wallets:1", "wallets:>0", "wallets:{0 TO 5]", "visits:<=1 wallets:>=1",
		} {
			if got := s.find(q); !slices.Contains(got, full) {
				s.Errorf("%s does not find the site", q)
			}
		}
		for _, q := range []string{"host:nova", "wallet:abc", "ga4:g-abc123", "telegram:nova", "title:come", `text:"today deposit"`, "title:deposit", "text:welcome",
			"first_seen:>2024-03-01", "last_visit:{2024-03-01 TO *]", "visits:2", "wallets:0", "last_live:<2020", "cdn:cloud",
			"confirmed:true", "reviewed:true", "registered:>2024-02-09", "score:74", "score:>75", "score:0", "asn:64500", "ever:welcome*", "tech:think"} {
			if got := s.find(q); slices.Contains(got, full) {
				s.Errorf("%s finds the site", q)
			}
		}
	}},
	{"a bare word is a word of title, text or host, or a pasted value", func(s *suite) {
		v := visit("shop.nova-trade.example", 1, crawler.OK, t0)
		v.Findings.Title, v.Findings.Text = "Zenith Capital", "比特币 投资 guaranteed profit"
		s.save(v, visit("b.example", 1, crawler.OK, t0))
		for _, q := range []string{"zenith", "ZEN*", "guaranteed", `"guaranteed profit"`, "投资", "nova", "nova-trade", "shop.nova-trade.example",
			"shop.nova-tr*", "help@shop.nova-trade.example", "Help@SHOP.nova-trade.example", "1shop.nova-trade.example", "zenith profit", "zenith OR nothing"} {
			s.equal(q, "shop.nova-trade.example")
		}
		for _, q := range []string{"enith", "profi", `"profit guaranteed"`, "资投", "zenith nothing", "trade-nova", "ns1"} {
			s.equal(q)
		}
	}},
	{"AND OR NOT and parentheses", func(s *suite) {
		s.save(visit("aa1.example", 1, crawler.OK, t0), visit("aa2.example", 1, crawler.Dead, t0), visit("bb1.example", 1, crawler.OK, hour(1)))
		s.equal("", "aa1.example", "aa2.example", "bb1.example")
		s.equal("outcome:ok host:aa*", "aa1.example")
		s.equal("outcome:dead OR host:bb1.example", "aa2.example", "bb1.example")
		s.equal("NOT outcome:ok", "aa2.example")
		s.equal("-last_live:>2000", "aa2.example")
		s.equal("-(outcome:dead OR host:bb1.example)", "aa1.example")
		s.equal("(outcome:ok OR outcome:dead) -NOT host:aa1.example", "aa1.example")
	}},
	{"hosts never visited are found only when the query names outcome:queued", func(s *suite) {
		s.add(t0, "queued.example")
		s.save(visit("a.example", 1, crawler.OK, t0))
		s.equal("", "a.example")
		s.equal("host:queued.example")
		s.equal("outcome:queued", "queued.example")
		s.equal("outcome:queued OR outcome:ok", "a.example", "queued.example")
		s.equal("-outcome:queued", "a.example")
		s.equal("host:queued* outcome:queued -last_visit:>2000", "queued.example")
		if res := s.search(index.SearchRequest{Facets: []string{"outcome"}}); res.Total != 1 || len(res.Facets["outcome"]) != 1 {
			s.Errorf("%+v", res)
		}
		s.save(visit("queued.example", 1, crawler.OK, t0))
		s.equal("outcome:queued")
	}},
	{"Search gives the first Limit sites and the count of all", func(s *suite) {
		for i := range 105 {
			s.ok(s.SaveVisit(ctx, visit(fmt.Sprintf("h%03d.example", i), 1, crawler.OK, hour(i))))
		}
		s.ok(s.Flush(ctx))
		for limit, want := range map[int]int{0: 100, 3: 3, 105: 105, index.MaxHits + 5: 105} {
			res := s.search(index.SearchRequest{Limit: limit})
			if res.Total != 105 || len(res.Sites) != want || res.Sites[0].Host != "h000.example" {
				s.Errorf("limit %d: %d sites of %d", limit, len(res.Sites), res.Total)
			}
		}
	}},
	{"Search sorts by host, last visit and first seen", func(s *suite) {
		s.save(visit("b.example", 1, crawler.OK, hour(1)), visit("a.example", 1, crawler.OK, hour(2)), visit("c.example", 1, crawler.OK, hour(3)),
			visit("b.example", 2, crawler.OK, hour(9)), visit("d.example", 1, crawler.OK, hour(3)))
		for sort, want := range map[string][]string{
			"":                  {"a.example", "b.example", "c.example", "d.example"},
			index.SortHost:      {"a.example", "b.example", "c.example", "d.example"},
			index.SortLastVisit: {"b.example", "c.example", "d.example", "a.example"},
			index.SortFirstSeen: {"c.example", "d.example", "a.example", "b.example"},
		} {
			if got := hostsOf(s.search(index.SearchRequest{Sort: sort}).Sites); !slices.Equal(got, want) {
				s.Errorf("sorted by %q: %v, want %v", sort, got, want)
			}
		}
		if _, err := s.Search(ctx, index.SearchRequest{Sort: "colour"}); err == nil {
			s.Error("an unknown order is taken")
		}
	}},
	{"facets count over all matches, top 20, by count and value", func(s *suite) {
		for i := range 25 {
			v := visit(fmt.Sprintf("h%02d.example", i), 1, crawler.OK, t0)
			v.Findings.Hosting.Server = fmt.Sprintf("Srv%02d", i)
			v.Findings.Hosting.NS = []string{"ns1.x.example", "ns1.x.example", fmt.Sprintf("ns%d.y.example", i%2)}
			s.ok(s.SaveVisit(ctx, v))
		}
		s.ok(s.Flush(ctx))
		res := s.search(index.SearchRequest{Query: s.parse("-host:h24.example"), Limit: 1, Facets: []string{"ns", "server", "telegram"}})
		if want := []index.Count{{Value: "ns1.x.example", N: 24}, {Value: "ns0.y.example", N: 12}, {Value: "ns1.y.example", N: 12}}; !reflect.DeepEqual(res.Facets["ns"], want) {
			s.Errorf("%+v, want %+v", res.Facets["ns"], want)
		}
		if f := res.Facets["server"]; len(f) != 20 || f[0] != (index.Count{Value: "srv00", N: 1}) || f[19].Value != "srv19" {
			s.Errorf("%+v", f)
		}
		if f, ok := res.Facets["telegram"]; !ok || len(f) != 0 {
			s.Errorf("a facet without values: %+v, %v", f, ok)
		}
		for _, bad := range []string{"title", "visits", "nope"} {
			if _, err := s.Search(ctx, index.SearchRequest{Facets: []string{bad}}); err == nil {
				s.Errorf("facet %s is taken", bad)
			}
		}
	}},
	{"EachSite streams all matches ordered by host", func(s *suite) {
		var want []string
		for i := range 230 {
			h := fmt.Sprintf("h%03d.example", (i*37)%230)
			s.ok(s.SaveVisit(ctx, visit(h, 1, crawler.OK, t0)))
			if h != "h007.example" {
				want = append(want, h)
			}
		}
		s.add(t0, "queued.example")
		slices.Sort(want)
		var got []string
		s.ok(s.EachSite(ctx, s.parse("-host:h007.example"), func(x *index.Site) error { got = append(got, x.Host); return nil }))
		if !slices.Equal(got, want) {
			s.Errorf("%d sites, want %d: %v", len(got), len(want), got)
		}
		stop, n := errors.New("enough"), 0
		if err := s.EachSite(ctx, nil, func(*index.Site) error { n++; return stop }); err != stop || n != 1 {
			s.Errorf("the function's error came back as %v after %d sites", err, n)
		}
	}},
	{"EachSite lets its function use the store", func(s *suite) {
		s.three()
		s.ok(s.EachSite(ctx, nil, func(x *index.Site) error {
			if _, err := s.Site(ctx, x.Host); err != nil {
				return err
			}
			return s.SaveVisit(ctx, visit(x.Host, 2, crawler.OK, hour(1)))
		}))
		s.ok(s.Flush(ctx))
		s.equal("visits:2", "a.example", "b.example", "c.example")
	}},
	{"generated queries find what they mean", func(s *suite) {
		Load(s.T, s.Store)
		var all []*known
		s.ok(s.EachSite(ctx, s.parse("outcome:queued OR -outcome:queued"), func(x *index.Site) error { all = append(all, know(x)); return nil }))
		if len(all) != corpusSites+2 {
			s.Fatalf("%d sites", len(all))
		}
		telling := 0
		for _, text := range Queries(1, 200) {
			var want []string
			for _, x := range all {
				if x.matches(query.Visible(s.parse(text))) {
					want = append(want, x.Host)
				}
			}
			s.equal(text, want...)
			if len(want) > 0 && len(want) < corpusSites {
				telling++
			}
		}
		if telling < 100 {
			s.Errorf("only %d queries tell sites apart: they prove little", telling)
		}
	}},
}
