package template

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"scamatlas/extractors"
)

// clean makes text fit to store and show: control and format characters (bidi overrides, zero-width) go, white space becomes one
// space, at most limit bytes on a character boundary.
func clean(s string, limit int) string {
	var b strings.Builder
	space := false
	for _, r := range s {
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
	for _, d := range pages {
		for i := range d.Pieces {
			p := &d.Pieces[i]
			if p.Where != extractors.InText || p.Tag == "title" || read >= maxWords {
				continue
			}
			words := wordsOf(p.Text, brand)
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

func wordsOf(text string, brand func(string) bool) []string {
	text = text[:min(len(text), maxTextPiece)]
	var out []string
	for w := range strings.FieldsFuncSeq(strings.ToLower(text), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r) }) {
		switch {
		case strings.IndexFunc(w, unicode.IsDigit) >= 0:
			w = maskNumber
			if len(out) > 0 && out[len(out)-1] == maskNumber { // 1,000.50 is one amount
				continue
			}
		case len(w) > maxWord:
			w = maskLong
		case brand(w):
			w = maskBrand
			if len(out) > 0 && out[len(out)-1] == maskBrand {
				continue
			}
		}
		out = append(out, w)
	}
	return out
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
		return named[w] || len(w) >= minBrand && strings.Contains(letters, w)
	}
}
