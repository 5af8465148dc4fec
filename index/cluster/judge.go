package cluster

// judge weighs the values of the given groups by who holds them.
func (p *people) judge(gs ...group) {
	for _, e := range p.evidence {
		for _, g := range gs {
			if e.group == g {
				e.weight = p.judged(e)
			}
		}
	}
}

func (p *people) judged(e *evidence) float64 {
	if e.stopped {
		return 0
	}
	h := p.holders(e)
	// What only one party's sites hold is no less telling for being on all of them; each holder beside them makes it more of a hub.
	weight := e.base * min(1, fewHolders/float64(len(e.sites)-h.largest+1))
	switch {
	case h.groups > 1:
		// Holders that pay to different wallets: a leftover of the template, or a CDN's address. The rule needs no list of either.
		return 0
	case (e.group == hosting || e.group == identity) && h.parties >= crowd && 2*h.largest < len(e.sites):
		return 0
	case h.loners > 0 && h.loners+h.groups > 1 && h.kits < 2:
		return 0 // copies of one kit, each with wallets of its own
	}
	switch {
	case h.agreeingKits > 1 && (e.group == account || e.group == contact): // within one kit it may have come with the kit
		return weightAgreed
	case p.isKitwide(e):
		return min(weight, weightKitwide)
	}
	return weight
}

// holders says how the holders of a value are related by everything that is known so far.
type holders struct {
	groups       int // groups of two or more sites with common wallets
	agreeingKits int // kit families of the sites that show wallets of such a group, sites without a family counted each
	loners       int // sites whose wallets nobody else shows
	parties      int // groups joined so far, sites that stand alone included
	largest      int // holders of the largest party
	kits         int // kit families of all, sites without one counted each
}

func (p *people) holders(e *evidence) holders {
	groups, parties := map[int]bool{}, map[int]int{}
	var agreeing []int32
	var h holders
	for _, s := range e.sites {
		i := int(s)
		r := p.party.root(i)
		parties[r]++
		h.largest = max(h.largest, parties[r])
		switch {
		case p.paysTo[r] >= 0:
			groups[r] = true
			if p.sites[i].pays {
				agreeing = append(agreeing, s)
			}
		case p.sites[i].pays:
			h.loners++
		}
	}
	h.groups, h.parties = len(groups), len(parties)
	h.kits, h.agreeingKits = p.countKits(e.sites), p.countKits(agreeing)
	return h
}

func (p *people) countKits(sites []int32) int {
	kits, n := map[int]bool{}, 0
	for _, i := range sites {
		if k := p.kit[i]; k < 0 || !kits[k] {
			n++
			kits[k] = true
		}
	}
	return n
}

// isKitwide reports whether nearly all of one kit holds e and hardly anybody else, as with what the kit's author left in it.
// Of a kit of two sites nothing can be said.
func (p *people) isKitwide(e *evidence) bool {
	in := map[int]int{}
	for _, i := range e.sites {
		if k := p.kit[i]; k >= 0 {
			in[k]++
		}
	}
	for k, n := range in {
		if p.kitSize[k] > 2 && float64(n) >= kitwide*float64(p.kitSize[k]) && float64(n) >= kitwide*float64(len(e.sites)) {
			return true
		}
	}
	return false
}
