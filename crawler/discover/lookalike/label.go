package lookalike

import (
	"slices"
	"strings"
)

// label scores one label; known: a brand was found in another label already. It reports whether it found one.
func (s *Scorer) label(label string, factor float64, known bool, words *wordTally, t *tally) (found bool) {
	text, ok := decode(label)
	if !ok {
		t.add(s.weights.Undecodable*factor, "%q is no valid international label", label)
		return false
	}
	latin, foreign := s.fold.latin(text)
	if isASCII(text) {
		latin = text
	} else {
		s.international(text, foreign, factor, words, t)
	}
	if len(latin) > maxLabel {
		return false
	}
	var room [maxLabel]piece
	pieces := s.tree.cut(latin, room[:0])
	found = s.listed(latin, text != latin, pieces, factor, words, t)
	if !found && !known {
		found = s.disguised(latin, pieces, t)
	}
	return found
}

// listed takes the words of the lists that stand in a label. written: latin is not what is written there.
func (s *Scorer) listed(latin string, disguised bool, pieces []piece, factor float64, words *wordTally, t *tally) (found bool) {
	covered, count, english := true, 0, false
	for i, p := range pieces {
		if p.word < 0 {
			covered = covered && isDigit(latin[p.start])
			continue
		}
		w := s.words[p.word]
		if w.kind == ordinary || !s.solid(latin, pieces, i) {
			covered = false
			continue
		}
		count++
		english = english || w.kind == brandCommon || w.of == "en" && len(w.text) > 3
		switch {
		case w.kind == keyword:
			words.add(w, w.weight*factor)
		case found:
		case disguised && w.kind == brandWord:
			t.add(s.weights.LooksLike, "looks like %q (%s), which is not written that way", w.text, w.of)
			found = true
		case w.kind == brandCommon:
			t.add(w.weight, "%q, also a name of %s", w.text, w.of)
		default:
			t.add(w.weight, "holds %q but is not of %s", w.text, w.of)
			found = true
		}
	}
	if disguised && !found && english {
		t.add(s.weights.Disguised*factor, "reads as %s, which is not written that way", latin)
	}
	if covered && count >= 2 && factor == 1 {
		words.covered = s.weights.Covered
	}
	return found
}

// solid: the word at pieces[i] is not likely the middle of another one. Long words need nothing, short ones a border or a known word on
// one side or on both.
func (s *Scorer) solid(label string, pieces []piece, i int) bool {
	p := pieces[i]
	sides := 0
	if i == 0 || pieces[i-1].end < p.start || pieces[i-1].word >= 0 || isDigit(label[p.start-1]) {
		sides++
	}
	if i == len(pieces)-1 || pieces[i+1].start > p.end || pieces[i+1].word >= 0 || isDigit(label[p.end]) {
		sides++
	}
	switch n := p.end - p.start; {
	case n >= 8:
		return true
	case n >= 6, s.words[p.word].edge:
		return sides >= 1
	}
	return sides == 2
}

// disguised finds a brand's word that is written so that it looks right, or is misspelt: in the label, in its parts between hyphens, and
// in what its words leave over.
func (s *Scorer) disguised(latin string, pieces []piece, t *tally) bool {
	if len(pieces) == 1 && pieces[0].word >= 0 {
		return false // a word of its own
	}
	whole := strings.ReplaceAll(latin, "-", "")
	var room [maxTyped]string
	tokens := append(room[:0], whole)
	add := func(token string) {
		if len(token) >= typoFrom-1 && len(tokens) < maxTyped && !slices.Contains(tokens, token) {
			tokens = append(tokens, token)
		}
	}
	if whole != latin {
		for part := range strings.SplitSeq(latin, "-") {
			if w := s.tree.whole(part); w < 0 {
				add(part)
			}
		}
	}
	for i := range pieces {
		for j := i; j < len(pieces) && (j == i || pieces[j].start == pieces[j-1].end); j++ {
			if slices.ContainsFunc(pieces[i:j+1], func(p piece) bool { return p.word < 0 }) {
				add(latin[pieces[i].start:pieces[j].end])
			}
		}
	}
	best, text := 0.0, ""
	var of word
	for i, token := range tokens {
		if w, weight := s.misspelt(token, i == 0); weight > best {
			best, text, of = weight, token, w
		}
	}
	if best == 0 {
		return false
	}
	t.add(best, s.saying(text, of), text, of.text, of.of)
	return true
}

// misspelt gives the brand's word that a token stands for and what that weighs. whole: the token is the whole label without hyphens.
func (s *Scorer) misspelt(token string, whole bool) (word, float64) {
	if w := s.tree.whole(token); w >= 0 {
		if s.words[w].kind == brandWord && whole { // only the hyphens are wrong
			return s.words[w], s.weights.LooksLike
		}
		return word{}, 0
	}
	if w := s.blurred.whole(blur(token)); w >= 0 && (whole || len(token) >= typoFrom) {
		return s.sharp[w], s.weights.LooksLike
	}
	most := 1
	if len(token) >= typoTwoFrom-2 {
		most = 2
	}
	n, distance := s.typos.nearest(token, most)
	if n < 0 {
		return word{}, 0
	}
	of := s.sharp[n]
	switch {
	case of.kind == keyword:
		if strings.HasPrefix(token, of.text) || strings.HasPrefix(of.text, token) { // another form of it
			return word{}, 0
		}
		return of, s.weights.TypoWord
	case distance == 1 && len(of.text) < typoTwoFrom-1:
		return of, s.weights.TypoShort
	case distance == 1:
		return of, s.weights.Typo
	}
	return of, s.weights.TypoTwo
}

// saying words the reason for a misspelt brand.
func (s *Scorer) saying(token string, of word) string {
	switch d := apart(token, of.text, 2); {
	case d == 0:
		return "%q is %q (%s) with hyphens"
	case blur(token) == blur(of.text):
		return "%q looks like %q (%s)"
	case d == 1:
		return "%q is one letter from %q (%s)"
	}
	return "%q is two letters from %q (%s)"
}

// wordTally gathers the words of a host: together they count no more than most.
type wordTally struct {
	most, rest, covered float64
	found               []word
}

func (w *wordTally) add(x word, weight float64) {
	if len(w.found) >= maxReasons || slices.ContainsFunc(w.found, func(y word) bool { return y.text == x.text }) {
		return
	}
	x.weight = weight
	w.rest *= 1 - weight
	w.found = append(w.found, x)
}

// into passes the words on as reasons, scaled down where they are more than most.
func (w *wordTally) into(t *tally) {
	sum := 1 - w.rest
	scale := 1.0
	if sum > w.most && sum > 0 {
		scale = w.most / sum
	}
	before := t.rest
	for _, x := range w.found {
		t.add(x.weight, "speaks of %q (%s)", x.text, x.of)
	}
	if len(w.found) > 0 {
		t.rest = before * (1 - sum*scale)
	}
	if w.covered > 0 {
		t.add(w.covered, "made of such words and nothing else")
	}
}
