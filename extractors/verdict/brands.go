package verdict

import (
	"strings"

	"scamatlas/crawler"
)

// brand is a firm or authority that others pose as.
type brand struct {
	Name    string   `yaml:"name"`
	Names   []string `yaml:"names"`   // further spellings
	Kind    string   `yaml:"kind"`    // "exchange", "broker", "bank", "wallet", "payment", "regulator", "firm"
	Domains []string `yaml:"domains"` // its own registrable domains
	Numbers []string `yaml:"numbers"` // its licences and company numbers as package claim writes them: "fca:583263"
	Icons   []string `yaml:"icons"`   // murmur3 hashes of its icons, signed decimal
	Common  bool     `yaml:"common"`  // the name is a common word: it counts only with other signs
	Source  string   `yaml:"source"`  // where this was read
}

func (b *brand) owns(host string) bool {
	for _, d := range b.Domains {
		if host == d || strings.HasSuffix(host, "."+d) {
			return true
		}
	}
	return false
}

type brandsForm struct {
	Brands []*brand `yaml:"brands"`
}

type brands struct {
	all      []*brand
	byNumber map[string]*brand
	byDomain map[string]*brand
	byIcon   map[string]*brand
	names    *lures // one phrase a name
}

func (l *loading) brands(r *Rules) {
	var form brandsForm
	r.brands = &brands{byNumber: map[string]*brand{}, byDomain: map[string]*brand{}, byIcon: map[string]*brand{}}
	if !l.read(brandsFile, &form) {
		return
	}
	for i, b := range form.Brands {
		if b == nil || b.Name == "" || len(b.Domains) == 0 {
			l.bad.add(brandsFile, 0, "brand %d has no name or no domain", i+1)
			continue
		}
		r.brands.all = append(r.brands.all, b)
		for _, d := range b.Domains {
			if crawler.RegistrableDomain(d) != d {
				l.bad.add(brandsFile, 0, "%s: %q is no registrable domain", b.Name, d)
			}
			r.brands.byDomain[d] = b
		}
		for _, n := range b.Numbers {
			r.brands.byNumber[n] = b
		}
		for _, n := range b.Icons {
			r.brands.byIcon[n] = b
		}
	}
}

// ofHost gives the brand that a host belongs to.
func (b *brands) ofHost(host string) *brand { return b.byDomain[crawler.RegistrableDomain(host)] }
