package verdict

import (
	"sort"
	"strings"
)

// token is one word, number or sign of a text; of scripts that put no blanks between words, one letter.
type token struct {
	from, to         int32 // in text.s
	terms, end       int32 // its terms: text.terms[terms:end]
	piece            int32
	sentence, clause int32
	kind             kind
	marks            marks
	taken            bool // by a phrase that lures
	lures            bool // by one that the site says in its own name
}

// marks are what word lists know of a token, by language.
type marks struct {
	negates, follows uint32 // bits of languages: it negates what comes after it, before it
	cautions         uint32 // it speaks of frauds
	others           uint32 // it tells what others say
}

// text is the words of one page.
type text struct {
	url    string
	s      string
	tokens []token
	terms  []int32
	words  int // letters of scripts without blanks count a half
	lang   int // number of its language, -1: not known

	pieces    int32
	sentences int32
	clauses   int32
	levels    []uint8 // by piece, from 1 on: of headings 1 to 6, else 0
	asks      []bool  // by piece: a question that the page itself answers
	colon     []bool  // by piece: it leads up to what follows
	items     []bool  // by piece: an item of a list
	warned    []bool  // by piece: it speaks of frauds, or stands below a heading that does
}

// writer makes a text of pieces.
type writer struct {
	text
	v *vocabulary
	b strings.Builder
}

// add cuts one piece that stands in an element tag; what comes in another piece is another sentence.
func (w *writer) add(piece, tag string) {
	piece = composed(piece)
	w.levels = append(w.levels, levelOf(tag))
	w.asks = append(w.asks, (tag == "summary" || tag == "dt") && (strings.HasSuffix(piece, "?") || strings.HasSuffix(piece, "？")))
	w.colon = append(w.colon, strings.HasSuffix(piece, ":") || strings.HasSuffix(piece, "："))
	w.items = append(w.items, tag == "li")
	if w.b.Len() > 0 {
		w.b.WriteByte('\n')
	}
	base := int32(w.b.Len())
	w.b.WriteString(piece)
	w.pieces++
	w.sentences++
	w.clauses++
	z := scanner{s: piece}
	halves := 0
	for z.next() {
		w.sentences += int32(min(z.stops, 1))
		w.clauses += int32(min(z.stops+z.clauses, 1))
		t := token{from: base + int32(z.from), to: base + int32(z.to), terms: int32(len(w.terms)), piece: w.pieces, sentence: w.sentences, clause: w.clauses, kind: z.kind}
		word := piece[z.from:z.to]
		switch z.kind {
		case digit:
			if word != "0" || z.to >= len(piece) || piece[z.to]|0x20 != 'x' { // 0x4f… is no multiple
				w.terms = append(w.terms, anyNumber)
			}
			w.terms = w.v.find(w.terms, word)
		case sign:
			if word == "%" || word == "％" {
				w.terms = append(w.terms, anyPercent)
			} else {
				w.terms = append(w.terms, anyMoney)
			}
		case single:
			halves++
			w.terms = w.v.find(w.terms, word)
		default:
			w.words++
			w.terms = w.v.find(w.terms, word)
		}
		t.end = int32(len(w.terms))
		w.tokens = append(w.tokens, t)
	}
	w.words += halves / 2
}

// levelOf gives the level of a heading, 0 for other elements. A title is one of the first.
func levelOf(tag string) uint8 {
	if tag == "title" {
		return 1
	}
	if len(tag) == 2 && tag[0] == 'h' && tag[1] >= '1' && tag[1] <= '6' {
		return tag[1] - '0'
	}
	return 0
}

func (w *writer) done() *text {
	w.s = w.b.String()
	return &w.text
}

// has reports whether token i is term.
func (t *text) has(i int, term int32) bool {
	k := &t.tokens[i]
	for _, x := range t.terms[k.terms:k.end] {
		if x == term {
			return true
		}
	}
	return false
}

// quote gives the sentence around tokens i to j, at most maxEvidence bytes.
func (t *text) quote(i, j int) string {
	from, to := i, j
	s := t.tokens[i].sentence
	for from > 0 && t.tokens[from-1].sentence == s && int(t.tokens[j].to-t.tokens[from-1].from) < maxEvidence {
		from--
	}
	for to+1 < len(t.tokens) && t.tokens[to+1].sentence == s && int(t.tokens[to+1].to-t.tokens[from].from) < maxEvidence {
		to++
	}
	return clip(strings.Join(strings.Fields(t.s[t.tokens[from].from:t.tokens[to].to]), " "))
}

// clip cuts s to maxEvidence bytes at a letter.
func clip(s string) string {
	if len(s) <= maxEvidence {
		return s
	}
	n := maxEvidence
	for n > 0 && s[n]&0xc0 == 0x80 {
		n--
	}
	return s[:n] + "…"
}

// searchToken gives the first token that ends behind at.
func searchToken(tokens []token, at int32) int {
	return sort.Search(len(tokens), func(i int) bool { return tokens[i].to > at })
}
