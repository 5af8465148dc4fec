package cluster

import (
	"cmp"
	"slices"
	"strings"

	"scamatlas/index"
)

// Relation says how near one site is to another, and why.
type Relation struct {
	Host   string        `json:"host"`
	Score  float64       `json:"score"`  // 0..1; both layers together, see Related
	Layers []index.Layer `json:"layers"` // in which the two are in one cluster; empty for sites that are only related
	Ties   []index.Tie   `json:"ties"`   // of both layers, heaviest first
}

// Related gives the n sites nearest to host, nearest first, those too that are related but not similar enough to be grouped.
// Evidence of common hands makes up most of the score and common front ends fill half of what it leaves open, so a shared wallet
// comes before a shared template. An unknown host, or one never seen alive, has no relations.
func (b *Builder) Related(host string, n int, o Options) []Relation {
	sites := b.live()
	at, ok := slices.BinarySearchFunc(sites, host, func(m *index.Member, h string) int { return strings.Compare(m.Host, h) })
	if !ok {
		return nil
	}
	kits := newKits(sites)
	kit := kitOf(len(sites), kits.group(o.kitCut()))
	people := newPeople(sites, kit)
	var out []Relation
	for i := range sites {
		if i == at {
			continue
		}
		if r := relate(kits, people, kit, at, i); len(r.Ties) > 0 {
			out = append(out, r)
		}
	}
	slices.SortFunc(out, func(a, b Relation) int {
		return cmp.Or(cmp.Compare(b.Score, a.Score), strings.Compare(a.Host, b.Host))
	})
	return out[:min(len(out), max(n, 0))]
}

func relate(k *kits, p *people, kit []int, a, b int) Relation {
	r := Relation{Host: k.sites[b].Host, Layers: []index.Layer{}}
	r.Ties = p.shared(a, b)
	var w [groups]float64
	for _, e := range p.of[a] {
		if _, held := slices.BinarySearch(e.sites, b); held {
			w[e.group] = max(w[e.group], e.weight)
		}
	}
	hands, _ := total(&w)
	hands = min(hands, 1)
	front := k.similarity(a, b)
	if front >= related && substantial(k.sites[a]) && substantial(k.sites[b]) {
		r.Ties = append(r.Ties, k.tie(a, b))
	} else {
		front = 0
	}
	if p.party.root(a) == p.party.root(b) {
		r.Layers = append(r.Layers, index.Operator)
	}
	if kit[a] >= 0 && kit[a] == kit[b] {
		r.Layers = append(r.Layers, index.Kit)
	}
	sortTies(r.Ties)
	r.Score = rounded(handsShare*hands + (1-handsShare*hands)*frontShare*front)
	return r
}

const (
	handsShare = 0.9
	frontShare = 0.5
)
