package ct

import (
	"fmt"
	"math/bits"

	"golang.org/x/mod/sumdb/tlog"
)

// edge is the right edge of a tree of the first n leaves: the hashes of the perfect subtrees it falls apart into, largest first. It is
// all one must remember to go on building the tree ("compact range").
type edge struct {
	n      int64
	hashes []tlog.Hash
}

// add appends a leaf.
func (e *edge) add(leaf tlog.Hash) {
	for i := e.n; i&1 == 1; i >>= 1 {
		last := len(e.hashes) - 1
		leaf = tlog.NodeHash(e.hashes[last], leaf)
		e.hashes = e.hashes[:last]
	}
	e.hashes = append(e.hashes, leaf)
	e.n++
}

// root is the hash of the whole tree.
func (e edge) root() tlog.Hash {
	if len(e.hashes) == 0 {
		h, _ := tlog.TreeHash(0, nil) // cannot fail: reads no hashes
		return h
	}
	h := e.hashes[len(e.hashes)-1]
	for i := len(e.hashes) - 2; i >= 0; i-- {
		h = tlog.NodeHash(e.hashes[i], h)
	}
	return h
}

func (e edge) clone() edge {
	return edge{n: e.n, hashes: append(make([]tlog.Hash, 0, bits.Len64(uint64(e.n))+1), e.hashes...)}
}

// whole reports whether e can be an edge at all.
func (e edge) whole() bool {
	return e.n >= 0 && e.n <= MaxTree && len(e.hashes) == bits.OnesCount64(uint64(e.n))
}

// edgeIndexes are the places of the edge's hashes of the first n leaves in tlog's order of all hashes.
func edgeIndexes(n int64) []int64 {
	var at []int64
	for lo := int64(0); lo < n; {
		level := bits.Len64(uint64(n-lo)) - 1
		at = append(at, tlog.StoredHashIndex(level, lo>>level))
		lo += 1 << level
	}
	return at
}

// edgeFromProof takes the edge of the first n leaves out of a consistency proof (RFC 6962, 2.1.2) from n to size. A proof holds every
// hash of the edge unless n is a power of two: then the verifier is thought to know it. The root of size that the proof leads to is
// given too; the edge is worth what that root is.
func edgeFromProof(p []tlog.Hash, n, size int64) (e edge, root tlog.Hash, err error) {
	if n <= 0 || n >= size || size > MaxTree || n&(n-1) == 0 {
		return edge{}, tlog.Hash{}, fmt.Errorf("no edge of %d leaves in a proof for %d", n, size)
	}
	w := proofWalk{n: n, left: p}
	root, ok := w.walk(0, size)
	if !ok || len(w.left) != 0 {
		return edge{}, tlog.Hash{}, fmt.Errorf("%w: a consistency proof of %d hashes from %d to %d", ErrMalformed, len(p), n, size)
	}
	return edge{n: n, hashes: w.hashes}, root, nil
}

// proofWalk reads a consistency proof from its end: that is the order in which the walk from the root downwards meets the hashes.
type proofWalk struct {
	n      int64
	left   []tlog.Hash // not used so far
	hashes []tlog.Hash // of the edge
}

func (w *proofWalk) last() (h tlog.Hash, ok bool) {
	if len(w.left) == 0 {
		return h, false
	}
	h = w.left[len(w.left)-1]
	w.left = w.left[:len(w.left)-1]
	return h, true
}

// walk gives the hash of the leaves lo to hi, of which the first n of the tree end within.
func (w *proofWalk) walk(lo, hi int64) (tlog.Hash, bool) {
	if w.n == hi { // a perfect subtree: the walk came here by turning left
		h, ok := w.last()
		w.hashes = append(w.hashes, h)
		return h, ok
	}
	k := int64(1) << (bits.Len64(uint64(hi-lo-1)) - 1) // largest power of two below hi-lo
	other, ok := w.last()
	if !ok {
		return other, false
	}
	if w.n <= lo+k {
		h, ok := w.walk(lo, lo+k)
		return tlog.NodeHash(h, other), ok
	}
	w.hashes = append(w.hashes, other)
	h, ok := w.walk(lo+k, hi)
	return tlog.NodeHash(other, h), ok
}
