package contact

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"scamatlas/extractors"
	"scamatlas/extractors/extracttest"
)

func TestGolden(t *testing.T) { extracttest.Golden(t, ReadDocument) }

// TestOffset: outside attributes and decoded text, the offset points at the spelling in the body.
func TestOffset(t *testing.T) {
	body := `<p>first info@nova-desk.com</p><script>var a="https://t.me/nova_desk"</script>`
	d := extractors.Parse("https://site.example/", "text/html", []byte(body))
	all := ReadDocument(d)
	if len(all) != 2 {
		t.Fatalf("found %+v", all)
	}
	for _, i := range all {
		if !strings.HasPrefix(body[i.Offset:], i.Seen[0]) {
			t.Errorf("%s: offset %d points at %q", i.Value, i.Offset, body[i.Offset:i.Offset+10])
		}
		if i.Kind != extractors.KindContact || i.Page != "https://site.example/" {
			t.Errorf("%s: kind %q page %q", i.Value, i.Kind, i.Page)
		}
	}
}

func TestNumber(t *testing.T) {
	for in, want := range map[string]string{
		"+44 (0)20 7946 0958": "+442079460958",
		"0044 20 7946 0958":   "+442079460958",
		"+1-202-555-0143":     "+12025550143",
		"+442079460958 call":  "",
		"020 7946 0958":       "",
		"+44":                 "",
		"":                    "",
		"+":                   "",
		"00":                  "",
	} {
		if got := number(in); got != want {
			t.Errorf("number(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestExtract(t *testing.T) {
	in := &extractors.Input{Docs: []*extractors.Document{
		extractors.Parse("https://a.example/", "text/html", []byte(`<a href="https://t.me/nova_desk">x</a>`)),
		extractors.Parse("https://a.example/b", "text/html", []byte(`<a href="tel:+442079460958">x</a>`)),
	}}
	var f extractors.Findings
	e := New()
	e.Extract(in, &f)
	if got := extracttest.Lines(f.Indicators); e.Name() != "contact" || got != "telegram nova_desk | high uri\nphone +442079460958 | high uri\n" {
		t.Errorf("%s: %s", e.Name(), got)
	}
}

const repeats = 5_000

// TestBounded: hostile repetition neither floods the findings nor takes more than one pass.
func TestBounded(t *testing.T) {
	var b strings.Builder
	for n := range 3 * maxPerDocument {
		fmt.Fprintf(&b, "t.me/user%07d ", n)
	}
	if n := len(ReadDocument(extractors.Parse("x.txt", "text/plain", []byte(b.String())))); n != maxPerDocument {
		t.Errorf("kept %d of a flood, want %d", n, maxPerDocument)
	}
	for _, unit := range []string{"a@", "a@a.com@", "t.me/", "mailto:", " at ", "[at]", "tel:+", "cfemail=", "wechat:", "%", `\u00`, `"+"@"+"`, `a+"@"+b;`} {
		one, eight := timed(unit, repeats), timed(unit, 8*repeats)
		if eight > 32*one+time.Second {
			t.Errorf("%q: %v for %d, %v for eight times as many: not one pass", unit, one, repeats, eight)
		}
	}
}

// TestBoundedProse is the same for what is only read in prose.
func TestBoundedProse(t *testing.T) {
	for _, unit := range []string{"+44 20 7946 0958 ", "+1 1 1 1 1 1 1 1 ", "tel: 1 1 1 1 1 1 1 ", "Phone: 020 7946 0958 "} {
		one, eight := timedAs("text/plain", unit, repeats), timedAs("text/plain", unit, 8*repeats)
		if eight > 32*one+time.Second {
			t.Errorf("%q: %v for %d, %v for eight times as many: not one pass", unit, one, repeats, eight)
		}
	}
}

func timed(unit string, n int) time.Duration { return timedAs("text/javascript", unit, n) }

func timedAs(kind, unit string, n int) time.Duration {
	d := extractors.Parse("https://site.co.uk/x", kind, []byte(strings.Repeat(unit, n)))
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
		if c := i.Value[n]; c <= ' ' || c >= 0x7f {
			t.Errorf("%s value %q holds byte %#x", i.Type, i.Value, c)
		}
	}
	bad := i.Value == "" || len(i.Value) > maxEmail || len(i.Seen) == 0
	switch i.Type {
	case "email":
		_, ok := wholeMailbox(i.Value)
		bad = bad || !ok || strings.ToLower(i.Value) != i.Value
	case "phone":
		bad = bad || number(i.Value) != i.Value
	case "whatsapp":
		bad = bad || number("+"+i.Value) != "+"+i.Value
	case "telegram":
		bad = bad || telegram(i.Value).value != i.Value
	}
	if bad {
		t.Errorf("%s value %q is not canonical", i.Type, i.Value)
	}
}
