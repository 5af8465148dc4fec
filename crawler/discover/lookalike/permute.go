package lookalike

import (
	"maps"
	"slices"
	"strings"

	"golang.org/x/net/idna"
	"golang.org/x/net/publicsuffix"
	"golang.org/x/text/unicode/norm"
)

// Generator makes the names that dnstwist (version 20250130) makes of a domain, class by class. Its zero value knows no words and no
// suffixes.
type Generator struct {
	Words    []string // class "dictionary"
	Suffixes []string // class "tld-swap"
}

// Permutations gives the names that someone could mistake for domain, by class, sorted, in A-labels, without domain itself. A name may
// stand in several classes; a class without names is left out. The classes: addition, bitsquatting, cyrillic, homoglyph, hyphenation,
// insertion, omission, plural, repetition, replacement, subdomain, transposition, various, vowel-swap. nil when domain has no name
// before its public suffix.
func Permutations(domain string) map[string][]string { return Generator{}.Permutations(domain) }

// Permutations is the function of the same name with the classes dictionary and tld-swap as well.
func (g Generator) Permutations(domain string) map[string][]string {
	d, ok := split(domain)
	if !ok {
		return nil
	}
	out := map[string][]string{}
	add := func(class string, whole set) {
		names := set{}
		for n := range whole {
			if a, ok := hostOf(n); ok && a != d.ascii {
				names[a] = struct{}{}
			}
		}
		if len(names) > 0 {
			out[class] = slices.Sorted(maps.Keys(names))
		}
	}
	for class, names := range d.classes() {
		whole := set{}
		for n := range names {
			whole.add(d.with(n, d.suffix))
		}
		add(class, whole)
	}
	dictionary, swaps := set{}, set{}
	for n := range d.dictionary(g.Words) {
		dictionary.add(d.with(n, d.suffix))
	}
	for _, s := range g.Suffixes {
		swaps.add(d.with(d.name, s))
	}
	add("dictionary", dictionary)
	add("tld-swap", swaps)
	add("various", d.various())
	return out
}

type set map[string]struct{}

func (s set) add(names ...string) {
	for _, n := range names {
		s[n] = struct{}{}
	}
}

// parts is a domain cut at its name: what stands before (may be empty), the label that is bought, the public suffix.
type parts struct {
	sub, name, suffix string // name decoded from its A-label
	runes             []rune
	ascii             string
}

func split(domain string) (parts, bool) {
	domain = strings.Trim(strings.ToLower(strings.TrimSpace(domain)), ".")
	suffix := registrySuffix(domain)
	rest, ok := strings.CutSuffix(domain, "."+suffix)
	if !ok || rest == "" || len(domain) > maxHost {
		return parts{}, false
	}
	sub, name := "", rest
	if i := strings.LastIndexByte(rest, '.'); i >= 0 {
		sub, name = rest[:i], rest[i+1:]
	}
	if name == "" || len(name) > maxLabel {
		return parts{}, false
	}
	if u, err := idna.Punycode.ToUnicode(name); err == nil {
		name = u
	}
	ascii, ok := hostOf(domain)
	return parts{sub: sub, name: name, suffix: suffix, runes: []rune(name), ascii: ascii}, ok
}

// registrySuffix is the suffix under which a registry sells names; suffixes of private platforms are no such.
func registrySuffix(domain string) string {
	suffix, icann := publicsuffix.PublicSuffix(domain)
	for !icann {
		_, rest, ok := strings.Cut(suffix, ".")
		if !ok {
			break
		}
		suffix, icann = publicsuffix.PublicSuffix(rest)
	}
	return suffix
}

func (d parts) with(name, suffix string) string {
	if d.sub != "" {
		return d.sub + "." + name + "." + suffix
	}
	return name + "." + suffix
}

// hostOf encodes a name as registries do (A-labels) and says whether a registry could hold it.
func hostOf(name string) (string, bool) {
	if !isASCII(name) {
		var err error
		if name, err = idna.Punycode.ToASCII(strings.ToLower(norm.NFKC.String(name))); err != nil {
			return "", false
		}
	}
	if len(name) < 4 || len(name) > maxHost {
		return "", false
	}
	labels := strings.Split(name, ".")
	for i, l := range labels {
		last := i == len(labels)-1
		if l == "" || len(l) > maxLabel || last && len(l) < 2 || !last && (l[0] == '-' || l[len(l)-1] == '-') {
			return "", false
		}
		for k := range len(l) {
			if !isHostByte(l[k]) {
				return "", false
			}
		}
	}
	return name, len(labels) > 1
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}

func isHostByte(c byte) bool { return c >= 'a' && c <= 'z' || isDigit(c) || c == '-' }

func isDigit(c byte) bool { return c >= '0' && c <= '9' }
