package offer

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// list holds the words of one meaning: those of scripts with blanks are found between other signs, the others anywhere.
type list struct {
	spaced []string // " word "
	joined []string
}

func readWords(tsv string) map[string]*list {
	all := map[string]*list{}
	for _, line := range strings.Split(tsv, "\n") {
		meaning, words, ok := strings.Cut(line, "\t")
		if !ok || strings.HasPrefix(line, "#") {
			continue
		}
		l := &list{}
		for _, w := range strings.Split(words, ";") {
			w = fold(strings.TrimSpace(w))
			switch {
			case strings.TrimSpace(w) == "":
			case isJoined(w):
				l.joined = append(l.joined, strings.TrimSpace(w))
			default:
				l.spaced = append(l.spaced, " "+strings.TrimSpace(w)+" ")
			}
		}
		all[meaning] = l
	}
	return all
}

// isJoined reports a word of a script that puts no blanks around words, or a sign.
func isJoined(w string) bool {
	r, _ := utf8.DecodeRuneInString(strings.TrimSpace(w))
	return w[0] == '/' || strings.TrimSpace(w)[0] == '/' || r >= 0x0e00 && r <= 0x0e7f || r >= 0x3040 && r <= 0x9fff || r >= 0xac00 && r <= 0xd7a3
}

// fold makes letters small, puts a blank for every sign, and one at both ends; a slash, a point and a percent sign stay.
func fold(s string) string {
	var b strings.Builder
	b.Grow(len(s) + 2)
	b.WriteByte(' ')
	for _, r := range s {
		switch {
		case unicode.IsLetter(r) || unicode.IsMark(r) || unicode.IsDigit(r) || r == '/' || r == '%' || r == '\'':
			b.WriteRune(unicode.ToLower(r))
		case r == '.' || r == '’':
			b.WriteRune(map[rune]rune{'.': '.', '’': '\''}[r])
		default:
			b.WriteByte(' ')
		}
	}
	b.WriteByte(' ')
	return b.String()
}

// in reports whether a folded text holds one of the words.
func (l *list) in(folded string) bool { return l.at(folded) >= 0 }

// at gives where the first of the words stands that is found, in the order of the list; -1: none.
func (l *list) at(folded string) int {
	for _, w := range l.spaced {
		if i := strings.Index(folded, w); i >= 0 {
			return i
		}
	}
	for _, w := range l.joined {
		if i := strings.Index(folded, w); i >= 0 {
			return i
		}
	}
	return -1
}

// ends reports whether a word of a folded text ends with one of the words: Festgeldzins.
func (l *list) ends(folded string) bool {
	for _, w := range l.spaced {
		if strings.Contains(folded, w[1:]) {
			return true
		}
	}
	return false
}
