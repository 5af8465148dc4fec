package cluster

import (
	"math"
	"slices"
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

// weighing gives sets weights that the test chooses; every token counts as shared.
type weighing struct {
	words  vocabulary
	rarity rarity
}

func newWeighing(weights map[uint32]float32) *weighing {
	w := &weighing{}
	for h := range weights {
		w.words.hashes = append(w.words.hashes, h)
	}
	slices.Sort(w.words.hashes)
	for _, h := range w.words.hashes {
		w.rarity.weight = append(w.rarity.weight, weights[h])
	}
	w.rarity.partial = true
	return w
}

func (w *weighing) set(total int, hashes ...uint32) weighed {
	var ids []uint32
	for _, h := range hashes {
		n, _ := slices.BinarySearch(w.words.hashes, h)
		ids = append(ids, uint32(n))
	}
	return w.rarity.weigh(&extractors.TokenSet{Hashes: hashes, Total: total}, &w.words, ids)
}

func TestJaccardWeighsTokens(t *testing.T) {
	w := newWeighing(map[uint32]float32{1: 4, 2: 1, 3: 1, 9: 2})
	a, b := w.set(2, 1, 2), w.set(2, 1, 3)
	if got := jaccard(&a, &b); got != 4.0/6 {
		t.Errorf("rare token shared: %v", got)
	}
	c := w.set(4, 1, 2)
	if c.info != 10 {
		t.Errorf("information of a sketch of half the set: %v, want that of the whole", c.info)
	}
	d := w.set(3, 1, 2, 9) // 9 lies beyond what the sketch c knows
	if got := jaccard(&c, &d); got != 1 {
		t.Errorf("sketch against full set: %v, want 1", got)
	}
	none := w.set(0)
	if got := jaccard(&none, &a); got != 0 {
		t.Errorf("empty set: %v", got)
	}
}

func TestLittleInformationCountsLittle(t *testing.T) {
	sets := func(n int) *[signals]weighed {
		hashes, weights := set(tokens("x", n)).Hashes, map[uint32]float32{}
		for _, h := range hashes {
			weights[h] = 4
		}
		return &[signals]weighed{tags: newWeighing(weights).set(n, hashes...)}
	}
	if p := compare(sets(10), sets(10)); p[tags] != .5 {
		t.Errorf("ten tokens of weight 4 where 80 are wanted: %v, want half", p[tags])
	}
	if p := compare(sets(40), sets(40)); p[tags] != 1 {
		t.Errorf("enough information: %v, want all", p[tags])
	}
}
