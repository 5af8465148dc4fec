package verdict

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"scamatlas/extractors/verdict/letters"
)

// kind is what a letter or sign is to the tokenizer.
type kind uint8

const (
	space kind = iota
	letter
	digit
	single  // a letter that is a token by itself
	skipped // a sign without width
	sign    // percent, currency
	comma   // ends a clause
	stop    // ends a sentence
	other
)

func kindOf(r rune) kind {
	switch {
	case r < utf8.RuneSelf:
		return asciiKind(byte(r))
	case letters.NoWidth(r):
		return skipped
	case letters.Blank(r):
		return space
	case letters.Alone(r):
		return single
	}
	switch r {
	case '。', '！', '？', '…', '；':
		return stop
	case '，', '、', '：', '–', '—', '・', '•', '·':
		return comma
	case '％', '€', '£', '¥', '￥', '₮', '₽', '₹', '₩', '฿', '₿':
		return sign
	}
	switch {
	case unicode.IsLetter(r) || unicode.IsMark(r):
		return letter
	case unicode.IsDigit(r):
		return digit
	}
	return other
}

func asciiKind(c byte) kind {
	switch {
	case c|0x20 >= 'a' && c|0x20 <= 'z':
		return letter
	case c >= '0' && c <= '9':
		return digit
	case c == '.' || c == '!' || c == '?' || c == '\n' || c == ';':
		return stop
	case c <= ' ':
		return space
	case c == ',' || c == ':' || c == '|' || c == '(' || c == ')':
		return comma
	case c == '%' || c == '$':
		return sign
	}
	return other
}

// fold spells words as they are compared.
func fold(s string) string { return strings.Map(letters.Small, composed(s)) }

// composed puts letters and their accents together where a text has them apart.
func composed(s string) string {
	for i := 0; i+1 < len(s); i++ {
		if s[i] == 0xcc || s[i] == 0xcd && s[i+1] < 0xb0 {
			return norm.NFC.String(s)
		}
	}
	return s
}

const minCode = 16 // letters and digits of an address or key

// scanner cuts a text into tokens: words, numbers, signs, and single letters of scripts without blanks.
type scanner struct {
	s        string
	at       int
	from, to int
	kind     kind // of the token
	clauses  int  // ended before it
	stops    int  // sentences ended before it
}

// next goes to the next token; false at the end.
func (z *scanner) next() bool {
	z.clauses, z.stops = 0, 0
	for z.at < len(z.s) {
		r, n := rune(z.s[z.at]), 1
		if r >= utf8.RuneSelf {
			r, n = utf8.DecodeRuneInString(z.s[z.at:])
		}
		z.from, z.kind = z.at, kindOf(r)
		z.at += n
		switch z.kind {
		case letter, digit:
			if n := codeLength(z.s[z.from:]); n > 0 {
				z.at = z.from + n
				continue
			}
			z.run()
			z.to = z.at
			return true
		case single, sign:
			z.to = z.at
			return true
		case comma:
			z.clauses++
		case stop:
			if r != '.' || z.at >= len(z.s) || z.s[z.at] <= ' ' {
				z.stops++
			}
		}
	}
	return false
}

// run takes in what belongs to the word or number that has begun.
func (z *scanner) run() {
	length := 1
	for z.at < len(z.s) {
		r, n := rune(z.s[z.at]), 1
		if r >= utf8.RuneSelf {
			r, n = utf8.DecodeRuneInString(z.s[z.at:])
		}
		k := kindOf(r)
		switch {
		case k == z.kind:
			length++
		case k == skipped:
		case z.kind == digit && (r == '.' || r == ',') && z.at+1 < len(z.s) && asciiKind(z.s[z.at+1]) == digit:
		case z.kind == letter && (r == '\'' || r == '’' || r == 'ʼ') && length > 2 && z.letterAt(z.at+n): // don't; but l'argent is two
		default:
			return
		}
		z.at += n
	}
}

func (z *scanner) letterAt(i int) bool {
	if i >= len(z.s) {
		return false
	}
	r, _ := utf8.DecodeRuneInString(z.s[i:])
	return kindOf(r) == letter
}

// codeLength gives the length of an address, hash or key at the start of s: a long run of ASCII letters and digits in turn, which has no
// words in it. 0 when there is none.
func codeLength(s string) int {
	n, changes := 0, 0
	for n < len(s) && s[n] < utf8.RuneSelf {
		k := asciiKind(s[n])
		if k != letter && k != digit {
			break
		}
		if n > 0 && k != asciiKind(s[n-1]) {
			changes++
		}
		if n++; n == minCode && changes == 0 {
			return 0 // a word, or a number
		}
	}
	if n < minCode || changes < 2 {
		return 0
	}
	return n
}
