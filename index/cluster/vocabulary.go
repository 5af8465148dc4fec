package cluster

import "slices"

// vocabulary numbers the tokens of one kind that more than one site holds, in the order of their hashes: a number is an index into
// tables where the hash itself would need a map.
type vocabulary struct {
	size int      // how many numbers
	end  []uint32 // by site: numbers from here on lie beyond what the site's sketch knows in full; nil when there are no sketches
}

const (
	sortedAtOnce = 1 << 20 // tokens sorted in one go, about; bounds the memory beside the result
	mostSteps    = 32      // in which all are sorted: each looks at every site
	digit        = 11      // bits of one pass of the sort
)

// numbering replaces the hashes of one kind of all sites by numbers, in place. Hashes ascend and so do their numbers, so what is
// written never runs ahead of what is still to be read.
type numbering struct {
	sites  []site
	kind   int
	read   []uint16 // tokens of each site that were looked at
	kept   []uint16 // of those, the ones that have a number
	size   int
	limits []uint64 // hash<<32 | site of all sketches, ascending by hash
	end    []uint32
}

// number walks the range of hashes in steps, sorts what all sites hold of one step, and sees equal hashes side by side.
func number(sites []site, kind int) (v *vocabulary, kept []uint16) {
	n := numbering{sites: sites, kind: kind, read: make([]uint16, len(sites)), kept: make([]uint16, len(sites))}
	total := 0
	for i := range sites {
		total += int(sites[i].n[kind])
	}
	n.findLimits()
	steps := uint64(min(1+total/sortedAtOnce, mostSteps))
	var step, spare []uint64
	for s := range steps {
		end := (s + 1) << 32 / steps
		step = step[:0]
		for i := range sites {
			h := sites[i].set(kind)
			k := int(n.read[i])
			for ; k < len(h) && uint64(h[k]) < end; k++ {
				step = append(step, uint64(h[k])<<32|uint64(i))
			}
			n.read[i] = uint16(k)
		}
		step, spare = sortByHash(step, spare)
		n.add(step)
	}
	n.passLimits(1 << 32)
	return &vocabulary{size: n.size, end: n.end}, n.kept
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

// add takes tokens with their sites, sorted.
func (n *numbering) add(step []uint64) {
	for a := 0; a < len(step); {
		b := a + 1
		for b < len(step) && step[b]>>32 == step[a]>>32 {
			b++
		}
		if b-a > 1 {
			n.passLimits(step[a] >> 32)
			for _, t := range step[a:b] {
				i := uint32(t)
				n.sites[i].set(n.kind)[n.kept[i]] = uint32(n.size)
				n.kept[i]++
			}
			n.size++
		}
		a = b
	}
}

// numberAll gives the tokens of all kinds numbers, and drops those that only one site holds, but for their count.
func numberAll(sites []site) (words [kinds]*vocabulary) {
	kept := [kinds][]uint16{}
	parallel(kinds, func(_, k int) {
		// Kinds lie side by side in a site's tokens; each is rewritten within its own bounds.
		words[k], kept[k] = number(sites, k)
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
