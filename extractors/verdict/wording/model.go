// Package wording turns the words of a site into how much they are those of fakes, and names the words.
//
// Two linear models are added up: one over concepts, which are the same in all languages, and their pairs within a sentence, and one over
// words and pairs of words as they stand. Numbers, sums, hosts and keys are masked, and a word counts once however often it is said. It
// knows no sentence: who quotes a fake at length sounds like one, and who writes what nobody has written yet sounds like nothing.
package wording

import (
	"bufio"
	"bytes"
	"cmp"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
)

// Model is what was learned. It is not changed once made, and may be used by many at once.
type Model struct {
	concepts *Concepts
	terms    []string
	weights  []float64
	index    map[string]int32
	bias     [2]float64 // of words, of concepts
	mix      Mix
	note     string
}

// Mix makes log odds of what both models say: Concepts·c + Words·w + Bias.
type Mix struct{ Concepts, Words, Bias float64 }

// Reading is what the words of a site say.
type Reading struct {
	Logit float64  // log odds of a fake, of one among two sites
	Known int      // terms of the site that the model knows
	Words []string // the words that speak most for Logit's side, strongest first, as they stand in the page, at most maxWords
}

func newModel(c *Concepts, terms []string, weights []float64, bias [2]float64) *Model {
	m := &Model{concepts: c, terms: terms, weights: weights, bias: bias, mix: Mix{1, 1, 0}, index: make(map[string]int32, len(terms))}
	for i, t := range terms {
		m.index[t] = int32(i)
	}
	return m
}

// With gives the same model, mixed otherwise; note says what it was learned from.
func (m *Model) With(mix Mix, note string) *Model {
	n := *m
	n.mix, n.note = mix, note
	return &n
}

// present is a term of a site that the model knows.
type present struct {
	term int32
	a, b string
}

func (m *Model) find(pieces []Piece) []present {
	seen := make([]bool, len(m.terms))
	var out []present
	c := collector{concepts: m.concepts, use: func(term []byte, a, b string) {
		if i, ok := m.index[string(term)]; ok && !seen[i] {
			seen[i] = true
			out = append(out, present{i, a, b})
		}
	}}
	c.read(pieces)
	return out
}

// Parts gives what the models of words and of concepts say, before they are mixed.
func (m *Model) Parts(pieces []Piece) (words, concepts float64) { return m.parts(m.find(pieces)) }

func (m *Model) parts(all []present) (words, concepts float64) {
	var sum [2]float64
	var n [2]int
	for _, p := range all {
		side := 0
		if shared(m.terms[p.term]) {
			side = 1
		}
		sum[side] += m.weights[p.term]
		n[side]++
	}
	for side := range sum {
		if n[side] > 0 {
			sum[side] /= math.Sqrt(float64(n[side]))
		}
		sum[side] += m.bias[side]
	}
	return sum[0], sum[1]
}

// Read judges the words of a site.
func (m *Model) Read(pieces []Piece) Reading {
	all := m.find(pieces)
	w, c := m.parts(all)
	r := Reading{Logit: m.mix.Words*w + m.mix.Concepts*c + m.mix.Bias, Known: len(all)}
	sign := math.Copysign(1, r.Logit)
	slices.SortFunc(all, func(a, b present) int {
		return cmp.Or(cmp.Compare(sign*m.weights[b.term], sign*m.weights[a.term]), cmp.Compare(a.term, b.term))
	})
	for _, p := range all {
		if len(r.Words) == maxWords || sign*m.weights[p.term] <= 0 {
			break
		}
		if s := m.spell(p); s != "" && !slices.ContainsFunc(r.Words, func(o string) bool { return strings.Contains(o, s) || strings.Contains(s, o) }) {
			r.Words = append(r.Words, s)
		}
	}
	return r
}

// spell gives a term as it stands in the page.
func (m *Model) spell(p present) string {
	s := m.terms[p.term]
	if shared(s) {
		if s = p.a; p.b != "" {
			s += " … " + p.b
		}
	}
	if len(s) > maxSpan {
		return ""
	}
	return s
}

// Write writes the file that Read reads: head, then a term and its weight a line.
func (m *Model) Write(to io.Writer) error {
	w := bufio.NewWriter(to)
	for _, line := range strings.Split(m.note, "\n") {
		fmt.Fprintf(w, "# %s\n", line)
	}
	fmt.Fprintf(w, "mix\t%g\t%g\t%g\nbias\t%g\t%g\n", m.mix.Concepts, m.mix.Words, m.mix.Bias, m.bias[1], m.bias[0])
	for i, t := range m.terms {
		fmt.Fprintf(w, "%s\t%g\n", t, m.weights[i])
	}
	return w.Flush()
}

// ReadModel reads what Write wrote. Errors give the line.
func ReadModel(file string, b []byte, c *Concepts) (*Model, error) {
	if len(b) > maxFile {
		return nil, fmt.Errorf("%s: larger than %d bytes", file, maxFile)
	}
	var mix Mix
	var bias [2]float64
	var terms []string
	var weights []float64
	head := 0
	for n, line := range bytes.Split(b, []byte("\n")) {
		if len(line) == 0 || head < 2 && line[0] == '#' {
			continue
		}
		f := strings.Split(string(line), "\t")
		v, err := numbers(f[1:])
		switch {
		case err != nil:
			return nil, fmt.Errorf("%s:%d: %w", file, n+1, err)
		case head == 0 && f[0] == "mix" && len(v) == 3:
			mix = Mix{v[0], v[1], v[2]}
			head++
		case head == 1 && f[0] == "bias" && len(v) == 2:
			bias = [2]float64{v[1], v[0]}
			head++
		case head == 2 && f[0] != "" && len(v) == 1 && len(terms) < maxTerms:
			terms, weights = append(terms, f[0]), append(weights, v[0])
		default:
			return nil, fmt.Errorf("%s:%d: want mix, bias, then term and weight, at most %d", file, n+1, maxTerms)
		}
	}
	if head < 2 {
		return nil, fmt.Errorf("%s: has no mix and bias", file)
	}
	return newModel(c, terms, weights, bias).With(mix, ""), nil
}

func numbers(fields []string) ([]float64, error) {
	var out []float64
	for _, f := range fields {
		v, err := strconv.ParseFloat(f, 64)
		if err != nil || !(math.Abs(v) <= 100) {
			return nil, fmt.Errorf("%q is no weight", f)
		}
		out = append(out, v)
	}
	return out, nil
}
