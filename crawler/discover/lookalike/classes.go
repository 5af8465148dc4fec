package lookalike

import (
	"strings"
	"unicode/utf8"
)

const (
	vowels       = "aeiou"
	alphanumeric = "0123456789abcdefghijklmnopqrstuvwxyz"
)

// classes makes the names of each class for the label that is bought.
func (d parts) classes() map[string]set {
	return map[string]set{
		"addition":      d.addition(),
		"bitsquatting":  d.bitsquatting(),
		"cyrillic":      d.cyrillic(),
		"homoglyph":     d.homoglyph(),
		"hyphenation":   d.cuts(1, 0, "-"),
		"insertion":     d.insertion(),
		"omission":      d.omission(),
		"plural":        d.plural(),
		"repetition":    d.repetition(),
		"replacement":   d.replacement(),
		"subdomain":     d.subdomain(),
		"transposition": d.transposition(),
		"vowel-swap":    d.vowelSwap(),
	}
}

// put gives the name with with in place of its runes from i to j.
func (d parts) put(i, j int, with string) string {
	return string(d.runes[:i]) + with + string(d.runes[j:])
}

// addition: one more character at the end of the name, or of each part before a hyphen.
func (d parts) addition() set {
	out := set{}
	for _, c := range alphanumeric {
		out.add(d.name + string(c))
		for i, r := range d.runes {
			if r == '-' {
				out.add(d.put(i, i, string(c)))
			}
		}
	}
	return out
}

// bitsquatting: one bit of one character flipped, as faulty memory does.
func (d parts) bitsquatting() set {
	out := set{}
	for i, r := range d.runes {
		for mask := rune(1); mask <= 128; mask <<= 1 {
			if b := r ^ mask; b < utf8.RuneSelf && isHostByte(byte(b)) {
				out.add(d.put(i, i+1, string(b)))
			}
		}
	}
	return out
}

// cyrillic: the whole name in letters of another alphabet, when it has one for each.
func (d parts) cyrillic() set {
	twins := []rune(cyrillicTwins)
	with := make([]rune, len(d.runes))
	for i, r := range d.runes {
		for k := 0; k < len(twins); k += 2 {
			if r == twins[k] {
				with[i] = twins[k+1]
			}
		}
		if with[i] == 0 {
			return nil
		}
	}
	out := set{}
	out.add(string(with))
	return out
}

// homoglyph: one or two places that look the same.
func (d parts) homoglyph() set {
	glyphs := glyphsOf(d.suffix)
	once := mix(d.runes, glyphs)
	out := set{}
	for n := range once {
		out.add(n)
		for m := range mix([]rune(n), glyphs) {
			out.add(m)
		}
	}
	return out
}

// mix puts one glyph in each place it fits; of two neighbours that are equal, in both as well.
func mix(name []rune, glyphs map[string][]string) set {
	out := set{}
	for i, r := range name {
		before, after := string(name[:i]), string(name[i+1:])
		for _, g := range glyphs[string(r)] {
			out.add(before + g + after)
		}
	}
	for i := range len(name) - 1 {
		before, pair, after := string(name[:i]), string(name[i:i+2]), string(name[i+2:])
		for _, c := range []string{string(name[i]), string(name[i+1]), pair} {
			for _, g := range glyphs[c] {
				out.add(before + strings.ReplaceAll(pair, c, g) + after)
			}
		}
	}
	return out
}

// glyphsOf gives what stands for what in names under a public suffix.
func glyphsOf(suffix string) map[string][]string {
	out := map[string][]string{}
	read := func(table string) {
		for entry := range strings.FieldsSeq(table) {
			c, glyphs, _ := strings.Cut(entry, ":")
			out[c] = append(out[c], strings.Split(glyphs, ",")...)
		}
	}
	read(asciiGlyphs)
	for _, r := range registryGlyphs {
		for s := range strings.FieldsSeq(r.suffixes) {
			if s == suffix {
				read(r.glyphs)
				return out
			}
		}
	}
	read(unicodeGlyphs)
	return out
}

