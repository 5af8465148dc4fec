package cluster

import (
	"fmt"
	"math"
	"testing"
)

// sampledPairs gives, for each two of some sites, what their samples share.
func sampledPairs(f *finder, n int, fn func(i, j int, shared counts)) {
	for i := range n {
		for j := range i {
			var shared counts
			for s := range kinds {
				held := map[uint32]bool{}
				for _, slot := range f.samples[s].of(i) {
					held[slot] = true
				}
				for _, slot := range f.samples[s].of(j) {
					if held[slot] {
						shared += counts(f.lists[s].lists[slot].steps) << (8 * s)
					}
				}
			}
			fn(i, j, shared)
		}
	}
}

func TestSamplesTellWhoIsAlike(t *testing.T) {
	const copiesEach = 20
	var b Builder
	for i := range 3 * copiesEach {
		b.Add(front(alive(host("site", i)), fmt.Sprint("kit", i/copiesEach), .7+.02*float64(i%10)))
	}
	for i := range 40 {
		b.Add(front(alive(host("strange", i)), "", 0))
	}
	b.settle()
	k := newKits(b.sites, background, &b.arena)
	each := make([][]int, len(k.sites))
	order := make([]int, len(k.sites))
	for i := range each {
		each[i], order[i] = []int{i}, i
	}
	k.weigh(each, 0)
	f := newFinder(k, DefaultKitCut)
	f.sample(order)
	sampledPairs(f, len(order), func(i, j int, shared counts) {
		a, b := &f.sketch[i], &f.sketch[j]
		like, truth := float64(a.alike(b, shared)), k.similarity(i, j)
		if math.Abs(like-truth) > .25 {
			t.Errorf("%s and %s seem %.2f alike and are %.2f", k.sites[i].host, k.sites[j].host, like, truth)
		}
		for _, cut := range []float32{.1, .3, .5, .7, .9} {
			if float32(like) >= cut && !a.mayBe(b, shared, cut) {
				t.Errorf("%s and %s may not be %.1f alike, and seem %.2f", k.sites[i].host, k.sites[j].host, cut, like)
			}
		}
	})
}

func TestMeetingCountsByKind(t *testing.T) {
	m := meeting{shared: make([]counts, 4), met: make([]int32, 5)}
	m.meet([]int32{2, 0}, int(assets), 3)
	m.meet([]int32{2, 3}, bands, 10)
	m.meet([]int32{2}, int(assets), 4)
	if got := m.met[:m.n]; fmt.Sprint(got) != "[2 0 3]" {
		t.Errorf("met %v", got)
	}
	if c := m.shared[2]; c.of(int(assets)) != 7 || c.of(bands) != 10 || c.of(int(tags)) != 0 || c.sum() != 17 {
		t.Errorf("of 2: %x", c)
	}
	if c := m.shared[1]; c != 0 {
		t.Errorf("1 was not met: %x", c)
	}
	full := counts(math.MaxUint64)
	if got := full.sum(); got != kinds*math.MaxUint8 {
		t.Errorf("all there can be: %d", got)
	}
}
