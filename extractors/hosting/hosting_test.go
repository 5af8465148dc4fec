package hosting

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"scamatlas/crawler"
	"scamatlas/extractors"
)

func read(c *crawler.Capture) extractors.Hosting {
	var f extractors.Findings
	New().Extract(&extractors.Input{Capture: c}, &f)
	return f.Hosting
}

func fields(names ...string) []crawler.HeaderField {
	var out []crawler.HeaderField
	for _, n := range names {
		name, value, _ := strings.Cut(n, ": ")
		out = append(out, crawler.HeaderField{Name: name, Value: value})
	}
	return out
}

func TestExtract(t *testing.T) {
	day := time.Date(2026, 11, 1, 12, 0, 0, 0, time.FixedZone("x", 3600))
	c := &crawler.Capture{Host: "nova.example"}
	c.Network.DNS = crawler.DNS{A: []string{"203.0.113.7", "203.0.113.6", "203.0.113.7"}, AAAA: []string{"2001:db8::1"}, CNAME: []string{"z.example", "a.example"},
		NS: []string{"ns2.host.example", "ns1.host.example"}, MX: []string{"mx2.example", "mx1.example"}}
	c.Network.TLS = &crawler.TLS{LeafSHA256: "9f02", SPKISHA256: "77aa", Issuer: "LE\x1b[31m", SANs: []string{"www.nova.example", "nova.example"},
		NotBefore: day, NotAfter: day.AddDate(0, 3, 0), VerifyError: "unknown authority"}
	c.Pages = []crawler.Page{
		{Response: crawler.Response{Header: fields("Date: x", "Server: nginx/1.2\u202e", "Set-Cookie: a=1", "Set-Cookie: b=2", "x-powered-by: PHP/8.1")}},
		{Response: crawler.Response{Header: fields("Server: other")}},
	}
	want := extractors.Hosting{Addresses: []string{"2001:db8::1", "203.0.113.6", "203.0.113.7"}, CNAMEs: []string{"z.example", "a.example"},
		NS: []string{"ns1.host.example", "ns2.host.example"}, MX: []string{"mx2.example", "mx1.example"}, Server: "nginx/1.2", PoweredBy: "PHP/8.1",
		HeaderOrder: headerOrder(c.Pages[0].Header), CertSHA256: "9f02", SPKISHA256: "77aa", CertIssuer: "LE[31m",
		CertSANs: []string{"nova.example", "www.nova.example"}, CertFrom: day.UTC(), CertUntil: day.AddDate(0, 3, 0).UTC(), CertError: "unknown authority",
		Tech: []string{"PHP", "nginx"}}
	if got := read(c); !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
	if c.Network.DNS.NS[0] != "ns2.host.example" {
		t.Error("the capture was changed")
	}
}

func TestExtractNothing(t *testing.T) {
	if got := read(&crawler.Capture{}); !reflect.DeepEqual(got, extractors.Hosting{}) {
		t.Errorf("an empty capture gave %+v", got)
	}
	if got := read(nil); !reflect.DeepEqual(got, extractors.Hosting{}) {
		t.Errorf("no capture gave %+v", got)
	}
	if New().Name() != "hosting" {
		t.Error("name")
	}
}

// TestHeaderOrder compares with values that hash_from_banner of the hhhash package on PyPI (0.4) gave for the same headers.
func TestHeaderOrder(t *testing.T) {
	for _, c := range []struct {
		header []crawler.HeaderField
		want   string
	}{
		{fields("Server: nginx", "Date: x", "Set-Cookie: a=1", "Set-Cookie: b=2", "X-Powered-By: PHP/8.1"),
			"hhh:1:e4020b248d6dde9f2f360aa814069b74630f178c245ae786f35a008482813440"},
		{fields("server: nginx", "Content-Type: text/html; charset=utf-8"),
			"hhh:1:3ba465c90e94fcb43d8eea7bae852cc920742f952e127e09fb56da2c6651ccaa"},
		{nil, ""},
	} {
		if got := headerOrder(c.header); got != c.want {
			t.Errorf("%v: %s, want %s", c.header, got, c.want)
		}
	}
}

