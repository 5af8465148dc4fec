package verdict

import "strings"

// reading is what the phrases of one page come to.
type reading struct {
	text     *text
	hits     []hit // said by the site, in its own name
	reported []hit // negated, or said of others
	warnings int   // words about frauds that are not denied
	about    bool  // the page as a whole is about frauds
}

const (
	minCommon  = 3    // common words that tell a language
	minShare   = 0.12 // of all words, in languages with blanks between them
	minWarned  = 3    // words about frauds that make a page one about them
	warnedPart = 160  // words of the page for one of them, at most

	quoteReach = 48 // bytes
	quotes     = "\"“”„«»「」『』‹›"

	titlePiece = 1 // the first that is read

	minApart = 8 // words between two offers that are two

	negationReach = 6  // words
	singleReach   = 20 // letters of scripts without blanks
)

// language chooses the language with most common words.
func (l *lures) language(t *text, counts []int) int {
	best, total := -1, 0
	for n, c := range counts {
		if c > total {
			best, total = n, c
		}
	}
	if total < minCommon || float64(total) < minShare*float64(t.words) {
		return -1
	}
	return best
}

// meant parts what a site says from what it denies and what it tells of others.
func (l *lures) meant(t *text, hits []hit) *reading {
	r := &reading{text: t}
	langs, no := l.bitsOf(t), l.negating(t)
	kept := hits[:0]
	for _, h := range hits {
		if langs&(1<<h.phrase.lang) == 0 {
			continue
		}
		kept = append(kept, h)
		for i := h.from; i <= h.to && !isTopic(h.phrase.code); i++ {
			t.tokens[i].taken = true
		}
	}
	spoke := int32(-1)
	warned, told := make([]bool, t.pieces+1), map[int32]bool{}
	t.warned = warned
	for i := range t.tokens {
		if t.tokens[i].marks.others&langs != 0 {
			told[t.tokens[i].sentence] = true
		}
		if k := &t.tokens[i]; k.marks.cautions&langs != 0 && !t.denied(i, i, no|k.marks.cautions&langs) {
			if k.sentence != spoke {
				r.warnings++ // one a sentence: fakes warn of impostors, too, and once
			}
			spoke = k.sentence
			if k.piece == titlePiece {
				r.warnings++ // what a page is called weighs twice
			}
			warned[k.piece] = true
		}
	}
	r.about = r.warnings >= minWarned && r.warnings*warnedPart >= t.words
	if offersRecovery(kept) {
		// Who sells help to victims speaks of frauds in every line.
		r.about, r.warnings = false, 0
		clear(warned)
	}
	t.spread()
	for _, h := range kept {
		if h.phrase.code == topicRisk {
			continue
		}
		if isTopic(h.phrase.code) {
			r.hits = append(r.hits, h)
			continue
		}
		if t.asks[t.tokens[h.from].piece] {
			continue // "Do you guarantee a return?"
		}
		if r.about || warned[t.tokens[h.from].piece] || told[t.tokens[h.from].sentence] || t.quoted(h.from, h.to) || t.denied(h.from, h.to, no|1<<h.phrase.lang) {
			r.reported = append(r.reported, h)
			continue
		}
		r.hits = append(r.hits, h)
		for i := h.from; i <= h.to; i++ {
			t.tokens[i].lures = true
		}
	}
	for _, h := range kept {
		if h.phrase.code == topicRisk && t.warnsOfLoss(h, no|1<<h.phrase.lang) {
			r.hits = append(r.hits, h)
		}
	}
	return r
}

// spread takes what stands below a heading that speaks of frauds, down to the next heading as high, as said of them: "How to spot a fake".
func (t *text) spread() {
	under := uint8(0)
	for n := 1; n < len(t.warned); n++ {
		switch level := t.levels[n]; {
		case level > 0 && t.warned[n]:
			if under == 0 || level < under {
				under = level
			}
		case level > 0 && level <= under:
			under = 0
		}
		t.warned[n] = t.warned[n] || under > 0
	}
}

// warnsOfLoss tells a warning of losses from the same words turned round: "your capital is never at risk", "past performance is a reliable
// guide", or a lure that they stand in, "no risk of loss".
func (t *text) warnsOfLoss(h hit, langs uint32) bool {
	if h.phrase.turns {
		return t.turned(h.to, langs)
	}
	for i := h.from; i <= h.to; i++ {
		if t.tokens[i].lures {
			return false
		}
	}
	return !t.denied(h.from, h.to, langs)
}

// turned reports a negation of either kind in the sentence behind token i, as far as a loose phrase reaches.
func (t *text) turned(i int, langs uint32) bool {
	reach := maxLoose
	if t.tokens[i].kind == single {
		reach *= 2
	}
	for j := i + 1; j < len(t.tokens) && j <= i+reach && t.tokens[j].sentence == t.tokens[i].sentence; j++ {
		if k := &t.tokens[j]; (k.marks.negates|k.marks.follows)&langs != 0 {
			return true
		}
	}
	return false
}

// offersRecovery reports two sentences that offer to get lost money back.
func offersRecovery(hits []hit) bool {
	first := int32(-1)
	for _, h := range hits {
		if h.phrase.code == codeRecovery {
			if first >= 0 && h.from-int(first) > minApart {
				return true
			}
			if first < 0 {
				first = int32(h.from)
			}
		}
	}
	return false
}

// denied reports a negation of the languages before or behind tokens from to to, in their clause. Words that are part of a phrase deny nothing outside
// it: "no risk, guaranteed".
func (t *text) denied(from, to int, langs uint32) bool {
	reach := negationReach
	if t.tokens[from].kind == single {
		reach = singleReach
	}
	for i := from - 1; i >= 0 && i >= from-reach && t.tokens[i].clause == t.tokens[from].clause; i-- {
		if k := &t.tokens[i]; k.marks.negates&langs != 0 && !k.taken {
			return true
		}
	}
	for i := from + 1; i < to && t.tokens[from].kind != single && t.tokens[from].marks.negates == 0; i++ {
		if t.tokens[i].marks.negates&langs != 0 {
			return true // "withdrawals never require a tax"
		}
	}
	for i := to + 1; i < len(t.tokens) && i <= to+reach && t.tokens[i].clause == t.tokens[to].clause; i++ {
		if k := &t.tokens[i]; k.marks.follows&langs != 0 && !k.taken {
			return true
		}
	}
	return false
}

// quoted reports whether tokens from to to stand in quotation marks that hold little else: words of others, or a list of words.
func (t *text) quoted(from, to int) bool {
	before := t.s[max(0, int(t.tokens[from].from)-quoteReach):t.tokens[from].from]
	after := t.s[t.tokens[to].to:min(len(t.s), int(t.tokens[to].to)+quoteReach)]
	if n := strings.LastIndexByte(before, '\n'); n >= 0 {
		before = before[n:]
	}
	if n := strings.IndexByte(after, '\n'); n >= 0 {
		after = after[:n]
	}
	return strings.ContainsAny(before, quotes) && strings.ContainsAny(after, quotes)
}
