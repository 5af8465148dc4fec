package wallet

import (
	"bufio"
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"
)

// A vector is an address as somebody else's library encodes it; testdata/vectors/make.py and make.mjs say which and how.
type vector struct {
	Chain, Form, Address, Value, Origin, Tag string
}

func readVectors(t *testing.T) (all []vector) {
	t.Helper()
	for _, file := range []string{"testdata/vectors/python.jsonl", "testdata/vectors/node.jsonl"} {
		f, err := os.Open(file)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		for lines := bufio.NewScanner(f); lines.Scan(); {
			var v vector
			if err := json.Unmarshal(lines.Bytes(), &v); err != nil {
				t.Fatalf("%s: %v", file, err)
			}
			all = append(all, v)
		}
	}
	return all
}

// whole reads s as one address.
func whole(s string) (address, bool) {
	var a address
	found := false
	scan(s, func(m match) {
		if m.start == 0 && m.end == len(s) {
			a, found = m.address, true
		}
	})
	return a, found
}

// TestOtherLibraries: every address of other libraries is read with its chain, form, canonical value and tag.
func TestOtherLibraries(t *testing.T) {
	forms, origins := map[string]int{}, map[string]int{}
	for _, v := range readVectors(t) {
		forms[v.Chain+" "+v.Form]++
		origins[v.Origin]++
		if chain, form, value, ok := Canonical(v.Address); !ok || chain != v.Chain || form != v.Form || value != v.Value {
			t.Errorf("%s: Canonical(%q) = %q %q %q %v, want %q %q %q", v.Origin, v.Address, chain, form, value, ok, v.Chain, v.Form, v.Value)
		}
		if a, _ := whole(v.Address); a.tag != v.Tag {
			t.Errorf("%s: %q has tag %q, want %q", v.Origin, v.Address, a.tag, v.Tag)
		}
	}
	if len(forms) < 40 || len(origins) < 10 {
		t.Errorf("%d forms, %d libraries", len(forms), len(origins))
	}
	for form, n := range forms {
		if n < 8 {
			t.Errorf("%s: only %d addresses", form, n)
		}
	}
}

// chance is how many one-character typos pass the weaker checks, one in so many: two bytes of a hash, the case of some fifteen letters, or
// the remainder by 97. All other checks see every one of them.
var chance = map[string]int{"ss58": 1 << 16, "ss58_generic": 1 << 16, "address": 1 << 12, "icap": 97}

// TestOneCharacterTypos puts other characters of the form's own alphabet at every place of every checked address.
func TestOneCharacterTypos(t *testing.T) {
	tried, passed := map[string]int{}, map[string]int{}
	byForm := map[string][]vector{}
	for _, v := range readVectors(t) {
		if a, _ := whole(v.Address); a.checked {
			byForm[v.Chain+" "+v.Form] = append(byForm[v.Chain+" "+v.Form], v)
		}
	}
	for name, vectors := range byForm {
		digits := alphabetOf(vectors)
		for n, v := range vectors {
			for i := range v.Address {
				for k := range typosEach {
					c := digits[(n*31+i*7+k*13)%len(digits)]
					if c == v.Address[i] {
						continue
					}
					tried[v.Form]++
					if a, ok := whole(v.Address[:i] + string(c) + v.Address[i+1:]); ok && a.checked && (v.Form == "address" || a.value != v.Value) { // "-" for "+" is TON's other alphabet
						passed[v.Form]++
						if chance[v.Form] == 0 {
							t.Errorf("%s: %q with %q at %d passes as %s %s", name, v.Address, c, i, a.chain, a.form)
						}
					}
				}
			}
		}
	}
	for form, n := range tried {
		if of := chance[form]; of > 0 && passed[form] > 3+2*n/of {
			t.Errorf("%s: %d of %d typos pass", form, passed[form], n)
		}
	}
	t.Logf("tried %v, passed %v", tried, passed)
}

const typosEach = 6 // other characters at each place

func alphabetOf(vectors []vector) string {
	var all []byte
	for _, v := range vectors {
		all = append(all, strings.TrimPrefix(v.Address, "0x")...)
	}
	slices.Sort(all)
	return string(slices.Compact(all))
}
