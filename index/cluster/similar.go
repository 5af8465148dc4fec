package cluster

import (
	"slices"

	"scamatlas/extractors"
)

// signal is one of the token sets of a fingerprint.
type signal int

const (
	tags signal = iota
	classes
	assets
	names
	text
	script
	marks
	signals // how many
)

func (s signal) String() string {
	return [...]string{"tags", "classes", "assets", "names", "text", "script", "marks"}[s]
}

// trust is how far full agreement in one signal goes towards "same kit".
func (s signal) trust() float64 { return trusts[s] }

var trusts = [signals]float64{.9, .9, .95, .8, .8, .95, .6}

// enough is the information (sum of token weights of the smaller side) from which a signal counts in full.
func (s signal) enough() float64 { return [...]float64{80, 60, 20, 30, 300, 300, 80}[s] }

// cheapest is the order in which signals are compared when it may end early: small sets first.
var cheapest = [signals]signal{assets, names, marks, classes, script, tags, text}

func (s signal) of(f *extractors.Fingerprint) *extractors.TokenSet {
	return [...]*extractors.TokenSet{&f.Tags, &f.Classes, &f.Assets, &f.Names, &f.Text, &f.Script, &f.Marks}[s]
}

// tokenSet is a site's tokens of one signal as they are compared.
type tokenSet struct {
	*weighed
	ids    []uint32  // numbers of the tokens that other sites hold too, ascending
	weight []float32 // by number
	end    uint32    // numbers from here on lie beyond what the sketch knows
	limit  uint32    // hash up to which every token of the whole set is known
}

// sum estimates the weight of the tokens up to limit and end.
func (a *tokenSet) sum(limit, end uint32) float64 {
	known := len(a.ids)
	if end < a.end {
		known, _ = slices.BinarySearch(a.ids, end)
	}
	return a.sumOf(limit, known)
}

// sumOf estimates the weight of the tokens up to limit and of the first known numbers: those that others hold are counted, lone ones are
// taken to lie evenly.
func (a *tokenSet) sumOf(limit uint32, known int) float64 {
	shared, lone := float64(a.shared), float64(a.lone)
	if known < len(a.ids) {
		shared *= float64(known) / float64(len(a.ids))
	}
	if limit < a.limit {
		lone *= float64(limit) / float64(a.limit)
	}
	return shared + lone
}

// bounds gives the hash and the number up to which both sets are known in full.
func bounds(a, b *tokenSet) (limit, end uint32) { return min(a.limit, b.limit), min(a.end, b.end) }

// common sums the weights of the tokens that both sets hold, of those that both know in full.
func common(a, b *tokenSet) (both float64) {
	_, end := bounds(a, b)
	var held [maxKept]uint32
	sum := uint32(0)
	for _, id := range intersect(&held, a.ids, b.ids) {
		if id >= end {
			break
		}
		sum += whole(a.weight[id])
	}
	return float64(sum) / fraction
}

// whole is a weight as a whole number of fractions, so that a sum is the same in any order.
func whole(weight float32) uint32 { return uint32(weight*fraction + .5) }

const fraction = 1 << 16

// intersect gives what two ascending sets of at most maxKept have in common. It runs without branches: which of two strangers is smaller
// cannot be foretold.
func intersect(out *[maxKept]uint32, x, y []uint32) []uint32 {
	n := 0
	for i, k := 0, 0; i < len(x) && k < len(y); {
		p, q := x[i], y[k]
		out[n&(maxKept-1)] = p
		up, down := 0, 0
		if p <= q {
			up = 1
		}
		if q <= p {
			down = 1
		}
		i, k, n = i+up, k+down, n+up&down
	}
	return out[:n]
}

// parts holds the similarity of two sites, signal by signal.
type parts [signals]float64

// compare gives each signal's similarity, lowered where the smaller side carries too little to mean much.
func (k *kits) compare(i, j int) (p parts) {
	for s := range signals {
		if k.most(s, i, j) > 0 {
			x, y := k.set(i, s), k.set(j, s)
			p[s] = k.part(s, i, j, &x, &y, common(&x, &y))
		}
	}
	return p
}

// part is the similarity of two sites in one signal, of which both is what they have in common.
func (k *kits) part(s signal, i, j int, x, y *tokenSet, both float64) float64 {
	if both == 0 {
		return 0
	}
	limit, end := bounds(x, y)
	return k.partOf(s, i, j, x.sum(limit, end), y.sum(limit, end), both)
}

// partOf is part, with the weight of each set estimated over the part of the hash range that both know in full.
func (k *kits) partOf(s signal, i, j int, x, y, both float64) float64 {
	a, b := &k.sites[i], &k.sites[j]
	weight := k.most(s, i, j)
	switch { // of an empty frame we see but some of the files: those it must have in common; its script is read in full
	case s != script && a.isFrame() && !b.isFrame():
		return weight * contained(x, both)
	case s != script && b.isFrame() && !a.isFrame():
		return weight * contained(y, both)
	}
	return weight * jaccard(x, y, both)
}

// jaccard is the weighted Jaccard similarity of two sets of these weights.
func jaccard(a, b, both float64) float64 {
	if both == 0 {
		return 0
	}
	return both / max(both, a+b-both)
}

// contained is the share of a set that another holds as well.
func contained(part, both float64) float64 {
	if both == 0 {
		return 0
	}
	return both / max(both, part)
}

// most is how similar two sites can be in one signal, with what there is to compare.
func (k *kits) most(s signal, i, j int) float64 {
	return min(1, float64(min(k.sets[i][s].info, k.sets[j][s].info))/s.enough())
}

func (k *kits) set(i int, s signal) tokenSet {
	return tokenSet{weighed: &k.sets[i][s], ids: k.sites[i].set(int(s)), weight: k.rare[s].weight, end: k.words[s].endOf(i), limit: k.sites[i].limit[s]}
}

// isFrame reports whether nothing is known of the page but files: a shell whose script did not run.
func (s *site) isFrame() bool { return s.total[tags] == 0 }

// similarity puts all that is known of two front ends into one number, 0..1.
func (k *kits) similarity(i, j int) float64 {
	if k.sites[i].version != k.sites[j].version {
		return 0
	}
	return k.joined(i, j, k.compare(i, j))
}

// joined puts together what is known of each signal, and what supports it.
func (k *kits) joined(i, j int, p parts) float64 {
	return lifted(p.score(k.framed(i, j)), k.support(i, j, p[script]))
}

// framed reports whether one of two sites is an empty frame, so that its script says most of what there is to know.
func (k *kits) framed(i, j int) bool { return k.sites[i].isFrame() || k.sites[j].isFrame() }

// score joins the signals by noisy-or: each leaves a doubt of 1 - trust·similarity, the doubts multiply. One signal alone does not
// make a kit unless it is nearly complete. What scripts are made of is a witness where there is little else to see: elsewhere it
// mostly says that two sites use one library.
func (p parts) score(framed bool) float64 {
	doubt, kinds, best := 1.0, 0, 0.0
	for s := range signals {
		if s == script && !framed {
			continue
		}
		doubt *= 1 - s.trust()*p[s]
		best = max(best, p[s])
		if p[s] >= agrees {
			kinds++
		}
	}
	if kinds < 2 && best < lone && !(framed && p[script] >= loneScript) {
		return min(1-doubt, related)
	}
	return 1 - doubt
}
