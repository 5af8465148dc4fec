package claim

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/tools/txtar"

	"scamatlas/extractors"
	"scamatlas/extractors/extracttest"
)

// TestGolden reads every document of testdata/*.txtar and compares with the list beside it.
func TestGolden(t *testing.T) {
	archives, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(archives) == 0 {
		t.Fatalf("no archives: %v", err)
	}
	for _, path := range archives {
		a, err := txtar.ParseFile(path)
		if err != nil {
			t.Fatal(err)
		}
		want := map[string]string{}
		for _, f := range a.Files {
			want[f.Name] = string(f.Data)
		}
		for _, f := range a.Files {
			name := strings.TrimSuffix(f.Name, filepath.Ext(f.Name))
			if strings.HasSuffix(f.Name, ".want") {
				continue
			}
			t.Run(filepath.Base(path)+"/"+name, func(t *testing.T) {
				expected, ok := want[name+".want"]
				if !ok {
					t.Fatal("no .want beside it")
				}
				if got := lines(ReadDocument(extractors.Parse("https://site.example/"+f.Name, "", f.Data))); got != expected {
					t.Errorf("got:\n%swant:\n%s", got, expected)
				}
			})
		}
	}
}

func lines(all []extractors.Indicator) string {
	var b strings.Builder
	for _, i := range all {
		fmt.Fprintf(&b, "%s %s | %s %s\n", i.Type, i.Value, i.Confidence, i.Where)
	}
	return b.String()
}

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
	if v, _ := checked("gb", "1234567"); v != "01234567" {
		t.Errorf("seven digits of Companies House are %q", v)
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
	if got := lines(f.Indicators); e.Name() != "claim" || got != "company_number gb:11274508 | high text\n" {
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
	archives, _ := filepath.Glob("testdata/*.txtar")
	for _, path := range archives {
		a, err := txtar.ParseFile(path)
		if err != nil {
			f.Fatal(err)
		}
		for _, file := range a.Files {
			f.Add(file.Data, "text/html")
			f.Add(file.Data, "text/javascript")
			f.Add(file.Data, "application/json")
		}
	}
	f.Fuzz(func(t *testing.T, body []byte, kind string) {
		for _, i := range ReadDocument(extractors.Parse("https://site.example/", kind, body)) {
			if i.Value == "" || len(i.Value) > 4*maxAddress || strings.ContainsAny(i.Value, "\n\r\t") || i.Offset < 0 {
				t.Errorf("bad indicator %+v", i)
			}
		}
	})
}
