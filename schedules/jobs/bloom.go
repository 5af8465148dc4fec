package jobs

import "hash/fnv"

// bloom is a Bloom filter: a set of texts in few bytes, which has all that was added, and by mistake some others.
type bloom []byte

// newBloom has room for n texts with one mistake in a hundred, as long as bloomMost bytes are enough for that.
func newBloom(n int) bloom { return make(bloom, min(bloomLeast+n*bloomBits/8, bloomMost)) }

func (b bloom) add(s string) { b.each(s, func(at int, bit byte) bool { b[at] |= bit; return true }) }

func (b bloom) has(s string) bool {
	in := len(b) > 0
	b.each(s, func(at int, bit byte) bool { in = b[at]&bit != 0; return in })
	return in
}

// each goes over the bits of a text: two hashes make all of them (Kirsch and Mitzenmacher).
func (b bloom) each(s string, visit func(at int, bit byte) bool) {
	if len(b) == 0 {
		return
	}
	h := fnv.New64a()
	h.Write([]byte(s))
	sum := h.Sum64()
	one, two := uint32(sum), uint32(sum>>32)|1
	for range bloomHashes {
		n := uint64(one) % uint64(8*len(b))
		if !visit(int(n/8), 1<<(n%8)) {
			return
		}
		one += two
	}
}
