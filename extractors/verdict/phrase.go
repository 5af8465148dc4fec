package verdict

const (
	maxGap      = 5  // words that ".." stands for
	maxGapRunes = 9  // letters, of scripts without blanks
	maxLoose    = 12 // words between the first and the last of a loose phrase
)

// match tries the phrase at token i and gives the last token.
func (p *phrase) match(t *text, i int) (int, bool) {
	last := p.parts[0].at(t, i)
	if last < 0 {
		return 0, false
	}
	if p.loose {
		return p.matchLoose(t, i, last)
	}
	for n := 1; n < len(p.parts); n++ {
		from, reach := last+1, last+1
		if p.parts[n].gap {
			reach += gapAt(t, last)
		}
		last = -1
		for j := from; j <= reach && j < len(t.tokens) && t.tokens[j].sentence == t.tokens[i].sentence && last < 0; j++ {
			last = p.parts[n].at(t, j)
		}
		if last < 0 {
			return 0, false
		}
	}
	return last, true
}

func gapAt(t *text, i int) int {
	if t.tokens[i].kind == single {
		return maxGapRunes
	}
	return maxGap
}

// at gives the last token of the longest run of the part that begins at token j, -1 for none.
func (p *part) at(t *text, j int) int {
	best := -1
	for _, run := range p.runs {
		if len(run) > len(t.tokens)-j || j+len(run)-1 <= best {
			continue
		}
		n := 0
		for n < len(run) && t.tokens[j+n].sentence == t.tokens[j].sentence && t.has(j+n, run[n]) {
			n++
		}
		if n == len(run) {
			best = j + n - 1
		}
	}
	return best
}

func (p *phrase) matchLoose(t *text, i, last int) (int, bool) {
	s, window := t.tokens[i].sentence, maxLoose
	if t.tokens[i].kind == single {
		window *= 2
	}
	first := last
	for n := range p.parts[1:] {
		found := false
		for j := max(0, i-window); j <= i+window && j < len(t.tokens) && !found; j++ {
			if t.tokens[j].sentence != s || j >= i && j <= first {
				continue
			}
			if end := p.parts[n+1].at(t, j); end >= 0 {
				last, found = max(last, end), true
			}
		}
		if !found {
			return 0, false
		}
	}
	return last, true
}