// cuts puts what between two characters, leaving first runes before and last behind the outermost places.
func (d parts) cuts(first, last int, what string) set {
	out := set{}
	for i := first; i < len(d.runes)-last; i++ {
		out.add(d.put(i, i, what))
	}
	return out
}

// insertion: a key beside one that belongs there, hit as well.
func (d parts) insertion() set {
	out := set{}
	for i := range len(d.runes) - 1 {
		for _, k := range neighbours(d.runes[i]) {
			out.add(d.put(i, i, string(k)), d.put(i+1, i+1, string(k)))
		}
	}
	return out
}

// replacement: a key beside the right one.
func (d parts) replacement() set {
	out := set{}
	for i, r := range d.runes {
		for _, k := range neighbours(r) {
			out.add(d.put(i, i+1, string(k)))
		}
	}
	return out
}

// neighbours gives the keys beside a key, of all keyboards.
func neighbours(r rune) string {
	var out string
	for _, k := range keyboards {
		for keys := range strings.FieldsSeq(k) {
			if rune(keys[0]) == r {
				out += keys[1:]
			}
		}
	}
	return out
}

func (d parts) omission() set {
	out := set{}
	for i := range d.runes {
		out.add(d.put(i, i+1, ""))
	}
	return out
}

func (d parts) repetition() set {
	out := set{}
	for i, r := range d.runes {
		out.add(d.put(i, i, string(r)))
	}
	return out
}

// plural: an s (es behind a hissing sound) somewhere inside the name.
func (d parts) plural() set {
	out := set{}
	for i := 2; i < len(d.runes)-2; i++ {
		ending := "s"
		if strings.ContainsRune("sxz", d.runes[i]) {
			ending = "es"
		}
		out.add(d.put(i+1, i+1, ending))
	}
	return out
}

// subdomain: a dot inside the name.
func (d parts) subdomain() set {
	out := set{}
	for i := 1; i < len(d.runes)-1; i++ {
		if d.runes[i] != '-' && d.runes[i-1] != '-' {
			out.add(d.put(i, i, "."))
		}
	}
	return out
}

func (d parts) transposition() set {
	out := set{}
	for i := range len(d.runes) - 1 {
		out.add(d.put(i, i+2, string([]rune{d.runes[i+1], d.runes[i]})))
	}
	return out
}

func (d parts) vowelSwap() set {
	out := set{}
	for i, r := range d.runes {
		if strings.ContainsRune(vowels, r) {
			for _, v := range vowels {
				out.add(d.put(i, i+1, string(v)))
			}
		}
	}
	return out
}

// dictionary: a word before or behind the name; of a name with hyphens also in place of its first or last part.
func (d parts) dictionary(words []string) set {
	out := set{}
	first, last := strings.IndexByte(d.name, '-'), strings.LastIndexByte(d.name, '-')
	for _, w := range words {
		if !strings.HasPrefix(d.name, w) || !strings.HasSuffix(d.name, w) {
			out.add(d.name+"-"+w, d.name+w, w+"-"+d.name, w+d.name)
		}
		if first >= 0 {
			out.add(d.name[:last]+"-"+w, w+d.name[first:])
		}
	}
	return out
}

// various: the suffix drawn into the name, or what stands before it.
func (d parts) various() set {
	out := set{}
	whole := func(name, suffix string) { out.add(d.with(name, suffix)) }
	if i := strings.LastIndexByte(d.suffix, '.'); i >= 0 {
		whole(d.name, d.suffix[i+1:])
		if d.sub != "" {
			out.add(d.sub + "." + d.name + d.suffix)
		} else {
			out.add(d.name + d.suffix)
		}
	} else {
		whole(d.name+d.suffix, d.suffix)
		if d.suffix != "com" {
			whole(d.name+"-"+d.suffix, "com")
			whole(d.name+d.suffix, "com")
		}
	}
	if d.sub != "" {
		for _, before := range []string{d.sub, strings.ReplaceAll(d.sub, ".", ""), d.sub + "-", strings.ReplaceAll(d.sub, ".", "-") + "-"} {
			out.add(before + d.name + "." + d.suffix)
		}
	}
	return out
}
