package verdict

import (
	"fmt"
	"slices"
	"strings"
)

// lures are the phrases of all languages in one table.
type lures struct {
	vocabulary *vocabulary
	langs      []string // language of each bit
	latin      uint32   // languages that words of others may be taken for
	phrases    []phrase
	byTerm     [][]int32 // phrases whose first element has the term
}

// phrase is one pattern over tokens.
type phrase struct {
	code  string
	lang  uint8
	role  role
	loose bool // elements in any order within one sentence
	parts []part
}

// part is one element: a token with one of the terms.
type part struct {
	terms []int32
	gap   bool // further tokens may stand before it
}

// role is what a phrase does.
type role uint8

const (
	lure   role = iota
	common      // tells the language
	negation
	negationAfter
	caution
)

const (
	maxGap      = 5  // words that ".." stands for
	maxGapRunes = 9  // letters, of scripts without blanks
	maxLoose    = 12 // words between the first and the last of a loose phrase
	maxVariants = 64 // of one phrase, by its alternatives
)

// luresForm is a file of lures/.
type luresForm struct {
	Lang           string              `yaml:"lang"`            // BCP 47
	Common         []string            `yaml:"common"`          // words that tell the language: the commonest ones
	Negations      []string            `yaml:"negations"`       // before what they negate
	NegationsAfter []string            `yaml:"negations_after"` // behind it
	Cautions       []string            `yaml:"cautions"`        // words of warnings and reports about frauds
	Phrases        map[string][]string `yaml:"phrases"`         // by reason or topic code
}

func (l *loading) lures(r *Rules) {
	r.lures = &lures{vocabulary: newVocabulary()}
	for _, name := range l.names(luresFolder) {
		var form luresForm
		if !l.read(name, &form) {
			continue
		}
		switch {
		case form.Lang == "" || slices.Contains(r.lures.langs, form.Lang):
			l.bad.add(name, 0, "lang %q is missing, or that of another file", form.Lang)
			continue
		case len(r.lures.langs) == 32:
			l.bad.add(name, 0, "more than 32 languages")
			return
		}
		r.lures.langs = append(r.lures.langs, form.Lang)
		if err := r.lures.take(&form); err != nil {
			l.bad.add(name, 0, "%v", err)
		}
	}
	r.lures.index()
}

func (l *lures) take(form *luresForm) error {
	for _, x := range []struct {
		role    role
		phrases []string
	}{{common, form.Common}, {negation, form.Negations}, {negationAfter, form.NegationsAfter}, {caution, form.Cautions}} {
		for _, p := range x.phrases {
			if err := l.phrase(p, "", x.role); err != nil {
				return err
			}
		}
	}
	for code, list := range form.Phrases {
		if !isTopic(code) && !slices.Contains(codes(), code) {
			return fmt.Errorf("%s is no code of a reason or topic", code)
		}
		for _, p := range list {
			if err := l.phrase(p, code, lure); err != nil {
				return fmt.Errorf("%s: %w", code, err)
			}
		}
	}
	return nil
}

// phrase reads "guarantee* profit|return* .. day": words one after the other; * for any ending, | between alternatives, .. for up to
// maxGap words, # a number, % percent, $ a currency sign. "~ " before it lets the elements come in any order within a sentence.
func (l *lures) phrase(s, code string, as role) error {
	rest, loose := strings.CutPrefix(s, "~ ")
	variants := [][]part{nil}
	gap := false
	for _, element := range strings.Fields(rest) {
		if element == ".." {
			gap = true
			continue
		}
		var next [][]part
		for _, alternative := range l.alternatives(element) {
			if len(alternative) == 0 {
				return fmt.Errorf("phrase %q: %q has no word in it", s, element)
			}
			alternative[0].gap = gap
			for _, v := range variants {
				next = append(next, append(slices.Clone(v), alternative...))
			}
		}
		if len(next) > maxVariants {
			return fmt.Errorf("phrase %q has more than %d variants", s, maxVariants)
		}
		variants, gap = next, false
	}
	for _, v := range variants {
		if len(v) == 0 || len(v) > maxTerms {
			return fmt.Errorf("phrase %q has no word, or more than %d", s, maxTerms)
		}
		if len(l.phrases) == maxPhrases {
			return fmt.Errorf("more than %d phrases", maxPhrases)
		}
		l.phrases = append(l.phrases, phrase{code: code, lang: uint8(len(l.langs) - 1), role: as, loose: loose, parts: v})
	}
	return nil
}

