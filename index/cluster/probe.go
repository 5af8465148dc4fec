package cluster

import "runtime"

// probe compares one site with many. It lays the tokens of the one out in tables, in which those of another are looked up side by side:
// walking along both sets, each step would have to wait for the one before.
type probe struct {
	kits    *kits
	site    int
	filled  [signals]bool
	own     [signals]tokenSet
	tables  [signals]table
	scratch rowScratch
}

// table holds the weights of a set's tokens, each in the slot that its number leads to. The few that find theirs taken are spilled.
type table struct {
	key    [slots]uint32 // number of the token plus one
	weight [slots]uint32 // see whole
	used   [maxKept]uint16
	n      int // of used
	spill  []uint32
}

const (
	slotBits = 12
	slots    = 1 << slotBits
)

func slotOf(id uint32) uint32 { return id * 0x9e3779b1 >> (32 - slotBits) }

func newProbe(k *kits) *probe { return &probe{kits: k, site: -1} }

// newProbes gives one for each worker of parallel.
func newProbes(k *kits) []*probe {
	out := make([]*probe, runtime.GOMAXPROCS(0))
	for w := range out {
		out[w] = newProbe(k)
	}
	return out
}

// at makes the probe one of site i.
func (p *probe) at(i int) *probe {
	if p.site != i {
		p.site, p.filled = i, [signals]bool{}
	}
	return p
}

// nearest gives the place of the most similar of some sites, of equals the first, and how similar it is.
func (p *probe) nearest(others []int) (at int, similarity float64) {
	similarity = -1
	for n, j := range others {
		if s := p.similarity(j); s > similarity {
			at, similarity = n, s
		}
	}
	return at, similarity
}

func (p *probe) fill(s signal) {
	t := &p.tables[s]
	for _, h := range t.used[:t.n] {
		t.key[h] = 0
	}
	t.n, t.spill = 0, t.spill[:0]
	p.own[s] = p.kits.set(p.site, s)
	for _, id := range p.own[s].ids {
		h := slotOf(id)
		if t.key[h] != 0 {
			t.spill = append(t.spill, id)
			continue
		}
		t.key[h], t.weight[h] = id+1, whole(p.own[s].weight[id])
		t.used[t.n] = uint16(h)
		t.n++
	}
	p.filled[s] = true
}

// common is what common gives.
func (p *probe) common(s signal, y *tokenSet) (both float64) {
	t := &p.tables[s]
	_, end := bounds(&p.own[s], y)
	ids := y.ids
	for len(ids) > 0 && ids[len(ids)-1] >= end { // only of a sketch
		ids = ids[:len(ids)-1]
	}
	sum := uint32(0)
	for _, id := range ids {
		h := slotOf(id)
		w := t.weight[h]
		if t.key[h] != id+1 {
			w = 0
		}
		sum += w
	}
	for _, id := range t.spill {
		if id < end && holds(ids, id) {
			sum += whole(p.own[s].weight[id])
		}
	}
	return float64(sum) / fraction
}

// holds reports whether an ascending set has a token.
func holds(ids []uint32, id uint32) bool {
	lo, hi := 0, len(ids)
	for lo < hi {
		if mid := (lo + hi) / 2; ids[mid] < id {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	return lo < len(ids) && ids[lo] == id
}

// part is the similarity of the site to another in one signal.
func (p *probe) part(s signal, j int) float64 {
	if p.kits.most(s, p.site, j) == 0 {
		return 0
	}
	if !p.filled[s] {
		p.fill(s)
	}
	y := p.kits.set(j, s)
	return p.kits.part(s, p.site, j, &p.own[s], &y, p.common(s, &y))
}

// compare is what kits.compare gives.
func (p *probe) compare(j int) (all parts) {
	for s := range signals {
		all[s] = p.part(s, j)
	}
	return all
}

// similarity is what kits.similarity gives.
func (p *probe) similarity(j int) float64 {
	if p.kits.sites[p.site].version != p.kits.sites[j].version {
		return 0
	}
	return p.kits.joined(p.site, j, p.compare(j))
}

// reaches reports whether similarity is cut or more, and mostly finds out without comparing everything.
func (p *probe) reaches(j int, cut float64) bool {
	k, i := p.kits, p.site
	if k.sites[i].version != k.sites[j].version {
		return false
	}
	var all parts
	framed := k.framed(i, j)
	doubt, left := 1.0, 1.0 // as score has it, and the least that what is still to be compared can leave of it
	for _, s := range cheapest {
		left *= 1 - s.trust()*k.most(s, i, j)
	}
	for _, s := range cheapest {
		most := k.most(s, i, j)
		left /= 1 - s.trust()*most
		if most == 0 {
			continue
		}
		all[s] = p.part(s, j)
		if doubt *= 1 - s.trust()*all[s]; 1-doubt >= cut && all.score(framed) >= cut {
			return true
		}
		if lifted(1-doubt*left, 1) < cut {
			return false
		}
	}
	return k.joined(i, j, all) >= cut
}
