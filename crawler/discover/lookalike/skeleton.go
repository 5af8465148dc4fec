package lookalike

import (
	_ "embed"
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

//go:embed confusables.txt
var confusables string

// prototypes reads Unicode's table of characters that look alike: character → what stands for all that look like it.
func prototypes() map[rune]string {
	out := map[rune]string{}
	for line := range strings.Lines(confusables) {
		to, from, ok := strings.Cut(line, " < ")
		if !ok || strings.HasPrefix(line, "#") {
			continue
		}
		var prototype strings.Builder
		for h := range strings.SplitSeq(to, "+") {
			prototype.WriteRune(hexRune(h))
		}
		for h := range strings.FieldsSeq(from) {
			out[hexRune(h)] = prototype.String()
		}
	}
	return out
}

func hexRune(h string) rune {
	n, err := strconv.ParseUint(h, 16, 32)
	if err != nil {
		return unicode.ReplacementChar
	}
	return rune(n)
}

// skeleton gives the form that all texts which look like s share (UTS 39, section 4). It is for comparison, not for reading: "m" becomes
// "rn".
func skeleton(table map[rune]string, s string) string {
	var b strings.Builder
	for _, r := range norm.NFD.String(s) {
		switch p, ok := table[r]; {
		case ok:
			b.WriteString(p)
		case !ignorable(r):
			b.WriteRune(r)
		}
	}
	return norm.NFD.String(b.String())
}

// ignorable: shown as nothing (Default_Ignorable_Code_Point).
func ignorable(r rune) bool {
	return r > 0x7f && (unicode.In(r, unicode.Cf, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector))
}

// folder reads labels as a hurried eye does: as Latin letters.
type folder struct {
	prototype map[rune]string
	letter    map[rune]string // characters with strokes and hooks that Unicode's table keeps apart
}

func newFolder() folder {
	f := folder{prototype: prototypes(), letter: map[rune]string{}}
	for entry := range strings.FieldsSeq(unicodeGlyphs) {
		c, glyphs, _ := strings.Cut(entry, ":")
		for g := range strings.SplitSeq(glyphs, ",") {
			f.letter[[]rune(g)[0]] = c
		}
	}
	for i, r := range []rune(cyrillicTwins) {
		if i%2 == 1 {
			f.letter[r] = string([]rune(cyrillicTwins)[i-1])
		}
	}
	return f
}

// unreadable stands for a character that looks like no Latin letter or digit.
const unreadable = '?'

// latin gives label in the letters a-z, digits and hyphens that it looks like, and how many characters look like none of them.
func (f folder) latin(label string) (string, int) {
	if isASCII(label) {
		return label, 0
	}
	var b strings.Builder
	foreign := 0
	for _, r := range label {
		if to, ok := f.letter[r]; ok && r >= 0x80 {
			b.WriteString(to)
			continue
		}
		if r < 0x80 {
			b.WriteRune(r)
			continue
		}
		before := b.Len()
		for _, p := range strings.ToLower(skeleton(f.prototype, string(r))) {
			switch {
			case p < 0x80 && isHostByte(byte(p)):
				b.WriteRune(p)
			case unicode.Is(unicode.Mn, p): // an accent
			case f.letter[p] != "":
				b.WriteString(f.letter[p])
			}
		}
		if b.Len() == before && !ignorable(r) && !unicode.Is(unicode.Mn, r) {
			b.WriteByte(unreadable)
			foreign++
		}
	}
	return b.String(), foreign
}

// pairs of letters that look like one.
var pairs = strings.NewReplacer("rn", "m", "nn", "m", "vv", "w", "cl", "d", "lh", "h", "lc", "k")

// alike maps digits and letters to the letter they pass for.
var alike = strings.NewReplacer("0", "o", "1", "l", "i", "l", "3", "e", "4", "a", "5", "s", "7", "t", "8", "b", "9", "g", "q", "g")

// blur gives the form that Latin labels share when they look alike at a glance: rnetarnask and metamask, b1nance and binance.
func blur(latin string) string { return alike.Replace(pairs.Replace(latin)) }
