package cluster

import (
	"math"
	"slices"

	"scamatlas/extractors"
	"scamatlas/index"
)

// rarity weighs the tokens of one signal by how few sites, or groups of near copies, hold them.
type rarity struct {
	units   float64
	least   float64   // weight
	holders []int32   // by token number
	weight  []float32 // by token number
	limits  []uint32  // of the sets that are sketches, ascending
	sets    int
	partial bool // some set is a sketch
}

// newRarity counts holders. units are the near copies, which count as one holder, so that a kit does not make its own tokens common
// by being used a lot.
func newRarity(s signal, sites []*index.Member, v *vocabulary, units [][]int, least float64) *rarity {
	r := &rarity{units: float64(len(units)), least: least, holders: make([]int32, len(v.hashes))}
	last := make([]int32, len(v.hashes)) // unit that was counted last, plus one
	for u, same := range units {
		limit := uint32(0)
		for _, i := range same {
			if t := s.of(&sites[i].Fingerprint); len(t.Hashes) > 0 {
				limit = max(limit, reach(t))
				r.partial = r.partial || reach(t) < math.MaxUint32
			}
			for _, id := range v.of[i] {
				if last[id] != int32(u)+1 {
					last[id] = int32(u) + 1
					r.holders[id]++
				}
			}
		}
		if limit > 0 {
			r.sets++
			if limit < math.MaxUint32 {
				r.limits = append(r.limits, limit)
			}
		}
	}
	slices.Sort(r.limits)
	r.weight = make([]float32, len(v.hashes))
	blind := 0
	for id, h := range v.hashes {
		for blind < len(r.limits) && r.limits[blind] < h {
			blind++
		}
		r.weight[id] = r.weightOf(r.holders[id], blind)
	}
	return r
}

// weightOf is the logarithm of one over a token's frequency. Holders whose sketch ends below the token are estimated.
func (r *rarity) weightOf(holders int32, blind int) float32 {
	n := float64(holders)
	if r.sets > blind {
		n *= float64(r.sets) / float64(r.sets-blind)
	}
	return float32(max(r.least, math.Log((r.units+background)/max(n, 1))))
}

// weigh prepares a set, given with the numbers of those of its tokens that other sites hold too.
func (r *rarity) weigh(t *extractors.TokenSet, v *vocabulary, ids []uint32) weighed {
	w := weighed{ids: ids, weight: r.weight, all: t.Hashes, limit: reach(t), end: uint32(len(v.hashes))}
	if w.limit < math.MaxUint32 {
		w.end = v.upTo(w.limit)
	}
	if r.partial {
		w.upTo = make([]float32, len(t.Hashes))
	}
	at, lone := 0, r.weightOf(1, 0)
	for k, h := range t.Hashes {
		x := lone
		switch {
		case at < len(ids) && v.hashes[ids[at]] == h:
			x = r.weight[ids[at]]
			at++
		case len(r.limits) > 0:
			blind, _ := slices.BinarySearch(r.limits, h)
			x = r.weightOf(1, blind)
		}
		w.sumAll += float64(x)
		if w.upTo != nil {
			w.upTo[k] = float32(w.sumAll)
		}
	}
	w.info = w.sumAll
	if len(t.Hashes) > 0 && t.Total > len(t.Hashes) {
		w.info *= float64(t.Total) / float64(len(t.Hashes))
	}
	return w
}
