package hosting

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"time"

	"scamatlas/crawler"
	"scamatlas/extractors"
)

func TestRegistrationAndRoutes(t *testing.T) {
	day := time.Date(2026, 1, 2, 3, 4, 5, 0, time.FixedZone("x", 3600))
	c := &crawler.Capture{Host: "nova.example"}
	jarm := strings.Repeat("29d", 20) + "00"
	c.Network = crawler.Network{
		JARM: jarm,
		Registration: &crawler.Registration{Domain: "nova.example", Via: "rdap", Registrar: "Names\u202e Ltd", RegistrarID: 1234, AbuseEmails: []string{"abuse@names.example"},
			Statuses: []string{"client transfer prohibited", "client hold"}, Created: day, Expires: day.AddDate(1, 0, 0)},
		Routes: []crawler.Route{{Address: "203.0.113.7", ASN: 64500, Name: "NOVA\x1b Hosting", Country: "HK", AbuseEmails: []string{"abuse@nova.example"}, Via: "mmdb"},
			{Address: "203.0.113.8", ASN: 64500, Name: "NOVA Hosting", Country: "HK", AbuseEmails: []string{"abuse@nova.example"}, Via: "cymru"},
			{Address: "198.51.100.1", ASN: 64499, Via: "cymru"}, {Address: "192.0.2.1", Country: "sc", Via: "mmdb"}},
	}
	want := extractors.Hosting{JARM: jarm, ASNs: []string{"AS64499", "AS64500 NOVA Hosting"}, Countries: []string{"HK", "SC"}, Registrar: "Names Ltd", RegistrarID: 1234,
		Registered: day.UTC(), Expires: day.AddDate(1, 0, 0).UTC(), DomainStatus: []string{"client hold", "client transfer prohibited"},
		Abuse: []string{"registrar abuse@names.example", "hoster abuse@nova.example"}}
	if got := read(c); !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
	c.Network.DNS.A = []string{"104.16.1.1"}
	if got := read(c); got.JARM != "" || got.CDN != "cloudflare" || got.Abuse[1] != "cdn abuse@nova.example" {
		t.Errorf("behind %s the JARM is %q, abuse %q", got.CDN, got.JARM, got.Abuse)
	}
	for _, bad := range []string{"", "29d", strings.Repeat("0", 62), strings.Repeat("x", 62)} {
		if got := read(&crawler.Capture{Network: crawler.Network{JARM: bad}}).JARM; got != "" {
			t.Errorf("JARM %q is kept as %q", bad, got)
		}
	}
	if got := read(&crawler.Capture{Network: crawler.Network{Registration: &crawler.Registration{Err: "timeout"}}}); !reflect.DeepEqual(got, extractors.Hosting{}) {
		t.Errorf("a failed question gave %+v", got)
	}
}

func TestFronted(t *testing.T) {
	e := New()
	for host, c := range map[string]struct {
		d    crawler.DNS
		want bool
	}{
		"nova.example":  {crawler.DNS{A: []string{"203.0.113.7"}}, false},
		"cf.example":    {crawler.DNS{A: []string{"104.16.1.1"}}, true},
		"alias.example": {crawler.DNS{A: []string{"203.0.113.7"}, CNAME: []string{"x.funnull01.vip"}}, true},
		"a.netlify.app": {crawler.DNS{}, true},
		"none.example":  {crawler.DNS{}, false},
	} {
		if got := e.Fronted(host, &c.d); got != c.want {
			t.Errorf("%s: %t, want %t", host, got, c.want)
		}
	}
}

// leaky is a site behind a CDN that tells in every way where it stands.
func leaky() *crawler.Capture {
	c := &crawler.Capture{Host: "www.nova-trade.com"}
	c.Network.DNS = crawler.DNS{A: []string{"104.16.1.1", "203.0.113.1"}, MX: []string{"mail.nova-trade.com", "aspmx.l.google.com"},
		TXT: []string{"google-site-verification=1.2.3.4", "v=spf1 ip4:203.0.113.5 ip4:203.0.113.64/28 ip4:10.0.0.0/24 ip4:198.0.0.0/8 +ip4:104.16.2.2 ip6:2001:db8::5 a:smtp.nova-trade.com a:out.sender.net include:_spf.google.com -all"}}
	c.Network.TLS = &crawler.TLS{SANs: []string{"nova-trade.com", "cpanel.nova-trade.com", "www.nova-trade.com", "mail.other.com", "shop.nova-trade.com", "203.0.113.2", "127.0.0.1"}}
	page := `<a href="http://203.0.113.4/admin">x</a><a href="/a">y</a><img src="http://192.168.1.1/a.png"><a href="https://104.16.5.5/">z</a><p>203.0.113.99</p>`
	c.Pages = []crawler.Page{{Response: crawler.Response{ContentType: "text/html", Body: []byte(page), Hops: []crawler.Hop{{URL: "http://203.0.113.8/go"}},
		Header: fields("X-Backend-Server: 203.0.113.3:8080", "X-Host: web7.cluster.nova-host.net", "X-Server: nginx", "Server: cloudflare")}}}
	return c
}

