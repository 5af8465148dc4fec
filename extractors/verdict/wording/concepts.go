package wording

import (
	"fmt"
	"slices"
	"strings"

	"scamatlas/extractors/verdict/letters"
)

// Concepts are words of many languages by what they mean. They are not changed once made, and may be used by many at once.
type Concepts struct {
	names []string
	words letters.Trie[meant] // each word ended by a blank
}

// meant is what stands at one place of the trie.
type meant struct {
	whole []int16 // concepts of words that end here
	stem  []int16 // concepts of all words that come by here
	lone  bool    // what ends here is one letter of Korean: so many words have it that it counts behind numbers only
}

// ReadConcepts reads lines "name: word two_words stem*". Lines that begin with # are notes. Errors give the line.
func ReadConcepts(file string, b []byte) (*Concepts, error) {
	c := &Concepts{}
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
		at = c.words.Grow(at, t.spelling(s))
		if i+1 < len(tokens) || !stem {
			at = c.words.Grow(at, " ")
		}
	}
	n := c.words.At(at)
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

// find calls use with the concepts of the words that begin at token i, and the last token of each.
func (c *Concepts) find(s string, tokens []token, i int, use func(id int16, last int)) {
	at := int32(0)
	for j := i; j < len(tokens) && (j == i || !tokens[j].ends); j++ {
		w := tokens[j].spelling(s)
		for k := range len(w) {
			if at = c.words.Step(at, w[k]); at == 0 {
				return
			}
			for _, id := range c.words.At(at).stem {
				use(id, j)
			}
		}
		if at = c.words.Step(at, ' '); at == 0 {
			return
		}
		if n := c.words.At(at); !n.lone || i > 0 && tokens[i-1].kind == number {
			for _, id := range n.whole {
				use(id, j)
			}
		}
	}
}
