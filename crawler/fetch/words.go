package fetch

import (
	_ "embed" // words.txt
	"net/url"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

//go:embed words.txt
var wordsTable string

const (
	minWord   = 2
	maxWord   = 12 // longest beginning in the table, in bytes of Latin text
	topWeight = 4
)

// words weighs links by what their path and text speak of.
type words struct {
	beginnings map[string]int // Latin words, looked up by the beginning of a word
	anywhere   []weighted     // other scripts, where words may stand without blanks between them
}

type weighted struct {
	word   string
	weight int
}

func newWords() *words {
	w := &words{beginnings: map[string]int{}}
	for line := range strings.Lines(wordsTable) {
		f := strings.Fields(line)
		if len(f) < 2 || f[0] == "#" {
			continue
		}
		weight, err := strconv.Atoi(f[0])
		if err != nil {
			continue
		}
		for _, word := range f[1:] {
			if isASCII(word) && !strings.Contains(word, "-") {
				w.beginnings[word] = max(w.beginnings[word], weight)
			} else {
				w.anywhere = append(w.anywhere, weighted{word, weight})
			}
		}
	}
	return w
}

// weight is the largest weight of a word in the path of u or in text, 0 when none is known.
func (w *words) weight(u *url.URL, text string) int {
	return max(w.of(u.Path), w.of(text))
}

func (w *words) of(text string) int {
	if text == "" {
		return 0
	}
	text = strings.ToLower(text)
	best := 0
	for word := range strings.FieldsFuncSeq(text, func(r rune) bool { return r < 'a' || r > 'z' }) {
		for n := min(len(word), maxWord); n >= minWord; n-- { // the longest says most: contact is not conta
			if weight, ok := w.beginnings[word[:n]]; ok {
				best = max(best, weight)
				break
			}
		}
	}
	if best == topWeight || isASCII(text) && strings.IndexByte(text, '-') < 0 {
		return best
	}
	for _, a := range w.anywhere {
		if a.weight > best && strings.Contains(text, a.word) {
			best = a.weight
		}
	}
	return best
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf || s[i] > unicode.MaxASCII {
			return false
		}
	}
	return true
}
