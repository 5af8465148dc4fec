package fit

import (
	"cmp"
	"slices"

	"scamatlas/extractors/verdict"
)

// Shares of honest sites that may stand above a bar, out of fold.
const (
	falseFakes      = 0.005
	falseSuspicious = 0.02
	missedFakes     = 0.01 // share of fakes that may stand below, where both can be had

	confirmMargin = 1.0 // log odds between the highest honest site and what is confirmed
	highestBar    = 0.995

	leastFake = 0.65 // score from which a site may be called fake: about two to one, for families that nobody has seen score less surely

	groupBar = 1.0 // log odds from which a group of reasons counts as one that speaks for a fake
)

// calibrate sets the table and the bars from log odds out of fold.
func (p *problem) calibrate(w *verdict.Weights, z []float64) {
	all := make([]scored, len(z))
	for i := range z {
		all[i] = scored{logit: z[i], fake: p.rows[i].fake, weight: p.rows[i].weight}
	}
	a, b := platt(all)
	w.Calibration = table(a, b)
	fake := barBetween(all, falseFakes)
	suspicious := min(barBetween(all, falseSuspicious), fake)
	// Who is named to others has to be as far above the bar as the bar is above an even chance, at least.
	w.Bars = verdict.Bars{
		Fake: round(max(clampScore(w.Probability(fake)), leastFake), 3), Suspicious: round(clampScore(w.Probability(suspicious)), 3), Group: groupBar,
	}
	// And above every honest site of the fitting set that acts, as all that is confirmed does, scored without its family, by a margin.
	var acting []scored
	for i, s := range all {
		if len(p.sites[i].Acts) > 0 {
			acting = append(acting, s)
		}
	}
	highest := w.Probability(quantile(acting, false, 1) + confirmMargin)
	w.Bars.Confirmed = round(min(max(w.Bars.Fake, (1+w.Bars.Fake)/2, highest), highestBar), 3)
}

func clampScore(p float64) float64 { return min(max(p, 0.02), 0.98) }

// barBetween gives log odds below which all but a share of honest sites stand: half way to where fakes begin, if there is room.
func barBetween(all []scored, share float64) float64 {
	honest := quantile(all, false, 1-share)
	fakes := quantile(all, true, missedFakes)
	if fakes > honest {
		return (fakes + honest) / 2
	}
	return honest + 1e-3
}

// quantile gives the log odds below or at which a share of the sites of one label stands, by weight.
func quantile(all []scored, fake bool, share float64) float64 {
	var of []scored
	total := 0.0
	for _, s := range all {
		if s.fake == fake {
			of = append(of, s)
			total += s.weight
		}
	}
	if len(of) == 0 {
		return 0
	}
	slices.SortFunc(of, func(a, b scored) int { return cmp.Compare(a.logit, b.logit) })
	sum := 0.0
	for _, s := range of {
		if sum += s.weight; sum >= share*total {
			return s.logit
		}
	}
	return of[len(of)-1].logit
}
