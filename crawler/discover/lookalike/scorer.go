package lookalike

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"golang.org/x/net/idna"
	"golang.org/x/net/publicsuffix"
)

// Scorer scores names by Rules. It is safe for use by many goroutines; Score takes some microseconds.
type Scorer struct {
	weights  Weights
	own      map[string]string // domain → brand; "" for an honest one
	suffixes map[string]float64
	fold     folder

	words  []word
	tree   *trie // words in Latin letters
	native []word

	sharp   []word // the brands' words that are looked for misspelt
	blurred *trie  // those, blurred
	typos   *typos
	typed   map[string]string // names that may be typed for a domain whose word is too short or too common for typos → that domain
}

type kind uint8

const (
	keyword kind = iota
	ordinary
	brandWord
	brandCommon
)

type word struct {
	text   string
	kind   kind
	of     string // brand or language
	weight float64
	edge   bool
}

const day = 24 * time.Hour

// NewScorer makes a scorer of rules as Load gives them.
func NewScorer(r *Rules) (*Scorer, error) {
	if err := r.check(); err != nil {
		return nil, fmt.Errorf("name rules: %w", err)
	}
	s := &Scorer{weights: r.Weights, own: map[string]string{}, suffixes: map[string]float64{}, fold: newFolder(), tree: newTrie(), blurred: newTrie(), typed: map[string]string{}}
	for _, h := range r.Honest {
		s.own[h] = ""
	}
	var near []string
	for _, b := range r.Brands {
		for _, h := range b.Own {
			s.own[h] = b.Name
		}
		for _, w := range b.Words {
			s.addWord(word{text: w, kind: brandWord, of: b.Name, weight: r.Weights.Brand})
			s.blurred.add(blur(w), int32(len(s.sharp)))
			s.sharp = append(s.sharp, word{text: w, kind: brandWord, of: b.Name})
			near = append(near, w)
		}
	}
	s.addTyped(r)
	for _, b := range r.Brands {
		for _, w := range b.Common {
			s.addWord(word{text: w, kind: brandCommon, of: b.Name, weight: r.Weights.BrandCommon})
		}
	}
	for _, l := range r.Words {
		for _, w := range l.Words {
			s.addWord(word{text: w, kind: keyword, of: l.Language, weight: l.Weight, edge: l.Edge})
		}
	}
	for _, w := range s.words {
		if w.kind == keyword && len(w.text) >= typoTwoFrom {
			s.sharp, near = append(s.sharp, w), append(near, w.text)
		}
	}
	s.typos = newTypos(near, s.wrong)
	for _, w := range r.Ordinary {
		s.addWord(word{text: w, kind: ordinary})
	}
	for _, l := range r.Suffixes {
		for _, n := range l.Names {
			s.suffixes[n] = l.Weight
		}
	}
	return s, nil
}

// addTyped enters what may be typed for the brands' domains that misspelt words do not cover.
func (s *Scorer) addTyped(r *Rules) {
	for _, b := range r.Brands {
		for _, own := range b.Own {
			d, ok := split(own)
			if !ok || d.sub != "" || len(d.name) >= typoFrom && !slices.Contains(b.Common, d.name) {
				continue
			}
			for _, names := range Permutations(own) {
				for _, n := range names {
					if _, taken := s.typed[n]; !taken && !s.isOwn(n) {
						s.typed[n] = own
					}
				}
			}
		}
	}
}

// wrong is how many letters of a word may be wrong: of one that is, or is little more than, a listed one, such as mycrypto, one.
func (s *Scorer) wrong(brand string) int {
	longest := 0
	for i := range len(brand) {
		s.tree.from(brand, i, func(end int, w int32) {
			if s.words[w].kind == keyword {
				longest = max(longest, end-i)
			}
		})
	}
	if n := allowed(brand); n < 2 || len(brand)-longest >= typoTwoFrom/2 {
		return n
	}
	return 1
}

func (s *Scorer) addWord(w word) {
	if !isASCII(w.text) {
		s.native = append(s.native, w)
		return
	}
	s.tree.add(w.text, int32(len(s.words)))
	s.words = append(s.words, w)
}

// Score says how much a host name (A-labels or Unicode, with or without "*." in front) speaks for a site worth a visit: 0 nothing, 1
// certain; and why, the strongest reason first, in plain words. Brands' own domains, honest ones and what is no host name score 0.
func (s *Scorer) Score(host string) (float64, []string) { return s.ScoreAged(host, 0) }

// ScoreAged is Score for who knows how long ago the domain was registered at most, such as a feed of new ones; 0: not known.
func (s *Scorer) ScoreAged(host string, age time.Duration) (float64, []string) {
	host = cleanHost(host)
	if host == "" || s.isOwn(host) {
		return 0, nil
	}
	t := tally{rest: 1}
	suffix, icann := publicsuffix.PublicSuffix(host)
	front, ok := strings.CutSuffix(host, "."+suffix)
	if !ok { // the host is a public suffix
		return 0, nil
	}
	s.labels(front, suffix, &t)
	s.hints(host, front, suffix, icann, &t)
	if days := int((age + day - 1) / day); age > 0 && days <= s.weights.YoungDays {
		t.add(s.weights.Young, "registered in the last %d days", days)
	}
	return t.result()
}

