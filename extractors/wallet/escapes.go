package wallet

import "strings"

// minEscapes is how many escapes a text must hold to be worth undoing: single ones stand between words, not inside addresses.
const minEscapes = 4

// unescape calls f with every stretch of s in which escapes that begin with mark stand for ASCII, undone: \xHH, \uHHHH, \u{H…}, \OOO
// or %HH. A stretch goes on over up to escapeGap bytes that are no escapes, and begins with the word the first escape stands in.
func unescape(s string, mark byte, f func(text string, start, end int)) {
	var buf []byte
	for i := 0; i < len(s); {
		at := strings.IndexByte(s[i:], mark)
		if at < 0 {
			return
		}
		first := i + at
		if _, size := escape(s[first:]); size == 0 {
			i = first + 1
			if mark == '\\' {
				i++ // what follows a backslash is not the next escape's
			}
			continue
		}
		start := first
		for start > i && first-start < escapeGap && class[s[start-1]]&(alnum|base64Mark) != 0 {
			start--
		}
		buf = append(buf[:0], s[start:first]...)
		undone, end := 0, first
		for k, last := first, first; k < len(s) && (k-last < escapeGap || class[s[k]]&alnum != 0); {
			c, size := byte(0), 0
			if s[k] == mark {
				c, size = escape(s[k:])
			}
			if size == 0 {
				buf = append(buf, s[k])
				k++
				end = k
				continue
			}
			buf = append(buf, c)
			undone++
			k += size
			last, end = k, k
		}
		if undone >= minEscapes && len(buf) >= minToken {
			f(string(buf), start, end)
		}
		i = end
	}
}

// escape reads one escape at the start of s; size is 0 when there is none for printable ASCII.
func escape(s string) (c byte, size int) {
	skip, base := 2, uint32(16) // bytes before the digits, their base
	switch {
	case len(s) >= 3 && s[0] == '%':
		skip, size = 1, 3
	case len(s) < 4 || s[0] != '\\':
		return 0, 0
	case s[1] == 'x':
		size = 4
	case s[1] == 'u' && s[2] == '{':
		skip, size = 3, 1+strings.IndexByte(s[:min(len(s), 11)], '}')
	case s[1] == 'u' && len(s) >= 6:
		size = 6
	case s[1] == '0' || s[1] == '1':
		skip, size, base = 1, 4, 8
	}
	n := uint32(0)
	for i := skip; i < size && (skip < 3 || i < size-1); i++ {
		v := uint32(hexValue[s[i]])
		if v >= base {
			return 0, 0
		}
		n = n*base + v
	}
	if n < ' ' || n > '~' {
		return 0, 0
	}
	return byte(n), size
}

var hexValue = func() (v [256]byte) {
	for i := range v {
		v[i] = 0xff
	}
	for i := range byte(16) {
		v["0123456789abcdef"[i]], v["0123456789ABCDEF"[i]] = i, i
	}
	return v
}()
