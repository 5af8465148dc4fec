package verdict

import "strings"

// reading is what the phrases of one page come to.
type reading struct {
	text     *text
	hits     []hit // said by the site, in its own name
	reported []hit // negated, or said of others
	warnings int   // words about frauds that are not denied
	about    bool  // the page as a whole is about frauds, or of people who talk to each other
	board    bool  // of people who talk to each other
	sells    bool  // it offers to get lost money back
}

const (
	minCommon  = 3    // common words that tell a language
	minShare   = 0.12 // of all words, in languages with blanks between them
	minWarned  = 3    // words about frauds that make a page one about them
	warnedPart = 160  // words of the page for one of them, at most

	quoteReach = 48 // bytes
	minLead    = 12 // bytes that lead up to a quotation
	quotes     = "\"“”„«»「」『』‹›"

	minPosts = 3   // sentences with words of boards that make a page one of them
	postPart = 250 // words of the page for one of them, at most

	titlePiece = 1 // the first that is read

	minApart    = 8 // words between two offers that are two
	singleParts = 4 // letters of scripts without blanks that make a word

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
	leads := make([]bool, t.pieces+1) // what is listed behind them is denied, or of others
	warned, told := make([]bool, t.pieces+1), map[int32]bool{}
	t.warned = warned
	for i := range t.tokens {
		if t.tokens[i].marks.others&langs != 0 {
			told[t.tokens[i].sentence] = true
		}
		if k := &t.tokens[i]; t.colon[k.piece] && (k.marks.others&langs != 0 || k.marks.negates&no != 0) {
			leads[k.piece] = true
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
	r.board = t.isBoard(kept)
	if r.sells = !r.board && t.offersRecovery(kept, told, no); r.sells {
		// Who sells help to victims speaks of frauds in every line.
		r.about, r.warnings = false, 0
		clear(warned)
	}
	t.spread(leads)
	gifts := map[int32]bool{} // sentences
	for _, h := range kept {
		if h.phrase.code == topicDonation {
			gifts[t.tokens[h.from].sentence] = true
		}
	}
	for _, h := range kept {
		if h.phrase.code == topicRisk || gifts[t.tokens[h.from].sentence] && !isTopic(h.phrase.code) {
			continue // "every gift is doubled"
		}
		if isTopic(h.phrase.code) {
			if h.phrase.code != topicDeposit || !t.denied(h.from, h.to, no|1<<h.phrase.lang) {
				r.hits = append(r.hits, h)
			}
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
	if r.board {
		r.toOthers()
	}
	return r
}

// isBoard reports whether a page is one where people talk to each other: posts, replies, moderators. What their posts promise or hand out,
// the site does not.
func (t *text) isBoard(hits []hit) bool {
	n, last := 0, int32(-1)
	for _, h := range hits {
		if k := &t.tokens[h.from]; h.phrase.code == topicBoard && k.sentence != last {
			n, last = n+1, k.sentence
			if k.piece == titlePiece {
				n++
			}
		}
	}
	return n >= minPosts && n*postPart >= t.words
}

// spread takes what stands below a heading that speaks of frauds, down to the next heading as high, as said of them: "How to spot a fake". So
// with the items of a list whose lead denies them or tells of others: "What they do and we never do:".
func (t *text) spread(leads []bool) {
	under, list := uint8(0), false
	for n := 1; n < len(t.warned); n++ {
		if !t.items[n] {
			list = leads[n] || t.colon[n] && t.warned[n]
		} else if list {
			t.warned[n] = true
		}
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

// offersRecovery reports two sentences that offer to get lost money back, and neither deny it nor tell it of others.
func (t *text) offersRecovery(hits []hit, told map[int32]bool, no uint32) bool {
	first := int32(-1)
	for _, h := range hits {
		if h.phrase.code == codeRecovery && !told[t.tokens[h.from].sentence] && !t.denied(h.from, h.to, no|1<<h.phrase.lang) {
			apart := h.from - int(first)
			if t.tokens[h.from].kind == single {
				apart /= singleParts
			}
			if first >= 0 && apart > minApart {
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
	return strings.ContainsAny(before, quotes) && strings.ContainsAny(after, quotes) || t.cited(from)
}

// cited reports whether token i stands in quotation marks that words before them lead up to: An advert says: “…”. Who quotes a customer
// begins with the mark.
func (t *text) cited(i int) bool {
	line := t.s[:t.tokens[i].from]
	line = line[strings.LastIndexByte(line, '\n')+1:]
	open := strings.LastIndexAny(line, "“„«「『")
	if open < minLead || strings.ContainsAny(line[open:], "”»」』") {
		return false
	}
	rest, _, _ := strings.Cut(t.s[t.tokens[i].to:], "\n")
	return strings.ContainsAny(rest, "“”»」』")
}
