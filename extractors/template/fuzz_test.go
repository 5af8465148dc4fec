package template

import (
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"scamatlas/crawler"
	"scamatlas/extractors"
	"scamatlas/extractors/extracttest"
)

func FuzzExtract(f *testing.F) {
	f.Add("novatrade.example", board, "body{color:#fff}/*", "var h='"+strings.Repeat(`<b>\x3c/b>\u00e9`, 60)+"'")
	f.Add("", `<body><div id=root></div><script src=a.js></script>`, "#}//", "`"+strings.Repeat("<p></p>", 200)+"`"+strings.Repeat(`\'`, 300))
	f.Add("x", "<title>\xff\u202e</title><svg><svg><p class='"+strings.Repeat("a ", 50)+"'>", "/", `'\`)
	f.Add("a.b", "<img src='http://[::1'><link href='%zz.css'>", "\x89PNG", `"\u12"`)
	f.Fuzz(func(t *testing.T, host, body, style, script string) {
		in := func() *crawler.Capture {
			return &crawler.Capture{Host: host, Pages: []crawler.Page{page("/", body)}, Assets: []crawler.Asset{asset(crawler.Style, "s.css", "text/css", style),
				asset(crawler.Script, "s.js", "text/javascript", script), asset(crawler.Icon, "f.ico", "image/png", style), asset(crawler.Image, body, "", script)}}
		}
		got := extractors.Extract(in(), []extractors.Extractor{New()})
		if again := extractors.Extract(in(), []extractors.Extractor{New()}); !reflect.DeepEqual(got, again) {
			t.Fatal("not the same twice")
		}
		if len(got.Title) > crawler.MaxTitle || len(got.Text) > extractors.MaxSearchText || !utf8.ValidString(got.Text) || !utf8.ValidString(got.Title) {
			t.Fatalf("title %q, text of %d bytes", got.Title, len(got.Text))
		}
		if strings.ContainsFunc(got.Title+got.Lang, func(r rune) bool { return r < ' ' || r == 0x7f || r == 0x202e }) {
			t.Fatalf("control characters in %q", got.Title)
		}
		p := got.Fingerprint
		for limit, s := range map[int][]extractors.TokenSet{MaxTagTokens: {p.Tags, p.Text}, MaxClassTokens: {p.Classes}, MaxAssetTokens: {p.Assets, p.Names}} {
			for _, s := range s {
				if len(s.Hashes) > limit || s.Total < len(s.Hashes) || !slices.IsSorted(s.Hashes) {
					t.Fatalf("bad set %+v", s)
				}
			}
		}
	})
}

func FuzzLiterals(f *testing.F) {
	f.Add("var a='x', b=\"y\\\"z\" // don't\n+`t`")
	f.Add(strings.Repeat(`\'`, 1000) + "'" + strings.Repeat("\\`", 1000))
	f.Fuzz(func(t *testing.T, script string) {
		for _, l := range literals(script, maxLiterals) {
			if len(l) > 2*maxLiteral {
				t.Fatalf("literal of %d bytes", len(l))
			}
		}
	})
}

// Marks without partner must not make the search for their end start again from each of them.
func TestLiteralsStayLinear(t *testing.T) {
	for name, unit := range map[string]string{"escaped marks": `\'`, "three marks": "'\"`", "marks in lines": "'\n", "open and escaped": `'\'\"`} {
		script := strings.Repeat(unit, maxScanned/len(unit))
		if took := extracttest.CPU(func() { literals(script, maxLiterals) }); took > 5*time.Second { // some milliseconds when linear, hours when not
			t.Errorf("%s: %v for %d bytes", name, took, len(script))
		}
	}
}
