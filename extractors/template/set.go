package template

import (
	"encoding/binary"
	"encoding/hex"
	"math"
	"slices"

	"github.com/zeebo/xxh3"

	"scamatlas/extractors"
)

// set collects hashed tokens.
type set map[uint32]struct{}

func newSet() set { return set{} }

func (s set) add(token string) { s[uint32(xxh3.HashString(token))] = struct{}{} }

// sketch keeps the limit smallest hashes.
func (s set) sketch(limit int) extractors.TokenSet {
	if len(s) == 0 {
		return extractors.TokenSet{}
	}
	all := make([]uint32, 0, len(s))
	for h := range s {
		all = append(all, h)
	}
	slices.Sort(all)
	return extractors.TokenSet{Hashes: slices.Clone(all[:min(len(all), limit)]), Total: len(all)}
}

// grams adds every run of n words as one token. Fewer words than n make one token, so that small pages still compare.
func grams(s set, words []string, n int) {
	if len(words) == 0 {
		return
	}
	hashes := make([]uint64, len(words))
	for i, w := range words {
		hashes[i] = xxh3.HashString(w)
	}
	buf := make([]byte, 8*n)
	for i := 0; i == 0 || i+n <= len(hashes); i++ {
		run := hashes[i:min(i+n, len(hashes))]
		for k, h := range run {
			binary.LittleEndian.PutUint64(buf[8*k:], h)
		}
		s[uint32(xxh3.Hash(buf[:8*len(run)]))] = struct{}{}
	}
}

// Shape of the LSH bands: two sets with similarity s share one of b bands of r rows with probability 1-(1-s^r)^b.
const (
	bandRows   = 4
	tagBands   = 16
	classBands = 8
	textBands  = 8
)

// bands gives the LSH bands over the large sets, as "t0:9f86d081". Small sets (files, names) are better looked up token by token.
func bands(p *extractors.Fingerprint) []string {
	var out []string
	out = appendBands(out, 't', p.Tags.Hashes, tagBands)
	out = appendBands(out, 'c', p.Classes.Hashes, classBands)
	return appendBands(out, 'w', p.Text.Hashes, textBands)
}

// minBanded is the size below which equal bands say nothing: empty frames and error pages all look alike.
const minBanded = 20

func appendBands(out []string, kind byte, hashes []uint32, n int) []string {
	if len(hashes) < minBanded {
		return out
	}
	for b := range n {
		var row [4 * bandRows]byte
		for r := range bandRows {
			binary.LittleEndian.PutUint32(row[4*r:], minHash(hashes, uint64(b*bandRows+r+1)))
		}
		var sum [4]byte
		binary.BigEndian.PutUint32(sum[:], uint32(xxh3.Hash(row[:])))
		name := []byte{kind, 'a' + byte(b), ':'}
		out = append(out, string(hex.AppendEncode(name, sum[:])))
	}
	return out
}

// minHash is the smallest value of the set under the seed's permutation (splitmix64's finaliser).
func minHash(hashes []uint32, seed uint64) uint32 {
	least := uint64(math.MaxUint64)
	for _, h := range hashes {
		x := uint64(h) + seed*0x9e3779b97f4a7c15
		x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
		x = (x ^ x>>27) * 0x94d049bb133111eb
		least = min(least, x^x>>31)
	}
	return uint32(least >> 32)
}
