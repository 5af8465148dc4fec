package cluster

import "slices"

// vocabulary numbers the tokens of one kind that more than one site holds, in the order of their hashes: a number is an index into
// tables where the hash itself would need a map.
type vocabulary struct {
	hashes []uint32   // by number, ascending
	sites  []int32    // by number: how many sites hold the token
	of     [][]uint32 // by site: the numbers of its tokens, ascending
}

const (
	sortedAtOnce = 1 << 20 // tokens sorted in one go, about; bounds the memory beside the result
	digit        = 11      // bits of one pass of the sort
)

// newVocabulary numbers the tokens of n sites, whose hashes are ascending. It walks the range of hashes in steps, sorts what all sites
// hold of one step, and sees equal hashes side by side.
func newVocabulary(n int, hashes func(i int) []uint32) *vocabulary {
	v := &vocabulary{of: make([][]uint32, n)}
	total := 0
	for i := range n {
		total += len(hashes(i))
	}
	room, at := make([]uint32, total), 0
	for i := range n {
		v.of[i] = room[at : at : at+len(hashes(i))]
		at += len(hashes(i))
	}
	steps := uint64(1 + total/sortedAtOnce)
	seen := make([]int32, n) // of each site
	var step, spare []uint64
	for s := range steps {
		end := (s + 1) << 32 / steps
		step = step[:0]
		for i := range n {
			h := hashes(i)
			k := int(seen[i])
			for ; k < len(h) && uint64(h[k]) < end; k++ {
				step = append(step, uint64(h[k])<<32|uint64(i))
			}
			seen[i] = int32(k)
		}
		step, spare = sortByHash(step, spare)
		v.addStep(step)
	}
	return v
}

// addStep takes tokens with their sites, sorted.
func (v *vocabulary) addStep(step []uint64) {
	for a := 0; a < len(step); {
		b := a + 1
		for b < len(step) && step[b]>>32 == step[a]>>32 {
			b++
		}
		if b-a > 1 {
			id := uint32(len(v.hashes))
			v.hashes, v.sites = append(v.hashes, uint32(step[a]>>32)), append(v.sites, int32(b-a))
			for _, t := range step[a:b] {
				i := uint32(t)
				v.of[i] = append(v.of[i], id)
			}
		}
		a = b
	}
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

// upTo counts the numbers of hashes up to limit.
func (v *vocabulary) upTo(limit uint32) uint32 {
	n, found := slices.BinarySearch(v.hashes, limit)
	if found {
		n++
	}
	return uint32(n)
}
