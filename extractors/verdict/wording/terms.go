package wording

import "slices"

// Piece is a run of text with one meaning.
type Piece struct {
	Text  string
	Title bool // the document's title, or its first heading
}

// collector calls use for the terms of pieces, as often as they occur: words, pairs of words, "<concept>", "<one+other>" of one sentence,
// and "^<concept>" of titles. The bytes are the term's only during the call.
type collector struct {
	concepts *Concepts
	use      func(term []byte, a, b string) // a and b: the words of a concept or of a pair as they stand in the page

	left     int // bytes that may still be read
	tokens   []token
	buf      []byte
	together []found // concepts of the sentence
	length   int     // its tokens
}

type found struct {
	name string
	span string // as it stands in the page
}

func (c *collector) read(pieces []Piece) {
	c.left = maxBytes
	for i := range pieces {
		p := &pieces[i]
		if len(p.Text) > c.left {
			continue
		}
		c.left -= len(p.Text)
		s := fold(p.Text)
		c.tokens = scan(s, c.tokens[:0])
		if len(c.tokens) > shortPiece || c.length+len(c.tokens) > maxSentence {
			c.endSentence()
		}
		c.piece(s, p.Title)
		if len(c.tokens) > shortPiece {
			c.endSentence()
		}
	}
	c.endSentence()
}

func (c *collector) piece(s string, title bool) {
	for i := range c.tokens {
		t := &c.tokens[i]
		if t.ends && i > 0 {
			c.endSentence()
		}
		c.length++
		c.words(s, i)
		if t.kind != word && t.kind != single && t.kind != masked {
			c.meets(t.kind.mask(), s[t.from:t.to])
		}
		c.concepts.find(s, c.tokens, i, func(id int16, last int) {
			name := c.concepts.names[id]
			span := s[t.from:c.tokens[last].to]
			c.meets(name, span)
			if title {
				c.buf = append(append(append(c.buf[:0], "^<"...), name...), '>')
				c.use(c.buf, span, "")
			}
		})
	}
}

// meets adds a concept to the sentence.
func (c *collector) meets(name, span string) {
	if len(c.together) == maxTogether || slices.ContainsFunc(c.together, func(f found) bool { return f.name == name }) {
		return
	}
	c.together = append(c.together, found{name, span})
}

func (c *collector) endSentence() {
	for i, a := range c.together {
		c.buf = append(append(append(c.buf[:0], '<'), a.name...), '>')
		c.use(c.buf, a.span, "")
		for _, b := range c.together[:i] {
			x, y := b, a
			if x.name > y.name {
				x, y = y, x
			}
			c.buf = append(append(append(append(append(c.buf[:0], '<'), x.name...), '+'), y.name...), '>')
			c.use(c.buf, b.span, a.span)
		}
	}
	c.together, c.length = c.together[:0], 0
}

// words gives token i with what stands before it: two words, or two and three letters of scripts without blanks.
func (c *collector) words(s string, i int) {
	t := &c.tokens[i]
	if t.kind == word {
		c.buf = append(c.buf[:0], t.spelling(s)...)
		c.use(c.buf, "", "")
	}
	if i == 0 || t.ends {
		return
	}
	b := &c.tokens[i-1]
	if t.kind != single || b.kind != single {
		c.buf = append(append(append(c.buf[:0], b.spelling(s)...), ' '), t.spelling(s)...)
		c.use(c.buf, "", "")
		return
	}
	c.buf = append(append(c.buf[:0], b.spelling(s)...), t.spelling(s)...)
	c.use(c.buf, "", "")
	if i > 1 && !b.ends && c.tokens[i-2].kind == single {
		a := &c.tokens[i-2]
		c.buf = append(append(append(c.buf[:0], a.spelling(s)...), b.spelling(s)...), t.spelling(s)...)
		c.use(c.buf, "", "")
	}
}

// Terms gives the terms of a site, each once, sorted.
func (c *Concepts) Terms(pieces []Piece) []string {
	seen := map[string]bool{}
	col := collector{concepts: c, use: func(term []byte, _, _ string) {
		if !seen[string(term)] {
			seen[string(term)] = true
		}
	}}
	col.read(pieces)
	out := make([]string, 0, len(seen))
	for t := range seen {
		out = append(out, t)
	}
	slices.Sort(out)
	return out
}

// shared reports whether a term means the same in all languages.
func shared(term string) bool { return term[0] == '<' || term[0] == '^' }
