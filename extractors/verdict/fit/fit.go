// Package fit turns labelled sites into the weights, the calibration and the bars of verdicts.
//
// The weights are those of a logistic regression with an L2 penalty on how far each goes from its starting weight: a reason that the
// label set hardly shows stays where the people who wrote it put it, one that is seen often goes where the sites say. No weight crosses
// zero: what a reason speaks for is its meaning, not for data to turn. Families count alike however many samples they have, and fakes as
// much as honest sites; so the score is a probability for a site of which nothing is known, where one of two is fake.
//
// Families, never samples, make up a set to fit on and a set to test on (package corpus). Penalty, calibration and bars
// come from scores within the fitting set, each family scored by weights, and by words, that were fitted without it; Cross reports these
// scores. They flatter: whoever wrote the word lists had seen the families. What the label set is, and what
// it cannot show, stands in package corpus. How often a reason that comes from outside the pages holds (age of the name, kit rules,
// cloaking, kin) was set by hand there: its weight is an opinion with a number.
package fit

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"scamatlas/extractors/verdict"
	"scamatlas/extractors/verdict/corpus"
)

// Result is what was learned, and how.
type Result struct {
	Weights  verdict.Weights
	Penalty  float64 // chosen
	Families int
	Sites    int
	Loss     map[float64]float64 // mean log loss out of fold, by penalty

	folds []verdict.Weights // what was fitted without each fold, with the calibration and bars of Weights
}

// problem is the fitting set as columns.
type problem struct {
	rules  *verdict.Rules
	sites  []Site
	codes  []string
	shape  shape
	rows   []row
	fold   []int
	column map[string]int
}

// Weights learns from sites, all of which it uses: hand it the fitting set.
func Weights(r *verdict.Rules, sites []Site) (*Result, error) {
	if len(sites) == 0 {
		return nil, fmt.Errorf("fitting weights: no sites")
	}
	p := newProblem(r, sites)
	res := &Result{Sites: len(sites), Families: len(familyWeights(sites)), Loss: map[float64]float64{}}
	best := math.Inf(1)
	var logits []float64
	for _, lambda := range penalties() {
		weights := p.withoutFolds(lambda)
		z := p.outOfFold(weights)
		loss := p.loss(z)
		res.Loss[lambda] = loss
		// A greater penalty wins unless a smaller one is better by more than noise: it stays nearer to what people wrote.
		if loss < best*(1-worthwhile) {
			best, res.Penalty, logits, res.folds = loss, lambda, z, weights
		}
	}
	m := p.train(res.Penalty, -1)
	res.Weights = p.weights(&m)
	p.calibrate(&res.Weights, logits)
	for k := range res.folds {
		res.folds[k].Calibration, res.folds[k].Bars = res.Weights.Calibration, res.Weights.Bars
	}
	res.Weights.FittedOn = fmt.Sprintf("%d sites of %d families of the made-up label set and of published packages; label set of %s; the families of corpus/blind left out; L2 penalty %g on the way from the starting weights, chosen over %d folds of families; no random numbers",
		res.Sites, res.Families, corpus.Now().Format("2006-01-02"), res.Penalty, folds)
	res.Weights.Note = "Written by make fit. Scores are calibrated for one fake among two sites."
	return res, nil
}

// penalties, the greatest first. Smaller ones still win a little out of fold, for the families that score are of the same few writers as those
// that are fitted: others' sites they would not know.
func penalties() []float64 { return []float64{30, 10, 3} }

func newProblem(r *verdict.Rules, sites []Site) *problem {
	p := &problem{rules: r, sites: sites, column: map[string]int{}}
	groups := map[string]int{}
	for _, g := range r.Grounds() {
		p.column[g.Code] = len(p.codes)
		p.codes = append(p.codes, g.Code)
		p.shape.add(&g, groups, capOf(r, &g))
	}
	p.shape.pull = pulls(p.column, sites)
	weight := balanced(sites)
	for i, s := range sites {
		p.fold = append(p.fold, foldOf(s.Family))
		at := row{fake: s.Fake, weight: weight[i]}
		for _, code := range slices.Sorted(maps.Keys(s.Values)) {
			if j, ok := p.column[baseCode(code)]; ok {
				at.add(j, s.Values[code])
			}
		}
		p.rows = append(p.rows, at)
	}
	return p
}

