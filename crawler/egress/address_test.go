package egress

import (
	"context"
	"net"
	"net/netip"
	"net/url"
	"strings"
	"testing"
	"time"

	"scamatlas/crawler"
)

// special are addresses that no site can live at, one or more of every kind the IANA registries know, and the embeddings of
// IPv4 in IPv6 through which each could be reached.
var special = []string{
	"0.0.0.0", "0.1.2.3", "10.0.0.1", "10.255.255.255", "100.64.0.1", "100.127.255.254", "127.0.0.1", "127.255.255.254",
	"169.254.0.1", "169.254.169.254", "169.254.170.2", "172.16.0.1", "172.31.255.255", "192.0.0.1", "192.0.0.192", "192.0.2.1",
	"192.31.196.1", "192.52.193.1", "192.88.99.1", "192.168.0.1", "192.168.255.255", "192.175.48.1", "198.18.0.1",
	"198.19.255.255", "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255",
	"168.63.129.16",
	"::", "::1", "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:169.254.169.254", "::ffff:10.0.0.1", "64:ff9b::7f00:1",
	"64:ff9b:1::1", "100::1", "100:0:0:1::1", "2001::1", "2001:10::1", "2001:db8::1", "2002:7f00:1::", "3fff::1", "4000::1",
	"5f00::1", "2620:4f:8000::1", "fc00::1", "fd00:ec2::254", "fe80::1", "fec0::1", "ff02::1",
}

func TestSpecialAddressesAreRefused(t *testing.T) {
	if len(special) < 48 {
		t.Fatalf("only %d addresses", len(special))
	}
	g := newGuard(t, Options{})
	for _, text := range special {
		a := netip.MustParseAddr(text)
		if g.denies(a) == "" {
			t.Errorf("%s is let through", text)
		}
		if a.Is4() && g.denies(netip.AddrFrom16(a.As16())) == "" {
			t.Errorf("%s is let through when mapped into IPv6", text)
		}
		refusal(t, g.CheckURL(&url.URL{Scheme: "http", Host: strings.TrimSuffix(net.JoinHostPort(text, ""), ":")}))
		conn, err := g.DialContext(context.Background(), "tcp", net.JoinHostPort(text, "80"))
		if err == nil {
			conn.Close()
		}
		refusal(t, err)
		refusal(t, g.atConnect("tcp6", netip.AddrPortFrom(a, 80).String(), 80))
	}
	for _, text := range []string{"1.1.1.1", "93.184.215.14", "192.0.1.1", "168.63.129.17", "2606:4700::1111", "2a00:1450:4001::1"} {
		if why := g.denies(netip.MustParseAddr(text)); why != "" {
			t.Errorf("%s is public, refused as %s", text, why)
		}
	}
}

func TestAllowOpensAddressesOnly(t *testing.T) {
	g := newGuard(t, Options{Allow: prefixes("127.0.0.2/32", "::ffff:10.1.0.0/112", "168.63.129.16/32", "0.0.0.0/8", "fd00::/8")})
	for text, open := range map[string]bool{
		"127.0.0.2": true, "::ffff:127.0.0.2": true, "127.0.0.1": false, "127.0.0.3": false, "10.1.2.3": true, "10.2.0.1": false,
		"168.63.129.16": true, "0.0.0.0": false, "::": false, "fd12::1": true, "fd12::1%eth0": false, "fe80::1": false,
	} {
		if got := g.denies(netip.MustParseAddr(text)) == ""; got != open {
			t.Errorf("%s let through = %t, want %t", text, got, open)
		}
	}
	for raw, why := range map[string]string{
		"http://127.0.0.2:22/": "port 22 is not allowed", "ftp://127.0.0.2/": "scheme ftp", "http://127.0.0.2:9200/": "port 9200 is not allowed",
	} {
		u, err := url.Parse(raw)
		if err != nil {
			t.Fatal(err)
		}
		if got := refusal(t, g.CheckURL(u)).Why; got != why {
			t.Errorf("%s: %q, want %q", raw, got, why)
		}
	}
}

