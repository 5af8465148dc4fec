package lookalike

import (
	"maps"
	"slices"
	"strings"
	"unicode"
)

// international scores a label with letters outside of a-z.
func (s *Scorer) international(text string, foreign int, factor float64, words *wordTally, t *tally) {
	used := scripts(text)
	switch {
	case mixed(used):
		t.add(s.weights.MixedScripts*factor, "letters of %s in one label: %s", strings.Join(used, " and "), shown(text))
	case foreign == 0 && len(used) > 0 && !slices.Contains(used, "Latin"):
		t.add(s.weights.Disguised*factor, "%s letters that all look Latin: %s", used[0], shown(text))
	default:
		t.add(s.weights.International*factor, "an international name: %s", shown(text))
	}
	for _, w := range s.native {
		if strings.Contains(text, w.text) {
			words.add(w, w.weight*factor)
		}
	}
}

// shown is a label for reading: what would not show, or would turn the line around, is left out.
func shown(text string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) || ignorable(r) {
			return -1
		}
		return r
	}, text)
}

// scripts names the scripts of a label's letters, in order of appearance. Those of digits, marks and hyphens do not count.
func scripts(text string) []string {
	var out []string
	for _, r := range text {
		if !unicode.IsLetter(r) {
			continue
		}
		if name := scriptOf(r); name != "" && !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	return out
}

func scriptOf(r rune) string {
	for _, s := range []struct {
		name  string
		table *unicode.RangeTable
	}{{"Latin", unicode.Latin}, {"Cyrillic", unicode.Cyrillic}, {"Greek", unicode.Greek}, {"Han", unicode.Han}, {"Hangul", unicode.Hangul},
		{"Thai", unicode.Thai}, {"Common", unicode.Common}, {"Inherited", unicode.Inherited}} {
		if unicode.Is(s.table, r) {
			if s.name == "Common" || s.name == "Inherited" {
				return ""
			}
			return s.name
		}
	}
	for _, name := range slices.Sorted(maps.Keys(unicode.Scripts)) {
		if unicode.Is(unicode.Scripts[name], r) {
			return name
		}
	}
	return ""
}

// mixed: more scripts than one language writes with (UTS 39, highly restrictive).
func mixed(used []string) bool {
	if len(used) < 2 {
		return false
	}
	for _, together := range []string{"Latin Han Hiragana Katakana", "Latin Han Hangul", "Latin Han Bopomofo"} {
		if !slices.ContainsFunc(used, func(s string) bool { return !strings.Contains(together, s) }) {
			return false
		}
	}
	return true
}
