package claim

import (
	"embed"
	"fmt"
	"strings"
)

// registers.tsv: type, scheme, confidence, check, shapes, labels, source, date. regulators.tsv: short name, names, source, date.
// terms.tsv: what, words, source, date. Columns are parted by tabs, lists within them by "; ".
//
//go:embed data/*.tsv
var dataFS embed.FS

// rows reads a table whose lines have n columns; "#" opens a comment.
func rows(file string, n int) ([][]string, error) {
	body, err := dataFS.ReadFile("data/" + file)
	if err != nil {
		return nil, err
	}
	var out [][]string
	for line := range strings.Lines(string(body)) {
		line = strings.TrimRight(line, "\r\n")
		if line == "" || line[0] == '#' {
			continue
		}
		f := strings.Split(line, "\t")
		if len(f) != n {
			return out, fmt.Errorf("%s: %q has %d columns, not %d", file, line, len(f), n)
		}
		out = append(out, f)
	}
	return out, nil
}

// What the tables say; read once, never changed. A line that cannot be used is left out: TestTables names it.
var (
	registers, _  = readRegisters()
	regulators, _ = readRegulators()
	terms, _      = readTerms()
)

// register is one kind of number with its labels.
type register struct {
	kind, scheme, confidence, check string
	shapes                          []shape
}

// label is what a phrase of registers.tsv leads to. A weak one (a regulator's name) needs a word for number or licence behind it.
type label struct {
	*register
	weak bool
}

func readRegisters() (phrases[label], error) {
	all := phrases[label]{}
	lines, err := rows("registers.tsv", 8)
	for _, f := range lines {
		r := &register{kind: f[0], scheme: f[1], confidence: f[2], check: f[3]}
		for _, s := range strings.Split(f[4], "; ") {
			r.shapes = append(r.shapes, shape(s))
		}
		for _, l := range strings.Split(f[5], "; ") {
			name, weak := strings.CutPrefix(l, "?")
			all.put(name, label{r, weak})
		}
	}
	return all, err
}

// authority is one name of a regulator.
type authority struct {
	short string
	exact string // an abbreviation that counts only as it is written
}

func readRegulators() (phrases[authority], error) {
	all := phrases[authority]{}
	lines, err := rows("regulators.tsv", 4)
	for _, f := range lines {
		for _, name := range strings.Split(f[1], "; ") {
			a := authority{short: f[0]}
			if name == strings.ToUpper(name) || !strings.Contains(name, " ") {
				a.exact = name
			}
			all.put(name, a)
		}
	}
	return all, err
}

// term is what a word or phrase means to the readers of promises, years and addresses.
type term string

func readTerms() (phrases[term], error) {
	all := phrases[term]{}
	lines, err := rows("terms.tsv", 4)
	for _, f := range lines {
		for _, name := range strings.Split(f[1], "; ") {
			all.put(name, term(f[0]))
		}
	}
	return all, err
}

// meaning gives the longest phrase at w that means one of the wanted terms.
func meaning(s string, w *word, want func(term) bool) (got term, end int) {
	terms.at(s, w, func(t term, e int) {
		if e > end && want(t) {
			got, end = t, e
		}
	})
	return got, end
}