func TestOwnAddressesAreRefused(t *testing.T) {
	g := newGuard(t, Options{})
	ours, public := netip.MustParseAddr("93.184.215.14"), netip.MustParseAddr("93.184.215.15")
	g.own.seen = map[netip.Addr]bool{ours: true}
	if why := g.denies(ours); !strings.HasPrefix(why, "own address") {
		t.Errorf("our address: %q", why)
	}
	if why := g.denies(public); why != "" {
		t.Errorf("the neighbour's address: %q", why)
	}
	g.own.at = time.Now().Add(-2 * ownEvery)
	if why := g.denies(ours); why != "" {
		t.Errorf("an address we lost is still ours: %q", why)
	}
	loopback := netip.MustParseAddr("127.0.0.1")
	if !g.own.seen[loopback] {
		t.Errorf("the second look found %v, without %s", g.own.seen, loopback)
	}
	if g := newGuard(t, Options{Deny: prefixes("93.184.215.0/24")}); g.denies(ours) == "" {
		t.Error("a denied prefix is let through")
	}
}

func TestReadHost(t *testing.T) {
	for _, tc := range []struct{ in, name, addr, why string }{
		{"Example.COM", "example.com", "", ""},
		{"example.com.", "example.com", "", ""},
		{"_a.b-c.example", "_a.b-c.example", "", ""},
		{"bücher.example", "xn--bcher-kva.example", "", ""},
		{"127.0.0.1", "", "127.0.0.1", ""},
		{"127.0.0.1.", "", "127.0.0.1", ""},
		{"2130706433", "", "127.0.0.1", ""},
		{"0x7f.1", "", "127.0.0.1", ""},
		{"0X7F000001", "", "127.0.0.1", ""},
		{"0177.0.0.01", "", "127.0.0.1", ""},
		{"127.1", "", "127.0.0.1", ""},
		{"127.0.1", "", "127.0.0.1", ""},
		{"0xa9.254.0xa9fe", "", "169.254.169.254", ""},
		{"0", "", "0.0.0.0", ""},
		{"0x", "", "0.0.0.0", ""},
		{"134744072", "", "8.8.8.8", ""},
		{"１２７.０.０.１", "", "127.0.0.1", ""},
		{"①②⑦.⓪.⓪.①", "", "127.0.0.1", ""},
		{"127。0。0。1", "", "127.0.0.1", ""},
		{"::ffff:127.0.0.1", "", "127.0.0.1", ""},
		{"::1", "", "::1", ""},
		{"fe80::1%lo", "", "", "address with a zone fe80::1%lo"},
		{"4294967296", "", "", "not a host name"},
		{"1.2.3.256", "", "", "not a host name"},
		{"1.2.3.4.5", "", "", "not a host name"},
		{"09.1", "", "", "not a host name"},
		{"1..2", "", "", "not a host name"},
		{"example.0x7", "", "", "not a host name"},
		{"", "", "", "empty host"},
		{".", "", "", "empty host"},
		{"localhost", "", "", "loopback name"},
		{"LOCALHOST.", "", "", "loopback name"},
		{"a.localhost", "", "", "loopback name"},
		{"printer.local", "", "", "name of the local network"},
		{"intranet", "", "", "name without a dot"},
		{"a..example", "", "", "not a host name"},
		{"a b.example", "", "", "not a host name"},
		{"a/b.example", "", "", "not a host name"},
		{"a:80.example", "", "", "not a host name"},
		{strings.Repeat("a.", 130) + "example", "", "", "not a host name"},
		{strings.Repeat("a", 64) + ".example", "", "", "not a host name"},
		{"\xff\xfe.example", "", "", "not a host name"},
	} {
		name, a, why := readHost(tc.in)
		addr := ""
		if a.IsValid() {
			addr = a.String()
		}
		if why != "" {
			name = ""
		}
		if name != tc.name || addr != tc.addr || why != tc.why {
			t.Errorf("%q: name %q address %q why %q, want %q %q %q", tc.in, name, addr, why, tc.name, tc.addr, tc.why)
		}
	}
}

