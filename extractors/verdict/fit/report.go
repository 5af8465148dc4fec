package fit

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"text/tabwriter"

	"scamatlas/extractors/verdict"
)

// Report is how verdicts fare on sites whose label is known.
type Report struct {
	Set         string  `json:"set"`
	All         Tally   `json:"all"`
	TPRLow      float64 `json:"tpr_low"`  // 95 % of draws of families with replacement lie above
	FPRHigh     float64 `json:"fpr_high"` // and below
	Calibration float64 `json:"calibration_error"`
	Bins        []Bin   `json:"bins"`
	Langs       []Tally `json:"langs"`
	Kinds       []Tally `json:"kinds"`
	Families    []Tally `json:"families"`
	Misses      []Miss  `json:"misses,omitempty"`
}

// Tally counts sites and what they were called.
type Tally struct {
	Name           string  `json:"name"`
	Kind           string  `json:"kind,omitempty"`
	Fake           int     `json:"fake"`
	Honest         int     `json:"honest"`
	Found          int     `json:"found"`           // fakes called fake
	FoundAtAll     int     `json:"found_at_all"`    // fakes called fake or suspicious
	Confirmed      int     `json:"confirmed"`       // fakes that are confirmed
	Wrong          int     `json:"wrong"`           // honest sites called fake
	Suspected      int     `json:"suspected"`       // honest sites called fake or suspicious
	WrongConfirmed int     `json:"wrong_confirmed"` // honest sites that would be exported
	Mean           float64 `json:"mean_score"`
}

// TPR is the share of fakes called fake; 1 where there are none.
func (t *Tally) TPR() float64 { return share(t.Found, t.Fake, 1) }

// FPR is the share of honest sites called fake.
func (t *Tally) FPR() float64 { return share(t.Wrong, t.Honest, 0) }

func share(n, of int, none float64) float64 {
	if of == 0 {
		return none
	}
	return float64(n) / float64(of)
}

// Bin is one tenth of the scores.
type Bin struct {
	Sites int     `json:"sites"`
	Score float64 `json:"score"` // mean
	Share float64 `json:"share"` // of fakes
}

// Miss is one wrong family with the reasons of one wrong site of it.
type Miss struct {
	Family  string             `json:"family"`
	Fake    bool               `json:"fake"`
	Sites   int                `json:"sites"`
	Score   float64            `json:"score"`
	Reasons map[string]float64 `json:"reasons"` // weights
}

// Judge scores sites with the rules' own weights.
func Judge(r *verdict.Rules, set string, sites []Site) *Report {
	w := r.Weights()
	j := newJudge(r, &w)
	return judgeAll(set, sites, func(*Site) *judge { return j })
}

// Cross scores the sites that res was fitted on, each by the weights of the fold that its family was left out of.
func Cross(r *verdict.Rules, res *Result, sites []Site) *Report {
	judges := make([]*judge, folds)
	for k := range res.folds {
		judges[k] = newJudge(r, &res.folds[k])
	}
	return judgeAll("fit, out of fold", sites, func(s *Site) *judge { return judges[foldOf(s.Family)] })
}

func judgeAll(set string, sites []Site, by func(*Site) *judge) *Report {
	rep := &Report{Set: set, Bins: make([]Bin, tableBins)}
	rep.All.Name = "all"
	families, langs, kinds, misses := map[string]*Tally{}, map[string]*Tally{}, map[string]*Tally{}, map[string]*Miss{}
	for i := range sites {
		s := &sites[i]
		j := by(s)
		o := j.outcome(s)
		for _, t := range []*Tally{&rep.All, of(langs, s.Lang), of(kinds, s.Kind), of(families, s.Family)} {
			t.count(s.Fake, o)
		}
		families[s.Family].Kind = s.Kind
		rep.bin(s.Fake, o.score)
		if s.Fake != o.fake {
			miss(misses, j.rules, s, o)
		}
	}
	rep.Langs, rep.Kinds, rep.Families = sorted(langs), sorted(kinds), sorted(families)
	for _, k := range slices.Sorted(maps.Keys(misses)) {
		rep.Misses = append(rep.Misses, *misses[k])
	}
	rep.finish()
	return rep
}

func of(m map[string]*Tally, name string) *Tally {
	if m[name] == nil {
		m[name] = &Tally{Name: name}
	}
	return m[name]
}

func (t *Tally) count(fake bool, o outcome) {
	n := func(b bool) int {
		if b {
			return 1
		}
		return 0
	}
	t.Mean += o.score
	if fake {
		t.Fake++
		t.Found, t.FoundAtAll, t.Confirmed = t.Found+n(o.fake), t.FoundAtAll+n(o.suspicious), t.Confirmed+n(o.confirmed)
		return
	}
	t.Honest++
	t.Wrong, t.Suspected, t.WrongConfirmed = t.Wrong+n(o.fake), t.Suspected+n(o.suspicious), t.WrongConfirmed+n(o.confirmed)
}

