package claim

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// word is a run of letters or a run of digits; of scripts that put no blanks between words, one letter.
type word struct {
	start, end int
	low        [maxWord]byte // lower case
	n          int           // bytes of low; 0 for words longer than maxWord
	digits     bool
}

func (w *word) text() []byte { return w.low[:w.n] }

// next finds the first word at or behind i; false at the end of s.
func (w *word) next(s string, i int) bool {
	for i < len(s) {
		c := s[i]
		switch {
		case isDigit(c):
			w.start, w.digits = i, true
			for i < len(s) && isDigit(s[i]) {
				i++
			}
			w.end = i
			w.n = copy(w.low[:], s[w.start:i])
			if i-w.start > maxWord {
				w.n = 0
			}
			return true
		case isLetter(c):
			w.letters(s, i)
			return true
		case c >= utf8.RuneSelf:
			r, size := utf8.DecodeRuneInString(s[i:])
			if unicode.IsLetter(r) {
				w.letters(s, i)
				return true
			}
			i += size
		default:
			i++
		}
	}
	return false
}

func (w *word) letters(s string, i int) {
	w.start, w.digits, w.n = i, false, 0
	for i < len(s) {
		if c := s[i]; c < utf8.RuneSelf {
			if !isLetter(c) {
				break
			}
			if w.n < maxWord {
				w.low[w.n] = c | 0x20
			}
			w.n++
			i++
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		if !unicode.IsLetter(r) && !unicode.IsMark(r) {
			break
		}
		if unblanked(r) {
			if i == w.start {
				w.n = copy(w.low[:], s[i:i+size])
				i += size
			}
			break
		}
		r = unicode.ToLower(r)
		if w.n+utf8.RuneLen(r) <= maxWord {
			utf8.EncodeRune(w.low[w.n:], r)
		}
		w.n += utf8.RuneLen(r)
		i += size
	}
	if w.end = i; w.n > maxWord {
		w.n = 0
	}
}

// unblanked scripts write words without blanks between.
func unblanked(r rune) bool {
	return unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai)
}

func isDigit(c byte) bool  { return c >= '0' && c <= '9' }
func isLetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }
func isAlnum(c byte) bool  { return isDigit(c) || isLetter(c) }

// split gives the words of a label as next would find them; "#" stands for any word that means number.
func split(label string) []string {
	var out []string
	for n, part := range strings.Split(label, "#") {
		if n > 0 {
			out = append(out, "#")
		}
		var w word
		for i := 0; w.next(part, i); i = w.end {
			out = append(out, string(w.text()))
		}
	}
	return out
}

// phrases finds labels of one or more words.
type phrases[T any] map[string][]phrase[T] // by the first word

type phrase[T any] struct {
	rest []string
	what T
}

func (p phrases[T]) put(label string, what T) {
	if words := split(label); len(words) > 0 {
		p[words[0]] = append(p[words[0]], phrase[T]{words[1:], what})
	}
}

// at calls fn with each label that begins with w, and where it ends.
func (p phrases[T]) at(s string, w *word, fn func(what T, end int)) {
	for _, ph := range p[string(w.text())] {
		next, end, ok := *w, w.end, true
		for _, want := range ph.rest {
			if !next.next(s, end) || next.start-end > 4 {
				ok = false
				break
			}
			if got := string(next.text()); got != want && (want != "#" || !numberWord(got)) {
				ok = false
				break
			}
			end = next.end
		}
		if ok {
			fn(ph.what, end)
		}
	}
}

// numberWord knows the words that mean number.
func numberWord(s string) bool {
	switch s {
	case "number", "no", "nr", "num", "nº", "n", "numero", "número", "nummer", "numéro", "номер", "id", "code", "号", "號", "numarası", "no'su", "nomor", "số":
		return true
	}
	return false
}
