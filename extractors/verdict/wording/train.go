package wording

import (
	"cmp"
	"math"
	"slices"
)

// doc is one labelled site as numbers.
type doc struct {
	Terms  []int32 // numbers in a list of terms, each once
	Fake   bool
	Weight float64
}

// linear is a bias and one weight a term; a document's terms count 1/√n each.
type linear struct {
	bias    float64
	weights []float64
}

func (m *linear) logit(terms []int32) float64 {
	if len(terms) == 0 {
		return m.bias
	}
	z := 0.0
	for _, t := range terms {
		z += m.weights[t]
	}
	return m.bias + z/math.Sqrt(float64(len(terms)))
}

// fitLinear minimises weight·log loss + lambda/2·|w|², the bias free, by Nesterov's accelerated gradient with the step that the largest
// curvature allows: no random numbers, so that the answer is one.
func fitLinear(docs []doc, terms int, lambda float64, rounds int) linear {
	m := linear{weights: make([]float64, terms)}
	ahead := linear{weights: make([]float64, terms)}
	grad := make([]float64, terms)
	total := 0.0
	for i := range docs {
		total += docs[i].Weight
	}
	if total == 0 {
		return m
	}
	step := 1 / (total/2 + lambda) // rows have length 1, and the bias 1 more: a quarter of 2
	root := math.Sqrt(lambda / (total/2 + lambda))
	speed := (1 - root) / (1 + root)
	for range rounds {
		bias := ahead.gradient(docs, grad)
		next := ahead.bias - step*bias
		ahead.bias, m.bias = next+speed*(next-m.bias), next
		for j, w := range ahead.weights {
			next := w - step*(grad[j]+lambda*w)
			ahead.weights[j] = next + speed*(next-m.weights[j])
			m.weights[j] = next
		}
	}
	return m
}

// gradient of the log loss; the bias's is returned.
func (m *linear) gradient(docs []doc, grad []float64) float64 {
	clear(grad)
	bias := 0.0
	for i := range docs {
		d := &docs[i]
		p := 1 / (1 + math.Exp(-m.logit(d.Terms)))
		if d.Fake {
			p--
		}
		p *= d.Weight
		bias += p
		if len(d.Terms) == 0 {
			continue
		}
		p /= math.Sqrt(float64(len(d.Terms)))
		for _, t := range d.Terms {
			grad[t] += p
		}
	}
	return bias
}

// Labelled is a site to learn from.
type Labelled struct {
	Source string // sites of one source are not independent: a term has to be in minSources of them
	Terms  []string
	Fake   bool
	Weight float64
}

// Learning is how Learn learns.
type Learning struct {
	Lambda     float64 // weight of the L2 penalty
	Rounds     int
	MinSources int
	Keep       int // terms of either model that are kept: the heaviest
}

// Learn fits both models, keeps the heaviest terms and fits these again.
func Learn(c *Concepts, sites []Labelled, how Learning) *Model {
	var terms []string
	var weights []float64
	var bias [2]float64
	for side := range bias {
		of := func(t string) bool { return shared(t) == (side == 1) }
		vocabulary := common(sites, of, how.MinSources)
		m := fitLinear(encode(sites, vocabulary), len(vocabulary), how.Lambda, how.Rounds)
		if len(vocabulary) > how.Keep {
			vocabulary = heaviest(vocabulary, m.weights, how.Keep)
			m = fitLinear(encode(sites, vocabulary), len(vocabulary), how.Lambda, how.Rounds)
		}
		for i, t := range vocabulary {
			terms, weights = append(terms, t), append(weights, rounded(m.weights[i]))
		}
		bias[side] = rounded(m.bias)
	}
	return newModel(c, terms, weights, bias)
}

func rounded(v float64) float64 { return math.Round(v*1000) / 1000 }

// common gives the terms that enough sources have, sorted.
func common(sites []Labelled, of func(string) bool, minSources int) []string {
	type tally struct {
		last string
		n    int
	}
	// Sites of a source stand together.
	count := map[string]*tally{}
	for i := range sites {
		for _, t := range sites[i].Terms {
			if !of(t) {
				continue
			}
			x := count[t]
			if x == nil {
				x = &tally{}
				count[t] = x
			}
			if x.n == 0 || x.last != sites[i].Source {
				x.n, x.last = x.n+1, sites[i].Source
			}
		}
	}
	var out []string
	for t, x := range count {
		if x.n >= minSources {
			out = append(out, t)
		}
	}
	slices.Sort(out)
	return out
}

func encode(sites []Labelled, vocabulary []string) []doc {
	index := make(map[string]int32, len(vocabulary))
	for i, t := range vocabulary {
		index[t] = int32(i)
	}
	out := make([]doc, len(sites))
	for i := range sites {
		out[i] = doc{Fake: sites[i].Fake, Weight: sites[i].Weight}
		for _, t := range sites[i].Terms {
			if n, ok := index[t]; ok {
				out[i].Terms = append(out[i].Terms, n)
			}
		}
	}
	return out
}

// heaviest keeps n terms, in their order.
func heaviest(terms []string, weights []float64, n int) []string {
	order := make([]int, len(terms))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int {
		return cmp.Or(cmp.Compare(math.Abs(weights[b]), math.Abs(weights[a])), cmp.Compare(a, b))
	})
	order = order[:n]
	slices.Sort(order)
	out := make([]string, n)
	for i, k := range order {
		out[i] = terms[k]
	}
	return out
}