// pulls holds a reason the harder to its starting weight the fewer families show it: of two families nobody can tell what is theirs and what
// is the reason's.
func pulls(column map[string]int, sites []Site) []float64 {
	families := make([]map[string]bool, len(column))
	for i := range families {
		families[i] = map[string]bool{}
	}
	for _, s := range sites {
		for code := range s.Values {
			if j, ok := column[baseCode(code)]; ok {
				families[j][s.Family] = true
			}
		}
	}
	out := make([]float64, len(column))
	for j, f := range families {
		out[j] = 1 + fewFamilies/float64(max(len(f), 1))
	}
	return out
}

func foldOf(family string) int { return int(hashOf(family) >> 4 % folds) }

// add sets a column, or raises it: several kit rules are one reason as strong as they are many.
func (r *row) add(j int, value float64) {
	if i := slices.Index(r.at, j); i >= 0 {
		r.value[i] += value
		return
	}
	r.at, r.value = append(r.at, j), append(r.value, value)
}

// add makes a column of a reason.
func (s *shape) add(g *verdict.Ground, groups map[string]int, limit float64) {
	at, ok := groups[g.Group]
	if !ok {
		at = len(groups)
		groups[g.Group] = at
		s.cap = append(s.cap, math.Inf(1))
	}
	s.cap[at] = min(s.cap[at], limit)
	s.start = append(s.start, g.Weight)
	s.sign = append(s.sign, cmp.Compare(g.Weight, 0))
	s.group = append(s.group, at)
}

// baseCode: all kit rules share a weight.
func baseCode(code string) string {
	if strings.HasPrefix(code, "rule:") {
		return "rule"
	}
	return code
}

func sortFeatures(all []verdict.Feature) {
	slices.SortFunc(all, func(a, b verdict.Feature) int { return cmp.Compare(a.Code, b.Code) })
}

// familyWeights gives how many sites a family has.
func familyWeights(sites []Site) map[string]int {
	n := map[string]int{}
	for _, s := range sites {
		n[s.Family]++
	}
	return n
}

// balanced gives each family the same weight, and both labels half of all.
func balanced(sites []Site) []float64 {
	n := familyWeights(sites)
	label := map[bool]float64{}
	for _, s := range sites {
		label[s.Fake] += 1 / float64(n[s.Family])
	}
	total := label[true] + label[false]
	out := make([]float64, len(sites))
	for i, s := range sites {
		out[i] = total / 2 / label[s.Fake] / float64(n[s.Family]) * samplesToFit
	}
	return out
}

// train fits on all rows but those of one fold.
func (p *problem) train(lambda float64, without int) model {
	rows := make([]row, 0, len(p.rows))
	for i, r := range p.rows {
		if p.fold[i] != without {
			rows = append(rows, r)
		}
	}
	return train(rows, &p.shape, lambda)
}

// withoutFolds fits without each fold in turn.
func (p *problem) withoutFolds(lambda float64) []verdict.Weights {
	out := make([]verdict.Weights, folds)
	inParallel(folds, func(k int) {
		m := p.train(lambda, k)
		out[k] = p.weights(&m)
	})
	return out
}

// outOfFold scores each site by weights that were fitted without its family's fold.
func (p *problem) outOfFold(weights []verdict.Weights) []float64 {
	z := make([]float64, len(p.rows))
	judges := make([]*judge, folds)
	for k := range weights {
		judges[k] = newJudge(p.rules, &weights[k])
	}
	for i := range p.rows {
		z[i] = judges[p.fold[i]].logit(p.sites[i].Features)
	}
	return z
}

// loss is the mean log loss of log odds.
func (p *problem) loss(z []float64) float64 {
	sum, total := 0.0, 0.0
	for i, r := range p.rows {
		s := z[i]
		if r.fake {
			s = -s
		}
		sum += r.weight * math.Log1p(math.Exp(math.Min(s, 30)))
		total += r.weight
	}
	return sum / total
}

func (p *problem) weights(m *model) verdict.Weights {
	w := verdict.Weights{Bias: round(m.bias, 4), Weights: map[string]float64{}}
	for j, code := range p.codes {
		w.Weights[code] = round(m.weights[j], 4)
	}
	return w
}
