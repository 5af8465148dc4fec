package wallet

import "strings"

// Classes of bytes, as bits: a run of bytes belongs to those that all its bytes share.
const (
	alnum = 1 << iota
	hexDigit
	base64Mark  // of either base64 alphabet, besides letters and digits
	quoteMark   // of a script's string literals
	digit58     // of Bitcoin's base58; Ripple's has the same bytes in another order
	digit32     // of bech32 and its prefixes: digits and letters of either case
	capital32   // of RFC 4648 base32
	codeMark    // of a list of character codes
	endsLiteral // a quote, or what cannot stand in a literal that is read
)

// anyClass is what a run starts with before its bytes are looked at.
const anyClass = 1<<16 - 1

var class = func() (c [256]uint16) {
	mark := func(bytes string, bit uint16) {
		for i := range len(bytes) {
			c[bytes[i]] |= bit
		}
	}
	const digits, small = "0123456789", "abcdefghijklmnopqrstuvwxyz"
	capitals := strings.ToUpper(small)
	mark(digits+small+capitals, alnum|digit32)
	mark(digits+"abcdefABCDEF", hexDigit)
	mark("+/-_", base64Mark)
	mark("\"'`", quoteMark|endsLiteral)
	mark("\n\\", endsLiteral)
	mark(bitcoin58.digits, digit58)
	mark(capitals+"234567", capital32)
	mark(digits+"abcdefABCDEFxX, \n", codeMark)
	return c
}()

// nextRun gives the next run of at least least bytes of the given classes, -1 when there is none. Of what lies between two such
// runs it reads about one byte in least.
func nextRun(text string, from, least int, bits uint16) (start, end int) {
	for i := from + least - 1; i < len(text); {
		if class[text[i]]&bits == 0 {
			i += least
			continue
		}
		start = i
		for start > from && class[text[start-1]]&bits != 0 {
			start--
		}
		end = i + 1
		for end < len(text) && class[text[end]]&bits != 0 {
			end++
		}
		if end-start >= least {
			return start, end
		}
		from = end
		i = end + least
	}
	return -1, -1
}

// classes gives the classes that all bytes of s share.
func classes(s string) uint16 {
	bits := uint16(anyClass)
	for i := range len(s) {
		bits &= class[s[i]]
	}
	return bits
}
