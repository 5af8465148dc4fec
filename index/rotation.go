package index

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"time"
)

// Rotation says whether one page shows the same address each time it is looked at.
type Rotation struct {
	Page      string    `json:"page"`
	Chain     string    `json:"chain"`
	Visits    int       `json:"visits"`    // looks that saw an address of this chain there; each profile of a visit is a look
	Addresses []string  `json:"addresses"` // distinct, by first seen
	First     time.Time `json:"first"`
	Last      time.Time `json:"last"`
	Kind      string    `json:"kind"`           // RotationOne, …
	Pool      int       `json:"pool,omitempty"` // RotationPool: estimate of how many there are in all, see Chao
}

// Kinds of Rotation.
const (
	RotationOne      = "one"       // the same all along
	RotationSet      = "set"       // several, the same several each time
	RotationPool     = "pool"      // taken from a number of addresses: some came again
	RotationPerVisit = "per_visit" // a new one at each of three or more looks
	RotationUnclear  = "unclear"   // it has changed, in too few looks to say how
)

// Rotations compares what looks at a host saw, page by page and chain by chain. records come newest first, as Reader.Captures gives
// them. The result is ordered by page and chain.
func Rotations(records []CaptureRecord) []Rotation {
	type place struct{ page, chain string }
	looks := map[place][]look{}
	for _, r := range slices.Backward(records) {
		for _, d := range r.Deposits {
			by := map[string][]string{}
			for _, key := range d.Wallets {
				chain, value := chainOf(key)
				by[chain] = append(by[chain], value)
			}
			for chain, values := range by {
				p := place{d.Page, chain}
				looks[p] = append(looks[p], look{r.Started, values})
			}
		}
	}
	var out []Rotation
	for p, all := range looks {
		out = append(out, newRotation(p.page, p.chain, all))
	}
	slices.SortFunc(out, func(a, b Rotation) int { return cmp.Or(cmp.Compare(a.Page, b.Page), cmp.Compare(a.Chain, b.Chain)) })
	return out
}

// look is what one capture saw on one page.
type look struct {
	at     time.Time
	values []string
}

// chainOf takes apart a key like "wallet:trx:T…".
func chainOf(key string) (chain, value string) {
	rest := strings.TrimPrefix(key, "wallet:")
	chain, value, _ = strings.Cut(rest, ":")
	return chain, value
}

func newRotation(page, chain string, all []look) Rotation {
	r := Rotation{Page: page, Chain: chain, Visits: len(all), First: all[0].at, Last: all[0].at}
	times := map[string]int{}
	sameSet, most := true, 0
	for _, l := range all {
		if l.at.Before(r.First) {
			r.First = l.at
		}
		if l.at.After(r.Last) {
			r.Last = l.at
		}
		most = max(most, len(l.values))
		for _, v := range l.values {
			if times[v]++; times[v] == 1 {
				r.Addresses = append(r.Addresses, v)
			}
		}
		sameSet = sameSet && slices.Equal(l.values, all[0].values)
	}
	switch {
	case len(r.Addresses) == 1:
		r.Kind = RotationOne
	case sameSet:
		r.Kind = RotationSet
	case len(all) >= 3 && allOnce(times):
		r.Kind = RotationPerVisit
	case len(all) >= 3 && len(r.Addresses) > most:
		r.Kind, r.Pool = RotationPool, Chao(times)
	default:
		r.Kind = RotationUnclear
	}
	return r
}

func allOnce(times map[string]int) bool {
	for _, n := range times {
		if n > 1 {
			return false
		}
	}
	return true
}

// Chao estimates how many different values there are in all from how often each was seen: seen + f1·(f1-1) / (2·(f2+1)), where f1 were
// seen once and f2 twice (A. Chao, Scandinavian Journal of Statistics 11, 1984; bias-corrected form). It is a lower bound.
func Chao(times map[string]int) int {
	var once, twice float64
	for _, n := range times {
		switch n {
		case 1:
			once++
		case 2:
			twice++
		}
	}
	return len(times) + int(math.Round(once*(once-1)/(2*(twice+1))))
}
