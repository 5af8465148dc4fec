package verdict

import (
	"strings"

	"scamatlas/crawler"
)

const (
	minHostName  = 5 // letters of a name that is looked for in host names
	maxFollowing = 3 // words behind a name at the start of a title that still call the page so
)

// brand is a firm or authority that others pose as.
type brand struct {
	Name    string   `yaml:"name"`
	Names   []string `yaml:"names,omitempty"`   // further spellings
	Kind    string   `yaml:"kind"`              // "exchange", "broker", "bank", "wallet", "payment", "regulator", "firm"
	Domains []string `yaml:"domains"`           // its own registrable domains
	Numbers []string `yaml:"numbers,omitempty"` // its licences and company numbers as package claim writes them: "fca:583263"
	Icons   []string `yaml:"icons,omitempty"`   // murmur3 hashes of its icons, signed decimal
	Common  bool     `yaml:"common,omitempty"`  // the name is a common word: it counts half, and not in host names
	Source  string   `yaml:"source"`            // where this was read, and when

	plain []string // its names as one word of small letters
}

func (b *brand) owns(host string) bool {
	for _, d := range b.Domains {
		if host == d || strings.HasSuffix(host, "."+d) {
			return true
		}
	}
	return false
}

// brands finds a brand by what shows it.
type brands struct {
	all      []*brand
	byNumber map[string]*brand
	byDomain map[string]*brand
	byIcon   map[string]*brand
	byWord   map[string][]*named // by the first word
}

// named is one name of a brand, cut into words.
type named struct {
	brand *brand
	words []string
}

func (l *loading) brands(r *Rules) {
	var form struct {
		Brands []lined[brand] `yaml:"brands"`
	}
	r.brands = &brands{byNumber: map[string]*brand{}, byDomain: map[string]*brand{}, byIcon: map[string]*brand{}, byWord: map[string][]*named{}}
	if !l.read(brandsFile, &form) {
		return
	}
	for i := range form.Brands {
		b, line := &form.Brands[i].value, form.Brands[i].line
		switch {
		case b.Name == "" || len(b.Domains) == 0 || b.Kind == "" || b.Source == "":
			l.bad.add(brandsFile, line, "a brand needs name, kind, domains and source")
		default:
			l.brand(r.brands, b, line)
		}
	}
}

func (l *loading) brand(to *brands, b *brand, line int) {
	to.all = append(to.all, b)
	for _, d := range b.Domains {
		if crawler.RegistrableDomain(d) != d {
			l.bad.add(brandsFile, line, "%s: %q is no registrable domain", b.Name, d)
		}
		if o := to.byDomain[d]; o != nil {
			l.bad.add(brandsFile, line, "%s: %s is a domain of %s already", b.Name, d, o.Name)
		}
		to.byDomain[d] = b
	}
	for _, n := range b.Numbers {
		if o := to.byNumber[n]; o != nil || !strings.Contains(n, ":") {
			l.bad.add(brandsFile, line, "%s: number %q is that of another, or has no register before it", b.Name, n)
		}
		to.byNumber[n] = b
	}
	for _, n := range b.Icons {
		to.byIcon[n] = b
	}
	for _, name := range append([]string{b.Name}, b.Names...) {
		words := wordsOf(name)
		if len(words) == 0 {
			l.bad.add(brandsFile, line, "%s: the name %q has no word in it", b.Name, name)
			continue
		}
		to.byWord[words[0]] = append(to.byWord[words[0]], &named{b, words})
		b.plain = append(b.plain, strings.Join(words, ""))
	}
}

func wordsOf(s string) []string {
	s = fold(s)
	var out []string
	z := scanner{s: s}
	for z.next() && len(out) < maxTerms {
		out = append(out, s[z.from:z.to])
	}
	return out
}

// ofHost gives the brand that a host belongs to.
func (b *brands) ofHost(host string) *brand { return b.byDomain[crawler.RegistrableDomain(host)] }

// begin gives the brands whose name begins or ends a title that has little else in it: "Kraken | Log in", "Log in - Kraken"; not
// "Kraken fined by the court for …", which tells of it.
func (b *brands) begin(title string) []*brand {
	var out []*brand
	for _, segment := range strings.FieldsFunc(title, func(r rune) bool {
		return r == '|' || r == '-' || r == '–' || r == '—' || r == '·' || r == ':' || r == '•'
	}) {
		words := wordsOf(segment)
		if len(words) == 0 {
			continue
		}
		for _, n := range b.byWord[words[0]] {
			if len(words) >= len(n.words) && len(words)-len(n.words) <= n.following() && strings.Join(words[:len(n.words)], " ") == strings.Join(n.words, " ") {
				out = append(out, n.brand)
			}
		}
	}
	return out
}

// following is how many words may stand behind a name in a title; none behind short ones, which mean other things as well.
func (n *named) following() int {
	if len(n.words) == 1 && len(n.words[0]) < minHostName {
		return 0
	}
	return maxFollowing
}
