package cluster

import (
	"cmp"
	"slices"
	"testing"

	"scamatlas/index"
)

// nearest stands in for a store: the sites that share most tokens or identifiers.
func nearest(m *index.Member, all []index.Neighbour, n int) []index.Neighbour {
	own := map[any]bool{}
	each := func(x *index.Member, fn func(any)) {
		for s := range signals {
			for _, h := range s.of(&x.Fingerprint).Hashes {
				fn(h)
			}
		}
		for _, i := range x.Indicators {
			fn(i.Key())
		}
	}
	each(m, func(k any) { own[k] = true })
	shared := map[string]int{}
	for i := range all {
		each(&all[i].Member, func(k any) {
			if own[k] {
				shared[all[i].Host]++
				if _, id := k.(string); id {
					shared[all[i].Host] += 100
				}
			}
		})
	}
	out := slices.Clone(all)
	slices.SortFunc(out, func(a, b index.Neighbour) int {
		return cmp.Or(cmp.Compare(shared[b.Host], shared[a.Host]), cmp.Compare(a.Host, b.Host))
	})
	return out[:min(n, len(out))]
}

func TestJoiningGivesWhatARebuildGives(t *testing.T) {
	all := append(city(300), append(town(), estate(nil)...)...)
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
	joined := 0
	for _, m := range late {
		w := Joined{}
		if want[m.Host] != nil {
			w = *want[m.Host]
		}
		if !ids[w.Kit] || !ids[w.Operator] {
			continue // a cluster that only the rebuild makes
		}
		got := j.Join(m, nearest(m, known, 100))
		if got != w {
			t.Errorf("%s joins %+v, a rebuild says %+v", m.Host, got, w)
		}
		if got != (Joined{}) {
			joined++
		}
	}
	if joined < 20 {
		t.Errorf("only %d of %d joined anything", joined, len(late))
	}
}

func BenchmarkJoin(b *testing.B) {
	all := city(4000)
	var known []index.Neighbour
	for _, m := range all[1:] {
		known = append(known, index.Neighbour{Member: *m, Kit: "k-1"})
	}
	near := nearest(all[0], known, 200)
	var j Joiner
	for b.Loop() {
		j.Join(all[0], near)
	}
}
