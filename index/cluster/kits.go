package cluster

import "slices"

// kits holds what is needed to compare front ends: sites by host, the tokens of each with their weights.
type kits struct {
	sites          []site
	words          [kinds]*vocabulary
	rare           [signals]*rarity
	sets           [][signals]weighed
	icons, servers commons
	beside         int        // sites imagined beside these
	limit          int        // maxLinked
	pins           *pins      // nil: none
	honest         []bool     // by site; nil: none
	imitators      []imitated // of honest sites, known after group
}

// newKits numbers the tokens of the sites, which replaces their hashes. beside says how many sites to imagine beside them.
func newKits(sites []site, beside int, a *arena) *kits {
	k := &kits{sites: sites, beside: beside, limit: maxLinked, words: numberAll(sites), sets: make([][signals]weighed, len(sites))}
	a.pack(sites)
	k.icons = newCommons(sites, beside, func(t *trimmings) *uint32 { return &t.icon })
	k.servers = newCommons(sites, beside, func(t *trimmings) *uint32 { return &t.server })
	return k
}

// weigh weighs tokens by how many of the units hold them, with least or more.
func (k *kits) weigh(units [][]int, least float64) {
	parallel(int(signals), func(_, s int) {
		k.rare[s] = newRarity(signal(s), k.sites, k.words[s], units, k.beside, least)
		for i := range k.sites {
			k.sets[i][s] = k.rare[s].weigh(&k.sites[i], signal(s))
		}
	})
}

// group gives the families, single sites included, ordered by their first site. It groups twice: first strictly, to see what are
// copies of one thing, then with weights in which all copies count once.
func (k *kits) group(cut float64) [][]int {
	units, copyOf := k.weighCopies(cut)
	second := newFinder(k, cut)
	second.run(second.foresee(units, copyOf))
	k.findImitators(second)
	second.forget()
	return k.link(second, k.limit)
}

// weighCopies finds near copies, then weighs tokens so that all copies count once.
func (k *kits) weighCopies(cut float64) (units [][]int, copyOf []int32) {
	each := make([][]int, len(k.sites))
	var whole []int
	for i := range each {
		each[i] = []int{i}
		if k.comparable(i) {
			whole = append(whole, i)
		}
	}
	k.weigh(each, leastWeight)
	first := newFinder(k, max(cut, copies))
	first.run(whole)
	first.forget()
	units = k.link(first, min(k.limit, maxCopiesLinked))
	k.weigh(units, 0)
	return units, first.copyOf
}

// foresee joins the sites of each unit beforehand, and gives those that need to be looked at: the first few of each. The others go
// with the site they were found to be copies of.
func (f *finder) foresee(units [][]int, copyOf []int32) []int {
	unit := make([]int, len(f.kits.sites))
	var order []int
	for u, g := range units {
		for n, i := range g {
			unit[i] = u
			f.parts.join(g[0], i)
			switch k := copyOf[i]; {
			case n < maxListed:
				if f.kits.comparable(i) {
					order = append(order, i)
				}
			case k >= 0 && unit[k] == u && f.copyOf[k] < 0 && slices.Contains(g[:maxListed], int(k)):
				f.copyOf[i] = k
			default:
				f.copyOf[i] = int32(g[0])
			}
		}
	}
	slices.Sort(order)
	return order
}

// link cuts the components that f found into families of mean similarity f.cut or more.
func (k *kits) link(f *finder, limit int) [][]int {
	components := f.parts.groups()
	families := make([][][]int, len(components))
	probes := newProbes(k)
	parallel(len(components), func(w, n int) {
		if len(components[n]) <= aside {
			families[n] = k.split(f, components[n], limit, probes[w:][:1])
		}
	})
	for n, c := range components {
		if len(c) > aside {
			families[n] = k.split(f, c, limit, probes)
		}
	}
	out := slices.Concat(families...)
	slices.SortFunc(out, func(a, b []int) int { return a[0] - b[0] })
	return out
}

// split applies average linkage within one component.
func (k *kits) split(f *finder, c []int, limit int, probes []*probe) [][]int {
	if len(c) == 1 {
		return [][]int{c}
	}
	heads, copiesOf := k.condensed(f, c, limit, probes[0])
	n := len(heads)
	sim, size := make([]float32, n*n), make([]float64, n)
	for i := range n {
		size[i] = float64(len(copiesOf[i]))
	}
	k.similarities(heads, sim, probes)
	at := make([]int, n) // one more than the family of a head's group
	var out [][]int
	for i, r := range linkage(n, sim, size, f.cut) {
		if at[r] == 0 {
			out = append(out, nil)
			at[r] = len(out)
		}
		out[at[r]-1] = append(out[at[r]-1], copiesOf[i]...)
	}
	for _, g := range out {
		slices.Sort(g)
	}
	return out
}

// similarities fills the matrix of all pairs. Rows of a large one are shared among the probes.
func (k *kits) similarities(sites []int, sim []float32, probes []*probe) {
	n := len(sites)
	var r *rows
	if n >= fewRows {
		r = newRows(k, sites)
	}
	row := func(p *probe, i int) {
		if r != nil {
			r.row(i, sim[i*n:][:i], &p.scratch)
		} else {
			p.at(sites[i])
			for j := range i {
				sim[i*n+j] = float32(p.similarity(sites[j]))
			}
		}
		for j := range i {
			sim[j*n+i] = sim[i*n+j]
		}
	}
	if len(probes) > 1 {
		parallel(n, func(w, i int) { row(probes[w], n-1-i) }) // the long rows first
		return
	}
	for i := range n {
		row(probes[0], i)
	}
}

// condensed lets sites of a huge component be represented by the listed sites that they joined, so that linkage stays affordable.
// Components of ordinary size represent themselves. When even the listed are too many, the later ones go to the head they are most
// similar to of the first few.
func (k *kits) condensed(f *finder, c []int, limit int, p *probe) (heads []int, copiesOf [][]int) {
	if len(c) <= limit {
		for _, i := range c {
			copiesOf = append(copiesOf, []int{i})
		}
		return c, copiesOf
	}
	at := make(map[int]int, limit)
	for _, i := range c {
		if int(f.copyOf[i]) == i && len(heads) < limit {
			at[i] = len(heads)
			heads, copiesOf = append(heads, i), append(copiesOf, []int{i})
		}
	}
	for _, i := range c {
		if _, isHead := at[i]; isHead {
			continue
		}
		h, ok := at[int(f.copyOf[i])]
		if !ok {
			h, _ = p.at(i).nearest(heads[:min(len(heads), headsTried)])
		}
		copiesOf[h] = append(copiesOf[h], i)
	}
	return heads, copiesOf
}
