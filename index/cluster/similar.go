package cluster

import (
	"math"

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

// weighed is a token set with the weights of its tokens.
type weighed struct {
	hashes []uint32
	weight []float32
	limit  uint32  // up to here every token of the whole set is in hashes
	info   float64 // estimated sum of weights of the whole set
}

func weigh(t *extractors.TokenSet, weightOf func(uint32) float32) weighed {
	w := weighed{hashes: t.Hashes, weight: make([]float32, len(t.Hashes)), limit: reach(t)}
	for i, h := range t.Hashes {
		w.weight[i] = weightOf(h)
		w.info += float64(w.weight[i])
	}
	if len(t.Hashes) > 0 && t.Total > len(t.Hashes) {
		w.info *= float64(t.Total) / float64(len(t.Hashes))
	}
	return w
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
	limit := min(a.limit, b.limit)
	var both, either float64
	i, k := 0, 0
	for i < len(a.hashes) && k < len(b.hashes) {
		x, y := a.hashes[i], b.hashes[k]
		if x > limit || y > limit {
			break
		}
		switch {
		case x < y:
			either += float64(a.weight[i])
			i++
		case y < x:
			either += float64(b.weight[k])
			k++
		default:
			both += float64(a.weight[i])
			either += float64(a.weight[i])
			i++
			k++
		}
	}
	for ; i < len(a.hashes) && a.hashes[i] <= limit; i++ {
		either += float64(a.weight[i])
	}
	for ; k < len(b.hashes) && b.hashes[k] <= limit; k++ {
		either += float64(b.weight[k])
	}
	if either == 0 {
		return 0
	}
	return both / either
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
		p[s] = jaccard(x, y) * min(1, info/s.enough())
	}
	return p
}

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
