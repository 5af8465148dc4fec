package verdict

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// lures are the phrases of all languages in one table.
type lures struct {
	vocabulary *vocabulary
	langs      []string // language of each bit
	phrases    []phrase
	byTerm     [][]int32 // phrases whose first element has the term
}

// phrase is one pattern over tokens.
type phrase struct {
	code  string
	lang  uint8
	role  role
	loose bool // elements in any order within one sentence
	turns bool // counts where it is denied, and only there: "past performance is no guide"
	parts []part
}

// part is one element: one of several runs of terms, mostly single words.
type part struct {
	runs [][]int32
	gap  bool // further tokens may stand before it
}

// role is what a phrase does.
type role uint8

const (
	lure   role = iota
	common      // tells the language
	negation
	negationAfter
	caution
	tellsOf
)

// luresForm is a file of lures/.
type luresForm struct {
	Lang           string                     `yaml:"lang"`            // BCP 47
	Common         []lined[string]            `yaml:"common"`          // words that tell the language: the commonest ones
	Negations      []lined[string]            `yaml:"negations"`       // before what they negate
	NegationsAfter []lined[string]            `yaml:"negations_after"` // behind it
	Cautions       []lined[string]            `yaml:"cautions"`        // words of warnings and reports about frauds
	Others         []lined[string]            `yaml:"others"`          // words with which others are spoken of, within a sentence
	Phrases        map[string][]lined[string] `yaml:"phrases"`         // by reason or topic code
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
		l.phrases(r.lures, name, &form)
	}
	r.lures.index()
}

func (l *loading) phrases(to *lures, file string, form *luresForm) {
	take := func(list []lined[string], code string, as role) {
		for _, p := range list {
			if err := to.phrase(p.value, code, as); err != nil {
				l.bad.add(file, p.line, "%v", err)
			}
		}
	}
	take(form.Common, "", common)
	take(form.Negations, "", negation)
	take(form.NegationsAfter, "", negationAfter)
	take(form.Cautions, "", caution)
	take(form.Others, "", tellsOf)
	known := append(wordCodes(), topics()...)
	for _, code := range slices.Sorted(maps.Keys(form.Phrases)) {
		list := form.Phrases[code]
		if !slices.Contains(known, code) {
			line := 0
			if len(list) > 0 {
				line = list[0].line
			}
			l.bad.add(file, line, "%s is no reason that words give, and no topic", code)
			continue
		}
		take(list, code, lure)
	}
}

// phrase reads "guarantee* profit|return* .. day": words one after the other; * for any ending, | between alternatives, .. for up to
// maxGap words, # a number, % percent, $ a currency sign. "~ " before it lets the elements come in any order within a sentence, " !" behind
// it takes it only where a negation follows in the sentence.
func (l *lures) phrase(s, code string, as role) error {
	rest, loose := strings.CutPrefix(s, "~ ")
	rest, turns := strings.CutSuffix(rest, " !")
	if turns && code != topicRisk {
		return fmt.Errorf("phrase %q: ! is for those of %s only", s, topicRisk)
	}
	p := phrase{code: code, lang: uint8(len(l.langs) - 1), role: as, loose: loose, turns: turns}
	gap := false
	for _, element := range strings.Fields(rest) {
		if element == ".." {
			gap = true
			continue
		}
		next := part{gap: gap}
		for _, a := range strings.Split(element, "|") {
			run := l.run(a)
			if len(run) == 0 || len(run) > maxTerms {
				return fmt.Errorf("phrase %q: %q has no word in it, or more than %d", s, a, maxTerms)
			}
			next.runs = append(next.runs, run)
		}
		p.parts, gap = append(p.parts, next), false
	}
	if len(p.parts) == 0 || len(p.parts) > maxTerms || len(l.phrases) == maxPhrases {
		return fmt.Errorf("phrase %q has no word, or too many, or is one too many", s)
	}
	l.phrases = append(l.phrases, p)
	return nil
}

// run gives the terms of one alternative.
func (l *lures) run(s string) []int32 {
	switch s {
	case "#":
		return []int32{anyNumber}
	case "%":
		return []int32{anyPercent}
	case "$":
		return []int32{anyMoney}
	}
	stem := strings.HasSuffix(s, "*")
	s = fold(strings.TrimSuffix(s, "*"))
	var out []int32
	z := scanner{s: s}
	for z.next() {
		out = append(out, l.vocabulary.term(s[z.from:z.to], stem && z.to == len(s)))
	}
	return out
}

func (l *lures) index() {
	l.byTerm = make([][]int32, l.vocabulary.count)
	for n := range l.phrases {
		for _, run := range l.phrases[n].parts[0].runs {
			if list := &l.byTerm[run[0]]; !slices.Contains(*list, int32(n)) {
				*list = append(*list, int32(n))
			}
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
	case tellsOf:
		m.others |= 1 << lang
	}
}

// speaks reports whether words of lang count in a text of language of.
func (l *lures) speaks(lang, of int) bool {
	return of < 0 || lang == of || l.langs[lang] == "en" || base(l.langs[lang]) == base(l.langs[of])
}

func base(tag string) string {
	b, _, _ := strings.Cut(tag, "-")
	return b
}

// negating gives the languages whose negations count in t: its own, for "no" is English, and in Portuguese no negation.
func (l *lures) negating(t *text) uint32 {
	if t.lang >= 0 {
		return 1 << t.lang
	}
	return l.bitsOf(t)
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
