package cluster

import "slices"

// vocabulary numbers the tokens of one kind that more than one site holds, in the order of their hashes: a number is an index into
// tables where the hash itself would need a map.
type vocabulary struct {
	size int      // how many numbers
	end  []uint32 // by site: numbers from here on lie beyond what the site's sketch knows in full; nil when there are no sketches
}

const (
	tokensAtOnce = 1 << 24 // tokens numbered in one round, about; bounds the memory beside the result
	sortedAtOnce = 1 << 15 // of those that are sorted in one go, at least: as many as the cache holds
	cellBits     = 12      // of a hash, by which tokens are dealt to what is sorted in one go
	cells        = 1 << cellBits
	digit        = 11 // bits of one pass of the sort
)

// numbering replaces the hashes of one kind of all sites by numbers, in place. Hashes ascend and so do their numbers, so what is
// written never runs ahead of what is still to be read.
type numbering struct {
	sites  []site
	kind   int
	sets   [][]uint32 // of the sites, in the order in which they lie in memory: it is walked through from end to end
	cells  [cells]int // how many tokens have these first bits
	read   []uint16   // tokens of each set that were looked at
	kept   []uint16   // of those, the ones that have a number
	size   int
	limits []uint64 // hash<<32 | site of all sketches, ascending by hash
	end    []uint32
	dealt  []uint32 // hashes of a round, parcel by parcel, then their numbers plus one, 0 = lone
	sorted [2][]uint64
}

// number deals the tokens of all sites into parcels by their first bits, sorts each parcel, sees equal hashes side by side, and gives the
// numbers back in the order in which the tokens were dealt.
func number(sites []site, order []int32, kind int) (v *vocabulary, kept []uint16) {
	n := numbering{sites: sites, kind: kind, sets: make([][]uint32, len(sites)), read: make([]uint16, len(sites)), kept: make([]uint16, len(sites))}
	for at, i := range order {
		n.sets[at] = sites[i].set(kind)
		for _, h := range n.sets[at] {
			n.cells[h>>(32-cellBits)]++
		}
	}
	n.findLimits()
	for from := 0; from < cells; {
		to, tokens := from, 0
		for ; to < cells && (tokens == 0 || tokens+n.cells[to] <= tokensAtOnce); to++ {
			tokens += n.cells[to]
		}
		n.round(from, to, tokens)
		from = to
	}
	n.passLimits(1 << 32)
	kept = n.read // which is not wanted any more
	for at, i := range order {
		kept[i] = n.kept[at]
	}
	return &vocabulary{size: n.size, end: n.end}, kept
}

// round numbers the tokens of some cells.
func (n *numbering) round(from, to, tokens int) {
	if tokens == 0 {
		return
	}
	n.dealt = slices.Grow(n.dealt[:0], tokens)[:tokens]
	var parcel [cells]uint16 // of each cell
	var ends, next []uint32
	for c, size := from, 0; c < to; c++ {
		if size == 0 || size >= sortedAtOnce {
			begins := uint32(0)
			if len(ends) > 0 {
				begins = ends[len(ends)-1]
			}
			ends, next, size = append(ends, begins), append(next, begins), 0
		}
		size += n.cells[c]
		parcel[c] = uint16(len(ends) - 1)
		ends[len(ends)-1] += uint32(n.cells[c])
	}
	begins := slices.Clone(next)
	n.deal(to, &parcel, next)
	for p := range ends {
		n.sort(n.dealt[begins[p]:ends[p]])
	}
	n.giveBack(to, &parcel, begins)
}

// deal puts the sites' tokens below cell to into their parcels; next says where each goes on.
func (n *numbering) deal(to int, parcel *[cells]uint16, next []uint32) {
	for at, set := range n.sets {
		for _, h := range set[n.read[at]:] {
			c := int(h >> (32 - cellBits))
			if c >= to {
				break
			}
			p := parcel[c]
			n.dealt[next[p]] = h
			next[p]++
		}
	}
}

