package cluster

import (
	"cmp"
	"runtime"
	"slices"
)

// finder joins sites that are similar enough into components, without looking at all pairs: only at those with an LSH band in common,
// and those that share several of the tokens sampled from one of their sets. The sample of a set is its smallest numbers among the
// tokens that are neither lone nor common, so similar sets have similar samples.
//
// Only listed sites are found. Of a component the first sites are listed, so that a kit of thousands costs no more per site than one
// of thirty; its later sites remember the listed site they joined.
type finder struct {
	kits   *kits
	cut    float64
	parts  forest
	lists  [kinds]postings
	listed []int32 // by root: how many sites of the component are listed
	copyOf []int32 // by site: itself when it is listed, else the listed site it joined, -1 when there is neither
}

// bands are looked up like one more set of tokens.
const (
	bands = int(signals)
	kinds = bands + 1
)

// postings lists the sites that have a token in their sample, in nodes that fill half a cache line: what a search costs is how often
// it has to wait for memory.
type postings struct {
	head  []int32 // by token number: index of the latest node plus one
	count []uint16
	nodes [][]node // in chunks, so that growing copies nothing
	used  int      // nodes
}

type node struct {
	sites [7]int32 // in the order they came; only the latest node is not full
	next  int32    // the node before, likewise
}

const nodeChunk = 1 << 14

// node gives the node of a number from 1.
func (l *postings) node(n int32) *node { return &l.nodes[(n-1)/nodeChunk][(n-1)%nodeChunk] }

func (l *postings) add(id uint32, site int) {
	if l.count[id] >= maxPostings {
		return
	}
	at := int(l.count[id]) % len(node{}.sites)
	if at == 0 {
		if l.used%nodeChunk == 0 {
			l.nodes = append(l.nodes, make([]node, nodeChunk))
		}
		l.used++
		l.node(int32(l.used)).next = l.head[id]
		l.head[id] = int32(l.used)
	}
	l.node(l.head[id]).sites[at] = int32(site)
	l.count[id]++
}

func newFinder(k *kits, cut float64) *finder {
	f := &finder{kits: k, cut: cut, parts: newForest(len(k.sites)), listed: make([]int32, len(k.sites)), copyOf: make([]int32, len(k.sites))}
	for s := range kinds {
		n := k.words[s].size
		f.lists[s] = postings{head: make([]int32, n), count: make([]uint16, n)}
	}
	for i := range f.copyOf {
		f.copyOf[i] = -1
	}
	return f
}

// run goes through the given sites, block by block. Within a block all sites are compared with those listed before, at the same time;
// then, one after the other, with those of the block itself, and are listed.
func (f *finder) run(order []int) {
	scratch := make([]meeting, runtime.GOMAXPROCS(0))
	for w := range scratch {
		scratch[w] = meeting{shared: make([]uint32, len(f.kits.sites)), probe: newProbe(f.kits)}
	}
	var joins [block][]int32
	for part := range slices.Chunk(order, block) {
		parallel(len(part), func(w, n int) {
			joins[n] = f.search(part[n], 0, &scratch[w], joins[n][:0])
		})
		for n, i := range part {
			f.join(i, joins[n])
		}
		for _, i := range part {
			joins[0] = f.search(i, part[0], &scratch[0], joins[0][:0])
			f.join(i, joins[0])
			f.list(i)
		}
	}
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

func (f *finder) list(i int) {
	r := f.parts.root(i)
	if f.listed[r] >= maxListed {
		return
	}
	f.listed[r]++
	f.copyOf[i] = int32(i)
	var room [sampleTokens]uint32
	for s := range kinds {
		for _, id := range f.sample(s, i, room[:0]) {
			f.lists[s].add(id, i)
		}
	}
}

// meeting counts how much one site shares with others.
type meeting struct {
	shared []uint32 // by site: how many tokens in the upper half, what they weigh in the lower; zero outside search
	met    []int32
	roots  []int
	probe  *probe
}

// meet counts the sites of one list, the latest first, down to from.
func (m *meeting) meet(l *postings, id uint32, from int32, by uint32) {
	fill := (int(l.count[id]) + len(node{}.sites) - 1) % len(node{}.sites)
	for at := l.head[id]; at != 0; {
		n := l.node(at)
		for ; fill >= 0; fill-- {
			k := n.sites[fill]
			if k < from {
				return
			}
			if m.shared[k] == 0 {
				m.met = append(m.met, k)
			}
			m.shared[k] += by
		}
		at, fill = n.next, len(n.sites)-1
	}
}

// search gives the listed sites from `from` on that i is similar enough to, one for each component, those that share what weighs most first. It only reads
// what sites of the same block may read at the same time.
func (f *finder) search(i, from int, m *meeting, out []int32) []int32 {
	m.met = m.met[:0]
	var room [sampleTokens]uint32
	sampled, weighs := 0, uint32(0)
	for s := range kinds {
		sample := f.sample(s, i, room[:0])
		sampled += len(sample)
		by := uint32(1) << 16
		if s == bands || len(sample) < 2*minShared {
			by *= minShared // a small set has no three tokens to share
		}
		l := &f.lists[s]
		for _, id := range sample {
			weight := uint32(bandWeight)
			if s != bands {
				weight = uint32(weightSteps * f.kits.rare[s].weight[id])
			}
			weighs += weight
			m.meet(l, id, int32(from), by+weight)
		}
	}
	near := m.met[:0]
	own := f.parts.find(i)
	counts, least := m.shared, uint32(max(minShared, sampled/sharedOf))<<16
	for _, k := range m.met {
		if counts[k] >= least && counts[k]&0xffff >= weighs/weighsOf && int(k) != i && f.parts.find(int(k)) != own {
			near = append(near, k)
		} else {
			counts[k] = 0
		}
	}
	slices.SortFunc(near, func(a, b int32) int {
		return cmp.Or(cmp.Compare(counts[b]&0xffff, counts[a]&0xffff), cmp.Compare(a, b))
	})
	for _, k := range near {
		counts[k] = 0
	}
	return f.similar(i, near, m, out)
}

// similar compares i with candidates, at most maxCompared of those it turns out to be unlike.
func (f *finder) similar(i int, near []int32, m *meeting, out []int32) []int32 {
	m.roots = m.roots[:0]
	m.probe.at(i)
	unlike := 0
	for _, k := range near {
		r := f.parts.find(int(k))
		if slices.Contains(m.roots, r) {
			continue
		}
		if m.probe.reaches(int(k), f.cut) {
			m.roots, out = append(m.roots, r), append(out, k)
		} else if unlike++; unlike == maxCompared {
			break
		}
	}
	return out
}

// sample gives the smallest numbers of i's tokens that more than one but not too many hold. Bands are all sampled.
func (f *finder) sample(s, i int, out []uint32) []uint32 {
	all := f.kits.sites[i].set(s)
	if s == bands {
		return append(out, all[:min(len(all), sampleTokens)]...)
	}
	r := f.kits.rare[s]
	share := sampledShare
	if signal(s) == assets {
		share = filesShare
	}
	common := int32(max(alwaysSampled, r.units*share))
	for _, id := range all {
		if n := r.holders[id]; n > 1 && n <= common {
			if out = append(out, id); len(out) == sampleTokens {
				break
			}
		}
	}
	return out
}
