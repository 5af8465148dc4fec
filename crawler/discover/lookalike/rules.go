package lookalike

import (
	"errors"
	"fmt"
	"io/fs"
	"math"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"
)

// Rules is the data a Scorer is made of. Weights are shares of certainty, 0 to 1; two that fire together give 1 - (1-a)(1-b).
type Rules struct {
	Weights  Weights         `yaml:"weights"`
	Brands   []Brand         `yaml:"brands"`
	Honest   []string        `yaml:"honest"`   // hosts of nobody's brand whose names hold words of the lists; their subdomains too
	Words    []WordList      `yaml:"words"`    // what such names speak of
	Ordinary []string        `yaml:"ordinary"` // words that hold others of the lists and mean something else
	Suffixes []WeightedNames `yaml:"suffixes"` // public suffixes
}

// Brand is a name that others abuse.
type Brand struct {
	Name   string   `yaml:"name"`
	Own    []string `yaml:"own"`    // its own domains: they and all below them score 0
	Words  []string `yaml:"words"`  // strings that stand in no honest name of others; also looked for misspelt
	Common []string `yaml:"common"` // its names that are words of a language: weak alone
}

// WordList is words of one language, those that are not in Latin letters in their own script.
type WordList struct {
	Language string   `yaml:"language"`
	Weight   float64  `yaml:"weight"`
	Edge     bool     `yaml:"edge"` // short words of the list need a border on one side only
	Words    []string `yaml:"words"`
}

// WeightedNames is names of one weight.
type WeightedNames struct {
	Weight float64  `yaml:"weight"`
	Names  []string `yaml:"names"`
}

// Weights says how much each rule counts.
type Weights struct {
	BrandDomain   float64 `yaml:"brand_domain"`  // a brand's whole domain stands in front of another one
	Brand         float64 `yaml:"brand"`         // a brand's word in a name that is not the brand's
	BrandCommon   float64 `yaml:"brand_common"`  // a brand's name that is a word of a language as well
	LooksLike     float64 `yaml:"looks_like"`    // reads as a brand's word but is written otherwise
	Typo          float64 `yaml:"typo"`          // one letter away
	TypoShort     float64 `yaml:"typo_short"`    // one letter away, of a word of fewer than 7
	TypoWord      float64 `yaml:"typo_word"`     // one letter wrong in a listed word of 8 or more
	TypoTwo       float64 `yaml:"typo_two"`      // two letters away, of long words only
	Typed         float64 `yaml:"typed"`         // a name that someone may type for a short or common word of a brand
	Words         float64 `yaml:"words"`         // the most that all words together count
	Covered       float64 `yaml:"covered"`       // two words or more and nothing else
	MixedScripts  float64 `yaml:"mixed_scripts"` // two alphabets in one label
	Disguised     float64 `yaml:"disguised"`     // a label in another alphabet all of whose letters look Latin; a listed word in letters not its own
	International float64 `yaml:"international"` // letters outside a-z at all
	Undecodable   float64 `yaml:"undecodable"`   // xn-- that decodes to nothing
	Digits        float64 `yaml:"digits"`        // a run of digits
	Hyphens       float64 `yaml:"hyphens"`       // three or more in one label
	Depth         float64 `yaml:"depth"`         // three labels or more in front of the domain
	Long          float64 `yaml:"long"`          // a label of 25 characters or more
	SharedSuffix  float64 `yaml:"shared_suffix"` // a platform that gives names to anyone
	InSubdomain   float64 `yaml:"in_subdomain"`  // factor for words and hints in front of the domain
	YoungDays     int     `yaml:"young_days"`    // a domain is young for so long
	Young         float64 `yaml:"young"`         // a young domain; used only by those who know the age
}

// Load reads rules from a YAML file, checked.
func Load(fsys fs.FS, name string) (*Rules, error) {
	b, err := fs.ReadFile(fsys, name)
	if err != nil {
		return nil, fmt.Errorf("read name rules: %w", err)
	}
	var r Rules
	if err := yaml.Load(b, &r, yaml.WithKnownFields()); err != nil {
		return nil, fmt.Errorf("read name rules %s: %w", name, err)
	}
	if err := r.check(); err != nil {
		return nil, fmt.Errorf("name rules %s: %w", name, err)
	}
	return &r, nil
}

// check gives all faults in one error.
func (r *Rules) check() error {
	var faults []error
	fault := func(bad bool, format string, a ...any) {
		if bad {
			faults = append(faults, fmt.Errorf(format, a...))
		}
	}
	weight := func(where string, w float64) {
		fault(math.IsNaN(w) || w < 0 || w > 1, "%s: weight %v is not from 0 to 1", where, w)
	}
	for _, w := range r.Weights.list() {
		weight("weights", w)
	}
	names := map[string]bool{}
	for _, b := range r.Brands {
		fault(b.Name == "", "a brand without a name")
		fault(names[b.Name], "brand %s stands there twice", b.Name)
		names[b.Name] = true
		fault(len(b.Words)+len(b.Common) == 0, "brand %s has no words", b.Name)
		for _, w := range slices.Concat(b.Words, b.Common) {
			fault(badWord(w), "brand %s: %q is not a word of 2 to %d small letters or digits", b.Name, w, maxWord)
		}
		for _, h := range b.Own {
			fault(cleanHost(h) != h, "brand %s: %q is not a host name in A-labels", b.Name, h)
		}
	}
	for _, h := range r.Honest {
		fault(cleanHost(h) != h, "honest: %q is not a host name in A-labels", h)
	}
	for _, l := range r.Words {
		weight("words of "+l.Language, l.Weight)
		for _, w := range l.Words {
			fault(isASCII(w) && badWord(w), "words of %s: %q is not a word of 2 to %d small letters or digits", l.Language, w, maxWord)
			fault(len(w) > maxLabel, "words of %s: %q is too long", l.Language, w)
		}
	}
	for _, w := range r.Ordinary {
		fault(badWord(w), "ordinary: %q is not a word of 2 to %d small letters or digits", w, maxWord)
	}
	for _, s := range r.Suffixes {
		weight("suffixes", s.Weight)
	}
	return errors.Join(faults...)
}

func (w Weights) list() []float64 {
	return []float64{w.BrandDomain, w.Brand, w.BrandCommon, w.LooksLike, w.Typo, w.TypoShort, w.TypoWord, w.TypoTwo, w.Typed, w.Words, w.Covered, w.MixedScripts,
		w.Disguised, w.International, w.Undecodable, w.Digits, w.Hyphens, w.Depth, w.Long, w.SharedSuffix, w.InSubdomain, w.Young}
}

func badWord(w string) bool {
	return len(w) < 2 || len(w) > maxWord || strings.ContainsFunc(w, func(r rune) bool { return r >= 0x80 || r == '-' || !isHostByte(byte(r)) })
}

// cleanHost gives host in the form the scorer reads: small letters, no "*." in front, no dot at the end; "" when it is no host name.
// Letters outside of ASCII pass.
func cleanHost(host string) string {
	host = strings.ToLower(strings.TrimSuffix(strings.TrimPrefix(host, "*."), "."))
	if len(host) > maxHost || !strings.Contains(host, ".") {
		return ""
	}
	label := 0
	for i := range len(host) {
		switch c := host[i]; {
		case c == '.':
			if label == 0 {
				return ""
			}
			label = 0
			continue
		case !isHostByte(c) && c != '_' && c < 0x80:
			return ""
		}
		if label++; label > maxLabel {
			return ""
		}
	}
	if label == 0 {
		return ""
	}
	return host
}
