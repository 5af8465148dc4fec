package template

import (
	"bytes"
	"strconv"
	"unicode/utf8"

	"scamatlas/extractors"
)

// literalPages reads the markup that a shell's scripts hold as string literals: templates compiled into a bundle, or a whole page
// as one JSON string. At most maxLiterals are read.
func literalPages(in *extractors.Input) []*extractors.Document {
	var out []*extractors.Document
	scanned := 0
	for _, d := range in.Docs {
		for i := range d.Pieces {
			p := &d.Pieces[i]
			if p.Where != extractors.InScript || len(out) >= maxLiterals || scanned >= maxScanned {
				continue
			}
			text := p.Text[:min(len(p.Text), maxScanned-scanned)]
			scanned += len(text)
			for _, l := range literals(text, maxLiterals-len(out)) {
				out = append(out, extractors.Parse(d.URL, "text/html; charset=utf-8", l))
			}
		}
	}
	return out
}

// literals gives the decoded string literals of a script that are long enough and hold markup, at most n.
// It follows quotes and comments only as far as needed not to lose the place; a regular expression with a quote in it may cost
// one literal.
func literals(script string, n int) [][]byte {
	var out [][]byte
	for i := 0; i < len(script) && len(out) < n; i++ {
		switch c := script[i]; c {
		case '\\':
			i++ // keeps one view of what is escaped, so that a mark without partner is searched once a line, not once each
		case '"', '\'', '`':
			end, escaped := endOfString(script, i)
			if end < 0 {
				continue // no string after all: the mark stood in a comment or a pattern
			}
			if raw := script[i+1 : end]; len(raw) >= minLiteral && len(raw) <= maxLiteral {
				if l := decode(raw, escaped); isMarkup(l) {
					out = append(out, l)
				}
			}
			i = end
		}
	}
	return out
}

// endOfString finds the closing mark of the string that begins at i; -1 when the line ends first.
func endOfString(s string, i int) (end int, escaped bool) {
	quote := s[i]
	for k := i + 1; k < len(s); k++ {
		switch c := s[k]; {
		case c == '\\':
			escaped = true
			k++
		case c == quote:
			return k, escaped
		case c == '\n' && quote != '`':
			return -1, false
		}
	}
	return -1, false
}

// isMarkup asks for at least ten tags, closed ones among them.
func isMarkup(b []byte) bool {
	return bytes.Count(b, []byte("</")) >= 5 && bytes.Count(b, []byte("<")) >= 10
}

// decode undoes the escapes of a script string (ECMA-262, 12.9.4). Unknown ones stand for themselves, broken ones are dropped.
func decode(s string, escaped bool) []byte {
	if !escaped {
		return []byte(s)
	}
	out := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		if s[i] != '\\' || i+1 >= len(s) {
			out = append(out, s[i])
			continue
		}
		i++
		switch c := s[i]; c {
		case 'n', 'r', 't', 'v', 'f', 'b':
			out = append(out, ' ')
		case 'x':
			r, used := hexValue(s[i+1:], 2)
			out = utf8.AppendRune(out, r)
			i += used
		case 'u':
			r, used := hexValue(s[i+1:], 4)
			out = utf8.AppendRune(out, r)
			i += used
		case '\n':
		default:
			out = append(out, c)
		}
	}
	return out
}

func hexValue(s string, n int) (rune, int) {
	if len(s) < n {
		return utf8.RuneError, 0
	}
	v, err := strconv.ParseUint(s[:n], 16, 32)
	if err != nil {
		return utf8.RuneError, 0
	}
	return rune(v), n
}
