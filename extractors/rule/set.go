package rule

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Set is many rules, ready to be tried at once: each text is read once for all of them, and only what it may hold is looked for. Safe for
// use by several goroutines. It does not see later changes of the rules.
type Set struct {
	rules  []*Rule
	grams  map[string]map[uint32][]*pattern // by field and four bytes of which one stands in every text that the pattern fits
	bits   map[string]*[gramBits / 64]uint64
	marked map[*pattern]bool // patterns that are in grams; the others are always looked for
}

// gramBits is the size of the table that tells, mostly rightly, whether four bytes belong to any pattern.
const gramBits = 1 << 18

// NewSet makes a set. Hits come in the order of rules.
func NewSet(rules []*Rule) *Set {
	s := &Set{rules: slices.Clone(rules), grams: map[string]map[uint32][]*pattern{}, bits: map[string]*[gramBits / 64]uint64{}, marked: map[*pattern]bool{}}
	for _, r := range rules {
		for _, sel := range r.selections {
			for _, tests := range sel.any {
				for i := range tests {
					s.add(&tests[i])
				}
			}
		}
	}
	return s
}

func (s *Set) add(t *test) {
	if s.grams[t.field] == nil {
		s.grams[t.field], s.bits[t.field] = map[uint32][]*pattern{}, new([gramBits / 64]uint64)
	}
	grams, bits := s.grams[t.field], s.bits[t.field]
	for i := range t.patterns {
		p := &t.patterns[i]
		own := p.grams()
		s.marked[p] = len(own) > 0
		for _, g := range own {
			grams[g] = append(grams[g], p)
			h := slot(g)
			bits[h/64] |= 1 << (h % 64)
		}
	}
}

func slot(gram uint32) uint32 { return gram * 2654435761 >> 14 }

// Match tries all rules of the set on what a capture holds.
func (s *Set) Match(f *Fields) []Hit {
	g := &Fields{in: f.in, ready: f.ready, set: s, seen: map[*pattern]bool{}, scanned: map[string]bool{}}
	return MatchAll(s.rules, g)
}

// scan marks what texts may hold.
func (s *Set) scan(field string, texts []text, seen map[*pattern]bool) {
	bits, grams := s.bits[field], s.grams[field]
	if bits == nil {
		return
	}
	for i := range texts {
		var g uint32
		body := texts[i].lower
		for j := range len(body) {
			g = g<<8 | uint32(body[j])
			if h := slot(g); bits[h/64]&(1<<(h%64)) != 0 && j >= 3 {
				for _, p := range grams[g] {
					seen[p] = true
				}
			}
		}
	}
}

// grams gives four bytes of each piece that the pattern needs, those that are rarest in pages; nil when a piece is shorter or there is none.
func (p *pattern) grams() []uint32 {
	var out []uint32
	for _, n := range p.need {
		if len(n) < 4 {
			return nil
		}
		best, rarity := uint32(0), -1
		for i := range len(n) - 3 {
			if r := rare(n[i : i+4]); r > rarity {
				best, rarity = uint32(n[i])<<24|uint32(n[i+1])<<16|uint32(n[i+2])<<8|uint32(n[i+3]), r
			}
		}
		out = append(out, best)
	}
	slices.SortFunc(out, cmp.Compare)
	return slices.Compact(out)
}

// common holds the bytes of pages and scripts, the most frequent first.
const common = " etaoinsrlcdpumhfg\"'=-.,:;()/<>{}bvw_y0123456789[]kxjqz"

func rare(gram string) (sum int) {
	for i := range len(gram) {
		at := strings.IndexByte(common, gram[i])
		if at < 0 {
			at = len(common)
		}
		sum += at
	}
	return sum
}

// lower gives a text in lower case; bytes that are no character stay as they are.
func lower(s string) string {
	i := 0
	for i < len(s) && s[i] < utf8.RuneSelf && (s[i] < 'A' || s[i] > 'Z') {
		i++
	}
	if i == len(s) {
		return s
	}
	b := append(make([]byte, 0, len(s)+utf8.UTFMax), s[:i]...)
	for i < len(s) {
		c := s[i]
		if c < utf8.RuneSelf {
			if 'A' <= c && c <= 'Z' {
				c += 'a' - 'A'
			}
			b = append(b, c)
			i++
			continue
		}
		r, n := utf8.DecodeRuneInString(s[i:])
		if r == utf8.RuneError && n == 1 {
			b = append(b, c)
		} else {
			b = utf8.AppendRune(b, unicode.ToLower(r))
		}
		i += n
	}
	return string(b)
}