// giveBack replaces the same tokens by the numbers that their parcels hold now.
func (n *numbering) giveBack(to int, parcel *[cells]uint16, next []uint32) {
	for at, set := range n.sets {
		read, kept := n.read[at], n.kept[at]
		for ; int(read) < len(set); read++ {
			c := int(set[read] >> (32 - cellBits))
			if c >= to {
				break
			}
			p := parcel[c]
			if number := n.dealt[next[p]]; number > 0 {
				set[kept] = number - 1
				kept++
			}
			next[p]++
		}
		n.read[at], n.kept[at] = read, kept
	}
}

// sort replaces the hashes of a parcel by their numbers plus one, lone ones by 0.
func (n *numbering) sort(parcel []uint32) {
	step := n.sorted[0][:0]
	for at, h := range parcel {
		step = append(step, uint64(h)<<32|uint64(at))
	}
	n.sorted[0], n.sorted[1] = sortByHash(step, n.sorted[1])
	step = n.sorted[0]
	for a, b := 0, 0; a < len(step); a = b {
		for b = a + 1; b < len(step) && step[b]>>32 == step[a]>>32; b++ {
		}
		if b == a+1 {
			parcel[uint32(step[a])] = 0
			continue
		}
		n.passLimits(step[a] >> 32)
		n.size++
		for _, t := range step[a:b] {
			parcel[uint32(t)] = uint32(n.size)
		}
	}
}

// findLimits lists where the sketches end.
func (n *numbering) findLimits() {
	if n.kind == bands {
		return
	}
	for i := range n.sites {
		if l := n.sites[i].limit[n.kind]; int(n.sites[i].total[n.kind]) > int(n.sites[i].n[n.kind]) && n.sites[i].n[n.kind] > 0 {
			n.limits = append(n.limits, uint64(l)<<32|uint64(i))
		}
	}
	if len(n.limits) == 0 {
		return
	}
	slices.Sort(n.limits)
	n.end = make([]uint32, len(n.sites))
	for i := range n.end {
		n.end[i] = ^uint32(0)
	}
}

// passLimits tells the sketches that end before a hash how many numbers they know.
func (n *numbering) passLimits(hash uint64) {
	for len(n.limits) > 0 && n.limits[0]>>32 < hash {
		n.end[uint32(n.limits[0])] = uint32(n.size)
		n.limits = n.limits[1:]
	}
}

// numberAll gives the tokens of all kinds numbers, and drops those that only one site holds, but for their count.
func numberAll(sites []site) (words [kinds]*vocabulary) {
	order := asStored(sites)
	kept := [kinds][]uint16{}
	parallel(kinds, func(_, k int) {
		// Kinds lie side by side in a site's tokens; each is rewritten within its own bounds.
		words[k], kept[k] = number(sites, order, k)
	})
	parallel(len(sites), func(_, i int) { sites[i].compact(kept, i) })
	return words
}

// compact closes the gaps that lone tokens left.
func (s *site) compact(kept [kinds][]uint16, i int) {
	at, to := 0, 0
	for k := range kinds {
		n := int(kept[k][i])
		if k < int(signals) {
			s.lone[k] = s.n[k] - uint16(n)
		}
		copy(s.tokens[to:], s.tokens[at:at+n])
		at, to = at+int(s.n[k]), to+n
		s.n[k] = uint16(n)
	}
	s.tokens = s.tokens[:to]
}

// sortByHash sorts by the upper half and leaves equals in order (radix sort). Both slices are used; it gives the sorted one and the other.
func sortByHash(from, spare []uint64) (sorted, other []uint64) {
	to := slices.Grow(spare[:0], len(from))[:len(from)]
	for shift := 32; shift < 64; shift += digit {
		var at [1 << digit]int
		for _, t := range from {
			at[t>>shift&(1<<digit-1)]++
		}
		sum := 0
		for d, n := range at {
			at[d] = sum
			sum += n
		}
		for _, t := range from {
			d := t >> shift & (1<<digit - 1)
			to[at[d]] = t
			at[d]++
		}
		from, to = to, from
	}
	return from, to
}
