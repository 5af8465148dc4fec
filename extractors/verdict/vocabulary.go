package verdict

import (
	"unicode/utf8"

	"scamatlas/extractors/verdict/letters"
)

// Terms that stand for whole kinds of tokens.
const (
	anyNumber int32 = iota
	anyPercent
	anyMoney // a currency sign
	firstTerm
)

// vocabulary finds the terms that a word is: words of the lists, and stems that it begins with.
type vocabulary struct {
	words letters.Trie[terms]
	index map[string]int32
	count int32
}

// terms are those of one place in the trie.
type terms struct {
	whole []int32 // that end here
	stem  []int32 // that all words which come by here have
}

func newVocabulary() *vocabulary {
	return &vocabulary{index: map[string]int32{}, count: firstTerm}
}

// term gives the number of a word, or of a stem when more letters may follow. word is folded.
func (v *vocabulary) term(word string, stem bool) int32 {
	key := word
	if stem {
		key += "*"
	}
	if id, ok := v.index[key]; ok {
		return id
	}
	id := v.count
	v.count++
	v.index[key] = id
	n := v.words.At(v.words.Grow(0, word))
	if stem {
		n.stem = append(n.stem, id)
	} else {
		n.whole = append(n.whole, id)
	}
	return id
}

// find adds the terms of a word as it stands in a page to out.
func (v *vocabulary) find(out []int32, word string) []int32 {
	at := int32(0)
	for i := 0; i < len(word); {
		c := word[i]
		if c < utf8.RuneSelf {
			if c >= 'A' && c <= 'Z' {
				c |= 0x20
			}
			i++
			if at = v.words.Step(at, c); at == 0 {
				return out
			}
		} else {
			r, n := utf8.DecodeRuneInString(word[i:])
			i += n
			if kindOf(r) == skipped {
				continue
			}
			if at = v.rune(at, letters.Small(r)); at == 0 {
				return out
			}
		}
		out = append(out, v.words.At(at).stem...)
	}
	return append(out, v.words.At(at).whole...)
}

func (v *vocabulary) rune(at int32, r rune) int32 {
	var b [utf8.UTFMax]byte
	for _, c := range b[:utf8.EncodeRune(b[:], r)] {
		if at = v.words.Step(at, c); at == 0 {
			return 0
		}
	}
	return at
}
