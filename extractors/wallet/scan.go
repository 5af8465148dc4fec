package wallet

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// A match is an address and where it stands in the text that was scanned.
type match struct {
	address
	start, end int
}

// Scan calls found with the place of everything in text that is an address by its own shape and checksum. It is the first step of
// ReadDocument, for those that measure it: what stands around an address is not asked.
func Scan(text string, found func(start, end int)) {
	scan(text, func(m match) { found(m.start, m.end) })
}

// scan cuts text into runs of letters and digits and hands on those that read as addresses. A run is tried whole or not
// at all: an address inside a longer word is none. Short runs are stepped over unread, first those that not even the marks of base64
// make long enough.
func scan(text string, emit func(match)) {
	for i := 0; ; {
		start, end := nextRun(text, i, minToken, alnum|base64Mark)
		if start < 0 {
			return
		}
		i = scanRun(text, start, end, emit) + 1
	}
}

// scanRun reads one run of letters, digits and base64 marks. It returns where the next may begin.
func scanRun(text string, start, end int, emit func(match)) int {
	for i := start; i < end; {
		bits, stop := uint16(anyClass), i
		for stop < end && class[text[stop]]&alnum != 0 {
			bits &= class[text[stop]]
			stop++
		}
		next := stop + 1
		if stop-i >= minToken || end-i >= tonLen && tonStart(text[i:stop]) {
			if m, ok := readRun(text, i, stop, bits); ok {
				emit(m)
				next = max(next, m.end)
			}
		}
		i = next
	}
	return end
}

// readRun reads the run text[start:end], with what belongs to it on either side. Where it may begin with the end of an escape
// sequence, it is read without that first.
func readRun(text string, start, end int, bits uint16) (match, bool) {
	if tail := escapeTail(text, start, end); tail > 0 {
		if m, ok := readToken(text, start+tail, end, classes(text[start+tail:end]), true); ok {
			return m, true
		}
	}
	return readToken(text, start, end, bits, false)
}

// readToken reads text[start:end]; after an escape sequence, what stands before it is no part of a word.
func readToken(text string, start, end int, bits uint16, escaped bool) (match, bool) {
	if tonStart(text[start:end]) && start+tonLen <= len(text) {
		m := match{start: start, end: start + tonLen}
		if wholeBase64(text, m) && (escaped || bounded(text, m)) {
			if a, ok := checkTON(text[start:m.end]); ok {
				m.address = a
				return m, true
			}
		}
	}
	if end-start < minToken || end-start > maxUnified {
		return match{}, false
	}
	if m, ok := prefixed(text, start, end); ok && bounded(text, m) {
		return m, true
	}
	a, ok := check(text[start:end], bits)
	m := match{a, start, end}
	return m, ok && (escaped || bounded(text, m)) && (a.chain != "sol" || !fragment(text, m))
}

// prefixed reads the forms whose prefix ends in ":" or "_".
func prefixed(text string, start, end int) (match, bool) {
	n := end - start
	if start < 2 {
		return match{}, false
	}
	switch mark := text[start-1]; {
	case mark == ':' && n == 64:
		for _, wc := range []string{"-1:", "0:"} {
			if strings.HasSuffix(text[:start], wc) {
				m := match{start: start - len(wc), end: end}
				a, ok := tonRaw(text[m.start:end])
				m.address = a
				return m, ok
			}
		}
	case mark == '_' && n == 60:
		for _, p := range []string{"nano_", "xrb_"} {
			if strings.HasSuffix(text[:start], p) {
				a, ok := checkNano(text[start:end])
				return match{a, start - len(p), end}, ok
			}
		}
	case mark == ':' && hasSuffixFold(text[:start-1], cashPrefix):
		if a, ok := checkCashAddr(text[start:end]); ok {
			return match{a, start - 1 - len(cashPrefix), end}, true
		}
	}
	return match{}, false
}

func hasSuffixFold(s, suffix string) bool {
	return len(s) >= len(suffix) && strings.EqualFold(s[len(s)-len(suffix):], suffix)
}

// escapeTail gives the length of an escape sequence's end at the start of a run: the "n" of "\n0x…", the "3D" of "%3Dbc1…".
func escapeTail(text string, start, end int) int {
	if start == 0 {
		return 0
	}
	skip, n := 0, 2 // letters before the hex digits, length of all
	switch prev, c := text[start-1], text[start]; {
	case prev == '%':
	case prev != '\\':
		return 0
	case strings.IndexByte("nrtbfv", c) >= 0:
		return 1
	case c == 'x':
		skip, n = 1, 3
	case c == 'u':
		skip, n = 1, 5
	default:
		return 0
	}
	if n > end-start || !isHex(text[start+skip:start+n]) {
		return 0
	}
	return n
}

// bounded reports whether no letter stands next to the match. Scripts that Latin letters cannot be mistaken for, like Han, are
// no letters here: there a label and an address are written without a blank.
func bounded(text string, m match) bool {
	before, _ := utf8.DecodeLastRuneInString(text[:m.start])
	after, _ := utf8.DecodeRuneInString(text[m.end:])
	return !letter(before) && !letter(after)
}

func letter(r rune) bool {
	if r < utf8.RuneSelf {
		return class[byte(r)]&alnum != 0
	}
	return alike(r)
}

// alike reports whether r is a letter of a script that shares letter shapes with Latin.
func alike(r rune) bool {
	return r >= utf8.RuneSelf && r != utf8.RuneError && unicode.In(r, unicode.Latin, unicode.Cyrillic, unicode.Greek, unicode.Armenian, unicode.Cherokee)
}

// wholeBase64 reports whether a TON address is not a piece of a longer base64 text. A "/" before it is a path's.
func wholeBase64(text string, m match) bool {
	if m.start > 0 && class[text[m.start-1]]&base64Mark != 0 && text[m.start-1] != '/' {
		return false
	}
	return m.end == len(text) || class[text[m.end]]&base64Mark == 0 || text[m.end] == '/'
}

// fragment reports whether base58 without checksum looks like a piece of base64, of a JWT or of a file name.
func fragment(text string, m match) bool {
	if m.start > 0 {
		switch c := text[m.start-1]; c {
		case '-', '_', '+':
			return true
		case '.':
			return m.start > 1 && class[text[m.start-2]]&alnum != 0
		}
	}
	if m.end < len(text) {
		switch c := text[m.end]; c {
		case '-', '_', '+', '=':
			return true
		case '.':
			return m.end+1 < len(text) && class[text[m.end+1]]&alnum != 0
		}
	}
	return false
}

// tonStart reports whether a run begins as a user-friendly TON address does, on the basic workchain (Q) or the master chain (f).
// The run may end early: "-", "_", "+" and "/" are digits of such an address.
func tonStart(run string) bool {
	return len(run) >= 2 && (run[0] == 'E' || run[0] == 'U') && (run[1] == 'Q' || run[1] == 'f')
}
