package cluster

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"scamatlas/index"
)

// shared lists the evidence two sites have in common that still weighs something, heaviest first.
func (p *people) shared(a, b int) []index.Tie {
	var out []index.Tie
	for _, e := range p.of[a] {
		if e.weight == 0 {
			continue
		}
		if _, held := slices.BinarySearch(e.sites, int32(b)); held {
			out = append(out, tie(p.sites, a, b, e.kind, e.value, e.weight))
		}
	}
	if l := p.pins.of(a, b); l != nil {
		out = append(out, tie(p.sites, a, b, analyst, l.String(), 1))
	}
	sortTies(out)
	if slices.ContainsFunc(out, func(t index.Tie) bool { return t.Kind == "cert" }) { // one certificate has one key
		out = slices.DeleteFunc(out, func(t index.Tie) bool { return t.Kind == "spki" })
	}
	return out[:min(len(out), maxTiesPerEdge)]
}

func tie(sites []site, a, b int, kind, value string, weight float64) index.Tie {
	x, y := sites[a].host, sites[b].host
	return index.Tie{A: min(x, y), B: max(x, y), Kind: kind, Value: value, Weight: rounded(weight)}
}

func rounded(w float64) float64 { return float64(int(w*1000+.5)) / 1000 }

func sortTies(t []index.Tie) {
	slices.SortFunc(t, func(x, y index.Tie) int {
		return cmp.Or(cmp.Compare(y.Weight, x.Weight), strings.Compare(x.A, y.A), strings.Compare(x.B, y.B), strings.Compare(x.Kind, y.Kind),
			strings.Compare(x.Value, y.Value))
	})
}

// clusters describes all operators.
func (p *people) clusters() []found {
	edges := map[int][]edge{}
	for _, e := range p.edges {
		r := p.party.root(e.a)
		edges[r] = append(edges[r], e)
	}
	groups := p.groups()
	out := make([]found, len(groups))
	parallel(len(groups), func(_, n int) { out[n] = p.cluster(groups[n], edges[groups[n][0]]) })
	return out
}

// cluster describes one operator: for each edge of its spanning tree the evidence behind it.
func (p *people) cluster(g []int, edges []edge) found {
	var ties, more []index.Tie
	for _, e := range edges {
		if s := p.shared(e.a, e.b); len(s) > 0 {
			ties, more = append(ties, s[0]), append(more, s[1:]...)
		}
	}
	return newCluster(index.Operator, p.sites, g, ties, more)
}

// found is a cluster before it has an id.
type found struct {
	index.Cluster
	founder *site // known longest, of equals the first by name
}

// newCluster fills in what both layers have in common. ties connect all members, more are kept as far as there is room.
func newCluster(layer index.Layer, sites []site, g []int, ties, more []index.Tie) found {
	c := found{Cluster: index.Cluster{Layer: layer, Size: len(g), Hosts: make([]string, 0, len(g))}, founder: &sites[g[0]]}
	for _, i := range g {
		c.Hosts = append(c.Hosts, sites[i].host)
		if sites[i].first < c.founder.first {
			c.founder = &sites[i]
		}
	}
	sortTies(ties)
	sortTies(more)
	c.Ties = append(ties, more...)
	c.Ties = c.Ties[:min(len(c.Ties), index.MaxTies)]
	sortTies(c.Ties)
	return c
}

// clusters describes the families of two or more sites.
func (k *kits) clusters(families [][]int) []found {
	families = slices.DeleteFunc(slices.Clone(families), func(f []int) bool { return len(f) < 2 })
	out := make([]found, len(families))
	probes := newProbes(k)
	parallel(len(families), func(w, n int) { out[n] = k.cluster(probes[w], families[n]) })
	return out
}