func TestCheckURL(t *testing.T) {
	g := newGuard(t, Options{})
	for raw, want := range map[string]string{
		"http://example.com/":                "",
		"HTTPS://example.com:8443/a?b#c":     "",
		"http://example.com:/":               "",
		"http://user:pass@example.com/":      "",
		"http://8.8.8.8/":                    "",
		"http://0x08080808/":                 "",
		"http://[2606:4700::1111]:443/":      "",
		"file:///etc/passwd":                 "scheme file",
		"javascript:alert(1)":                "scheme javascript",
		"//example.com/":                     "scheme ",
		"http:example.com":                   "empty host",
		"http://:80/":                        "empty host",
		"http:///x":                          "empty host",
		"http://example.com:22/":             "port 22 is not allowed",
		"http://example.com:0/":              "port 0 is not allowed",
		"http://example.com:65616/":          "not a port",
		"http://example.com@127.0.0.1/":      "loopback address 127.0.0.1",
		"http://2130706433/":                 "loopback address 127.0.0.1",
		"http://0x7f.1/":                     "loopback address 127.0.0.1",
		"http://017700000001/":               "loopback address 127.0.0.1",
		"http://[::ffff:127.0.0.1]/":         "loopback address 127.0.0.1",
		"http://[::ffff:7f00:1]/":            "loopback address 127.0.0.1",
		"http://[fe80::1%25lo]/":             "address with a zone fe80::1%lo",
		"http://169.254.169.254/latest/":     "link-local address 169.254.169.254",
		"http://0.0.0.0/":                    "unspecified address 0.0.0.0",
		"http://[64:ff9b::a9fe:a9fe]/":       "special-purpose address 64:ff9b::a9fe:a9fe",
		"http://192.168.1.1/":                "private address 192.168.1.1",
		"http://localhost:8080/":             "loopback name",
		"http://metadata/computeMetadata/":   "name without a dot",
		"http://a.b.localhost/":              "loopback name",
		"http://１２７.０.０.１/":                  "loopback address 127.0.0.1",
		"ws://example.com/":                  "scheme ws",
		"gopher://example.com:70/_x":         "scheme gopher",
		"http://example.com:9200/_search":    "port 9200 is not allowed",
		"chrome://crash":                     "scheme chrome",
		"http://168.63.129.16/?comp=version": "denied address 168.63.129.16",
	} {
		u, err := url.Parse(raw)
		if err != nil {
			t.Fatal(err)
		}
		err = g.CheckURL(u)
		switch {
		case want == "" && err != nil:
			t.Errorf("%s: %v", raw, err)
		case want != "":
			if no := refusal(t, err); no.Why != want || no.Target == "" {
				t.Errorf("%s: %q, want %q", raw, no.Why, want)
			}
		}
	}
	for name, u := range map[string]*url.URL{
		"none": nil, "two ports": {Scheme: "http", Host: "a.example:80:22"}, "text port": {Scheme: "http", Host: "a.example:http"},
	} {
		if g.CheckURL(u) == nil {
			t.Errorf("%s: let through", name)
		}
	}
	long := &url.URL{Scheme: "file", Path: strings.Repeat("a", 1<<20)}
	if n := len(refusal(t, g.CheckURL(long)).Target); n > crawler.MaxURL+len("…") {
		t.Errorf("a refusal keeps %d bytes", n)
	}
}

// FuzzCheckURL: whatever a site writes into a Location, what is let through is http(s), at an open port, and neither a special
// address nor a name of this machine.
func FuzzCheckURL(f *testing.F) {
	for _, s := range []string{"http://0x7f.1:80/", "http://[::ffff:127.0.0.1]/", `http://a\@127.0.0.1/`, "http://a@b@c/", "http://%31.1/",
		"http://[fe80::1%25lo]/", "http://１２７.１/", "https://example.com:443/", "http:/\\127.1", "http://0.0.0.0.", "http://a.local"} {
		f.Add(s)
	}
	g, err := New(Options{Resolver: "127.0.0.1:9"})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		u, err := url.Parse(raw)
		if err != nil || g.CheckURL(u) != nil {
			return
		}
		if s := strings.ToLower(u.Scheme); s != "http" && s != "https" {
			t.Errorf("scheme %q of %q", s, raw)
		}
		if port := u.Port(); port == "22" || port == "9200" {
			t.Errorf("port of %q", raw)
		}
		host := strings.TrimSuffix(strings.ToLower(u.Hostname()), ".")
		if a, err := netip.ParseAddr(host); err == nil && g.denies(a) != "" {
			t.Errorf("address of %q", raw)
		}
		if host == "" || host == "localhost" || strings.HasSuffix(host, ".localhost") {
			t.Errorf("host of %q", raw)
		}
	})
}
