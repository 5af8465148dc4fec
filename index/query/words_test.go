package query

import (
	"reflect"
	"strings"
	"testing"
	"unicode"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// slowWords is what Words promises, said as plainly as possible: fold the whole text, then take it rune by rune.
func slowWords(text string) (words []string) {
	text = text[:min(len(text), MaxText)]
	text = norm.NFKC.String(cases.Fold().String(norm.NFKC.String(strings.ToValidUTF8(text, " "))))
	var word []rune
	single := false
	end := func() {
		if len(word) > 0 {
			words = append(words, string(word[:min(len(word), MaxWord)]))
		}
		word, single = nil, false
	}
	for _, r := range text {
		mark := unicode.Is(unicode.M, r)
		switch {
		case mark && len(word) > 0:
		case mark || !unicode.IsLetter(r) && !unicode.IsNumber(r):
			end()
			continue
		case unspaced(r):
			end()
			single = true
		case single:
			end()
		}
		word = append(word, r)
	}
	end()
	return words[:min(len(words), MaxWords)]
}

var spellings = []string{"", "a", "Nova TRADE 2", "e\u0301t\u00e9 CAFE\u0301", "\u0301x", "Straße STRASSE ﬁne", "ＦＵＬＬ１２ width", "利益を得る abc", "กำไร 50%", "ж" + strings.Repeat("ё", 200),
	strings.Repeat("long", 40) + "é", "plain words for a while, then é and plain words for a while again", "a\xffb\xe9\xe9c", "ΣΑΣ σας", "İstanbul ıI", "x² ½ Ⅷ ™", "한국어 글", "ー", "a\u200bb",
	"e" + strings.Repeat("\u0301", 80) + "f", strings.Repeat("é plain ascii text in between. ", 50)}

func TestWordsAreWhatTheyPromise(t *testing.T) {
	for _, s := range spellings {
		if got, want := Words(s), slowWords(s); strings.Join(got, "|") != strings.Join(want, "|") {
			t.Errorf("Words(%q) = %q, want %q", s, got, want)
		}
	}
}

func FuzzWordsAreWhatTheyPromise(f *testing.F) {
	for _, s := range spellings {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, want := Words(s), slowWords(s)
		if len(got)+len(want) > 0 && !reflect.DeepEqual(got, want) {
			t.Errorf("Words(%q) = %q, want %q", s, got, want)
		}
	})
}

func BenchmarkWords(b *testing.B) {
	for name, s := range map[string]string{"ascii": strings.Repeat("Guaranteed profit, paid out every day. ", 150), "mixed": strings.Repeat("Guaranteed “profit”, paid out every day… ", 150),
		"cyrillic": strings.Repeat("Гарантированная прибыль каждый день. ", 80)} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(s)))
			b.ReportAllocs()
			for b.Loop() {
				Words(s)
			}
		})
	}
}
