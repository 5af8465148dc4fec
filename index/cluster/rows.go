package cluster

import "slices"

// rows compares all of a few sites with each other, row by row. It lays out who holds each token, so that two sites that have little in
// common cost little, where a probe looks at all tokens of both.
type rows struct {
	kits    *kits
	sites   []int
	sets    [][signals]tokenSet
	holders [signals]holding
}

// holding is who holds the tokens of one signal that two or more of the sites hold.
type holding struct {
	who   []int32 // places in rows.sites, ascending for each token
	spans []heldBy
	ends  []uint32 // of the spans, by place
	known []uint8  // how many tokens a site has below the end of another's sketch, row by row; nil when there are no sketches
}

// heldBy is a token of a site: who[from:to] are the sites before it that hold it.
type heldBy struct{ from, to, weight uint32 }

// newRows prepares the comparison of sites. The signals are shared among processors when there are many.
func newRows(k *kits, sites []int) *rows {
	r := &rows{kits: k, sites: sites, sets: make([][signals]tokenSet, len(sites))}
	for n, i := range sites {
		for s := range signals {
			r.sets[n][s] = k.set(i, s)
		}
	}
	if len(sites) > aside {
		parallel(int(signals), func(_, s int) { r.hold(signal(s)) })
		return r
	}
	for s := range signals {
		r.hold(s)
	}
	return r
}

// hold turns the sites' tokens of one signal into the sites of each token.
func (r *rows) hold(s signal) {
	var all []uint64 // token and place
	for n := range r.sets {
		set := &r.sets[n][s]
		for _, id := range set.ids {
			if id < set.end { // beyond its end a sketch is not compared
				all = append(all, uint64(id)<<32|uint64(n))
			}
		}
	}
	all, _ = sortByHash(all, nil)
	h := &r.holders[s]
	h.ends = make([]uint32, len(r.sites))
	for a, b := 0, 0; a < len(all); a = b {
		for b = a + 1; b < len(all) && all[b]>>32 == all[a]>>32; b++ {
			h.ends[uint32(all[b])]++ // the first holder has nobody before it
		}
	}
	room := uint32(0)
	for n, count := range h.ends {
		h.ends[n] = room // where the place's spans begin, for now
		room += count
	}
	h.spans = make([]heldBy, room)
	for a, b := 0, 0; a < len(all); a = b {
		from := uint32(len(h.who))
		for b = a; b < len(all) && all[b]>>32 == all[a]>>32; b++ {
			n := uint32(all[b])
			if b > a {
				h.spans[h.ends[n]] = heldBy{from, uint32(len(h.who)), whole(r.sets[n][s].weight[all[b]>>32])}
				h.ends[n]++
			}
			h.who = append(h.who, int32(n))
		}
		if b == a+1 {
			h.who = h.who[:from] // lone here
		}
	}
	if r.kits.words[s].end != nil {
		h.known = r.countKnown(s)
	}
}

// countKnown counts, for each two sites, the tokens of the one that lie below the end of the other's sketch.
func (r *rows) countKnown(s signal) []uint8 {
	n := len(r.sites)
	order := make([]int, n)
	for i := range order {
		order[i] = i
	}
	end := func(i int) uint32 { return r.sets[i][s].end }
	slices.SortFunc(order, func(a, b int) int { return int(int64(end(a)) - int64(end(b))) })
	out := make([]uint8, n*n)
	for i := range n {
		ids, below := r.sets[i][s].ids, 0
		for _, j := range order {
			for below < len(ids) && ids[below] < end(j) {
				below++
			}
			out[i*n+j] = uint8(below)
		}
	}
	return out
}

// rowScratch is what one worker needs for rows.
type rowScratch struct {
	both  []uint32
	parts []parts
}

// row writes the similarity of the site at place n to each of those before it.
func (r *rows) row(n int, out []float32, w *rowScratch) {
	w.parts = append(w.parts[:0], make([]parts, n)...)
	w.both = append(w.both[:0], make([]uint32, n)...)
	for s := range signals {
		r.part(s, n, w)
	}
	for m := range n {
		i, j := r.sites[n], r.sites[m]
		out[m] = 0
		if r.kits.sites[i].version == r.kits.sites[j].version {
			out[m] = float32(r.kits.joined(i, j, w.parts[m]))
		}
	}
}

// part fills in one signal's similarity.
func (r *rows) part(s signal, n int, w *rowScratch) {
	h, from := &r.holders[s], uint32(0)
	if n > 0 {
		from = h.ends[n-1]
	}
	both := w.both[:n]
	clear(both)
	for _, t := range h.spans[from:h.ends[n]] {
		for _, m := range h.who[t.from:t.to] {
			both[m] += t.weight
		}
	}
	i, x := r.sites[n], &r.sets[n][s]
	for m, weight := range both {
		if weight == 0 {
			continue
		}
		y := &r.sets[m][s]
		limit, _ := bounds(x, y)
		knownX, knownY := len(x.ids), len(y.ids)
		if h.known != nil {
			knownX, knownY = int(h.known[n*len(r.sites)+m]), int(h.known[m*len(r.sites)+n])
		}
		w.parts[m][s] = r.kits.partOf(s, i, r.sites[m], x.sumOf(limit, knownX), y.sumOf(limit, knownY), float64(weight)/fraction)
	}
}