func TestBehind(t *testing.T) {
	for _, c := range []struct {
		name   string
		host   string
		a, aaa string
		cname  string
		ns     string
		header []crawler.HeaderField
		want   string
	}{
		{name: "nothing known", a: "203.0.113.7", ns: "ns1.host.example", header: fields("Server: nginx"), want: ""},
		{name: "address", a: "104.16.1.1", want: "cloudflare"},
		{name: "IPv6 address", aaa: "2606:4700::6810:1", want: "cloudflare"},
		{name: "address before header", a: "151.101.1.1", header: fields("x-vercel-id: x"), want: "fastly"},
		{name: "CNAME", a: "203.0.113.7", cname: "d111.cloudfront.net", want: "cloudfront"},
		{name: "CNAME of a look-alike", a: "203.0.113.7", cname: "notcloudfront.net", want: ""},
		{name: "host below a platform", host: "nova.vercel.app", a: "203.0.113.7", want: "vercel"},
		{name: "header", a: "203.0.113.7", header: fields("X-Amz-Cf-Id: x"), want: "cloudfront"},
		{name: "Server header", a: "203.0.113.7", header: fields("Server: BunnyCDN-DE1-1"), want: "bunny"},
		{name: "name server", a: "203.0.113.7", ns: "ns6.wixdns.net", want: "wix"},
		{name: "forged header", a: "203.0.113.7", header: fields("CF-RAY: x", "Server: cloudflare"), want: ""},
		{name: "header without addresses", header: fields("CF-RAY: x"), want: "cloudflare"},
		{name: "name servers alone", a: "203.0.113.7", ns: "ada.ns.cloudflare.com", want: ""},
	} {
		cap := &crawler.Capture{Host: c.host, Pages: []crawler.Page{{Response: crawler.Response{Header: c.header}}}}
		d := &cap.Network.DNS
		for list, v := range map[*[]string]string{&d.A: c.a, &d.AAAA: c.aaa, &d.CNAME: c.cname, &d.NS: c.ns} {
			if v != "" {
				*list = []string{v}
			}
		}
		if got := read(cap).CDN; got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

// TestProviders reads the shipped table strictly: every line counts, every provider can be recognised, its source is named.
func TestProviders(t *testing.T) {
	all, err := readProviders(providersTSV)
	if err != nil {
		t.Fatal(err)
	}
	if len(all) < 25 {
		t.Errorf("only %d providers", len(all))
	}
	seen := map[string]string{}
	for _, p := range all {
		if !strings.Contains(providersTSV, "# "+p.name+": ") {
			t.Errorf("%s: no source line", p.name)
		}
		if len(p.ranges)+len(p.cnames)+len(p.headers)+len(p.servers) == 0 {
			t.Errorf("%s cannot be recognised", p.name)
		}
		for _, v := range append(append(append([]string{}, p.cnames...), p.headers...), p.servers...) {
			if v != strings.ToLower(v) {
				t.Errorf("%s: %q is not lower case", p.name, v)
			}
			if other := seen[v]; other != "" {
				t.Errorf("%q belongs to %s and %s", v, other, p.name)
			}
			seen[v] = p.name
		}
	}
}

func TestReadProvidersBad(t *testing.T) {
	all, err := readProviders("a\trange\t10.0.0.1/8\nb\tcolour\tred\nc\tcname\nd\tcname\td.example\n")
	if err == nil {
		t.Fatal("no error")
	}
	for _, want := range []string{"line 1: \"10.0.0.1/8\" is not an address range", "line 2: unknown kind", "line 3: not three columns"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%v does not say %q", err, want)
		}
	}
	if n := len(all); n != 3 || all[2].cnames[0] != "d.example" {
		t.Errorf("%+v", all)
	}
}
