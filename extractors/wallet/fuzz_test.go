package wallet

import (
	"strings"
	"testing"
)

// FuzzUnescape: stretches stand in order, inside the text, and are no longer than what they were read from.
func FuzzUnescape(f *testing.F) {
	for _, s := range []string{`\x31\x32\x33\x34`, `a%30%78%31%32`, `\u{30}\u0031\061\x32`, `\\x31`, strings.Repeat(`\u0030`, 20) + "zz", "%", `\u{`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, mark := range []byte{'\\', '%'} {
			last := 0
			unescape(s, mark, func(text string, start, end int) {
				if start < last || end < start || end > len(s) || len(text) >= end-start {
					t.Fatalf("%q: %q from %d to %d after %d", s, text, start, end, last)
				}
				last = end
			})
		}
	})
}

// FuzzTag: a tag stands where it is said to, is of bounded length, and is one word.
func FuzzTag(f *testing.F) {
	for _, s := range []string{" Memo: 12345", `","memo":"abc-1"`, " 备注：8839", "memo memo tag", "dt="} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		tag, at := findTag(s)
		if tag != "" && !strings.EqualFold(s[at:at+len(tag)], tag) || len(tag) > maxTagText || strings.ContainsAny(tag, " \t\n\"'<>") {
			t.Fatalf("%q: %q at %d", s, tag, at)
		}
	})
}
