package lookalike

// trie finds words in a text of small letters and digits.
type trie struct{ nodes []trieNode }

type trieNode struct {
	next [36]int32 // 0: none
	word int32     // index of the word that ends here, -1: none
}

func newTrie() *trie { return &trie{nodes: []trieNode{{word: -1}}} }

// index gives the place of c among a-z and 0-9; ok is false for other bytes.
func index(c byte) (int, bool) {
	switch {
	case c >= 'a' && c <= 'z':
		return int(c - 'a'), true
	case isDigit(c):
		return int(c-'0') + 26, true
	}
	return 0, false
}

// add enters a word; one that is there keeps its first number.
func (t *trie) add(text string, word int32) {
	at := int32(0)
	for i := range len(text) {
		k, ok := index(text[i])
		if !ok {
			return
		}
		if t.nodes[at].next[k] == 0 {
			t.nodes = append(t.nodes, trieNode{word: -1})
			t.nodes[at].next[k] = int32(len(t.nodes) - 1)
		}
		at = t.nodes[at].next[k]
	}
	if t.nodes[at].word < 0 {
		t.nodes[at].word = word
	}
}

// from calls found for each word that begins at text[start], shortest first.
func (t *trie) from(text string, start int, found func(end int, word int32)) {
	at := int32(0)
	for i := start; i < len(text); i++ {
		k, ok := index(text[i])
		if !ok {
			return
		}
		if at = t.nodes[at].next[k]; at == 0 {
			return
		}
		if w := t.nodes[at].word; w >= 0 {
			found(i+1, w)
		}
	}
}

// whole gives the word that text is, -1 when it is none.
func (t *trie) whole(text string) int32 {
	word := int32(-1)
	t.from(text, 0, func(end int, w int32) {
		if end == len(text) {
			word = w
		}
	})
	return word
}

// piece is a part of a label: a word of the lists, or (word -1) what stands between.
type piece struct {
	start, end int
	word       int32
}

const (
	costWord   = 10 // of a word, whatever its length
	costLetter = 12 // of a letter that belongs to no word
)

// cut divides label into words so that few letters are left over and the words are few. Hyphens and bytes that are no letters divide and
// belong to no piece; digits that belong to no word are left over at no cost.
func (t *trie) cut(label string, pieces []piece) []piece {
	var cost [maxLabel + 1]int
	var step [maxLabel + 1]piece
	if len(label) > maxLabel {
		label = label[:maxLabel]
	}
	for i := len(label) - 1; i >= 0; i-- {
		c := label[i]
		cost[i] = cost[i+1]
		if c >= 'a' && c <= 'z' {
			cost[i] += costLetter
		}
		step[i] = piece{i, i + 1, -1}
		t.from(label, i, func(end int, w int32) {
			if n := cost[end] + costWord; n < cost[i] || n == cost[i] && end > step[i].end {
				cost[i], step[i] = n, piece{i, end, w}
			}
		})
	}
	for i := 0; i < len(label); i = step[i].end {
		p := step[i]
		if _, ok := index(label[i]); !ok {
			continue
		}
		last := len(pieces) - 1
		if p.word < 0 && last >= 0 && pieces[last].word < 0 && pieces[last].end == i && isDigit(label[i]) == isDigit(label[i-1]) {
			pieces[last].end = p.end
			continue
		}
		pieces = append(pieces, p)
	}
	return pieces
}
