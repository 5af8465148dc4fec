package fit

import (
	"scamatlas/extractors"
	"scamatlas/extractors/verdict"
)

// judge scores reasons that are at hand without their page. A test holds it against verdict.Rules.Judge.
type judge struct {
	rules   *verdict.Rules
	weights *verdict.Weights
}

func newJudge(r *verdict.Rules, w *verdict.Weights) *judge {
	return &judge{rules: r.With(w), weights: w}
}

// logit is the sum of weights, groups capped as the verdict does.
func (j *judge) logit(features []verdict.Feature) float64 {
	z := j.weights.Bias
	reasons := j.rules.Reasons(features)
	for _, x := range reasons[:min(len(reasons), extractors.MaxReasons)] {
		z += x.Weight
	}
	return z
}

// outcome is what a site was called.
type outcome struct {
	score            float64
	fake, suspicious bool // suspicious or worse
	confirmed        bool
}

// outcome decides as the verdict does when the page is no longer at hand.
func (j *judge) outcome(s *Site) outcome {
	v := j.rules.Rejudge(extractors.Verdict{Reasons: j.rules.Reasons(s.Features)}, s.facts)
	return outcome{score: v.Score, fake: v.Label == extractors.LabelFake, suspicious: v.Label == extractors.LabelFake || v.Label == extractors.LabelSuspicious, confirmed: v.Confirmed}
}
