package cluster

import (
	"math"
	"slices"
)

// rarity weighs the tokens of one signal by how few sites, or groups of near copies, hold them.
type rarity struct {
	units   float64
	beside  float64   // sites imagined beside them
	least   float64   // weight
	lone    float32   // weight of a token that nobody else holds
	most    float32   // weight that no token exceeds
	holders []int32   // by token number
	weight  []float32 // by token number
}

// newRarity counts holders. units are the near copies, which count as one holder, so that a kit does not make its own tokens common
// by being used a lot.
func newRarity(s signal, sites []site, v *vocabulary, units [][]int, beside int, least float64) *rarity {
	r := &rarity{units: float64(len(units)), beside: float64(beside), least: least, holders: make([]int32, v.size)}
	last := make([]int32, v.size) // unit of several that was counted last, plus one
	var ends []uint32             // of the units that are sketches
	sets := 0
	for u, same := range units {
		end, some := uint32(0), false
		for _, i := range same {
			if sites[i].total[s] > 0 {
				some, end = true, max(end, v.endOf(i))
			}
			for _, id := range sites[i].set(int(s)) {
				if len(same) == 1 {
					r.holders[id]++
				} else if last[id] != int32(u)+1 {
					last[id] = int32(u) + 1
					r.holders[id]++
				}
			}
		}
		if some {
			sets++
			if end < uint32(v.size) {
				ends = append(ends, end)
			}
		}
	}
	slices.Sort(ends)
	r.weight = make([]float32, v.size)
	blind := 0 // units whose sketches end before the token: as many of them as of the others are taken to hold it
	for id := range r.weight {
		for blind < len(ends) && ends[blind] <= uint32(id) {
			blind++
		}
		r.weight[id] = r.weightOf(float64(r.holders[id]), float64(sets), float64(blind))
	}
	r.lone = r.weightOf(1, 1, 0)
	r.most = r.lone
	return r
}

// weightOf is the logarithm of one over a token's frequency.
func (r *rarity) weightOf(holders, sets, blind float64) float32 {
	if sets > blind {
		holders *= sets / (sets - blind)
	}
	return float32(max(r.least, math.Log((r.units+r.beside)/max(holders, 1))))
}

// endOf gives the number from which on a site's sketch knows nothing.
func (v *vocabulary) endOf(i int) uint32 {
	if v.end == nil {
		return uint32(v.size)
	}
	return min(v.end[i], uint32(v.size))
}

// weighed is what is known of the weight of one set beside its tokens.
type weighed struct {
	shared float32 // sum of the weights of the tokens that others hold too
	lone   float32 // of those that nobody else holds
	info   float32 // estimated sum of weights of the whole set
}

// weigh adds up a set's weights.
func (r *rarity) weigh(s *site, k signal) weighed {
	var w weighed
	for _, id := range s.set(int(k)) {
		w.shared += r.weight[id]
	}
	w.lone = float32(s.lone[k]) * r.lone
	w.info = w.shared + w.lone
	if kept := uint32(s.n[k]) + uint32(s.lone[k]); kept > 0 && s.total[k] > kept {
		w.info *= float32(s.total[k]) / float32(kept)
	}
	return w
}
