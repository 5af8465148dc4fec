package fit

import (
	"math"

	"scamatlas/extractors/verdict"
)

const (
	probe     = 90.0 // log odds that no group may reach
	maxWeight = 8.0  // log odds of one reason: 3,000 to 1 and no more, however clean the label set
)

// capOf finds how many log odds a group can move a verdict by, from what the rules make of a reason that is far too heavy.
func capOf(r *verdict.Rules, g *verdict.Ground) float64 {
	heavy := r.With(&verdict.Weights{Weights: map[string]float64{g.Code: math.Copysign(probe, g.Weight)}})
	reasons := heavy.Reasons([]verdict.Feature{{Code: g.Code, Group: g.Group, Value: 1}})
	if len(reasons) == 0 || math.Abs(reasons[0].Weight) >= probe {
		return math.Inf(1)
	}
	return math.Abs(reasons[0].Weight)
}
