package tracker

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"scamatlas/crawler"
	"scamatlas/extractors"
	"scamatlas/extractors/extracttest"
)

func TestGolden(t *testing.T) { extracttest.Golden(t, ReadDocument) }

// TestOffset: outside attributes the offset points at the spelling in the body.
func TestOffset(t *testing.T) {
	body := "<p>x</p><script>gtag('config','UA-31257946-1'); window.CRISP_WEBSITE_ID = \"1f2e3d4c-5b6a-4798-8a9b-0c1d2e3f4a5b\"</script>"
	all := ReadDocument(extractors.Parse("https://site.example/", "text/html", []byte(body)))
	if len(all) != 2 {
		t.Fatalf("found %+v", all)
	}
	for _, i := range all {
		if !strings.HasPrefix(body[i.Offset:], i.Seen[0]) {
			t.Errorf("%s: offset %d points at %q", i.Value, i.Offset, body[i.Offset:i.Offset+10])
		}
		if i.Kind != extractors.KindTracker || i.Page != "https://site.example/" {
			t.Errorf("%s: kind %q page %q", i.Value, i.Kind, i.Page)
		}
	}
}

func TestExtract(t *testing.T) {
	c := &crawler.Capture{Host: "a.example"}
	c.Network.DNS.TXT = []string{"v=spf1 -all", "google-site-verification=g00gle-T0ken_abcdefgh", "yandex-verification: 00aa11bb22cc33dd", "google-site-verification="}
	in := &extractors.Input{Capture: c, Docs: []*extractors.Document{
		extractors.Parse("https://a.example/", "text/html", []byte(`<script>gtag('config','UA-31257946-1')</script>`)),
	}}
	var f extractors.Findings
	e := New()
	e.Extract(in, &f)
	want := "ua UA-31257946-1 | high script\nsite_verification g00gle-T0ken_abcdefgh | high text\nsite_verification 00aa11bb22cc33dd | high text\n"
	if got := extracttest.Lines(f.Indicators); e.Name() != "tracker" || got != want {
		t.Errorf("%s: got\n%swant\n%s", e.Name(), got, want)
	}
	if p := f.Indicators[1].Page; p != "dns:a.example" {
		t.Errorf("page %q", p)
	}
}

const repeats = 5_000

// TestBounded: hostile repetition neither floods the findings nor takes more than one pass.
func TestBounded(t *testing.T) {
	var b strings.Builder
	for n := range 3 * maxPerDocument {
		fmt.Fprintf(&b, "x='UA-1%06d-1';", n)
	}
	if n := len(ReadDocument(extractors.Parse("x.js", "text/javascript", []byte(b.String())))); n != maxPerDocument {
		t.Errorf("kept %d of a flood, want %d", n, maxPerDocument)
	}
	for _, unit := range []string{"fbq(", "app_id:'abcdefgh' ", "embed.tawk.to/", "'G-ABCDEFGHIJ'", "a.", "ym(1,", "Metrika "} {
		one, eight := timed(unit, repeats), timed(unit, 8*repeats)
		if eight > 32*one+time.Second {
			t.Errorf("%q: %v for %d, %v for eight times as many: not one pass", unit, one, repeats, eight)
		}
	}
}

func timed(unit string, n int) time.Duration {
	d := extractors.Parse("x.js", "text/javascript", []byte(strings.Repeat(unit, n)))
	return extracttest.CPU(func() { ReadDocument(d) })
}

// FuzzReadDocument: any bytes give valid, bounded, canonical values and no panic.
func FuzzReadDocument(f *testing.F) {
	for _, doc := range extracttest.Documents(f) {
		f.Add(doc, false)
		f.Add(doc, true)
	}
	f.Fuzz(func(t *testing.T, body []byte, script bool) {
		kind := "text/html"
		if script {
			kind = "text/javascript"
		}
		for _, i := range ReadDocument(extractors.Parse("https://site.example/", kind, body)) {
			checkValue(t, i)
		}
	})
}

func checkValue(t *testing.T, i extractors.Indicator) {
	t.Helper()
	for n := range len(i.Value) {
		if c := i.Value[n]; c <= ' ' || c >= 0x7f || strings.IndexByte("\"'<>`\\", c) >= 0 {
			t.Errorf("%s value %q holds byte %#x", i.Type, i.Value, c)
		}
	}
	if i.Value == "" || i.Type == "" || len(i.Value) > 2*maxToken+maxAddress || len(i.Seen) == 0 {
		t.Errorf("bad indicator %+v", i)
	}
}
