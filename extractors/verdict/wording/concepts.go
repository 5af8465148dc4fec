package wording

import (
	"fmt"
	"slices"
	"strings"
)

// Concepts are words of many languages by what they mean. They are not changed once made, and may be used by many at once.
type Concepts struct {
	names []string
	nodes []node
	root  [256]int32
}

// node is one of a trie over the bytes of words, each word ended by a blank.
type node struct {
	bytes []byte
	next  []int32
	whole []int16 // concepts of words that end here
	stem  []int16 // concepts of all words that come by here
	lone  bool    // what ends here is one letter of Korean: so many words have it that it counts behind numbers only
}

// ReadConcepts reads lines "name: word two_words stem*". Lines that begin with # are notes. Errors give the line.
func ReadConcepts(file string, b []byte) (*Concepts, error) {
	c := &Concepts{nodes: make([]node, 1)}
	if len(b) > maxFile {
		return nil, fmt.Errorf("%s: larger than %d bytes", file, maxFile)
	}
	for n, line := range strings.Split(string(b), "\n") {
		if line = strings.TrimSpace(line); line == "" || line[0] == '#' {
			continue
		}
		name, words, ok := strings.Cut(line, ":")
		if !ok || name == "" || strings.ContainsAny(name, " <>+^") {
			return nil, fmt.Errorf("%s:%d: want name: words", file, n+1)
		}
		id := slices.Index(c.names, name)
		if id < 0 {
			if id = len(c.names); id == maxConcepts {
				return nil, fmt.Errorf("%s:%d: more than %d concepts", file, n+1, maxConcepts)
			}
			c.names = append(c.names, name)
		}
		for _, w := range strings.Fields(words) {
			if !c.add(w, int16(id)) {
				return nil, fmt.Errorf("%s:%d: %q has no word in it", file, n+1, w)
			}
		}
	}
	return c, nil
}

func (c *Concepts) add(w string, id int16) bool {
	stem := strings.HasSuffix(w, "*")
	s := fold(strings.ReplaceAll(strings.TrimSuffix(w, "*"), "_", " "))
	tokens := scan(s, nil)
	if len(tokens) == 0 {
		return false
	}
	at := int32(0)
	for i, t := range tokens {
		for _, b := range []byte(t.spelling(s)) {
			at = c.grow(at, b)
		}
		if i+1 < len(tokens) || !stem {
			at = c.grow(at, ' ')
		}
	}
	n := &c.nodes[at]
	if stem {
		n.stem = append(n.stem, id)
	} else {
		n.whole = append(n.whole, id)
	}
	n.lone = len(tokens) == 1 && tokens[0].kind == single && isHangul(s)
	return true
}

// spelling of a token: a mask where it has one.
func (t *token) spelling(s string) string {
	if t.kind == word || t.kind == single {
		return s[t.from:min(t.to, t.from+maxRun)]
	}
	return t.kind.mask()
}

func (c *Concepts) grow(at int32, b byte) int32 {
	if to := c.step(at, b); to > 0 {
		return to
	}
	to := int32(len(c.nodes))
	c.nodes = append(c.nodes, node{})
	if at == 0 {
		c.root[b] = to
		return to
	}
	n := &c.nodes[at]
	n.bytes, n.next = append(n.bytes, b), append(n.next, to)
	return to
}

// step gives the node behind b, 0 when there is none.
func (c *Concepts) step(at int32, b byte) int32 {
	if at == 0 {
		return c.root[b]
	}
	n := &c.nodes[at]
	for i, x := range n.bytes {
		if x == b {
			return n.next[i]
		}
	}
	return 0
}

// find calls use with the concepts of the words that begin at token i, and the last token of each.
func (c *Concepts) find(s string, tokens []token, i int, use func(id int16, last int)) {
	at := int32(0)
	for j := i; j < len(tokens) && (j == i || !tokens[j].ends); j++ {
		w := tokens[j].spelling(s)
		for k := range len(w) {
			if at = c.step(at, w[k]); at == 0 {
				return
			}
			for _, id := range c.nodes[at].stem {
				use(id, j)
			}
		}
		if at = c.step(at, ' '); at == 0 {
			return
		}
		if n := &c.nodes[at]; !n.lone || i > 0 && tokens[i-1].kind == number {
			for _, id := range n.whole {
				use(id, j)
			}
		}
	}
}
