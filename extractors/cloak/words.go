package cloak

import (
	"strings"
	"unicode"

	"scamatlas/extractors"
)

// wordsOf gives the words of a site's text and title that stay from visit to visit: what holds a digit is a number, a date, an id; runs
// of scripts that put no spaces between words count by pairs of signs.
func wordsOf(f *extractors.Findings) map[string]bool {
	out := map[string]bool{}
	for _, text := range []string{f.Title, f.Text} {
		for word := range strings.FieldsFuncSeq(strings.ToLower(text), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r) }) {
			if len(out) >= maxWords {
				return out
			}
			add(out, word)
		}
	}
	return out
}

func add(out map[string]bool, word string) {
	if strings.ContainsFunc(word, unicode.IsDigit) {
		return
	}
	signs := []rune(word)
	switch {
	case len(signs) < 2 || len(signs) > longestWord:
	case unicode.In(signs[0], unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai):
		for i := 0; i+1 < len(signs); i++ {
			out[string(signs[i:i+2])] = true
		}
	default:
		out[word] = true
	}
}

// likeness of two sets: the larger of their Jaccard index and, where neither is small, nine tenths of the share of the smaller that
// is in the larger: a phone's layout leaves parts out. -1 when one is empty.
func likeness(a, b map[string]bool) float64 {
	if len(a) == 0 || len(b) == 0 {
		return -1
	}
	both := 0
	for w := range a {
		if b[w] {
			both++
		}
	}
	l := float64(both) / float64(len(a)+len(b)-both)
	if small := min(len(a), len(b)); small >= fewWords {
		l = max(l, 0.9*float64(both)/float64(small))
	}
	return l
}

// setLikeness is the Jaccard index of two token sets, estimated where they are sketches; -1 when one is too small to say anything.
func setLikeness(a, b *extractors.TokenSet) float64 {
	if len(a.Hashes) < fewTokens || len(b.Hashes) < fewTokens {
		return -1
	}
	limit := len(a.Hashes) + len(b.Hashes) // of the union looked at
	if a.Total > len(a.Hashes) || b.Total > len(b.Hashes) {
		limit = min(len(a.Hashes), len(b.Hashes)) // the union's smallest hashes, as many as both sketches are sure to hold
	}
	both, union := 0, 0
	for i, j := 0, 0; (i < len(a.Hashes) || j < len(b.Hashes)) && union < limit; union++ {
		switch {
		case j == len(b.Hashes) || i < len(a.Hashes) && a.Hashes[i] < b.Hashes[j]:
			i++
		case i == len(a.Hashes) || b.Hashes[j] < a.Hashes[i]:
			j++
		default:
			both++
			i++
			j++
		}
	}
	return float64(both) / float64(union)
}
