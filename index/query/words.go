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
	text = fold(strings.ToValidUTF8(text, " "))
	c := cutter{text: text, words: make([]string, 0, min(len(text)/6, MaxWords))}
	for i := 0; i < len(text) && len(c.words) < MaxWords; {
		if text[i] < utf8.RuneSelf {
			i += c.ascii(i)
			continue
		}
		r, n := utf8.DecodeRuneInString(text[i:])
		c.rune(r, i, n)
		i += n
	}
	c.finish()
	return c.words[:min(len(c.words), MaxWords)]
}

// fold gives one spelling to what reads alike: compatibility forms and case. Most text is ASCII, which is only made lower case: the rest is
// folded in pieces, each with the character before it, which a mark may belong to.
func fold(s string) string {
	at := foreign(s, 0)
	if at == len(s) {
		return strings.ToLower(s)
	}
	var b strings.Builder
	b.Grow(len(s) + len(s)/8)
	caser := cases.Fold()
	for done := 0; done < len(s); {
		start := max(done, at-1)
		b.WriteString(strings.ToLower(s[done:start]))
		end := start
		for end < len(s) { // up to a run of ASCII that is worth going another way for
			end = foreign(s, end)
			for end < len(s) && s[end] >= utf8.RuneSelf {
				end++
			}
			if next := foreign(s, end); next == len(s) || next-end >= minASCII {
				at = next
				break
			}
		}
		b.WriteString(norm.NFKC.String(caser.String(norm.NFKC.String(s[start:end]))))
		done = end
		if at == len(s) {
			b.WriteString(strings.ToLower(s[done:]))
			break
		}
	}
	return b.String()
}

const minASCII = 16

// foreign gives the place of the first byte from i on that is not ASCII, the length of s when there is none.
func foreign(s string, i int) int {
	for i < len(s) && s[i] < utf8.RuneSelf {
		i++
	}
	return i
}

// cutter finds words in folded text.
type cutter struct {
	text       string
	words      []string
	start, end int  // of the word so far, without what is over MaxWord
	runes      int  // of it, 0 between words
	single     bool // the word is a letter of a script without spaces
}

// ascii takes the letters and digits from i on, or the one byte that is neither, and gives how many bytes it took.
func (c *cutter) ascii(i int) int {
	n := 0
	for i+n < len(c.text) && inWord(c.text[i+n]) {
		n++
	}
	if n == 0 {
		c.finish()
		return 1
	}
	if c.single {
		c.finish()
	}
	if c.runes == 0 {
		c.start = i
	}
	if c.runes < MaxWord {
		c.end = i + min(n, MaxWord-c.runes)
	}
	c.runes += n
	return n
}

// inWord tells digits and lower-case letters; smaller bytes wrap around.
func inWord(b byte) bool { return b-'0' <= 9 || b-'a' <= 25 }

func (c *cutter) rune(r rune, at, size int) {
	mark := unicode.Is(unicode.M, r)
	switch {
	case mark && c.runes > 0:
	case mark || !unicode.IsLetter(r) && !unicode.IsNumber(r):
		c.finish()
		return
	case unspaced(r):
		c.finish()
		c.single = true
	case c.single:
		c.finish()
	}
	if c.runes == 0 {
		c.start = at
	}
	if c.runes < MaxWord {
		c.end = at + size
	}
	c.runes++
}

func (c *cutter) finish() {
	if c.runes > 0 {
		c.words = append(c.words, c.text[c.start:c.end])
	}
	c.runes, c.single = 0, false
}

func unspaced(r rune) bool {
	if r < 0x0E00 {
		return false
	}
	return r == 'ー' || unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar)
}
