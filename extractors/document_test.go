package extractors

import (
	"strings"
	"testing"
)

func TestParseHTML(t *testing.T) {
	body := `<html lang="EN"><head><title> Nova &amp; Sons </title><script type="application/ld+json">{"a":1}</script>
<script>var w="0xabc"</script><style>.x{}</style></head><body class="home"><!-- note --><p>pay <b>he</b>re &lt;now&gt;</p>
<p data-k="v&quot;">two</p><noscript><i title="deep">inner</i></noscript><svg><path d="M0"/></svg></body></html>`
	d := Parse("https://a.example/", "text/html; charset=utf-8", []byte(body))
	if d.Title != "Nova & Sons" || d.Lang != "en" {
		t.Fatalf("title %q lang %q", d.Title, d.Lang)
	}
	want := map[string]string{InJSON: `{"a":1}`, InScript: `var w="0xabc"`, InStyle: ".x{}", InComment: " note ", InText: "pay here <now>"}
	for where, text := range want {
		if !hasPiece(d, where, text) {
			t.Errorf("no %s piece %q in %+v", where, text, d.Pieces)
		}
	}
	if !hasPiece(d, InAttr, `v"`) || !hasPiece(d, InAttr, "deep") || !hasPiece(d, InText, "inner") {
		t.Errorf("attributes or noscript content missing: %+v", d.Pieces)
	}
	for _, p := range d.Pieces {
		if p.Where == InScript && !strings.HasPrefix(body[p.Offset:], p.Text) {
			t.Errorf("offset %d does not lead to %q", p.Offset, p.Text)
		}
	}
	var svgPath bool
	for _, e := range d.Elements {
		svgPath = svgPath || e.Name == "path" && e.InSVG
	}
	if !svgPath {
		t.Error("path not marked as inside svg")
	}
}

func TestParseCharsets(t *testing.T) {
	for name, tc := range map[string]struct {
		ct   string
		body string
		want string
	}{
		"utf-16 by mark":    {"text/html", "\xff\xfe<\x00p\x00>\x00h\x00i\x00", "hi"},
		"latin-1 by header": {"text/html; charset=iso-8859-1", "<p>caf\xe9", "café"},
		"a lie":             {"text/html; charset=utf-8", "<p>caf\xe9", "caf\uFFFD"},
		"unknown label":     {"text/html; charset=x-nope", "<p>hi", "hi"},
	} {
		d := Parse("https://a.example/", tc.ct, []byte(tc.body))
		if !hasPiece(d, InText, tc.want) {
			t.Errorf("%s: %+v", name, d.Pieces)
		}
	}
}

func hasPiece(d *Document, where, text string) bool {
	for _, p := range d.Pieces {
		if p.Where == where && p.Text == text {
			return true
		}
	}
	return false
}

func FuzzParse(f *testing.F) {
	f.Add("text/html", []byte(`<p a=b>x<svg><noscript><noscript><b>`))
	f.Add("", []byte(`{"a":"b"}`))
	f.Fuzz(func(t *testing.T, ct string, body []byte) {
		d := Parse("https://a.example/x", ct, body)
		if len(d.Pieces) > MaxPieces || len(d.Elements) > MaxTags {
			t.Fatal("over the limits")
		}
	})
}
