package claim

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"scamatlas/extractors"
	"scamatlas/extractors/extracttest"
)

func TestGolden(t *testing.T) { extracttest.Golden(t, ReadDocument) }

// TestTables: every line of the tables can be used.
func TestTables(t *testing.T) {
	for _, read := range []func() error{
		func() error { _, err := readRegisters(); return err },
		func() error { _, err := readRegulators(); return err },
		func() error { _, err := readTerms(); return err },
	} {
		if err := read(); err != nil {
			t.Error(err)
		}
	}
	if len(registers) < 50 || len(regulators) < 50 || len(terms) < 100 {
		t.Errorf("tables hold %d, %d and %d first words", len(registers), len(regulators), len(terms))
	}
}

// TestChecks: numbers that the registers publish as examples pass, a changed digit does not.
func TestChecks(t *testing.T) {
	for _, c := range []struct {
		rule, number string
		ok           bool
	}{
		{"abn", "51824753556", true}, {"abn", "51824753557", false}, {"abn", "00000000000", false},
		{"acn", "004085616", true}, {"acn", "004085617", false},
		{"lei", "5493001KJTIIGC8Y1R12", true}, {"lei", "5493001KJTIIGC8Y1R13", false},
		{"che", "CHE109322551", true}, {"che", "CHE109322552", false},
		{"luhn", "732829320", true}, {"luhn", "732829321", false},
		{"", "000000", false},
	} {
		if _, ok := checked(c.rule, c.number); ok != c.ok {
			t.Errorf("%s %s: %v", c.rule, c.number, ok)
		}
	}
	for _, c := range []struct{ rule, number, want string }{
		{"gb", "1234567", "01234567"}, {"nfa", "412345", "0412345"},
		{"fca", "0598765", "598765"}, {"fca", "1012345", "1012345"}, {"fca", "098765", "098765"},
	} {
		if v, _ := checked(c.rule, c.number); v != c.want {
			t.Errorf("%s %s is %q, want %q", c.rule, c.number, v, c.want)
		}
	}
}

// TestOffset: the offset points at the spelling in the body.
func TestOffset(t *testing.T) {
	body := `<p>About us</p><footer>Company number 11274508</footer><script>var a={"note":"FRN 730427"}</script>`
	all := ReadDocument(extractors.Parse("https://site.example/", "text/html", []byte(body)))
	if len(all) != 2 {
		t.Fatalf("found %+v", all)
	}
	for _, i := range all {
		if !strings.HasPrefix(body[i.Offset:], i.Seen[0]) || i.Kind != extractors.KindClaim || i.Page != "https://site.example/" {
			t.Errorf("%+v: offset leads to %q", i, body[i.Offset:i.Offset+10])
		}
	}
}

func TestExtract(t *testing.T) {
	in := &extractors.Input{Docs: []*extractors.Document{extractors.Parse("https://a.example/", "text/html", []byte(`<p>Company No. 11274508`))}}
	var f extractors.Findings
	e := New()
	e.Extract(in, &f)
	if got := extracttest.Lines(f.Indicators); e.Name() != "claim" || got != "company_number gb:11274508 | high text\n" {
		t.Errorf("%s: %s", e.Name(), got)
	}
}

// TestPlanAtTheEdgeOfItsWindow: the sign of an amount may stand before the first byte that is looked at.
func TestPlanAtTheEdgeOfItsWindow(t *testing.T) {
	for gap := range 8 {
		body := "$50" + strings.Repeat(" ", maxPlanWindow-6+gap) + "2% daily profit"
		ReadDocument(extractors.Parse("https://site.example/", "text/plain", []byte(body)))
	}
}

const repeats = 5_000

// TestBounded: hostile repetition neither floods the findings nor takes more than one pass.
func TestBounded(t *testing.T) {
	var b strings.Builder
	for n := range 3 * maxPerDocument {
		fmt.Fprintf(&b, "FRN %06d ", 100000+n)
	}
	if n := len(ReadDocument(extractors.Parse("x.txt", "text/plain", []byte(b.String())))); n != maxPerDocument {
		t.Errorf("kept %d of a flood, want %d", n, maxPerDocument)
	}
	for _, unit := range []string{"company number ", "2.5% daily profit ", "min $5 ", "1% ", "address: 1, aaa bbb\n", "<address>", "<address>1, a b c</address>", "EC2A 9ZZ,\n", "since ", "公司", "financial conduct "} {
		for _, name := range []string{"x.html", "x.js"} {
			one, eight := timed(name, unit, repeats), timed(name, unit, 8*repeats)
			if eight > 32*one+time.Second {
				t.Errorf("%s %q: %v for %d, %v for eight times as many: not one pass", name, unit, one, repeats, eight)
			}
		}
	}
}

func timed(name, unit string, n int) time.Duration {
	d := extractors.Parse(name, "", []byte(strings.Repeat(unit, n)))
	return extracttest.CPU(func() { ReadDocument(d) })
}

// FuzzReadDocument: any bytes give bounded values in one line and no panic.
func FuzzReadDocument(f *testing.F) {
	for _, doc := range extracttest.Documents(f) {
		f.Add(doc, "text/html")
		f.Add(doc, "text/javascript")
		f.Add(doc, "application/json")
	}
	f.Fuzz(func(t *testing.T, body []byte, kind string) {
		for _, i := range ReadDocument(extractors.Parse("https://site.example/", kind, body)) {
			if i.Value == "" || len(i.Value) > 4*maxAddress || strings.ContainsAny(i.Value, "\n\r\t") || i.Offset < 0 {
				t.Errorf("bad indicator %+v", i)
			}
		}
	})
}
