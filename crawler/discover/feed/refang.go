package feed

import (
	"bytes"
	"strings"
	"unicode"
	"unicode/utf8"
)

// plain is a text without the spellings that keep addresses from being clicked. It keeps where each byte stood.
type plain struct {
	text  []byte
	at    []int32 // offset in the original, one more than text
	armed []bool  // the byte was written in brackets or otherwise to disarm it
}

// refang undoes [.], (dot), [ . ], \., [at], [://] and the like anywhere in a text. hxxp stays: it is read where addresses are.
func refang(s string) plain {
	p := plain{text: make([]byte, 0, len(s)), at: make([]int32, 0, len(s)+1), armed: make([]bool, 0, len(s))}
	for i := 0; i < len(s); {
		if with, n := disarmed(s[i:]); n > 0 && p.fits(with, s[i+n:]) {
			if with == "." || with == "@" { // "name [dot] com"
				p.trimSpace()
				n += len(s[i+n:]) - len(strings.TrimLeft(s[i+n:], " "))
			}
			p.add(with, i, true)
			i += n
			continue
		}
		if strings.HasPrefix(s[i:], " dot ") && bytes.HasSuffix(bytes.ToLower(p.text[max(0, len(p.text)-3):]), []byte("www")) {
			p.add(".", i, true)
			i += len(" dot ")
			continue
		}
		r, n := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == '\u3002' || r == '\uff0e':
			p.add(".", i, false)
		case r == '\u200b' || r == '\u00ad' || r == '\ufeff' || r == '\u2060': // not seen
		case r == utf8.RuneError && n == 1:
			p.add("?", i, false)
		default:
			p.add(s[i:i+n], i, false)
		}
		i += n
	}
	p.at = append(p.at, int32(len(s)))
	return p
}

func (p *plain) add(s string, at int, armed bool) {
	for k := range len(s) {
		p.text, p.at, p.armed = append(p.text, s[k]), append(p.at, int32(at)), append(p.armed, armed)
	}
}

func (p *plain) trimSpace() {
	n := len(p.text)
	for n > 0 && p.text[n-1] == ' ' {
		n--
	}
	p.text, p.at, p.armed = p.text[:n], p.at[:n], p.armed[:n]
}

// fits: what was disarmed stands between what could be parts of an address.
func (p *plain) fits(with, rest string) bool {
	before := strings.TrimRight(string(p.text[max(0, len(p.text)-20):]), " ")
	last, _ := utf8.DecodeLastRuneInString(before)
	first, _ := utf8.DecodeRuneInString(strings.TrimLeft(rest, " "))
	switch with {
	case ".", "@":
		return inHost(last) && inHost(first)
	case "/":
		return len(before) > 0
	}
	return unicode.IsLetter(last)
}

var closing = map[byte]byte{'[': ']', '(': ')', '{': '}', '<': '>'}

var disguises = map[string]string{".": ".", "dot": ".", ",": ".", ":": ":", "://": "://", ":/": ":/", "/": "/", "//": "//", "@": "@", "at": "@"}

// disarmed tells what a spelling at the beginning of s stands for and how long it is; n is 0 for none.
func disarmed(s string) (with string, n int) {
	end, bracket := closing[s[0]]
	switch {
	case bracket:
		to := strings.IndexByte(s[:min(len(s), 12)], end)
		if to < 0 {
			if s[0] == '[' && strings.HasPrefix(s, "[.") { // half a bracket
				return ".", 2
			}
			return "", 0
		}
		with, ok := disguises[strings.ToLower(strings.TrimSpace(s[1:to]))]
		if !ok || with == "@" && s[0] == '<' {
			if strings.HasPrefix(s, "[.") {
				return ".", 2
			}
			return "", 0
		}
		return with, to + 1
	case strings.HasPrefix(s, ".]"):
		return ".", 2
	case strings.HasPrefix(s, `\.`):
		return ".", 2
	case strings.HasPrefix(s, " DOT ") || strings.HasPrefix(s, " dot ") && topName(s[5:]):
		return ".", 4 // the space behind is trimmed
	}
	return "", 0
}

// topName: s begins with one of the endings that people spell out.
func topName(s string) bool {
	word, rest, _ := strings.Cut(strings.TrimSpace(firstWords(s)), " ")
	if strings.HasPrefix(rest, "bubble") || strings.HasPrefix(rest, "compan") || strings.HasPrefix(rest, "boom") || strings.HasPrefix(rest, "crash") ||
		strings.HasPrefix(rest, "era") || strings.HasPrefix(rest, "bust") || strings.HasPrefix(rest, "stock") {
		return false
	}
	switch strings.TrimRight(word, ".,;:!?)\"'") {
	case "com", "net", "org", "io", "co", "info", "xyz", "top", "vip", "online", "site", "live", "app", "cc", "pro", "biz", "finance":
		return true
	}
	return false
}

func firstWords(s string) string { return s[:min(len(s), 40)] }

// inHost: r may stand in a host name as people write it.
func inHost(r rune) bool {
	return r == '-' || r == '_' || r < utf8.RuneSelf && (r >= '0' && r <= '9' || r|0x20 >= 'a' && r|0x20 <= 'z') ||
		r >= utf8.RuneSelf && r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsMark(r) || unicode.IsDigit(r))
}

// unspaced: r is of a script that puts no spaces between words, so that a name of Latin letters may end beside it.
func unspaced(r rune) bool {
	return r >= 0x0e00 && unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar)
}
