package cluster

import (
	"slices"

	"scamatlas/index"
)

// kits holds what is needed to compare front ends: sites by host, the tokens of each with their weights.
type kits struct {
	sites []*index.Member
	sets  [][signals]weighed
	held  [signals]*rarity // by site, for candidates
	limit int              // maxLinked
}

// substantial leaves out pages with nothing to them, such as a server's welcome page: they are equal without being a kit.
func substantial(m *index.Member) bool {
	return m.Fingerprint.Tags.Total >= minTags || m.Fingerprint.Assets.Total >= minAssets
}

func newKits(sites []*index.Member) *kits {
	k := &kits{sites: sites, limit: maxLinked}
	each := make([]int, len(sites))
	for i := range each {
		each[i] = i
	}
	for s := range signals {
		k.held[s] = newRarity(s, sites, each)
	}
	k.weigh(k.held)
	return k
}

// weigh gives all tokens the weights that follow from rare.
func (k *kits) weigh(rare [signals]*rarity) {
	k.sets = make([][signals]weighed, len(k.sites))
	for i, m := range k.sites {
		for s := range signals {
			k.sets[i][s] = weigh(s.of(&m.Fingerprint), rare[s].weight, k.held[s].shared)
		}
	}
}

func (k *kits) similarity(i, j int) float64 {
	if k.sites[i].Fingerprint.Version != k.sites[j].Fingerprint.Version {
		return 0
	}
	return compare(&k.sets[i], &k.sets[j]).score()
}

// group gives the families, single sites included, ordered by their first site. It groups twice: first strictly, to see what are
// copies of one thing, then with weights in which all copies count once.
func (k *kits) group(cut float64) [][]int {
	unit := kitUnits(len(k.sites), k.link(max(cut, copies)))
	var rare [signals]*rarity
	for s := range signals {
		rare[s] = newRarity(s, k.sites, unit)
	}
	k.weigh(rare)
	return k.link(cut)
}

// kitUnits numbers the sites by family.
func kitUnits(n int, families [][]int) []int {
	unit := make([]int, n)
	for f, members := range families {
		for _, i := range members {
			unit[i] = f
		}
	}
	return unit
}

// link cuts the sites into families of mean similarity cut or more.
func (k *kits) link(cut float64) [][]int {
	g := newForest(len(k.sites))
	candidates(k.sites, k.held, func(i, j int) {
		if g.root(i) != g.root(j) && substantial(k.sites[i]) && substantial(k.sites[j]) && k.similarity(i, j) >= cut {
			g.join(i, j)
		}
	})
	var out [][]int
	for _, c := range g.groups() {
		out = append(out, k.split(c, cut)...)
	}
	slices.SortFunc(out, func(a, b []int) int { return a[0] - b[0] })
	return out
}

// split applies average linkage within one component.
func (k *kits) split(c []int, cut float64) [][]int {
	if len(c) == 1 {
		return [][]int{c}
	}
	heads, copiesOf := k.condensed(c)
	n := len(heads)
	sim, size := make([]float32, n*n), make([]float64, n)
	for i := range n {
		size[i] = float64(len(copiesOf[i]))
		for j := range i {
			s := float32(k.similarity(heads[i], heads[j]))
			sim[i*n+j], sim[j*n+i] = s, s
		}
	}
	at := map[int]int{}
	var out [][]int
	for i, r := range linkage(n, sim, size, cut) {
		g, ok := at[r]
		if !ok {
			g = len(out)
			at[r] = g
			out = append(out, nil)
		}
		out[g] = append(out[g], copiesOf[i]...)
	}
	for _, g := range out {
		slices.Sort(g)
	}
	return out
}

// condensed lets sites of a huge component be represented by the first site they are near copies of, so that linkage stays
// affordable. Components of ordinary size represent themselves. When even the heads are too many, later sites go to the head
// they are most similar to.
func (k *kits) condensed(c []int) (heads []int, copiesOf [][]int) {
	for _, i := range c {
		best, at := -1.0, -1
		if len(c) > k.limit {
			best, at = k.nearestHead(i, heads)
		}
		if best < condense && len(heads) < k.limit {
			heads, copiesOf = append(heads, i), append(copiesOf, []int{i})
			continue
		}
		copiesOf[at] = append(copiesOf[at], i)
	}
	return heads, copiesOf
}

func (k *kits) nearestHead(i int, heads []int) (best float64, at int) {
	best, at = -1, -1
	for h, j := range heads {
		if s := k.similarity(i, j); s > best {
			best, at = s, h
		}
		if best >= condense {
			break // the first good one will do
		}
	}
	return best, at
}
