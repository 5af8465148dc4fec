package corpus

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"time"
)

// writer makes one site.
type writer struct {
	family *Family
	r      *rand.Rand
	vars   map[string]string

	created time.Time // of the domain
}

func newWriter(f *Family, r *rand.Rand) *writer {
	w := &writer{family: f, r: r, vars: map[string]string{}}
	w.invent()
	for _, l := range f.site.lets {
		w.vars[l[0]] = w.text(l[1])
	}
	return w
}

// pick gives one of the alternatives.
func (w *writer) pick(all ...string) string { return all[w.r.IntN(len(all))] }

// chance is true p times of a hundred.
func (w *writer) chance(p int) bool { return w.r.IntN(100) < p }

// text expands {a|b|c}, to any depth, and then slots.
func (w *writer) text(s string) string { return w.slots(w.choose(s)) }

func (w *writer) choose(s string) string {
	var b strings.Builder
	for {
		open := strings.IndexByte(s, '{')
		if open < 0 {
			b.WriteString(s)
			return b.String()
		}
		b.WriteString(s[:open])
		alternatives, rest := splitAlternatives(s[open+1:])
		b.WriteString(w.choose(w.pick(alternatives...)))
		s = rest
	}
}

// splitAlternatives cuts what stands between braces at its own bars; s begins after the opening brace.
func splitAlternatives(s string) (all []string, rest string) {
	depth, from := 0, 0
	for i := range len(s) {
		switch {
		case s[i] == '{':
			depth++
		case s[i] == '}' && depth > 0:
			depth--
		case s[i] == '}':
			return append(all, s[from:i]), s[i+1:]
		case s[i] == '|' && depth == 0:
			all = append(all, s[from:i])
			from = i + 1
		}
	}
	return append(all, s[from:]), ""
}

// slots fills $name from what was invented or set, and makes numbers: $n:10-90 whole, $d:0.5-3.5 with one decimal, $m:100-9000 amounts in
// round figures, $y:2009-2021 years. Figures are written as the family's language does.
func (w *writer) slots(s string) string {
	var b strings.Builder
	for {
		at := strings.IndexByte(s, '$')
		if at < 0 || at+1 == len(s) {
			b.WriteString(s)
			return b.String()
		}
		b.WriteString(s[:at])
		end := at + 1
		for end < len(s) && (s[end] >= 'a' && s[end] <= 'z' || end > at+1 && s[end] >= '0' && s[end] <= '9') {
			end++
		}
		name := s[at+1 : end]
		if end < len(s) && s[end] == ':' && len(name) == 1 {
			if made, rest, ok := w.number(name, s[end+1:]); ok {
				b.WriteString(made)
				s = rest
				continue
			}
		}
		known := w.longestSlot(name)
		if known == "" {
			b.WriteString(s[at:end])
			s = s[end:]
			continue
		}
		b.WriteString(w.vars[known])
		s = s[at+1+len(known):]
	}
}

// longestSlot gives the longest head of name that is a slot: "$namecoin" is a name and "coin".
func (w *writer) longestSlot(name string) string {
	for n := len(name); n > 0; n-- {
		if _, ok := w.vars[name[:n]]; ok {
			return name[:n]
		}
	}
	return ""
}

// number reads "LOW-HIGH" at the head of s.
func (w *writer) number(kind, s string) (made, rest string, ok bool) {
	end := 0
	for end < len(s) && (s[end] >= '0' && s[end] <= '9' || s[end] == '.' && end+1 < len(s) && s[end+1] >= '0' && s[end+1] <= '9' || s[end] == '-' && !strings.Contains(s[:end], "-")) {
		end++
	}
	low, high, ok := strings.Cut(s[:end], "-")
	from, err1 := strconv.ParseFloat(low, 64)
	to, err2 := strconv.ParseFloat(high, 64)
	if !ok || err1 != nil || err2 != nil || to < from {
		return "", s, false
	}
	v := from + w.r.Float64()*(to-from)
	switch kind {
	case "n":
		made = strconv.Itoa(int(from) + w.r.IntN(int(to-from)+1))
	case "d":
		made = w.decimal(v)
	case "m":
		made = w.amount(v)
	case "y":
		made = strconv.Itoa(int(from) + w.r.IntN(int(to-from)+1))
	default:
		return "", s, false
	}
	return made, s[end:], true
}

// decimal writes a number with one place, or none when it is whole.
func (w *writer) decimal(v float64) string {
	s := strings.TrimSuffix(fmt.Sprintf("%.1f", v), ".0")
	switch w.family.Lang {
	case "ru", "es", "pt", "vi", "id", "de", "fr":
		return strings.Replace(s, ".", ",", 1)
	}
	return s
}

// amount writes a sum with two leading figures, thousands apart.
func (w *writer) amount(v float64) string {
	n, unit := int(v), 1
	for n/unit >= 100 {
		unit *= 10
	}
	n = n / unit * unit
	sep := ","
	switch w.family.Lang {
	case "es", "pt", "vi", "id", "de":
		sep = "."
	case "ru", "fr":
		sep = "\u00a0"
	}
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + sep + s[i:]
	}
	return s
}
