package backend

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

func TestTables(t *testing.T) {
	if len(publicHosts) < 300 || len(rentedHosts) < 50 {
		t.Errorf("tables hold %d and %d hosts: a line is malformed", len(publicHosts), len(rentedHosts))
	}
	for host := range rentedHosts {
		if publicHosts[host] != "" {
			t.Errorf("%s stands in both tables", host)
		}
	}
	for host, want := range map[string]bool{"api.binance.com": true, "binance.com": true, "notbinance.com": false, "cdn.jsdelivr.net": true, "novatrade.example": false} {
		if isPublic(host) != want {
			t.Errorf("%s: public %v", host, !want)
		}
	}
}

// TestOwnHost: the site's own host is no backend of it; another host under its domain is.
func TestOwnHost(t *testing.T) {
	in := &extractors.Input{
		Capture: &crawler.Capture{Host: "nova.example", Pages: []crawler.Page{{Response: crawler.Response{FinalURL: "https://m.nova.example/"}}}},
		Docs: []*extractors.Document{extractors.Parse("https://nova.example/a.js", "", []byte(
			`apiUrl="https://nova.example/api";apiUrl="https://www.nova.example/";apiUrl="https://m.nova.example";apiUrl="https://api.nova.example"`))},
	}
	var f extractors.Findings
	e := New()
	e.Extract(in, &f)
	if got := extracttest.Lines(f.Indicators); e.Name() != "backend" || got != "api api.nova.example | high script\n" {
		t.Errorf("%s: %s", e.Name(), got)
	}
	in.Capture = nil
	e.Extract(in, &extractors.Findings{})
}

// TestOffset: the offset points at the spelling in the body.
func TestOffset(t *testing.T) {
	body := `<script>var cfg={apiUrl:"https://gw.novacore.example/v1"}</script>`
	all := ReadDocument(extractors.Parse("https://site.example/", "text/html", []byte(body)))
	if len(all) != 1 || !strings.HasPrefix(body[all[0].Offset:], all[0].Seen[0]) || all[0].Kind != extractors.KindBackend || all[0].Page != "https://site.example/" {
		t.Errorf("found %+v", all)
	}
}

const repeats = 5_000

// TestBounded: hostile repetition neither floods the findings nor takes more than one pass.
func TestBounded(t *testing.T) {
	var b strings.Builder
	for n := range 3 * maxPerDocument {
		fmt.Fprintf(&b, "apiUrl='https://h%d.nova.example';", n)
	}
	if n := len(ReadDocument(extractors.Parse("x.js", "", []byte(b.String())))); n != maxPerDocument {
		t.Errorf("kept %d of a flood, want %d", n, maxPerDocument)
	}
	for _, unit := range []string{`"https://`, `url="https://a.example/x",`, `"`, `apiUrl=["a.b.c.example",`, `"aHR0cHM6Ly9h`, `fetch("//a.example")`, `"ws://`, `"a.b.c.d.e.f.g`} {
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

// FuzzReadDocument: any bytes give canonical hosts and no panic.
func FuzzReadDocument(f *testing.F) {
	for _, doc := range extracttest.Documents(f) {
		f.Add(doc, "text/html")
		f.Add(doc, "text/javascript")
		f.Add(doc, "application/json")
	}
	f.Fuzz(func(t *testing.T, body []byte, kind string) {
		for _, i := range ReadDocument(extractors.Parse("https://site.example/", kind, body)) {
			a, n := addressAt(strings.Split(i.Value, "/")[0])
			if i.Value == "" || strings.ToLower(i.Value) != i.Value || len(i.Seen) == 0 || n == 0 && !sharedStore(strings.Split(i.Value, "/")[0]) || n > 0 && !strings.HasPrefix(i.Value, a.value) {
				t.Errorf("bad indicator %+v", i)
			}
		}
	})
}
