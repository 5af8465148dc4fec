package cluster

import (
	"math"
	"slices"
	"testing"
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
		if got := tc.p.score(false); math.Abs(got-tc.want) > 1e-9 {
			t.Errorf("%s: %v, want %v", name, got, tc.want)
		}
	}
}

// weighing gives sets weights that the test chooses; every token counts as shared.
type weighing struct {
	hashes []uint32
	rarity rarity
}

func newWeighing(weights map[uint32]float32) *weighing {
	w := &weighing{}
	for h := range weights {
		w.hashes = append(w.hashes, h)
	}
	slices.Sort(w.hashes)
	for _, h := range w.hashes {
		w.rarity.weight = append(w.rarity.weight, weights[h])
	}
	return w
}

// set makes one of total tokens of which these are known.
func (w *weighing) set(total int, hashes ...uint32) tokenSet {
	s := site{}
	t := tokenSet{weight: w.rarity.weight, limit: math.MaxUint32, end: uint32(len(w.hashes))}
	for _, h := range hashes {
		n, _ := slices.BinarySearch(w.hashes, h)
		t.ids = append(t.ids, uint32(n))
		if total > len(hashes) {
			t.limit, t.end = h, uint32(n)+1
		}
	}
	s.tokens, s.n[tags], s.total[tags] = t.ids, uint16(len(t.ids)), uint32(total)
	sum := w.rarity.weigh(&s, tags)
	t.weighed = &sum
	return t
}

func jaccardOf(a, b *tokenSet) float64 {
	limit, end := bounds(a, b)
	return jaccard(a.sum(limit, end), b.sum(limit, end), common(a, b))
}

func TestJaccardWeighsTokens(t *testing.T) {
	w := newWeighing(map[uint32]float32{1: 4, 2: 1, 3: 1, 9: 2})
	a, b := w.set(2, 1, 2), w.set(2, 1, 3)
	if got := jaccardOf(&a, &b); got != 4.0/6 {
		t.Errorf("rare token shared: %v", got)
	}
	c := w.set(4, 1, 2)
	if c.info != 10 {
		t.Errorf("information of a sketch of half the set: %v, want that of the whole", c.info)
	}
	d := w.set(3, 1, 2, 9) // 9 lies beyond what the sketch c knows; what lies before it is estimated
	if got := jaccardOf(&c, &d); math.Abs(got-1) > .07 {
		t.Errorf("sketch against full set: %v, want 1", got)
	}
	none := w.set(0)
	if got := jaccardOf(&none, &a); got != 0 {
		t.Errorf("empty set: %v", got)
	}
}

// TestLittleInformationCountsLittle compares sites with equal element 5-grams, n of them, which many others hold too.
func TestLittleInformationCountsLittle(t *testing.T) {
	for n, want := range map[int]float64{10: .5, 40: 1} {
		k := &kits{sites: make([]site, 2), sets: make([][signals]weighed, 2)}
		for s := range signals {
			k.words[s], k.rare[s] = &vocabulary{}, &rarity{}
		}
		k.words[tags].size = n
		ids := make([]uint32, n)
		for i := range ids {
			ids[i] = uint32(i)
			k.rare[tags].weight = append(k.rare[tags].weight, 4)
		}
		for i := range k.sites {
			k.sites[i].tokens, k.sites[i].n[tags], k.sites[i].total[tags], k.sites[i].limit[tags] = ids, uint16(n), uint32(n), math.MaxUint32
			k.sets[i][tags] = k.rare[tags].weigh(&k.sites[i], tags)
		}
		if p := k.compare(0, 1); p[tags] != want {
			t.Errorf("%d tokens of weight 4 where 80 are wanted: %v, want %v", n, p[tags], want)
		}
	}
}