func origins(c *crawler.Capture, indicators ...extractors.Indicator) []string {
	f := extractors.Findings{Indicators: indicators}
	New().Extract(extractors.NewInput(c), &f)
	return f.Hosting.Origins
}

func TestOrigins(t *testing.T) {
	backend := func(value, confidence string) extractors.Indicator {
		return extractors.Indicator{Kind: extractors.KindBackend, Type: "api", Value: value, Confidence: confidence}
	}
	indicators := []extractors.Indicator{backend("api.nova-core.com:8443", extractors.High), backend("203.0.113.9:9000", extractors.High), backend("www.nova-trade.com", extractors.High),
		backend("maybe.example", extractors.Low), backend("store.example/bucket", extractors.High), backend("x.cloudfront.net", extractors.High), {Kind: extractors.KindContact, Type: "mail", Value: "a.example"}}
	want := []string{
		"203.0.113.1 beside the CDN's addresses",
		"cpanel.nova-trade.com from its certificate",
		"203.0.113.2 from its certificate",
		"203.0.113.3 from its header X-Backend-Server",
		"web7.cluster.nova-host.net from its header X-Host",
		"203.0.113.8 from a redirect",
		"api.nova-core.com from its scripts",
		"203.0.113.9 from its scripts",
		"203.0.113.4 from its pages",
		"203.0.113.5 from its SPF record",
		"203.0.113.64/28 from its SPF record",
		"2001:db8::5 from its SPF record",
		"smtp.nova-trade.com from its SPF record",
		"mail.nova-trade.com from its mail host",
	}
	if got := origins(leaky(), indicators...); !reflect.DeepEqual(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	for name, change := range map[string]func(*crawler.Capture){
		"no CDN":     func(c *crawler.Capture) { c.Network.DNS.A = []string{"203.0.113.1"}; c.Pages[0].Header = nil },
		"a platform": func(c *crawler.Capture) { c.Network.DNS.A = []string{"23.227.38.65"} },
	} {
		c := leaky()
		change(c)
		if got := origins(c, indicators...); got != nil {
			t.Errorf("%s: %q", name, got)
		}
	}
}

// FuzzExtract: whatever registries, servers and pages say, lists stay within bounds, hold nothing that a terminal obeys, and can be
// stored.
func FuzzExtract(f *testing.F) {
	f.Add("nova.com", "v=spf1 ip4:1.2.3.4/33 a: ip6:::/0", "203.0.113.2", "<a href=//[::1]:x>", "x-backend: 1.2.3.4")
	f.Add("", "\x00", "*.a.b", "<meta name=generator><meta content=wordpress>", ":")
	e := New()
	f.Fuzz(func(t *testing.T, host, txt, name, page, header string) {
		c := &crawler.Capture{Host: host}
		c.Network.DNS = crawler.DNS{A: []string{"104.16.1.1", name}, TXT: []string{txt}, MX: []string{name}}
		c.Network.TLS = &crawler.TLS{SANs: []string{name}}
		c.Network.Registration = &crawler.Registration{Registrar: txt, Statuses: []string{name}, AbuseEmails: []string{header}}
		c.Network.Routes = []crawler.Route{{ASN: 1, Name: name, Country: txt}}
		c.Pages = []crawler.Page{{Response: crawler.Response{ContentType: "text/html", Body: []byte(page), Header: fields(header), Hops: []crawler.Hop{{URL: page}}}}}
		var got extractors.Findings
		e.Extract(extractors.NewInput(c), &got)
		h := got.Hosting
		for _, list := range [][]string{h.Origins, h.Tech, h.ASNs, h.Countries, h.DomainStatus, h.Abuse, {h.Registrar}} {
			if len(list) > maxNames {
				t.Errorf("%d values", len(list))
			}
			for _, v := range list {
				if len(v) > 2*maxHeader || strings.ContainsAny(v, "\x00\x1b\n\u202e") {
					t.Errorf("%q", v)
				}
			}
		}
		if _, err := json.Marshal(h); err != nil {
			t.Error(err)
		}
	})
}
