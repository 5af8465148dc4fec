package cluster

import (
	"slices"

	"scamatlas/index"
)

// analyst is the kind of a tie that a person made.
const analyst = "analyst"

// pins are an analyst's links of one layer among the sites of a build. Links to sites that are not there wait.
type pins struct {
	together, apart []pin
	bound           forest // sites by the links that join
}

type pin struct {
	a, b int
	link index.Link
}

func newPins(layer index.Layer, sites []site, links []index.Link) *pins {
	p := &pins{bound: newForest(len(sites))}
	for _, l := range slices.SortedFunc(slices.Values(links), index.CompareLinks) {
		a, okA := findSite(sites, l.A)
		b, okB := findSite(sites, l.B)
		if l.Layer != layer || !okA || !okB || a == b {
			continue
		}
		if l.Apart {
			p.apart = append(p.apart, pin{a, b, l})
		} else {
			p.together = append(p.together, pin{a, b, l})
			p.bound.join(a, b)
		}
	}
	return p
}

// of gives the link that joins two sites.
func (p *pins) of(a, b int) *index.Link {
	for i, x := range p.together {
		if x.a == min(a, b) && x.b == max(a, b) {
			return &p.together[i].link
		}
	}
	return nil
}

// said gives the link that keeps two sites apart.
func (p *pins) said(a, b int) *index.Link {
	for i, x := range p.apart {
		if x.a == min(a, b) && x.b == max(a, b) {
			return &p.apart[i].link
		}
	}
	return nil
}

// keepApart reports whether a link forbids that the trees of a and b become one.
func (p *pins) keepApart(f forest, a, b int) bool {
	a, b = f.root(a), f.root(b)
	for _, x := range p.apart {
		if i, k := f.root(x.a), f.root(x.b); i == a && k == b || i == b && k == a {
			return true
		}
	}
	return false
}

// families joins the families of linked sites and cuts those that hold two sites which are to be apart: every other site goes with the
// one of the two it is more like, what is linked together stays so.
func (p *pins) families(k *kits, families [][]int) [][]int {
	if len(p.together)+len(p.apart) == 0 {
		return families
	}
	f := newForest(len(k.sites))
	for _, g := range families {
		for _, i := range g {
			f.join(g[0], i)
		}
	}
	for _, x := range p.together {
		f.join(x.a, x.b)
	}
	out := f.groups()
	for _, x := range p.apart {
		for n, g := range out {
			if slices.Contains(g, x.a) && slices.Contains(g, x.b) && p.bound.root(x.a) != p.bound.root(x.b) {
				one, two := p.cut(k, g, x)
				out[n] = one
				out = append(out, two)
				break
			}
		}
	}
	slices.SortFunc(out, func(a, b []int) int { return a[0] - b[0] })
	return out
}

func (p *pins) cut(k *kits, g []int, x pin) (one, two []int) {
	toB := map[int]bool{p.bound.root(x.a): false, p.bound.root(x.b): true}
	for _, i := range g {
		r := p.bound.root(i)
		b, known := toB[r]
		if !known {
			b = k.similarity(i, x.b) > k.similarity(i, x.a)
			toB[r] = b
		}
		if b {
			two = append(two, i)
		} else {
			one = append(one, i)
		}
	}
	return one, two
}