func (r *Report) bin(fake bool, score float64) {
	b := &r.Bins[min(int(score*tableBins), tableBins-1)]
	b.Sites++
	b.Score += score
	if fake {
		b.Share++
	}
}

func miss(all map[string]*Miss, r *verdict.Rules, s *Site, o outcome) {
	m := all[s.Family]
	if m == nil {
		m = &Miss{Family: s.Family, Fake: s.Fake, Score: o.score, Reasons: map[string]float64{}}
		for _, x := range r.Reasons(s.Features) {
			m.Reasons[x.Code] = x.Weight
		}
		all[s.Family] = m
	}
	m.Sites++
}

func sorted(m map[string]*Tally) []Tally {
	var all []Tally
	for _, name := range slices.Sorted(maps.Keys(m)) {
		t := *m[name]
		t.Mean /= float64(t.Fake + t.Honest)
		all = append(all, t)
	}
	return all
}

// finish makes means of sums, and the figures over bins and families.
func (r *Report) finish() {
	n := r.All.Fake + r.All.Honest
	if n == 0 {
		return
	}
	r.All.Mean /= float64(n)
	for i := range r.Bins {
		b := &r.Bins[i]
		if b.Sites == 0 {
			continue
		}
		b.Score, b.Share = b.Score/float64(b.Sites), b.Share/float64(b.Sites)
		r.Calibration += math.Abs(b.Score-b.Share) * float64(b.Sites) / float64(n)
	}
	r.draw()
}

const draws = 1000

// draw takes families with replacement, as another author might have written others: sites of one family are not independent.
func (r *Report) draw() {
	rng := rand.New(rand.NewPCG(11, 0))
	var tprs, fprs []float64
	for range draws {
		t := Tally{}
		for range r.Families {
			f := r.Families[rng.IntN(len(r.Families))]
			t.Fake, t.Honest, t.Found, t.Wrong = t.Fake+f.Fake, t.Honest+f.Honest, t.Found+f.Found, t.Wrong+f.Wrong
		}
		tprs, fprs = append(tprs, t.TPR()), append(fprs, t.FPR())
	}
	slices.Sort(tprs)
	slices.SortFunc(fprs, func(a, b float64) int { return cmp.Compare(b, a) })
	r.TPRLow, r.FPRHigh = tprs[draws/20], fprs[draws/20]
}

// Print writes the report as tables for people.
func (r *Report) Print(to io.Writer) error {
	t := tabwriter.NewWriter(to, 2, 0, 2, ' ', 0)
	fmt.Fprintf(t, "== %s: %d fake and %d honest sites of %d families\n", r.Set, r.All.Fake, r.All.Honest, len(r.Families))
	fmt.Fprintf(t, "true positives %.2f %% (95 %% of draws of families above %.1f), false %.2f %% (below %.1f); suspicious or worse: %.2f %% and %.2f %%; confirmed: %.1f %% and %d sites; calibration error %.1f points\n",
		100*r.All.TPR(), 100*r.TPRLow, 100*r.All.FPR(), 100*r.FPRHigh, 100*share(r.All.FoundAtAll, r.All.Fake, 1), 100*share(r.All.Suspected, r.All.Honest, 0), 100*share(r.All.Confirmed, r.All.Fake, 1), r.All.WrongConfirmed, 100*r.Calibration)
	fmt.Fprintln(t, "scores\tsites\tmean score\tfakes")
	for _, b := range r.Bins {
		fmt.Fprintf(t, "\t%d\t%.3f\t%.3f\n", b.Sites, b.Score, b.Share)
	}
	rows := func(head string, all []Tally) {
		fmt.Fprintf(t, "%s\tkind\tfake\tfound\tor suspicious\tconfirmed\thonest\twrong\tor suspicious\tconfirmed\tmean score\n", head)
		for _, x := range all {
			fmt.Fprintf(t, "%s\t%s\t%d\t%d\t%d\t%d\t%d\t%d\t%d\t%d\t%.3f\n", x.Name, x.Kind, x.Fake, x.Found, x.FoundAtAll, x.Confirmed, x.Honest, x.Wrong, x.Suspected, x.WrongConfirmed, x.Mean)
		}
	}
	rows("language", r.Langs)
	rows("kind of site", r.Kinds)
	rows("family", r.Families)
	for _, m := range r.Misses {
		fmt.Fprintf(t, "wrong: %s, %d sites, one of them %.3f:", m.Family, m.Sites, m.Score)
		for _, code := range slices.SortedFunc(maps.Keys(m.Reasons), func(a, b string) int { return cmp.Or(cmp.Compare(m.Reasons[b], m.Reasons[a]), cmp.Compare(a, b)) }) {
			fmt.Fprintf(t, " %s %+.2f", code, m.Reasons[code])
		}
		fmt.Fprintln(t)
	}
	return t.Flush()
}
