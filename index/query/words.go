package query

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// Words cuts text into the words that both stores index and search: runs of letters, digits and marks, NFKC, case folded, at most
// MaxWord runes each and MaxWords in all. Of scripts written without spaces every letter with its marks is a word, so that a phrase
// finds what a word would elsewhere. Stores index strings.Join(Words(text), " ") and cut it at spaces only.
func Words(text string) []string {
	if len(text) > MaxText {
		text = text[:MaxText]
	}
	c := cutter{}
	for _, r := range fold(strings.ToValidUTF8(text, " ")) {
		if len(c.words) >= MaxWords {
			break
		}
		c.rune(r)
	}
	c.end()
	return c.words[:min(len(c.words), MaxWords)]
}

// fold gives one spelling to what reads alike: compatibility forms and case.
func fold(s string) string {
	if ascii(s) {
		return strings.ToLower(s)
	}
	s = cases.Fold().String(norm.NFKC.String(s))
	return norm.NFKC.String(s)
}

func ascii(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

type cutter struct {
	words  []string
	word   strings.Builder
	runes  int
	single bool // the word is a letter of a script without spaces
}

func (c *cutter) rune(r rune) {
	mark := unicode.Is(unicode.M, r)
	switch {
	case mark && c.runes > 0:
	case mark || !unicode.IsLetter(r) && !unicode.IsNumber(r):
		c.end()
		return
	case unspaced(r):
		c.end()
		c.single = true
	case c.single:
		c.end()
	}
	if c.runes < MaxWord {
		c.word.WriteRune(r)
	}
	c.runes++
}

func (c *cutter) end() {
	if c.runes > 0 {
		c.words = append(c.words, c.word.String())
	}
	c.word.Reset()
	c.runes, c.single = 0, false
}

func unspaced(r rune) bool {
	if r < 0x0E00 {
		return false
	}
	return r == 'ー' || unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar)
}
