package main

import (
	"strings"
	"testing"
)

func TestCleanNeverPassesControlBytes(t *testing.T) {
	for in, want := range map[string]string{
		"plain":                    "plain",
		"\x1b]52;c;aGk=\x07":       `\u001b]52;c;aGk=\u0007`,
		"a\u202eb\u009bc\u200b":    `a\u202eb\u009bc\u200b`,
		"two\nlines":               "two\nlines",
		"bad \xff byte":            `bad \ufffd byte`,
		"tab\tstays, cr goes \r\n": "tab\tstays, cr goes \\u000d\n",
	} {
		if got := clean(in); got != want {
			t.Errorf("clean(%q) = %q, want %q", in, got, want)
		}
	}
	if got := line("a\n b\t\x1b c "+strings.Repeat("x", 50), 12); got != `a b \u001b …` {
		t.Errorf("line: %q", got)
	}
}

func FuzzClean(f *testing.F) {
	f.Add("\x1b[31m\u009b\u202e")
	f.Fuzz(func(t *testing.T, s string) {
		for _, r := range clean(s) {
			if r != '\n' && r != '\t' && hostile(r) {
				t.Fatalf("%q passes %U", s, r)
			}
		}
	})
}
