// Package letters turns the letters of a text into what its readers compare: one kind of each, and words by a trie. It knows no word.
package letters

import (
	"unicode"
	"unicode/utf8"
)

// Small folds case, the wide forms of Latin letters, digits and signs, and apostrophes.
func Small(r rune) rune {
	switch {
	case r < utf8.RuneSelf:
		if r >= 'A' && r <= 'Z' {
			r |= 0x20
		}
		return r
	case r >= 0xff01 && r <= 0xff5e:
		return Small(r - 0xfee0)
	case r == '’' || r == 'ʼ':
		return '\''
	}
	return unicode.ToLower(r)
}

// NoWidth knows signs that nobody sees.
func NoWidth(r rune) bool {
	return r >= 0x200b && r <= 0x200d || r == 0xfeff || r == 0xad || r == 0x2060
}

// Blank knows blanks that are not ASCII.
func Blank(r rune) bool { return r == 0xa0 || r >= 0x2000 && r <= 0x200a || r == 0x3000 }

// Alone knows letters that are read one by one: of scripts that put no blanks between words, and of Korean, whose endings hang on the words.
func Alone(r rune) bool {
	return r >= 0x4e00 && r <= 0x9fff || r >= 0x3041 && r <= 0x30fa || r == 'ー' || r >= 0x0e01 && r <= 0x0e4e || Hangul(r) ||
		r >= 0x3400 && r <= 0x4dbf || r >= 0x20000 && r <= 0x2fa1f || r >= 0x0e80 && r <= 0x0edf || r >= 0x1780 && r <= 0x17d3
}

// Hangul knows the syllables of Korean.
func Hangul(r rune) bool { return r >= 0xac00 && r <= 0xd7a3 }
