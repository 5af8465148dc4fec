package contact

import "strings"

func isDigit(c byte) bool  { return c >= '0' && c <= '9' }
func isLetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }
func isAlnum(c byte) bool  { return isDigit(c) || isLetter(c) }
func isWord(c byte) bool   { return isAlnum(c) || c == '_' }
func isHost(c byte) bool   { return isAlnum(c) || c == '.' || c == '-' }

func isHex(c byte) bool { return isDigit(c) || c|0x20 >= 'a' && c|0x20 <= 'f' }

func isQuote(c byte) bool { return c == '"' || c == '\'' || c == '`' }

// run gives the beginning of s made of bytes that ok accepts, at most max of them.
func run(s string, max int, ok func(byte) bool) string {
	n := 0
	for n < len(s) && n < max && ok(s[n]) {
		n++
	}
	return s[:n]
}

// runBefore gives the end of s made of bytes that ok accepts, at most max of them.
func runBefore(s string, max int, ok func(byte) bool) string {
	n := len(s)
	for n > 0 && len(s)-n < max && ok(s[n-1]) {
		n--
	}
	return s[n:]
}

// hasFold reports whether s begins with the lower-case ASCII text low, in any case.
func hasFold(s, low string) bool {
	return len(s) >= len(low) && strings.EqualFold(s[:len(low)], low)
}

// endsFold reports whether s ends with the lower-case ASCII text low, in any case.
func endsFold(s, low string) bool {
	return len(s) >= len(low) && strings.EqualFold(s[len(s)-len(low):], low)
}

// before gives the byte before i, 0 at the beginning.
func before(s string, i int) byte {
	if i <= 0 {
		return 0
	}
	return s[i-1]
}
