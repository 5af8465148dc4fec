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
	g := b.group(o.Previous, o)
	at, ok := g.at(host)
	if !ok {
		return nil
	}
	var out []Relation
	for i := range g.sites {
		if i == at {
			continue
		}
		if r := g.relate(at, i); len(r.Ties) > 0 {
			out = append(out, r)
		}
	}
	slices.SortFunc(out, func(a, b Relation) int {
		return cmp.Or(cmp.Compare(b.Score, a.Score), strings.Compare(a.Host, b.Host))
	})
	return out[:min(len(out), max(n, 0))]
}

// at finds a host among the sites.
func (g *grouped) at(host string) (int, bool) {
	return findSite(g.sites, host)
}

func findSite(sites []site, host string) (int, bool) {
	return slices.BinarySearchFunc(sites, host, func(s site, h string) int { return strings.Compare(s.host, h) })
}

func (g *grouped) relate(a, b int) Relation {
	r := Relation{Host: g.sites[b].host, Layers: []index.Layer{}, Ties: g.people.shared(a, b)}
	w := g.people.weights(a, b)
	hands, _ := total(&w)
	hands = min(hands, 1)
	front := g.kits.similarity(a, b)
	if front >= related && g.sites[a].substantial() && g.sites[b].substantial() {
		r.Ties = append(r.Ties, g.kits.tie(a, b))
	} else {
		front = 0
	}
	if g.people.party.root(a) == g.people.party.root(b) {
		r.Layers = append(r.Layers, index.Operator)
	}
	if g.kit[a] >= 0 && g.kit[a] == g.kit[b] {
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
