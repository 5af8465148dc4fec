package cluster

import (
	"cmp"
	"slices"
)

// people joins sites by what points at the same hands. Wallets are asked first; everything else is judged by how it agrees with
// them, and never joins two groups that pay to different wallets.
type people struct {
	sites    []site
	pins     *pins
	kit      []int // family of each site, -1 = none
	kitSize  map[int]int
	evidence []*evidence
	of       [][]*evidence // by site
	wallets  forest        // sites by shared wallets alone
	party    forest        // what is joined so far
	paysTo   []int         // root in party → root in wallets of the group it holds, -1 = none
	edges    []edge        // that joined, in the order they did
	paying   []int         // sites that are known to pay to wallets of a group of their own
	ward     []int         // by root in party: sites of different wards are kept apart, 0 goes with any; nil = all are free
}

// edge joins two sites by the evidence they share.
type edge struct {
	a, b   int
	weight float64
}

// newPeople joins sites. ward, nil or by site, keeps some apart.
func newPeople(sites []site, shown []*evidence, pinned *pins, kit, ward []int) *people {
	p := gatherPeople(sites, shown, pinned, kit, ward)
	p.join()
	return p
}

// gatherPeople is newPeople before anybody is joined.
func gatherPeople(sites []site, shown []*evidence, pinned *pins, kit, ward []int) *people {
	p := &people{sites: sites, pins: pinned, kit: kit, kitSize: map[int]int{}, evidence: shown, of: make([][]*evidence, len(sites)),
		wallets: newForest(len(sites)), party: newForest(len(sites)), ward: slices.Clone(ward)}
	for _, k := range kit {
		p.kitSize[k]++
	}
	for _, e := range p.evidence {
		for _, i := range e.sites {
			p.of[i] = append(p.of[i], e)
		}
	}
	return p
}

func (p *people) join() {
	p.joinLinks()
	p.joinWallets()
	p.judge(account, contact, identity)
	p.joinAll(account, contact, identity)
	p.judge(hosting)
	p.joinAll(account, contact, identity, hosting)
}

// joinLinks unites what analysts joined.
func (p *people) joinLinks() {
	for _, x := range p.pins.together {
		if p.party.root(x.a) != p.party.root(x.b) {
			p.unite(x.a, x.b)
			p.edges = append(p.edges, edge{x.a, x.b, 1})
		}
	}
}

// joinWallets unites the sites that show a wallet in common.
func (p *people) joinWallets() {
	for _, e := range p.evidence {
		if e.group != money {
			continue
		}
		if !e.stopped {
			e.weight = e.base * min(1, maxWalletHolders/float64(len(e.sites)))
		}
		if e.weight < 1 {
			continue
		}
		for _, x := range p.star(e, int(e.sites[0])) {
			if p.apart(x.a, x.b) {
				continue
			}
			p.wallets.join(x.a, x.b)
			if p.party.root(x.a) != p.party.root(x.b) {
				p.unite(x.a, x.b)
				p.edges = append(p.edges, edge{x.a, x.b, e.weight})
			}
		}
	}
	p.paysTo = make([]int, len(p.sites))
	for i := range p.paysTo {
		p.paysTo[i] = -1
	}
	for _, g := range p.wallets.groups() {
		if len(g) > 1 {
			p.paysTo[p.party.root(g[0])] = g[0]
		}
	}
	for _, i := range p.paying {
		if r := p.party.root(i); p.paysTo[r] < 0 {
			p.paysTo[r] = p.wallets.root(i)
		}
	}
}

// joinAll adds the edges of the given groups, heaviest first.
func (p *people) joinAll(gs ...group) {
	edges := append(p.strong(gs), p.sums(gs)...)
	slices.SortFunc(edges, func(x, y edge) int {
		return cmp.Or(cmp.Compare(y.weight, x.weight), cmp.Compare(x.a, y.a), cmp.Compare(x.b, y.b))
	})
	for _, e := range edges {
		a, b := p.party.root(e.a), p.party.root(e.b)
		if a == b {
			continue
		}
		x, y := p.paysTo[a], p.paysTo[b]
		if x >= 0 && y >= 0 {
			continue // two groups, each sure of its wallets
		}
		if p.apart(a, b) {
			continue
		}
		p.unite(a, b)
		p.paysTo[p.party.root(a)] = max(x, y)
		p.edges = append(p.edges, e)
	}
}

