package archive

import (
	"strings"
	"testing"
)

func TestSURT(t *testing.T) {
	for in, want := range map[string]string{
		"https://www.Vault.example/":          "example,vault)/",
		"http://vault.example":                "example,vault)/",
		"https://www2.vault.example/A/b":      "example,vault)/a/b",
		"https://wwwx.vault.example/":         "example,vault,wwwx)/",
		"https://vault.example:8443/?b=2&a=1": "example,vault:8443)/?a=1&b=2",
		"https://vault.example:443/x":         "example,vault)/x",
		"urn:view:https://vault.example/":     "urn:view:https://vault.example/",
		"https://[2001:db8::1]/":              "2001:db8::1)/",
		"https://vault.example/%zz":           "https://vault.example/%zz",
	} {
		if got := surt(in); got != want {
			t.Errorf("%s: %s, want %s", in, got, want)
		}
	}
}

func TestSafeURI(t *testing.T) {
	for in, want := range map[string]string{
		"https://a.example/ü b\r\n":  "https://a.example/%C3%BC%20b%0D%0A",
		"https://a.example/%20?q=[]": "https://a.example/%20?q=[]",
		"":                           "urn:empty",
		"<a\"\x00>":                  "%3Ca%22%00%3E",
	} {
		if got := safeURI(in); got != want {
			t.Errorf("%q: %s, want %s", in, got, want)
		}
	}
	a, b := safeURI(strings.Repeat("\xff", 5000)), safeURI(strings.Repeat("\xff", 5001))
	if len(a) > maxURI+80 || a == b {
		t.Error("long addresses fall together or stay long")
	}
}

func TestMessage(t *testing.T) {
	for in, want := range map[string]message{
		"HTTP/1.1 200 OK\r\nContent-Type: Text/HTML; charset=x\r\n\r\nbody": {status: "200", media: "text/html", plain: true},
		"HTTP/1.0 404\n\nbody": {status: "404", plain: true},
		"HTTP/1.1 200 OK\r\nTransfer-encoding: chunked\r\n\r\nbody": {status: "200", coding: "chunked ", plain: true},
		"GET / HTTP/1.1\r\n\r\nbody":                                {plain: true},
		"SSH-2.0-x\r\n\r\nbody":                                     {},
		"HTTP/1.1 200 OK\r\n \t\r\nA: b\r\n\r\nbody":                {},
		"\r\nHTTP/1.1 200 OK\r\n\r\nbody":                           {},
		"HTTP/1.1 200 OK\r\nbody":                                   {},
	} {
		got := parseMessage([]byte(in))
		if got.status != want.status || got.media != want.media || got.coding != want.coding || got.plain && string(got.body) != "body" || string(got.head)+string(got.body) != in {
			t.Errorf("%q: %+v", in, got)
		}
	}
}
