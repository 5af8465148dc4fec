package cluster

import (
	"slices"

	"scamatlas/index"
)

// candidates calls fn once for each pair i < k that may be of one kit: those with an LSH band in common, and those that share
// several of the tokens sampled from one of their sets. The sample of a set is its smallest hashes among the tokens that are not
// common, so similar sets have similar samples.
func candidates(sites []*index.Member, held [signals]*rarity, fn func(i, k int)) {
	n := len(sites)
	shared := make([]uint16, n)
	met := make([]int, 0, n)
	var postings [signals]map[uint32][]int32
	for s := range signals {
		postings[s] = map[uint32][]int32{}
	}
	bands := map[string][]int32{}
	meet := func(list []int32, by uint16) {
		for _, k := range list[:min(len(list), maxPostings)] {
			if shared[k] == 0 {
				met = append(met, int(k))
			}
			shared[k] += by
		}
	}
	for i, m := range sites {
		for s := range signals {
			sample := sampleOf(s, m, held[s])
			by := uint16(1)
			if len(sample) < 2*minShared {
				by = minShared // a small set has no three tokens to share
			}
			for _, h := range sample {
				meet(postings[s][h], by)
				postings[s][h] = append(postings[s][h], int32(i))
			}
		}
		for _, b := range m.Fingerprint.Bands {
			meet(bands[b], minShared)
			bands[b] = append(bands[b], int32(i))
		}
		slices.Sort(met)
		for _, k := range met {
			if shared[k] >= minShared {
				fn(k, i)
			}
			shared[k] = 0
		}
		met = met[:0]
	}
}

// sampleOf gives the smallest hashes of the tokens that more than one but not most sites hold.
func sampleOf(s signal, m *index.Member, r *rarity) []uint32 {
	out := make([]uint32, 0, sampleTokens)
	for _, h := range s.of(&m.Fingerprint).Hashes {
		if n := float64(r.holders[h]); n > 1 && n <= max(alwaysSampled, r.units/10) {
			if out = append(out, h); len(out) == sampleTokens {
				break
			}
		}
	}
	return out
}