// strong gives the edges of values that join alone: from one holder to all others.
func (p *people) strong(gs []group) []edge {
	var out []edge
	for _, e := range p.evidence {
		if !slices.Contains(gs, e.group) || !e.alone() {
			continue
		}
		hub := int(e.sites[0])
		for _, i := range e.sites {
			if p.paysTo[p.party.root(int(i))] >= 0 { // a holder whose wallets are known, if there is one
				hub = int(i)
				break
			}
		}
		out = append(out, p.star(e, hub)...)
	}
	return out
}

// star gives the edges from one holder to all others, and, where wards keep holders apart, from the first of each ward to the others
// of it.
func (p *people) star(e *evidence, hub int) []edge {
	var out []edge
	first := map[int]int{}
	for _, h := range e.sites {
		i := int(h)
		if i != hub {
			out = append(out, edge{min(i, hub), max(i, hub), e.weight})
		}
		if p.ward == nil || p.ward[p.party.root(i)] == 0 {
			continue
		}
		w := p.ward[p.party.root(i)]
		if f, ok := first[w]; ok {
			out = append(out, edge{f, i, e.weight})
		} else {
			first[w] = i
		}
	}
	return out
}

// apart reports whether wards keep the parties of two sites from being joined.
func (p *people) apart(a, b int) bool {
	if p.pins.keepApart(p.party, a, b) {
		return true
	}
	if p.ward == nil {
		return false
	}
	x, y := p.ward[p.party.root(a)], p.ward[p.party.root(b)]
	return x != y && x != 0 && y != 0
}

// unite joins two parties, with their ward.
func (p *people) unite(a, b int) {
	ward := 0
	if p.ward != nil {
		ward = max(p.ward[p.party.root(a)], p.ward[p.party.root(b)])
	}
	p.party.join(a, b)
	if p.ward != nil {
		p.ward[p.party.root(a)] = ward
	}
}

// sums gives the pairs for which weaker values of two groups or more add up.
func (p *people) sums(gs []group) []edge {
	var out []edge
	weights := make([][groups]float32, len(p.sites)) // of each site with a
	var met []int
	for a := range p.sites {
		for _, e := range p.of[a] {
			if e.weight == 0 || len(e.sites) > maxPaired || e.group != money && !slices.Contains(gs, e.group) {
				continue
			}
			after, _ := slices.BinarySearch(e.sites, int32(a+1))
			for _, b := range e.sites[after:] {
				w := &weights[b]
				if *w == [groups]float32{} {
					met = append(met, int(b))
				}
				w[e.group] = max(w[e.group], float32(e.weight))
			}
		}
		for _, b := range met {
			if sum, kinds := total(&weights[b]); kinds > 1 && sum >= joined-rounding && p.party.root(a) != p.party.root(b) {
				out = append(out, edge{a, b, min(sum, 1)})
			}
			weights[b] = [groups]float32{}
		}
		met = met[:0]
	}
	return out
}

// weights gives the heaviest value of each group that two sites share.
func (p *people) weights(a, b int) (w [groups]float32) {
	for _, e := range p.of[a] {
		if _, held := slices.BinarySearch(e.sites, int32(b)); held {
			w[e.group] = max(w[e.group], float32(e.weight))
		}
	}
	return w
}

func total(w *[groups]float32) (sum float64, kinds int) {
	for _, v := range w {
		sum += float64(v)
		if v > 0 {
			kinds++
		}
	}
	return sum, kinds
}

// groups gives the operators: sites in groups of two or more.
func (p *people) groups() [][]int {
	var out [][]int
	for _, g := range p.party.groups() {
		if len(g) > 1 {
			out = append(out, g)
		}
	}
	return out
}