// cluster describes one kit family: the tree of its most similar pairs.
func (k *kits) cluster(p *probe, g []int) found {
	edges := p.spanning(g)
	if len(edges) > index.MaxTies { // the others would be put in words for nothing
		slices.SortFunc(edges, func(x, y edge) int {
			return cmp.Or(cmp.Compare(y.weight, x.weight), cmp.Compare(x.a, y.a), cmp.Compare(x.b, y.b))
		})
		edges = edges[:index.MaxTies]
	}
	ties := make([]index.Tie, 0, len(edges))
	for _, e := range edges {
		ties = append(ties, k.tie(e.a, e.b))
	}
	return newCluster(index.Kit, k.sites, g, ties, nil)
}

// tie puts the similarity of two sites in words: "assets 0.91, tags 0.82". Its kind is the signal that says most.
func (k *kits) tie(a, b int) index.Tie {
	if l := k.linked(a, b); l != nil {
		return tie(k.sites, a, b, analyst, l.String(), 1)
	}
	p := k.compare(a, b)
	order := make([]signal, 0, signals)
	for s := range signals {
		if p[s] >= agrees {
			order = append(order, s)
		}
	}
	slices.SortStableFunc(order, func(x, y signal) int { return cmp.Compare(y.trust()*p[y], x.trust()*p[x]) })
	kind, words := "similar", make([]string, 0, signals)
	for i, s := range order {
		if i == 0 {
			kind = s.String()
		}
		words = append(words, fmt.Sprintf("%s %.2f", s, p[s]))
	}
	words = append(words, k.also(a, b)...)
	return tie(k.sites, a, b, kind, strings.Join(words, ", "), k.similarity(a, b))
}

func (k *kits) linked(a, b int) *index.Link {
	if k.pins == nil {
		return nil
	}
	return k.pins.of(a, b)
}

// nearness is similarity, or all of it where an analyst joined two sites.
func (p *probe) nearness(j int) float64 {
	if p.kits.linked(p.site, j) != nil {
		return 1
	}
	return p.similarity(j)
}

// spanning gives the maximum spanning tree of a family (Prim). Huge families hang on their first site's copies: each site is tied to
// the most similar of the first few, as far as ties are kept.
func (p *probe) spanning(g []int) []edge {
	if len(g) > maxTreed {
		return p.fan(g[:min(len(g), index.MaxTies+1)])
	}
	near := p.allNear(g)
	best := make([]edge, len(g))
	left := make([]int, 0, len(g)-1)
	for i := 1; i < len(g); i++ {
		best[i] = edge{g[0], g[i], float64(near[i])}
		left = append(left, i)
	}
	out := make([]edge, 0, len(left))
	for len(left) > 0 {
		at := 0
		for n, i := range left {
			if best[i].weight > best[left[at]].weight {
				at = n
			}
		}
		i := left[at]
		left = append(left[:at], left[at+1:]...)
		out = append(out, best[i])
		for _, r := range left {
			if s := float64(near[i*len(g)+r]); s > best[r].weight {
				best[r] = edge{g[i], g[r], s}
			}
		}
	}
	return out
}

// allNear is the matrix of how near the sites of a family are to each other.
func (p *probe) allNear(g []int) []float32 {
	near := make([]float32, len(g)*len(g))
	p.kits.similarities(g, near, []*probe{p})
	if p.kits.pins == nil {
		return near
	}
	for _, x := range p.kits.pins.together {
		a, okA := slices.BinarySearch(g, x.a)
		b, okB := slices.BinarySearch(g, x.b)
		if okA && okB {
			near[a*len(g)+b], near[b*len(g)+a] = 1, 1
		}
	}
	return near
}

func (p *probe) fan(g []int) []edge {
	out := make([]edge, 0, len(g)-1)
	for n, i := range g[1:] {
		p.at(i)
		e := edge{g[0], i, -1}
		for _, r := range g[:min(n+1, fanned)] {
			if s := p.nearness(r); s > e.weight {
				e = edge{r, i, s}
			}
		}
		out = append(out, e)
	}
	return out
}
