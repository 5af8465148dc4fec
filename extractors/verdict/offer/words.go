package offer

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// list holds the words of one meaning: those of scripts with blanks are found between other signs, the others anywhere.
type list struct {
	spaced []string            // " word "
	first  map[string][]string // the same by their first word
	joined map[rune][]string   // by their first letter
}

func readWords(tsv string) map[string]*list {
	all := map[string]*list{}
	for _, line := range strings.Split(tsv, "\n") {
		meaning, words, ok := strings.Cut(line, "\t")
		if !ok || strings.HasPrefix(line, "#") {
			continue
		}
		l := &list{first: map[string][]string{}, joined: map[rune][]string{}}
		for _, w := range strings.Split(words, ";") {
			w = fold(strings.TrimSpace(w))
			switch {
			case strings.TrimSpace(w) == "":
			case isJoined(w):
				w = strings.TrimSpace(w)
				r, _ := utf8.DecodeRuneInString(w)
				l.joined[r] = append(l.joined[r], w)
			default:
				w = strings.TrimSpace(w)
				word, _, _ := strings.Cut(w, " ")
				l.spaced = append(l.spaced, " "+w+" ")
				l.first[word] = append(l.first[word], " "+w+" ")
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
		case r < utf8.RuneSelf:
			b.WriteByte(foldASCII(byte(r)))
		case unicode.IsLetter(r) || unicode.IsMark(r) || unicode.IsDigit(r) || r == '/' || r == '%' || r == '\'':
			b.WriteRune(unicode.ToLower(r))
		case r == '.' || r == '’':
			b.WriteRune(map[rune]rune{'.': '.', '’': '\''}[r])
		default:
			b.WriteByte(' ')
		}
	}
	b.WriteByte(' ')
	return unstopped(b.String())
}

// unstopped takes away the points that end a sentence; those of abbreviations, behind one letter, stay.
func unstopped(s string) string {
	if !strings.Contains(s, ". ") {
		return s
	}
	words := strings.Split(s, " ")
	for i, w := range words {
		if head := strings.TrimRight(w, "."); len(head) > 2 && !strings.Contains(head, ".") {
			words[i] = head
		}
	}
	return strings.Join(words, " ")
}

func foldASCII(c byte) byte {
	switch {
	case c >= 'A' && c <= 'Z':
		return c | 0x20
	case c >= 'a' && c <= 'z', c >= '0' && c <= '9', c == '/', c == '%', c == '\'', c == '.':
		return c
	}
	return ' '
}

// meanings is a set of lists, by their bits.
type meanings uint64

// table finds the words of all lists in one pass: each word and letter of a text is looked up once, and most begin none.
type table struct {
	bit    map[string]meanings
	first  map[string][]entry // by the first word
	joined map[rune][]entry   // by the first letter
}

type entry struct {
	word string
	is   meanings
}

func tableOf(lists map[string]*list) table {
	t := table{bit: map[string]meanings{}, first: map[string][]entry{}, joined: map[rune][]entry{}}
	for name, l := range lists {
		bit := meanings(1) << len(t.bit)
		t.bit[name] = bit
		for first, words := range l.first {
			for _, w := range words {
				t.first[first] = append(t.first[first], entry{w, bit})
			}
		}
		for letter, words := range l.joined {
			for _, w := range words {
				t.joined[letter] = append(t.joined[letter], entry{w, bit})
			}
		}
	}
	return t
}

// said gives the lists of which a folded text holds a word.
func (r *Reader) said(folded string) (out meanings) {
	for i := 0; i < len(folded); {
		if c := folded[i]; c != ' ' && c != '/' && c < 0xe0 { // no letter of the scripts without blanks
			i++
			continue
		}
		if folded[i] != ' ' {
			letter, n := utf8.DecodeRuneInString(folded[i:])
			out |= which(r.table.joined[letter], folded[i:])
			i += n
			continue
		}
		word, _, _ := strings.Cut(folded[i+1:], " ")
		if word != "" {
			out |= which(r.table.first[word], folded[i:])
		}
		i++
	}
	return out
}

func which(entries []entry, s string) (out meanings) {
	for _, e := range entries {
		if strings.HasPrefix(s, e.word) {
			out |= e.is
		}
	}
	return out
}

func (r *Reader) is(m meanings, name string) bool { return m&r.table.bit[name] != 0 }

// startsOne reports whether s starts with one of the words.
func startsOne(words []string, s string) bool {
	for _, w := range words {
		if strings.HasPrefix(s, w) {
			return true
		}
	}
	return false
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
