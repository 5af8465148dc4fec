package cluster

import (
	"math"
	"testing"

	"scamatlas/extractors"
)

func TestScoreIsNoisyOr(t *testing.T) {
	for name, tc := range map[string]struct {
		p    parts
		want float64
	}{
		"nothing":                    {parts{}, 0},
		"all equal":                  {parts{1, 1, 1, 1, 1}, 1 - .1*.1*.05*.2*.2},
		"tags and classes half":      {parts{tags: .5, classes: .5}, 1 - .55*.55},
		"files and names":            {parts{assets: .4, names: .25}, 1 - (1-.95*.4)*(1-.8*.25)},
		"one signal is not enough":   {parts{assets: .7}, related},
		"one weak signal stays weak": {parts{text: .05}, .8 * .05},
		"one signal nearly complete": {parts{tags: .9}, .9 * .9},
		"the second must say a word": {parts{tags: .7, names: .09}, related},
	} {
		if got := tc.p.score(); math.Abs(got-tc.want) > 1e-9 {
			t.Errorf("%s: %v, want %v", name, got, tc.want)
		}
	}
}

func all(uint32) bool { return true }

func TestJaccardWeighsTokens(t *testing.T) {
	weights := map[uint32]float32{1: 4, 2: 1, 3: 1, 9: 2}
	weightOf := func(h uint32) float32 { return weights[h] }
	full := func(h ...uint32) weighed { return weigh(&extractors.TokenSet{Hashes: h, Total: len(h)}, weightOf, all) }
	a, b := full(1, 2), full(1, 3)
	if got := jaccard(&a, &b); got != 4.0/6 {
		t.Errorf("rare token shared: %v", got)
	}
	c := weigh(&extractors.TokenSet{Hashes: []uint32{1, 2}, Total: 4}, weightOf, all)
	if c.info != 10 {
		t.Errorf("information of a sketch of half the set: %v, want that of the whole", c.info)
	}
	d := full(1, 2, 9) // 9 lies beyond what the sketch c knows
	if got := jaccard(&c, &d); got != 1 {
		t.Errorf("sketch against full set: %v, want 1", got)
	}
	none := full()
	if got := jaccard(&none, &a); got != 0 {
		t.Errorf("empty set: %v", got)
	}
}

func TestLittleInformationCountsLittle(t *testing.T) {
	unit := func(uint32) float32 { return 4 }
	sets := func(n int) *[signals]weighed {
		var s [signals]weighed
		t := set(tokens("x", n))
		s[tags] = weigh(&t, unit, all)
		return &s
	}
	if p := compare(sets(10), sets(10)); p[tags] != .5 {
		t.Errorf("ten tokens of weight 4 where 80 are wanted: %v, want half", p[tags])
	}
	if p := compare(sets(40), sets(40)); p[tags] != 1 {
		t.Errorf("enough information: %v, want all", p[tags])
	}
}