// Own says whose domain a host stands on: a brand's, or "" for an honest one of nobody's brand; ok is false for all others.
func (s *Scorer) Own(host string) (brand string, ok bool) {
	for host = cleanHost(host); host != ""; {
		if brand, ok = s.own[host]; ok {
			return brand, true
		}
		_, host, _ = strings.Cut(host, ".")
	}
	return "", false
}

func (s *Scorer) isOwn(host string) bool {
	_, ok := s.Own(host)
	return ok
}

// labels scores the label that is bought and, for less, those in front of it.
func (s *Scorer) labels(front, suffix string, t *tally) {
	sub, domain := "", front
	if i := strings.LastIndexByte(front, '.'); i >= 0 {
		sub, domain = front[:i], front[i+1:]
	}
	words := wordTally{most: s.weights.Words, rest: 1}
	found := s.ownInFront(sub, t)
	found = s.label(domain, 1, found, &words, t) || found
	for n := 1; sub != "" && n < maxLabels; n++ {
		label := sub
		if i := strings.LastIndexByte(sub, '.'); i >= 0 {
			sub, label = sub[:i], sub[i+1:]
		} else {
			sub = ""
		}
		found = s.label(label, s.weights.InSubdomain, found, &words, t) || found
	}
	if own, ok := s.typed[domain+"."+suffix]; ok && !found {
		t.add(s.weights.Typed, "may be typed for %s", own)
		found = true
	}
	if joined := strings.ReplaceAll(front, ".", ""); !found && joined != front && len(joined) <= maxWord {
		s.acrossDots(joined, t)
	}
	words.into(t)
}

// ownInFront finds a brand's whole domain in front of another one.
func (s *Scorer) ownInFront(sub string, t *tally) bool {
	for rest := sub; rest != ""; {
		for end := range len(rest) + 1 {
			if end != len(rest) && rest[end] != '.' {
				continue
			}
			if brand := s.own[rest[:end]]; brand != "" {
				t.add(s.weights.BrandDomain, "%s of %s stands in front of another domain", rest[:end], brand)
				return true
			}
		}
		_, rest, _ = strings.Cut(rest, ".")
	}
	return false
}

// acrossDots finds a brand's word that is written with a dot inside.
func (s *Scorer) acrossDots(joined string, t *tally) {
	if w := s.tree.whole(joined); w >= 0 && s.words[w].kind == brandWord {
		t.add(s.weights.LooksLike, "spells %q (%s) across its dots", joined, s.words[w].of)
	}
}

// hints are signs without words.
func (s *Scorer) hints(host, front, suffix string, icann bool, t *tally) {
	if w, ok := s.suffixes[suffix]; ok {
		t.add(w, "ends in .%s", suffix)
	} else if !icann && strings.Contains(suffix, ".") {
		t.add(s.weights.SharedSuffix, "stands on %s, which gives names to anyone", suffix)
		if w := s.suffixes[suffix[strings.LastIndexByte(suffix, '.')+1:]]; w > 0 {
			t.add(w, "ends in .%s", suffix[strings.LastIndexByte(suffix, '.')+1:])
		}
	}
	if n := strings.Count(front, "."); n >= 3 {
		t.add(s.weights.Depth, "%d labels in front of the domain", n)
	}
	var hyphens, digits, long int
	for label := range strings.SplitSeq(front, ".") {
		if strings.HasPrefix(label, "xn--") {
			continue
		}
		hyphens, long, digits = max(hyphens, strings.Count(label, "-")), max(long, len(label)), max(digits, digitRun(label))
	}
	if hyphens >= 3 {
		t.add(s.weights.Hyphens, "%d hyphens in one label", hyphens)
	}
	if digits >= 3 {
		t.add(s.weights.Digits, "%d digits in a row", digits)
	}
	if long >= 25 {
		t.add(s.weights.Long, "a label of %d characters", long)
	}
}

// digitRun is the length of the longest run of digits.
func digitRun(label string) int {
	longest, run := 0, 0
	for i := range len(label) {
		if run++; !isDigit(label[i]) {
			run = 0
		}
		longest = max(longest, run)
	}
	return longest
}

// decode gives a label's characters; ok is false for an A-label that is none.
func decode(label string) (text string, ok bool) {
	if !strings.HasPrefix(label, "xn--") {
		return label, true
	}
	u, err := idna.Punycode.ToUnicode(label)
	return u, err == nil && u != label
}

// tally adds up what fires: certainty that is left over, times the rest.
type tally struct {
	rest    float64
	reasons []reason
}

type reason struct {
	weight float64
	text   string
}

func (t *tally) add(w float64, format string, a ...any) {
	if w <= 0 {
		return
	}
	t.rest *= 1 - w
	t.reasons = append(t.reasons, reason{w, fmt.Sprintf(format, a...)})
}

func (t *tally) result() (float64, []string) {
	if len(t.reasons) == 0 {
		return 0, nil
	}
	slices.SortStableFunc(t.reasons, func(a, b reason) int { return cmp.Compare(b.weight, a.weight) })
	out := make([]string, 0, min(len(t.reasons), maxReasons))
	for _, r := range t.reasons[:cap(out)] {
		out = append(out, r.text)
	}
	return 1 - t.rest, out
}
