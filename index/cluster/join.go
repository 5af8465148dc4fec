package cluster

import (
	"cmp"
	"slices"

	"scamatlas/index"
)

// Joiner finds the clusters of a site that was just visited, among the sites near it. The zero value is ready for use, by many at once.
type Joiner struct{ Options Options }

// Joined says which clusters a site belongs to, "" = none so far. Clusters that do not exist yet are left to the next build.
type Joined struct{ Kit, Operator string }

// Join groups a site with its neighbours by the rules of Build, and looks in which clusters those are that it came to be with.
// The neighbours are what index.Grouper.Near gives; the first MaxJoined count.
func (j *Joiner) Join(m *index.Member, near []index.Neighbour) Joined {
	b := Builder{beside: beyond}
	b.Add(m)
	at := make(map[string]*index.Neighbour, len(near))
	for i := range near[:min(len(near), MaxJoined)] {
		if near[i].Host != m.Host {
			b.Add(&near[i].Member)
			at[near[i].Host] = &near[i]
		}
	}
	o := j.Options
	o.AllowMerges = true // one site more is no merge
	g := b.group(nil, o)
	self, ok := g.at(m.Host)
	if !ok {
		return Joined{}
	}
	kits, operators := map[string]int{}, map[string]int{}
	for i := range g.sites {
		n := at[g.sites[i].host]
		if n == nil {
			continue
		}
		if g.kit[self] >= 0 && g.kit[i] == g.kit[self] {
			kits[n.Kit]++
		}
		if g.people.party.root(i) == g.people.party.root(self) {
			operators[n.Operator]++
		}
	}
	return Joined{most(kits), most(operators)}
}

// most gives the cluster of most neighbours.
func most(n map[string]int) string {
	delete(n, "")
	if len(n) == 0 {
		return ""
	}
	ids := make([]string, 0, len(n))
	for id := range n {
		ids = append(ids, id)
	}
	return slices.MinFunc(ids, func(a, b string) int { return cmp.Or(cmp.Compare(n[b], n[a]), cmp.Compare(a, b)) })
}
