package wording

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"scamatlas/extractors/verdict/letters"
)

// kind is what a token is.
type kind uint8

const (
	word   kind = iota
	single      // one letter of a script that puts no blanks between words, or of Korean, whose endings hang on the words
	number
	percent // a number with a sign behind it
	money   // a number with a currency sign
	times   // "10x"
	masked  // a host, an address, a key
)

// masks are what stands for tokens that are all alike.
func (k kind) mask() string {
	switch k {
	case number:
		return "#"
	case percent:
		return "#%"
	case money:
		return "#$"
	case times:
		return "#x"
	}
	return "@"
}

type token struct {
	from, to int // in the folded text
	kind     kind
	ends     bool // a sentence ends before it
}

// fold spells text as it is compared, without what has no width.
func fold(s string) string { return strings.Map(small, s) }

func small(r rune) rune {
	if letters.NoWidth(r) {
		return -1
	}
	return letters.Small(r)
}

// sort of a rune, by which runs are cut.
type class uint8

const (
	blank class = iota
	letter
	digit
	alone
	cash
	full // ends a sentence
	mark // any other sign
)

func classOf(r rune) class {
	switch {
	case r >= 'a' && r <= 'z':
		return letter
	case r >= '0' && r <= '9':
		return digit
	case r == '$':
		return cash
	case r == '.' || r == '!' || r == '?' || r == ';' || r == '\n':
		return full
	case r <= ' ':
		return blank
	case r < utf8.RuneSelf:
		return mark
	case letters.Alone(r):
		return alone
	case letters.Blank(r):
		return blank
	}
	switch r {
	case '。', '！', '？', '…':
		return full
	case '€', '£', '¥', '₮', '₽', '₹', '₩', '฿', '₿', '₫':
		return cash
	}
	switch {
	case unicode.IsLetter(r) || unicode.IsMark(r):
		return letter
	case unicode.IsDigit(r):
		return digit
	}
	return mark
}

func isHangul(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return letters.Hangul(r)
}

// scan adds the tokens of folded text s to out.
func scan(s string, out []token) []token {
	z := scanner{s: s, out: out, ends: true}
	for z.at < len(s) {
		r, n := z.rune(z.at)
		from := z.at
		switch classOf(r) {
		case letter, digit:
			z.run(from, classOf(r))
		case alone:
			z.at += n
			z.add(from, single)
		case cash:
			z.at += n
			z.sum(from)
		case full:
			z.at += n
			if next, _ := z.rune(z.at); r != '.' || z.at >= len(s) || classOf(next) == blank || classOf(next) == alone {
				z.ends = true
			}
		default:
			z.at += n
		}
	}
	return z.out
}

type scanner struct {
	s    string
	at   int
	out  []token
	ends bool
}

func (z *scanner) rune(i int) (rune, int) {
	if i >= len(z.s) {
		return 0, 0
	}
	if c := z.s[i]; c < utf8.RuneSelf {
		return rune(c), 1
	}
	return utf8.DecodeRuneInString(z.s[i:])
}

func (z *scanner) add(from int, k kind) {
	z.out = append(z.out, token{from, z.at, k, z.ends})
	z.ends = false
}

// sum is a currency sign and the number behind it, if there is one: "$ 1,000".
func (z *scanner) sum(from int) {
	i := z.at
	if i < len(z.s) && z.s[i] == ' ' {
		i++
	}
	if r, _ := z.rune(i); i < len(z.s) && classOf(r) == digit {
		z.at = i
		z.digits()
		z.add(from, money)
		return
	}
	if n := len(z.out); n > 0 && !z.ends && z.out[n-1].kind == number && from-z.out[n-1].to <= 2 {
		z.out[n-1].kind, z.out[n-1].to = money, z.at
	}
}

// digits takes in a number with its points and commas.
func (z *scanner) digits() {
	for z.at < len(z.s) {
		r, n := z.rune(z.at)
		c := classOf(r)
		if c != digit {
			next, _ := z.rune(z.at + n)
			if r != '.' && r != ',' && r != 0xa0 || classOf(next) != digit {
				return
			}
		}
		z.at += n
	}
}

// run is a word, a number, a host or a key.
func (z *scanner) run(from int, first class) {
	if first == digit {
		z.digits()
		i := z.at
		if i < len(z.s) && z.s[i] == ' ' {
			i++
		}
		r, n := z.rune(i)
		next, _ := z.rune(i + n)
		switch {
		case r == '%':
			z.at = i + n
			z.add(from, percent)
			return
		case (r == 'x' || r == '×') && i == z.at && classOf(next) != letter && classOf(next) != digit:
			z.at += n
			z.add(from, times)
			return
		case classOf(r) != letter || i != z.at:
			z.add(from, number)
			return
		}
	}
	dots, figures, at := 0, 0, z.at
	for at < len(z.s) {
		r, n := z.rune(at)
		c := classOf(r)
		if c != letter && c != digit {
			next, _ := z.rune(at + n)
			if !(r == '.' || r == '@' || r == '\'' || r == '-' || r == '_' || r == '/') || classOf(next) != letter && classOf(next) != digit {
				break
			}
			if r == '@' || r == '.' {
				dots++
			} else if dots == 0 && r != '\'' {
				break
			}
		}
		if c == digit {
			figures++
		}
		at += n
	}
	z.at = at
	k := word
	if text := z.s[from:at]; isHost(text, dots) || figures > 3 && len(text) >= 16 {
		k = masked
	}
	z.add(from, k)
}

// isHost tells "site.example" and "a@b.example" from "p.a".
func isHost(s string, dots int) bool {
	return dots > 0 && (strings.Contains(s, "@") || len(s)-strings.LastIndexByte(s, '.') > 2 && strings.IndexByte(s, '.') > 1)
}
