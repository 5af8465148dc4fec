package template

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/zeebo/xxh3"

	"scamatlas/extractors"
)

// clean makes text fit to store and show: control and format characters (bidi overrides, zero-width) go, white space becomes one
// space, at most limit bytes on a character boundary.
func clean(s string, limit int) string {
	s = strings.TrimSpace(s)
	if len(s) <= limit && isClean(s) {
		return s
	}
	var b strings.Builder
	b.Grow(min(len(s), limit))
	space := false
	for i := 0; i < len(s); {
		if n := plainRun(s[i:]); n > 0 {
			blank := 0
			if space {
				blank = 1
			}
			room := limit - b.Len() - blank
			if room <= 0 {
				break
			}
			if space {
				b.WriteByte(' ')
				space = false
			}
			b.WriteString(s[i : i+min(n, room)])
			if n > room {
				break
			}
			i += n
			continue
		}
		r, n := utf8.DecodeRuneInString(s[i:])
		i += n
		if unicode.IsSpace(r) || (unicode.IsControl(r) && b.Len() > 0) {
			space = b.Len() > 0
			continue
		}
		if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || r == utf8.RuneError {
			continue
		}
		need := utf8.RuneLen(r)
		if space {
			need++
		}
		if b.Len()+need > limit {
			break
		}
		if space {
			b.WriteByte(' ')
			space = false
		}
		b.WriteRune(r)
	}
	return b.String()
}

// isClean reports whether s is printable ASCII with single blanks: nothing to change, as mostly.
func isClean(s string) bool {
	for i := 0; i < len(s); {
		n := plainRun(s[i:])
		if n == 0 {
			return false
		}
		if i += n; i == len(s) {
			break
		}
		if s[i] != ' ' {
			return false
		}
		i++
	}
	return true
}

// plainRun counts the printable ASCII characters other than blanks that s begins with.
func plainRun(s string) int {
	n := 0
	for n < len(s) && s[n] > ' ' && s[n] < 0x7f {
		n++
	}
	return n
}

// language keeps a language tag that looks like one, lower case.
func language(s string) string {
	s = strings.ToLower(strings.ReplaceAll(strings.TrimSpace(s), "_", "-"))
	if s == "" || len(s) > maxLang {
		return ""
	}
	for i := range len(s) {
		if c := s[i]; !(c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '-') {
			return ""
		}
	}
	return s
}

// searchText joins the visible runs of text of all pages, a line each. A run that comes again (menus, footers) is written once.
func searchText(pages []*extractors.Document) string {
	var b strings.Builder
	seen := map[string]bool{}
	for _, d := range pages {
		b.Grow(min(len(d.Body)/8, extractors.MaxSearchText-b.Len()))
		for i := range d.Pieces {
			p := &d.Pieces[i]
			if p.Where != extractors.InText {
				continue
			}
			left := extractors.MaxSearchText - b.Len() - 1
			if left <= 0 {
				return b.String()
			}
			line := clean(p.Text, min(left, maxTextPiece))
			if line == "" || seen[line] {
				continue
			}
			if len(seen) < maxSeenText {
				seen[line] = true
			}
			if b.Len() > 0 {
				b.WriteByte('\n')
			}
			b.WriteString(line)
		}
	}
	return b.String()
}

// textTokens gives 3-grams of words. What differs between copies of one kit is masked: everything with a digit in it (amounts,
// dates, percentages, addresses), overlong words, and the brand.
func textTokens(pages []*extractors.Document, brand func(string) bool) extractors.TokenSet {
	s, read := newSet(), 0
	var words []uint64
	for _, d := range pages {
		for i := range d.Pieces {
			p := &d.Pieces[i]
			if p.Where != extractors.InText || p.Tag == "title" || read >= maxWords {
				continue
			}
			words = appendWords(words[:0], p.Text, brand)
			read += len(words)
			if len(words) >= textGram {
				grams(s, words, textGram)
			}
		}
	}
	return s.sketch(MaxTextTokens)
}

const textGram = 3

// Masks. No word of a page holds these characters.
const (
	maskNumber = "#"
	maskBrand  = "@"
	maskLong   = "+"
)

// appendWords adds the hashes of the words of text, masked, lower case. 1,000.50 is one amount, and a brand of two words one brand.
func appendWords(out []uint64, text string, brand func(string) bool) []uint64 {
	text = strings.ToLower(text[:min(len(text), maxTextPiece)])
	number, named := xxh3.HashString(maskNumber), xxh3.HashString(maskBrand)
	for i := 0; i < len(text); {
		n, digit := wordLen(text[i:])
		if n == 0 {
			_, skip := utf8.DecodeRuneInString(text[i:])
			i += skip
			continue
		}
		w, last := text[i:i+n], uint64(0)
		i += n
		if len(out) > 0 {
			last = out[len(out)-1]
		}
		switch {
		case digit && last == number:
		case digit:
			out = append(out, number)
		case n > maxWord:
			out = append(out, xxh3.HashString(maskLong))
		case !brand(w):
			out = append(out, xxh3.HashString(w))
		case last != named:
			out = append(out, named)
		}
	}
	return out
}

// wordLen gives the length of the run of letters, digits and marks that s begins with, and whether there is a digit in it.
func wordLen(s string) (n int, digit bool) {
	for n < len(s) {
		b := s[n]
		switch {
		case b-'a' <= 25 || b-'A' <= 25:
			n++
			continue
		case b-'0' <= 9:
			digit = true
			n++
			continue
		case b < utf8.RuneSelf:
			return n, digit
		}
		r, size := utf8.DecodeRuneInString(s[n:])
		isDigit := unicode.IsDigit(r)
		if !isDigit && !unicode.IsLetter(r) && !unicode.IsMark(r) {
			return n, digit
		}
		digit = digit || isDigit
		n += size
	}
	return n, digit
}

// brands gives a test for words that name the site: those that stand in its host name, and the title's words that do.
func brands(host, title string) func(string) bool {
	label, _, _ := strings.Cut(strings.TrimPrefix(host, "www."), ".")
	letters := strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, label)
	named := map[string]bool{}
	for w := range strings.FieldsFuncSeq(strings.ToLower(title), func(r rune) bool { return !unicode.IsLetter(r) }) {
		if len(w) >= minBrand && strings.Contains(w, letters) && letters != "" {
			named[w] = true
		}
	}
	return func(w string) bool {
		return len(named) > 0 && named[w] || len(w) >= minBrand && len(w) <= len(letters) && strings.Contains(letters, w)
	}
}
