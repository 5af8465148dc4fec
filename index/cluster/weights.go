package cluster

import (
	"math"
	"slices"

	"scamatlas/index"
)

// rarity weighs the tokens of one signal by how few sites, or groups of near copies, hold them.
type rarity struct {
	units   float64
	holders map[uint32]int32
	limits  []uint32 // of the sets that are sketches, ascending
	sets    int
}

// newRarity counts holders. unit numbers the near copies: sites with one number count as one holder, so that a kit does not make
// its own tokens common by being used a lot.
func newRarity(s signal, sites []*index.Member, unit []int) *rarity {
	r := &rarity{holders: map[uint32]int32{}}
	byUnit := map[int][]int{}
	order := []int{}
	for i, u := range unit {
		if byUnit[u] == nil {
			order = append(order, u)
		}
		byUnit[u] = append(byUnit[u], i)
	}
	r.units = float64(len(order))
	for _, u := range order {
		r.count(s, sites, byUnit[u])
	}
	slices.Sort(r.limits)
	return r
}

func (r *rarity) count(s signal, sites []*index.Member, same []int) {
	seen := map[uint32]bool{}
	limit := uint32(0)
	for _, i := range same {
		t := s.of(&sites[i].Fingerprint)
		if len(t.Hashes) == 0 {
			continue
		}
		limit = max(limit, reach(t))
		for _, h := range t.Hashes {
			if len(same) > 1 {
				if seen[h] {
					continue
				}
				seen[h] = true
			}
			r.holders[h]++
		}
	}
	if limit > 0 {
		r.sets++
		if limit < math.MaxUint32 {
			r.limits = append(r.limits, limit)
		}
	}
}

// weight is the logarithm of one over the token's frequency. Holders whose sketch ends below the token are estimated.
func (r *rarity) weight(h uint32) float32 {
	blind, _ := slices.BinarySearch(r.limits, h)
	n := float64(r.holders[h])
	if r.sets > blind {
		n *= float64(r.sets) / float64(r.sets-blind)
	}
	return float32(max(0, math.Log((r.units+background)/max(n, 1))))
}

// shared reports whether more than one site holds the token.
func (r *rarity) shared(h uint32) bool { return r.holders[h] > 1 }
