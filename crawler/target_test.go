package crawler

import (
	"errors"
	"strings"
	"testing"
)

func TestParseTarget(t *testing.T) {
	for in, want := range map[string]Target{
		"Example.ORG":                            {Host: "example.org"},
		" example.org. ":                         {Host: "example.org"},
		"https://example.org":                    {Host: "example.org"},
		"https://example.org/":                   {Host: "example.org"},
		"http://example.org:80/":                 {Host: "example.org"},
		"https://example.org/deposit?coin=btc#x": {Host: "example.org", URL: "https://example.org/deposit?coin=btc"},
		"http://example.org:8080":                {Host: "example.org", URL: "http://example.org:8080"},
		"https://user:pw@example.org/a":          {Host: "example.org", URL: "https://example.org/a"},
		"hxxps://evil[.]example[.]org/pay":       {Host: "evil.example.org", URL: "https://evil.example.org/pay"},
		"hXXp://evil(dot)example.org":            {Host: "evil.example.org"},
		"evil[dot]example.org,":                  {Host: "evil.example.org"},
		"<https://example.org>":                  {Host: "example.org"},
		"b\u00fccher.example":                    {Host: "xn--bcher-kva.example"},
		"example\u3002org":                       {Host: "example.org"},
		"exa\u200bmple.org":                      {Host: "example.org"},
		"_dmarc.example.org":                     {Host: "_dmarc.example.org"},
		"someone.github.io":                      {Host: "someone.github.io"},
		"R3---sn-4g5e.googlevideo.com":           {Host: "r3---sn-4g5e.googlevideo.com"},
		"ab--b\u00fccher.example":                {Host: "xn--ab--bcher-u9a.example"},
	} {
		got, err := ParseTarget(in)
		if err != nil || got.Host != want.Host || got.URL != want.URL {
			t.Errorf("ParseTarget(%q) = %+v, %v; want %+v", in, got, err, want)
		}
	}
}

func TestParseTargetSaysWhyNot(t *testing.T) {
	for in, why := range map[string]string{
		"":                                "empty",
		"   ":                             "empty",
		"localhost":                       "needs a dot",
		"127.0.0.1":                       "IP address",
		"http://[::1]/":                   "IP address",
		"1.2.3":                           "last label is a number",
		"com":                             "needs a dot",
		"co.uk":                           "public suffix",
		"github.io":                       "public suffix",
		"ftp://example.org":               "scheme ftp",
		"javascript:alert(1)":             "",
		"exa mple.org":                    "",
		"a..example.org":                  "",
		"-a.example.org":                  "hyphen",
		"a-.example.org":                  "hyphen",
		"xn--a.example.org":               "",
		"xn--.example.org":                "",
		strings.Repeat("a", 64) + ".org":  "",
		strings.Repeat("a.", 130) + "org": "253",
		"http://example.org/" + strings.Repeat("x", 3000): "longer than",
		"someone@example.org":                             "",
		"bad\xff.example":                                 "",
	} {
		got, err := ParseTarget(in)
		if err == nil {
			t.Errorf("ParseTarget(%.40q) = %+v, want an error", in, got)
			continue
		}
		if !errors.Is(err, ErrBadTarget) || !strings.Contains(err.Error(), why) || strings.Contains(err.Error(), "\n") {
			t.Errorf("ParseTarget(%.40q): %v, want %q", in, err, why)
		}
	}
}

func TestRegistrableDomain(t *testing.T) {
	for host, want := range map[string]string{"a.b.example.co.uk": "example.co.uk", "example.org": "example.org", "a.someone.github.io": "someone.github.io", "com": "com"} {
		if got := RegistrableDomain(host); got != want {
			t.Errorf("RegistrableDomain(%q) = %q, want %q", host, got, want)
		}
	}
}

// What ParseTarget gives it takes back: stores and exports rely on one form.
func FuzzParseTarget(f *testing.F) {
	f.Add("hxxps://evil[.]example.org/a?b")
	f.Add("b\u00fccher.example")
	f.Add("http://a.example:8080/%zz")
	f.Fuzz(func(t *testing.T, s string) {
		got, err := ParseTarget(s)
		if err != nil {
			return
		}
		again, err := ParseTarget(got.Host)
		if err != nil || again.Host != got.Host {
			t.Fatalf("%q gives host %q, which gives %q, %v", s, got.Host, again.Host, err)
		}
		if got.URL != "" {
			if u, err := ParseTarget(got.URL); err != nil || u.Host != got.Host {
				t.Fatalf("%q gives address %q, which gives %+v, %v", s, got.URL, u, err)
			}
		}
	})
}
