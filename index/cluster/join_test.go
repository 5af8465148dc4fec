package cluster

import (
	"cmp"
	"slices"
	"testing"

	"scamatlas/index"
)

// neighbourhood stands in for a store: it finds the sites that share most tokens or identifiers.
type neighbourhood struct {
	all []index.Neighbour
	by  map[any][]int
}

func keysOf(m *index.Member, fn func(any)) {
	for s := range signals {
		for _, h := range s.of(&m.Fingerprint).Hashes {
			fn(h)
		}
	}
	for _, i := range m.Indicators {
		fn(i.Key())
	}
}

func newNeighbourhood(all []index.Neighbour) *neighbourhood {
	n := &neighbourhood{all: all, by: map[any][]int{}}
	for i := range all {
		keysOf(&all[i].Member, func(k any) { n.by[k] = append(n.by[k], i) })
	}
	return n
}

func (n *neighbourhood) near(m *index.Member, limit int) (out []index.Neighbour) {
	shared := map[int]int{}
	keysOf(m, func(k any) {
		for _, i := range n.by[k] {
			shared[i]++
			if _, id := k.(string); id {
				shared[i] += 100
			}
		}
	})
	order := make([]int, 0, len(shared))
	for i := range shared {
		order = append(order, i)
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Or(cmp.Compare(shared[b], shared[a]), cmp.Compare(a, b)) })
	for _, i := range order[:min(limit, len(order))] {
		out = append(out, n.all[i])
	}
	return out
}

func TestJoiningGivesWhatARebuildGives(t *testing.T) {
	all := append(marked(city(700)), append(town(), estate(nil)...)...)
	var old, late []*index.Member
	for i, m := range all {
		if i%9 == 4 {
			late = append(late, m)
		} else {
			old = append(old, m)
		}
	}
	first := build(nil, old...)
	after := build(first, all...)
	in := func(cs []index.Cluster) map[string]*Joined {
		of := map[string]*Joined{}
		for _, c := range cs {
			for _, h := range c.Hosts {
				if of[h] == nil {
					of[h] = &Joined{}
				}
				if c.Layer == index.Kit {
					of[h].Kit = c.ID
				} else {
					of[h].Operator = c.ID
				}
			}
		}
		return of
	}
	before, want := in(first), in(after)
	var known []index.Neighbour
	ids := map[string]bool{"": true}
	for _, c := range first {
		ids[c.ID] = true
	}
	for _, m := range old {
		n := index.Neighbour{Member: *m}
		if j := before[m.Host]; j != nil {
			n.Kit, n.Operator = j.Kit, j.Operator
		}
		known = append(known, n)
	}
	var j Joiner
	store := newNeighbourhood(known)
	joined := 0
	for _, m := range late {
		w := Joined{}
		if want[m.Host] != nil {
			w = *want[m.Host]
		}
		if !ids[w.Kit] || !ids[w.Operator] {
			continue // a cluster that only the rebuild makes
		}
		got := j.Join(m, store.near(m, MaxJoined))
		if got != w {
			t.Errorf("%s joins %+v, a rebuild says %+v", m.Host, got, w)
		}
		if got != (Joined{}) {
			joined++
		}
	}
	if joined < 40 {
		t.Errorf("only %d of %d joined anything", joined, len(late))
	}
}

// All neighbours of a new site may be of one kit, whose tokens are common among them and rare in the store.
func TestLooseCopiesOfOneKitJoinAsARebuildPutsThem(t *testing.T) {
	var copies, all []*index.Member
	var near []index.Neighbour
	for i := range 60 {
		m := front(alive(host("kit", i)), "kit", .55+float64(i%5)/50)
		copies, near = append(copies, m), append(near, index.Neighbour{Member: *m, Kit: "k-1"})
	}
	all = append(all, copies...)
	for i := range 1000 {
		all = append(all, front(alive(host("own", i)), host("own", i), .9))
	}
	for _, share := range []float64{0, .1, .2, .3, .4, .5, .6} {
		late := front(alive("late.example"), "kit", share)
		want := ""
		for _, c := range build(nil, append(slices.Clone(all), late)...) {
			if slices.Contains(c.Hosts, late.Host) {
				want = "k-1"
			}
		}
		if (want == "k-1") != (share >= .3) {
			t.Errorf("a rebuild puts a site with %v of the kit in %q", share, want)
		}
		var j Joiner
		if got := j.Join(late, near); got.Kit != want {
			t.Errorf("a site with %v of the kit joins %q, a rebuild says %q", share, got.Kit, want)
		}
	}
}

func BenchmarkJoin(b *testing.B) {
	all := city(4000)
	var known []index.Neighbour
	for _, m := range all[1:] {
		known = append(known, index.Neighbour{Member: *m, Kit: "k-1"})
	}
	near := newNeighbourhood(known).near(all[0], index.MaxNear)
	var j Joiner
	for b.Loop() {
		j.Join(all[0], near)
	}
}

// What analysts decided about others says nothing of a new site; what they decided about it wins.
func TestJoiningObeysAnalysts(t *testing.T) {
	var near []index.Neighbour
	for i := range 4 {
		near = append(near, index.Neighbour{Member: *front(alive(host("kit", i)), "kit", .9), Kit: "k-1"})
		near = append(near, index.Neighbour{Member: *front(alive(host("other", i)), "other", .9), Kit: "k-2"})
	}
	late := front(alive("zz.example"), "kit", .9)
	link := func(a, b string, apart bool) index.Link {
		return index.Link{A: min(a, b), B: max(a, b), Layer: index.Kit, Apart: apart}
	}
	for want, links := range map[string][]index.Link{
		"k-1": {link(host("other", 1), host("other", 2), false), link(host("kit", 1), host("other", 2), true)},
		"k-2": {link(late.Host, host("other", 3), false)},
		"":    {link(late.Host, host("kit", 3), true)},
	} {
		j := Joiner{Options{Links: links}}
		if got := j.Join(late, near); got.Kit != want {
			t.Errorf("with links %v the site joins %q, want %q", links, got.Kit, want)
		}
	}
}
