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

// Join finds the place of one more site by the rules of Build. What clusters its neighbours are in is taken as it is: the build that
// put them there saw all sites, and here only those near the new one are seen. The neighbours are what index.Grouper.Near gives; the
// first MaxJoined count.
func (j *Joiner) Join(m *index.Member, near []index.Neighbour) Joined {
	n, ok := meet(m, near[:min(len(near), MaxJoined)], j.Options)
	if !ok {
		return Joined{}
	}
	n.in[n.self].Kit = n.kit()
	n.in[n.self].Operator = n.operator()
	return n.in[n.self]
}

// newcomer is a new site among its neighbours.
type newcomer struct {
	options  Options
	self     int
	sites    []site
	kits     *kits
	shown    []*evidence
	in       []Joined // by site
	names    []string // of the kits that neighbours are in, ascending
	families [][]int  // their sites that can be compared
	fresh    []int    // sites in no kit that are like the new one, which is among them: the next build makes a kit of these
}

// meet puts a new site beside its neighbours. ok is false when there is nothing about it to compare.
func meet(m *index.Member, near []index.Neighbour, o Options) (n *newcomer, ok bool) {
	var b Builder
	b.Add(m)
	in := make(map[string]Joined, len(near))
	for i := range near {
		if near[i].Host != m.Host {
			b.Add(&near[i].Member)
			in[near[i].Host] = Joined{near[i].Kit, near[i].Operator}
		}
	}
	b.settle()
	n = &newcomer{options: o, sites: b.sites, in: make([]Joined, len(b.sites))}
	if n.self, ok = findSite(b.sites, m.Host); !ok {
		return nil, false
	}
	n.kits = newKits(b.sites, beyond, &b.arena)
	if n.kits.honest = o.honest(b.sites); n.kits.isHonest(n.self) {
		return nil, false
	}
	n.shown = stop(b.ledger.evidence(), n.kits.honest, o.shared())
	members := map[string][]int{}
	for i := range n.sites {
		n.in[i] = in[n.sites[i].host]
		if k := n.in[i].Kit; k != "" && n.kits.comparable(i) {
			members[k] = append(members[k], i)
		}
	}
	for k := range members {
		n.names = append(n.names, k)
	}
	slices.Sort(n.names)
	for _, k := range n.names {
		n.families = append(n.families, members[k])
	}
	return n, true
}

// kit gives the family whose sites the new one is most like, if it is like enough.
func (n *newcomer) kit() string {
	if !n.kits.comparable(n.self) {
		return ""
	}
	pins := newPins(index.Kit, n.sites, n.options.Links)
	for i := range n.sites {
		if n.in[i].Kit != "" && pins.of(n.self, i) != nil {
			return n.in[i].Kit
		}
	}
	n.kits.weighCopies(n.options.kitCut())
	tied := n.tied()
	p := newProbe(n.kits)
	name, most := "", 0.0
	for f, members := range n.families {
		if slices.ContainsFunc(members, func(i int) bool { return pins.said(n.self, i) != nil }) {
			continue
		}
		if near, all := n.likeness(p, members); near >= n.options.kitCut() && all > most && n.belongs(p, members, tied) {
			name, most = n.names[f], all
		}
	}
	if name == "" {
		n.alike(p)
	}
	return name
}

// likeness is the mean similarity of the new site to those of a family that it is most like, and to all that are here.
func (n *newcomer) likeness(p *probe, members []int) (near, all float64) {
	p.at(n.self)
	to := make([]float64, len(members))
	for k, i := range members {
		to[k] = p.similarity(i)
	}
	slices.SortFunc(to, func(a, b float64) int { return cmp.Compare(b, a) })
	mean := func(s []float64) (sum float64) {
		for _, v := range s {
			sum += v / float64(len(s))
		}
		return sum
	}
	return mean(to[:min(len(to), likest)]), mean(to)
}

// alike finds the sites in no kit that are like the new one.
func (n *newcomer) alike(p *probe) {
	p.at(n.self)
	for i, in := range n.in {
		if i == n.self || in.Kit == "" && n.kits.comparable(i) && p.similarity(i) >= n.options.kitCut() {
			n.fresh = append(n.fresh, i)
		}
	}
}

// tied says which sites show a wallet or something rare that such a site shows too. One with an operator was found to.
func (n *newcomer) tied() []bool {
	s := &stock{kits: n.kits, kit: n.kitOf(), size: make([]int, len(n.families)+1)}
	for i, f := range s.kit {
		if f < 0 {
			s.kit[i] = len(n.families)
		}
		s.size[s.kit[i]]++
	}
	s.tie(n.shown)
	for i, in := range n.in {
		s.tied[i] = s.tied[i] || in.Operator != ""
	}
	return s.tied
}

// kitOf gives for each site the place of its kit among the names, one more for the kit that is still to be made, -1 for none.
func (n *newcomer) kitOf() []int {
	out := make([]int, len(n.sites))
	for i, in := range n.in {
		f, known := slices.BinarySearch(n.names, in.Kit)
		if out[i] = f; !known {
			out[i] = -1
		}
	}
	for _, i := range n.fresh {
		out[i] = len(n.names)
	}
	return out
}

// belongs reports whether a clean site is as like the copies of a kit as these are each other: see stock.
func (n *newcomer) belongs(p *probe, members []int, tied []bool) bool {
	if tied[n.self] || n.sites[n.self].isFrame() {
		return true
	}
	var copies []int
	for _, i := range members {
		if tied[i] && len(copies) < guestHeads {
			copies = append(copies, i)
		}
	}
	if len(copies) < minCopies {
		return true
	}
	bar := usual(p, copies)
	return !mean(p.at(n.self), copies).below(&bar)
}

// operator gives the operator that the new site is joined to.
func (n *newcomer) operator() string {
	p := gatherPeople(n.sites, n.shown, newPins(index.Operator, n.sites, n.options.Links), n.kitOf(), nil)
	p.know(n.in)
	p.join()
	operators := map[string]int{}
	for i, in := range n.in {
		if p.party.root(i) == p.party.root(n.self) {
			operators[in.Operator]++
		}
	}
	return most(operators)
}

// know unites the sites of each operator beforehand. Those of them that show wallets are taken to pay to the same ones.
func (p *people) know(in []Joined) {
	first, payer := map[string]int{}, map[string]int{}
	for i := range in {
		o := in[i].Operator
		if o == "" {
			continue
		}
		if _, known := first[o]; !known {
			first[o] = i
		}
		p.unite(first[o], i)
		if !p.sites[i].pays {
			continue
		}
		if _, known := payer[o]; !known {
			payer[o] = i
			p.paying = append(p.paying, i)
		}
		p.wallets.join(payer[o], i)
	}
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
