package cluster

import (
	"math"
	"slices"

	"scamatlas/extractors"
)

// signal is one of the five token sets of a fingerprint.
type signal int

const (
	tags signal = iota
	classes
	assets
	names
	text
	signals // how many
)

func (s signal) String() string {
	return [...]string{"tags", "classes", "assets", "names", "text"}[s]
}

// trust is how far full agreement in one signal goes towards "same kit".
func (s signal) trust() float64 { return [...]float64{.9, .9, .95, .8, .8}[s] }

// enough is the information (sum of token weights of the smaller side) from which a signal counts in full.
func (s signal) enough() float64 { return [...]float64{80, 60, 20, 30, 300}[s] }

func (s signal) of(f *extractors.Fingerprint) *extractors.TokenSet {
	return [...]*extractors.TokenSet{&f.Tags, &f.Classes, &f.Assets, &f.Names, &f.Text}[s]
}

// weighed is a token set with the weights of its tokens. Tokens that nobody else holds count in sums, but need not be looked at pair
// by pair.
type weighed struct {
	ids    []uint32  // numbers of the tokens that other sites hold too, ascending
	weight []float32 // by number
	end    uint32    // numbers from here on lie beyond limit
	all    []uint32  // hashes of the whole set, or of what the sketch holds of it
	upTo   []float32 // sum of the weights of all[:i+1]; nil when no set of this signal is a sketch
	limit  uint32    // up to here every token of the whole set is in all
	sumAll float64   // of the weights of all
	info   float64   // estimated sum of weights of the whole set
}

// sum adds up the weights of the tokens up to limit.
func (w *weighed) sum(limit uint32) float64 {
	if limit == math.MaxUint32 {
		return w.sumAll
	}
	n, found := slices.BinarySearch(w.all, limit)
	if found {
		n++
	}
	if n == 0 {
		return 0
	}
	return float64(w.upTo[n-1])
}

// reach is the largest hash up to which a set is known in full.
func reach(t *extractors.TokenSet) uint32 {
	if n := len(t.Hashes); n > 0 && t.Total > n {
		return t.Hashes[n-1]
	}
	return math.MaxUint32
}

// jaccard is the weighted Jaccard similarity, estimated over the part of the hash range that both sets know in full.
func jaccard(a, b *weighed) float64 {
	both, limit := common(a, b)
	if both == 0 {
		return 0
	}
	return both / (a.sum(limit) + b.sum(limit) - both)
}

// contained is the share of part that whole holds as well.
func contained(part, whole *weighed) float64 {
	both, limit := common(part, whole)
	if both == 0 {
		return 0
	}
	return both / part.sum(limit)
}

// common sums the weights of the tokens up to limit that both sets hold; up to there both are known in full.
func common(a, b *weighed) (both float64, limit uint32) {
	limit = min(a.limit, b.limit)
	end := min(a.end, b.end)
	x, y := a.ids, b.ids
	for i, k := 0, 0; i < len(x) && k < len(y); {
		p, q := x[i], y[k]
		if p == q {
			if p >= end {
				break
			}
			both += float64(a.weight[p])
			i++
			k++
			continue
		}
		up, down := 0, 1 // without a branch: which of two strangers is smaller cannot be foretold
		if p < q {
			up, down = 1, 0
		}
		i += up
		k += down
	}
	return both, limit
}

// parts holds the similarity of two sites, signal by signal.
type parts [signals]float64

// compare gives each signal's similarity, lowered where the smaller side carries too little to mean much.
func compare(a, b *[signals]weighed) parts {
	var p parts
	for s := range signals {
		x, y := &a[s], &b[s]
		info := min(x.info, y.info)
		if info == 0 {
			continue
		}
		var similar float64
		switch { // of an empty frame we see but some of the files: those it must have in common
		case isFrame(a) && !isFrame(b):
			similar = contained(x, y)
		case isFrame(b) && !isFrame(a):
			similar = contained(y, x)
		default:
			similar = jaccard(x, y)
		}
		p[s] = similar * min(1, info/s.enough())
	}
	return p
}

// isFrame reports whether nothing is known of the page but files: a shell whose script did not run.
func isFrame(a *[signals]weighed) bool { return len(a[tags].all) == 0 }

// score joins the signals by noisy-or: each leaves a doubt of 1 - trust·similarity, the doubts multiply. One signal alone does not
// make a kit unless it is nearly complete.
func (p parts) score() float64 {
	doubt, kinds, best := 1.0, 0, 0.0
	for s := range signals {
		doubt *= 1 - s.trust()*p[s]
		best = max(best, p[s])
		if p[s] >= agrees {
			kinds++
		}
	}
	if kinds < 2 && best < lone {
		return min(1-doubt, related)
	}
	return 1 - doubt
}
