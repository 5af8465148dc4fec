package index

import (
	"strings"
	"testing"
	"time"
)

func TestLinksMustNotContradictEachOther(t *testing.T) {
	at := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	link := func(a, b string, apart bool) Link {
		return Link{A: a, B: b, Layer: Operator, Apart: apart, Who: "anna", At: at, Note: "seen together"}
	}
	chain := []Link{link("a", "b", false), link("b", "c", false), link("d", "e", false), link("c", "x", true)}
	for name, tc := range map[string]struct {
		link Link
		want string // part of the reason; empty: it may stand
	}{
		"something new":               {link("p", "q", true), ""},
		"the same again":              {link("a", "b", false), ""},
		"the opposite":                {link("a", "b", true), "anna, 2026-03-01: seen together"},
		"apart what a chain joins":    {link("a", "c", true), "a and b (anna"},
		"together what is kept apart": {link("a", "x", false), "c and x, which a link keeps apart"},
		"a chain to an other chain":   {link("c", "d", false), ""},
		"in the other layer":          {Link{A: "a", B: "c", Layer: Kit, Apart: true}, ""},
		"one site":                    {link("a", "a", false), "two different hosts"},
		"hosts the wrong way round":   {link("b", "a", false), "two different hosts"},
		"no layer":                    {Link{A: "a", B: "b"}, "neither kit nor operator"},
	} {
		err := tc.link.Check(chain)
		if (err == nil) != (tc.want == "") || err != nil && !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%s: %v, want %q", name, err, tc.want)
		}
	}
}
