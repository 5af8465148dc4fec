package template

import (
	"encoding/binary"
	"encoding/hex"
	"math"
	"slices"

	"github.com/zeebo/xxh3"

	"scamatlas/extractors"
)

// set collects hashed tokens. Repeats go when they are many, and in the end.
type set struct {
	hashes []uint32
	full   int // length at which repeats are looked for
}

const firstFull = 1 << 16

func newSet() *set { return &set{full: firstFull} }

func (s *set) add(token string) { s.put(xxh3.HashString(token)) }

func (s *set) put(hash uint64) {
	if len(s.hashes) >= s.full {
		s.tidy()
		s.full = max(firstFull, 2*len(s.hashes))
	}
	s.hashes = append(s.hashes, uint32(hash))
}

// tidy sorts and takes out repeats.
func (s *set) tidy() {
	sortHashes(s.hashes)
	s.hashes = slices.Compact(s.hashes)
}

// sketch keeps the limit smallest hashes.
func (s *set) sketch(limit int) extractors.TokenSet {
	if len(s.hashes) == 0 {
		return extractors.TokenSet{}
	}
	s.tidy()
	return extractors.TokenSet{Hashes: slices.Clone(s.hashes[:min(len(s.hashes), limit)]), Total: len(s.hashes)}
}

const fewHashes = 256 // below which comparing is faster

// sortHashes sorts by one byte after the other, the least first: hashes are many and evenly spread.
func sortHashes(all []uint32) {
	if len(all) < fewHashes {
		slices.Sort(all)
		return
	}
	var ends [4][256]int
	for _, h := range all {
		ends[0][h&255]++
		ends[1][h>>8&255]++
		ends[2][h>>16&255]++
		ends[3][h>>24]++
	}
	from, to := all, make([]uint32, len(all))
	for pass := range ends {
		at, sum := &ends[pass], 0
		for i, n := range at {
			at[i] = sum
			sum += n
		}
		for _, h := range from {
			b := h >> (8 * pass) & 255
			to[at[b]] = h
			at[b]++
		}
		from, to = to, from // an even number of times: the result lies in all
	}
}

// maxGram is the longest run that makes one token.
const maxGram = 5

// grams adds every run of n words, given by their hashes, as one token. Fewer words than n make one token, so that small pages still compare.
func grams(s *set, words []uint64, n int) {
	if len(words) == 0 {
		return
	}
	var buf [8 * maxGram]byte
	for i := 0; i == 0 || i+n <= len(words); i++ {
		run := words[i:min(i+n, len(words))]
		for k, h := range run {
			binary.LittleEndian.PutUint64(buf[8*k:], h)
		}
		s.put(xxh3.Hash(buf[:8*len(run)]))
	}
}

// Shape of the LSH bands: two sets with similarity s share one of b bands of r rows with probability 1-(1-s^r)^b.
const (
	bandRows    = 4
	tagBands    = 16
	classBands  = 8
	textBands   = 8
	scriptBands = 12 // all there is to find an empty frame by
)

// bands gives the LSH bands over the large sets, as "t0:9f86d081". Small sets (files, names) are better looked up token by token.
func bands(p *extractors.Fingerprint) []string {
	var out []string
	out = appendBands(out, 't', p.Tags.Hashes, tagBands)
	out = appendBands(out, 'c', p.Classes.Hashes, classBands)
	out = appendBands(out, 'w', p.Text.Hashes, textBands)
	return appendBands(out, 's', p.Script.Hashes, scriptBands)
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
