package wallet

import (
	"encoding/base64"
	"encoding/hex"
	"slices"
	"strconv"
	"strings"

	"scamatlas/extractors"
)

// decoded reads what a script, JSON or attribute says in a simple code, one level deep: escapes, literals put together with "+" or
// as an array, written backwards, in base64 or hex, and lists of character codes. Nothing is run.
func (r *reader) decoded(v *view) {
	if len(v.text) < minJoinLen {
		return
	}
	for _, mark := range []byte{'\\', '%'} {
		unescape(v.text, mark, func(text string, start, end int) { r.hidden(v, text, start, end) })
	}
	r.literals(v)
	for start, end := nextRun(v.text, 0, minCodes, codeMark); start >= 0; start, end = nextRun(v.text, end, minCodes, codeMark) {
		charCodes(v.text[start:end], func(text string, from, to int) { r.hidden(v, text, start+from, start+to) })
	}
}

// hidden scans text, which was decoded from v.text[start:end].
func (r *reader) hidden(v *view, text string, start, end int) {
	r.scan(&view{text: text, where: extractors.InEncoded, piece: v.piece, base: v.base + start*b2i(v.exact), outer: v, span: [2]int{start, end}})
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

// chained collects literals that are glued together.
type chained struct {
	parts      []string
	glue       byte
	call       bool // glued by concat(…)
	start, end int
}

// literals walks the string literals of a script.
func (r *reader) literals(v *view) {
	backwards := strings.Contains(v.text, "reverse")
	var ch chained
	for i := 0; i < len(v.text); {
		for i < len(v.text) && class[v.text[i]]&quoteMark == 0 {
			i++
		}
		if i == len(v.text) {
			break
		}
		end := literalStop(v.text, i)
		if end < 0 {
			i++
			continue
		}
		lit := v.text[i+1 : end]
		glue := byte(0)
		if len(ch.parts) > 0 {
			glue = glueOf(v.text[ch.end:i])
			if glue == ',' && ch.glue == '+' && ch.call {
				glue = '+' // a further argument
			}
		}
		if glue == 0 || ch.glue != 0 && ch.glue != glue {
			r.chained(v, &ch, backwards)
			ch = chained{parts: ch.parts[:0], start: i}
		} else {
			ch.glue, ch.call = glue, ch.call || v.text[i-1] == '('
		}
		if len(ch.parts) <= maxChain {
			ch.parts = append(ch.parts, lit)
		}
		ch.end = end + 1
		r.literal(v, lit, i, end, backwards)
		i = end + 1
	}
	r.chained(v, &ch, backwards)
}

// literalStop gives the index of the quote that ends the literal at i, -1 when this is none, is long, or has no letter first.
// What begins like the text between two literals is taken for that: so a lost count of quotes mends itself.
func literalStop(s string, i int) int {
	limit := min(len(s), i+2+maxLiteral)
	if i+1 < limit && strings.IndexByte("+,;:)]} ", s[i+1]) >= 0 {
		return -1
	}
	for k := i + 1; k < limit; k++ {
		if class[s[k]]&endsLiteral == 0 {
			continue
		}
		if s[k] == s[i] {
			return k
		}
		if class[s[k]]&quoteMark == 0 {
			return -1
		}
	}
	return -1
}

// glueOf gives '+' or ',' when between holds that and blanks only; a call of concat is a '+'.
func glueOf(between string) byte {
	if len(between) > 16 {
		return 0
	}
	switch strings.TrimSpace(between) {
	case "+", ".concat(", ").concat(":
		return '+'
	case ",":
		return ','
	}
	return 0
}

// chained scans literals as one text. Items of an array must make one address, all of them together.
func (r *reader) chained(v *view, ch *chained, backwards bool) {
	if len(ch.parts) < 2 || len(ch.parts) > maxChain {
		return
	}
	total := 0
	for _, p := range ch.parts {
		total += len(p)
	}
	if total < minJoinLen || ch.glue == ',' && total > maxToken {
		return
	}
	text := strings.Join(ch.parts, "")
	if ch.glue == '+' {
		r.hidden(v, text, ch.start, ch.end)
	} else {
		r.whole(v, text, ch.start, ch.end)
	}
	if backwards {
		r.whole(v, reversed(text), ch.start, ch.end)
		slices.Reverse(ch.parts)
		r.whole(v, strings.Join(ch.parts, ""), ch.start, ch.end)
	}
}

// whole takes text when all of it is an address.
func (r *reader) whole(v *view, text string, start, end int) {
	if _, _, _, ok := Canonical(text); ok {
		r.hidden(v, text, start, end)
	}
}

// literal reads one literal backwards, as base64, and as hex of text.
func (r *reader) literal(v *view, lit string, start, end int, backwards bool) {
	if len(lit) < minJoinLen {
		return
	}
	if backwards && len(lit) <= maxToken {
		r.whole(v, reversed(lit), start, end)
	}
	if b, ok := textOfHex(lit); ok {
		r.hidden(v, b, start, end)
	} else if b, ok := textOfBase64(lit); ok {
		r.hidden(v, b, start, end)
	}
}

func reversed(s string) string {
	b := []byte(s)
	slices.Reverse(b)
	return string(b)
}

func textOfHex(s string) (string, bool) {
	if len(s)%2 != 0 || class[s[0]]&class[s[1]]&hexDigit == 0 || !isHex(s) {
		return "", false
	}
	b, err := hex.DecodeString(s)
	return string(b), err == nil && printable(b)
}

func textOfBase64(s string) (string, bool) {
	var buf [maxLiteral]byte
	if n, err := base64.StdEncoding.Decode(buf[:4], []byte(s[:4])); err != nil || !printable(buf[:n]) {
		return "", false // the cheap answer to most literals
	}
	s = strings.TrimRight(s, "=")
	enc := base64.RawStdEncoding
	for i := range len(s) {
		switch c := s[i]; {
		case class[c]&(alnum|base64Mark) == 0:
			return "", false
		case c == '-' || c == '_':
			enc = base64.RawURLEncoding
		}
	}
	n, err := enc.Decode(buf[:], []byte(s))
	if err != nil || !printable(buf[:n]) {
		return "", false
	}
	return string(buf[:n]), true
}

func printable(b []byte) bool {
	for _, c := range b {
		if (c < ' ' || c > '~') && c != '\n' && c != '\t' && c != '\r' {
			return false
		}
	}
	return len(b) > 0
}

// charCodes calls f with the text of each list of character codes, decimal or 0x, that is printable and long enough.
func charCodes(s string, f func(text string, start, end int)) {
	var b []byte
	for i := 0; i < len(s); {
		if s[i] < '0' || s[i] > '9' || i > 0 && class[s[i-1]]&alnum != 0 {
			i++
			continue
		}
		start, end := i, i
		b = b[:0]
		for len(b) <= maxLiteral {
			c, size := code(s[i:])
			if size == 0 {
				break
			}
			b = append(b, c)
			end = i + size
			next := end
			for next < len(s) && next-end < 8 && (s[next] == ',' || s[next] <= ' ') {
				next++
			}
			if next == end || next >= len(s) || s[next] < '0' || s[next] > '9' {
				break
			}
			i = next
		}
		if len(b) >= minJoinLen && len(b) <= maxLiteral {
			f(string(b), start, end)
		}
		i = max(end, start+1)
	}
}

// code reads one number that is a printable character.
func code(s string) (c byte, size int) {
	digits, base := s[:min(len(s), 5)], 10
	if strings.HasPrefix(s, "0x") || strings.HasPrefix(s, "0X") {
		digits, base, size = digits[2:], 16, 2
	}
	n := 0
	for n < len(digits) && (digits[n] >= '0' && digits[n] <= '9' || base == 16 && class[digits[n]]&hexDigit != 0) {
		n++
	}
	v, err := strconv.ParseUint(digits[:n], base, 8)
	if err != nil || v < ' ' || v > '~' {
		return 0, 0
	}
	return byte(v), size + n
}
