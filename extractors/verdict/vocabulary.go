package verdict

import (
	"slices"
	"unicode/utf8"
)

// Terms that stand for whole kinds of tokens.
const (
	anyNumber int32 = iota
	anyPercent
	anyMoney // a currency sign
	firstTerm
)

// vocabulary finds the terms that a word is: words of the lists, and stems that it begins with. It is a trie over the bytes of folded
// words; most words of a page leave it after a few letters.
type vocabulary struct {
	nodes []node
	root  [256]int32 // children of the root
	index map[string]int32
	count int32
}

type node struct {
	bytes []byte
	next  []int32
	whole []int32 // terms that end here
	stem  []int32 // terms that all words which come by here have
}

func newVocabulary() *vocabulary {
	return &vocabulary{nodes: make([]node, 1), index: map[string]int32{}, count: firstTerm}
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
	at := int32(0)
	for i := 0; i < len(word); i++ {
		at = v.grow(at, word[i])
	}
	n := &v.nodes[at]
	if stem {
		n.stem = append(n.stem, id)
	} else {
		n.whole = append(n.whole, id)
	}
	return id
}

func (v *vocabulary) grow(at int32, c byte) int32 {
	if to := v.step(at, c); to > 0 {
		return to
	}
	to := int32(len(v.nodes))
	v.nodes = append(v.nodes, node{})
	if at == 0 {
		v.root[c] = to
		return to
	}
	n := &v.nodes[at]
	i, _ := slices.BinarySearch(n.bytes, c)
	n.bytes = slices.Insert(n.bytes, i, c)
	n.next = slices.Insert(n.next, i, to)
	return to
}

// step gives the node behind c, 0 when there is none.
func (v *vocabulary) step(at int32, c byte) int32 {
	if at == 0 {
		return v.root[c]
	}
	n := &v.nodes[at]
	for i, b := range n.bytes {
		if b == c {
			return n.next[i]
		}
	}
	return 0
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
			if at = v.step(at, c); at == 0 {
				return out
			}
		} else {
			r, n := utf8.DecodeRuneInString(word[i:])
			i += n
			if kindOf(r) == skipped {
				continue
			}
			if at = v.rune(at, lower(r)); at == 0 {
				return out
			}
		}
		out = append(out, v.nodes[at].stem...)
	}
	return append(out, v.nodes[at].whole...)
}

func (v *vocabulary) rune(at int32, r rune) int32 {
	var b [utf8.UTFMax]byte
	for _, c := range b[:utf8.EncodeRune(b[:], r)] {
		if at = v.step(at, c); at == 0 {
			return 0
		}
	}
	return at
}
