package cluster

import (
	"cmp"
	"runtime"
	"slices"
)

// finder joins sites that are similar enough into components, without looking at all pairs: only at those with an LSH band in common,
// and those that share several of the tokens sampled from one of their sets.
//
// Only listed sites are found. Of a component the first sites are listed, so that a kit of thousands costs no more per site than one
// of thirty; its later sites remember the listed site they joined.
type finder struct {
	kits    *kits
	cut     float64
	parts   forest
	samples [kinds]samples
	sketch  []sketch // by site
	lists   [kinds]postings
	who     []sketch // of the listed sites, numbered in the order they were listed
	listed  []int32  // by root: how many sites of the component are listed
	copyOf  []int32  // by site: itself when it is listed, else the listed site it joined, -1 when there is neither
	recent  recent
}

func newFinder(k *kits, cut float64) *finder {
	f := &finder{kits: k, cut: cut, parts: newForest(len(k.sites)), listed: make([]int32, len(k.sites)), copyOf: make([]int32, len(k.sites))}
	for i := range f.copyOf {
		f.copyOf[i] = -1
	}
	return f
}

// run goes through the given sites, block by block. Within a block all sites are compared with those listed before, at the same time;
// then, one after the other, with those of the block itself, and are listed.
func (f *finder) run(order []int) {
	f.sample(order)
	f.recent = newRecent(min(block, len(order)))
	workers := make([]*meeting, runtime.GOMAXPROCS(0))
	for w := range workers {
		workers[w] = newMeeting(f, len(order))
	}
	var joins [block][]int32
	for part := range slices.Chunk(order, block) {
		parallel(len(part), func(w, n int) {
			joins[n] = f.search(part[n], workers[w], joins[n][:0])
		})
		for n, i := range part {
			f.join(i, joins[n])
		}
		first := len(f.who)
		for _, i := range part {
			joins[0] = f.searchRecent(i, workers[0], joins[0][:0])
			f.join(i, joins[0])
			f.list(i)
		}
		parallel(kinds, func(_, s int) {
			for n := first; n < len(f.who); n++ {
				f.lists[s].add(f.samples[s].of(int(f.who[n].site)), int32(n))
			}
		})
		f.recent.forget()
	}
	f.recent = recent{}
}

// forget gives up what was needed to find; what was found stays.
func (f *finder) forget() {
	f.samples, f.lists, f.sketch, f.who = [kinds]samples{}, [kinds]postings{}, nil, nil
}

func (f *finder) join(i int, with []int32) {
	for _, k := range with {
		a, b := f.parts.root(i), f.parts.root(int(k))
		if f.parts.join(a, b) {
			f.listed[min(a, b)] += f.listed[max(a, b)]
		}
		if f.copyOf[i] < 0 {
			f.copyOf[i] = k
		}
	}
}

// list makes i one of those that are found; those of later blocks find it once it is in the lists.
func (f *finder) list(i int) {
	r := f.parts.root(i)
	if f.listed[r] >= maxListed {
		return
	}
	f.listed[r]++
	f.copyOf[i] = int32(i)
	for s := range kinds {
		for _, slot := range f.samples[s].of(i) {
			f.recent.add(s, slot, int32(len(f.who)))
		}
	}
	f.who = append(f.who, f.sketch[i])
}

// search gives the listed sites of earlier blocks that i is similar enough to, one for each component, those that seem most alike first.
// It only reads what sites of the same block may read at the same time.
func (f *finder) search(i int, m *meeting, out []int32) []int32 {
	m.begin()
	for s := range kinds {
		l := &f.lists[s]
		m.lists = m.lists[:0]
		for _, slot := range f.samples[s].of(i) {
			m.lists = append(m.lists, l.lists[slot])
		}
		for n := range m.lists {
			m.touched += l.elsewhere(&m.lists[n])
		}
		for n := range m.lists {
			p := &m.lists[n]
			first, others := l.of(p)
			m.meet(first, s, p.steps)
			m.meet(others, s, p.steps)
		}
	}
	return f.similar(i, f.near(i, m), m, out)
}

// searchRecent is search among the sites of the block that is being gone through.
func (f *finder) searchRecent(i int, m *meeting, out []int32) []int32 {
	m.begin()
	for s := range kinds {
		for _, slot := range f.samples[s].of(i) {
			m.recent = f.recent.of(s, slot, m.recent[:0])
			m.meet(m.recent, s, f.lists[s].lists[slot].steps)
		}
	}
	return f.similar(i, f.near(i, m), m, out)
}

// near gives those of the sites met that may be similar enough, those that seem most alike first.
func (f *finder) near(i int, m *meeting) []candidate {
	near := m.near[:0]
	own, cut := f.parts.find(i), float32(likeness*f.cut)
	self := &f.sketch[i]
	least := self.weighs() / weighsOf
	for _, number := range m.met[:m.n] {
		shared := m.shared[number]
		m.shared[number] = 0
		if shared.sum() < least {
			continue
		}
		other := &f.who[number]
		if !self.mayBe(other, shared, cut) {
			continue
		}
		k := int(other.site)
		if like := self.alike(other, shared); like >= cut && k != i && f.parts.find(k) != own {
			near = append(near, candidate{other.site, like})
		}
	}
	slices.SortFunc(near, func(a, b candidate) int {
		return cmp.Or(cmp.Compare(b.like, a.like), cmp.Compare(a.site, b.site))
	})
	m.near = near
	return near
}

// similar compares i with candidates, at most maxCompared of those it turns out to be unlike.
func (f *finder) similar(i int, near []candidate, m *meeting, out []int32) []int32 {
	m.roots = m.roots[:0]
	m.probe.at(i)
	unlike := 0
	for _, c := range near {
		r := f.parts.find(int(c.site))
		if slices.Contains(m.roots, r) {
			continue
		}
		if m.probe.reaches(int(c.site), f.cut) {
			m.roots, out = append(m.roots, r), append(out, c.site)
		} else if unlike++; unlike == maxCompared {
			break
		}
	}
	return out
}
