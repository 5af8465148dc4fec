package wallet

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"scamatlas/extractors"
)

// folded gives s without default-ignorable code points and with compatibility forms of ASCII, like full-width letters, as ASCII
// (Unicode NFKC). ok is false when s has neither. where is "split" for the first, "encoded" for the second.
func folded(s string) (plain, where string, ok bool) {
	first := foldable(s)
	if first < 0 {
		return "", "", false
	}
	var b strings.Builder
	b.Grow(len(s))
	b.WriteString(s[:first])
	where = extractors.InSplit
	for i := first; i < len(s); {
		if n := asciiRun(s[i:]); n > 0 {
			b.WriteString(s[i : i+n])
			i += n
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		switch {
		case ignorable(r):
		case compatible(r):
			where = extractors.InEncoded
			b.WriteString(norm.NFKC.String(s[i : i+size]))
		default:
			b.WriteString(s[i : i+size])
		}
		i += size
	}
	return b.String(), where, true
}

// foldable gives the index of the first character that folded changes, -1 when there is none.
func foldable(s string) int {
	for i := 0; ; {
		i += asciiRun(s[i:])
		if i == len(s) {
			return -1
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		if ignorable(r) || compatible(r) {
			return i
		}
		i += size
	}
}

// asciiRun gives the number of ASCII bytes that s begins with.
func asciiRun(s string) int {
	i := 0
	for ; i+8 <= len(s); i += 8 {
		if (s[i]|s[i+1]|s[i+2]|s[i+3]|s[i+4]|s[i+5]|s[i+6]|s[i+7])&utf8.RuneSelf != 0 {
			break
		}
	}
	for i < len(s) && s[i] < utf8.RuneSelf {
		i++
	}
	return i
}

// ignorable reports whether r has the property Default_Ignorable_Code_Point (DerivedCoreProperties.txt).
func ignorable(r rune) bool {
	switch {
	case r < 0xad:
		return false
	case r == 0xad, r == 0x34f, r == 0x61c, r >= 0x115f && r <= 0x1160, r >= 0x17b4 && r <= 0x17b5, r >= 0x180b && r <= 0x180f:
		return true
	case r >= 0x200b && r <= 0x200f, r >= 0x202a && r <= 0x202e, r >= 0x2060 && r <= 0x206f, r == 0x3164, r >= 0xfe00 && r <= 0xfe0f:
		return true
	case r == 0xfeff, r == 0xffa0, r >= 0xfff0 && r <= 0xfff8, r >= 0x1bca0 && r <= 0x1bca3, r >= 0x1d173 && r <= 0x1d17a, r >= 0xe0000 && r <= 0xe0fff:
		return true
	}
	return false
}

// compatible reports whether r stands for an ASCII letter, digit or mark: full-width, mathematical, circled.
func compatible(r rune) bool {
	return r >= 0xff01 && r <= 0xff5e || r >= 0x1d400 && r <= 0x1d7ff || r >= 0x24b6 && r <= 0x24e9
}

// grouped puts together addresses shown in groups of equal length with one blank between: "bc1q lcud fjcr …".
func (r *reader) grouped(v *view) {
	var g groups
	for i := 0; i < len(v.text); {
		if class[v.text[i]]&alnum == 0 {
			i++
			continue
		}
		start := i
		for i < len(v.text) && class[v.text[i]]&alnum != 0 {
			i++
		}
		if !g.add(v.text, start, i) {
			r.regrouped(v, &g)
			g = groups{}
			g.add(v.text, start, i)
		}
	}
	r.regrouped(v, &g)
}

// groups is a row of words of one length; the last may be shorter.
type groups struct {
	first, size, end int
	count            int
	closed           bool
}

func (g *groups) add(text string, start, end int) bool {
	n := end - start
	if g.count == 0 {
		*g = groups{first: start, size: n, end: end, count: 1, closed: n > maxGroupLen || n < 2}
		return true
	}
	gap := text[g.end:start]
	if g.closed || n > g.size || gap != " " && gap != "\u00a0" && gap != "\n" {
		return false
	}
	g.end = end
	g.count++
	g.closed = n < g.size
	return true
}

// regrouped scans a row without its blanks. Words of the same length may stand before and after: some are left off on trial.
func (r *reader) regrouped(v *view, g *groups) {
	if g.count < minGroups || g.count*g.size > maxToken {
		return
	}
	parts := strings.Fields(strings.ReplaceAll(v.text[g.first:g.end], "\u00a0", " "))
	for from := 0; from < 3; from++ {
		for to := len(parts); to > len(parts)-3 && to-from >= minGroups; to-- {
			token := strings.Join(parts[from:to], "")
			w := view{text: token, where: extractors.InSplit, piece: v.piece, base: v.base, outer: v, span: [2]int{g.first, g.end}}
			found := false
			scan(token, func(m match) {
				found = m.end-m.start == len(token) && r.take(&w, m) >= 0
			})
			if found {
				return
			}
		}
	}
}
