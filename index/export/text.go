package export

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// oneLine makes hostile text one line: control, format and separator characters go (line breaks and tabs become a space), at most max
// bytes stay.
func oneLine(s string, max int) string {
	s = strings.Map(func(c rune) rune {
		switch {
		case c == '\n', c == '\r', c == '\t', c == '\u2028', c == '\u2029', c == '\u0085':
			return ' '
		case unicode.IsControl(c), unicode.Is(unicode.Cf, c), c == unicode.ReplacementChar, unicode.Is(unicode.Co, c):
			return -1
		}
		return c
	}, s)
	s = strings.Join(strings.Fields(s), " ")
	if len(s) <= max {
		return s
	}
	n := max
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}

// cell makes text safe for a spreadsheet: one line, and an apostrophe before what would begin a formula, full-width forms included.
func cell(s string) string {
	s = oneLine(s, MaxCell)
	first, _ := utf8.DecodeRuneInString(s)
	if strings.ContainsRune("=+-@\uff1d\uff0b\uff0d\uff20", first) && s != "" {
		return "'" + s
	}
	return s
}

// defang spells a host so that no program makes a link of it.
func defang(host string) string { return strings.ReplaceAll(host, ".", "[.]") }