// alternatives gives the token sequences that an element stands for; those of one token are one.
func (l *lures) alternatives(element string) [][]part {
	var out [][]part
	var words []int32
	for _, a := range strings.Split(element, "|") {
		parts := l.sequence(a)
		if len(parts) == 1 {
			words = append(words, parts[0].terms...)
			continue
		}
		out = append(out, parts)
	}
	if len(words) > 0 {
		out = append(out, []part{{terms: words}})
	}
	return out
}

func (l *lures) sequence(s string) []part {
	switch s {
	case "#":
		return []part{{terms: []int32{anyNumber}}}
	case "%":
		return []part{{terms: []int32{anyPercent}}}
	case "$":
		return []part{{terms: []int32{anyMoney}}}
	}
	stem := strings.HasSuffix(s, "*")
	s = fold(strings.TrimSuffix(s, "*"))
	var out []part
	z := scanner{s: s}
	for z.next() {
		out = append(out, part{terms: []int32{l.vocabulary.term(s[z.from:z.to], stem && z.to == len(s))}})
	}
	return out
}

func (l *lures) index() {
	l.byTerm = make([][]int32, l.vocabulary.count)
	for n := range l.phrases {
		for _, t := range l.phrases[n].parts[0].terms {
			l.byTerm[t] = append(l.byTerm[t], int32(n))
		}
	}
}

// hit is a phrase that stands in a text.
type hit struct {
	phrase   *phrase
	from, to int // first and last token
}

// read finds the phrases of a text, tells its language, and leaves out what is negated or said of others. Words of languages that the
// text is not in do not count, but for English, which all use.
func (l *lures) read(t *text) *reading {
	var hits []hit
	counts := make([]int, len(l.langs))
	for i := range t.tokens {
		k := &t.tokens[i]
		for _, term := range t.terms[k.terms:k.end] {
			for _, n := range l.byTerm[term] {
				p := &l.phrases[n]
				to, ok := p.match(t, i)
				if !ok {
					continue
				}
				switch p.role {
				case common:
					counts[p.lang] += to - i + 1
				case lure:
					if len(hits) < maxHits {
						hits = append(hits, hit{p, i, to})
					}
				default:
					k.marks.set(p.role, p.lang)
				}
			}
		}
	}
	t.lang = l.language(t, counts)
	return l.meant(t, hits)
}

func (m *marks) set(r role, lang uint8) {
	switch r {
	case negation:
		m.negates |= 1 << lang
	case negationAfter:
		m.follows |= 1 << lang
	case caution:
		m.cautions |= 1 << lang
	}
}

// match tries the phrase at token i and gives the last token.
func (p *phrase) match(t *text, i int) (int, bool) {
	if p.loose {
		return p.matchLoose(t, i)
	}
	at := i
	for n := 1; n < len(p.parts); n++ {
		reach := at + 1
		if p.parts[n].gap {
			reach = at + 1 + maxGap
			if t.tokens[at].kind == single {
				reach = at + 1 + maxGapRunes
			}
		}
		found := false
		for j := at + 1; j <= reach && j < len(t.tokens) && t.tokens[j].sentence == t.tokens[i].sentence; j++ {
			if t.hasOne(j, p.parts[n].terms) {
				at, found = j, true
				break
			}
		}
		if !found {
			return 0, false
		}
	}
	return at, true
}

func (p *phrase) matchLoose(t *text, i int) (int, bool) {
	s, last := t.tokens[i].sentence, i
	window := maxLoose
	if t.tokens[i].kind == single {
		window *= 2
	}
	for _, part := range p.parts[1:] {
		found := false
		for j := max(0, i-window); j <= i+window && j < len(t.tokens) && !found; j++ {
			if j != i && t.tokens[j].sentence == s && t.hasOne(j, part.terms) {
				last, found = max(last, j), true
			}
		}
		if !found {
			return 0, false
		}
	}
	return last, true
}

func (t *text) hasOne(i int, terms []int32) bool {
	for _, x := range terms {
		if t.has(i, x) {
			return true
		}
	}
	return false
}

// speaks reports whether words of lang count in a text of language of.
func (l *lures) speaks(lang, of int) bool {
	return of < 0 || lang == of || l.langs[lang] == "en" || base(l.langs[lang]) == base(l.langs[of])
}

func base(tag string) string {
	b, _, _ := strings.Cut(tag, "-")
	return b
}

// bitsOf gives the languages whose words count in t.
func (l *lures) bitsOf(t *text) uint32 {
	var b uint32
	for n := range l.langs {
		if l.speaks(n, t.lang) {
			b |= 1 << n
		}
	}
	return b
}
