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
func (s signal) trust() float64 { return [...]float64{.9, .9, .95, .8, .8, .95, .6}[s] }

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

// sum estimates the weight of the tokens up to limit and end: those that others hold are counted, lone ones are taken to lie evenly.
func (a *tokenSet) sum(limit, end uint32) float64 {
	shared, lone := float64(a.shared), float64(a.lone)
	if end < a.end {
		n, _ := slices.BinarySearch(a.ids, end)
		if len(a.ids) > 0 {
			shared *= float64(n) / float64(len(a.ids))
		}
	}
	if limit < a.limit {
		lone *= float64(limit) / float64(a.limit)
	}
	return shared + lone
}

// jaccard is the weighted Jaccard similarity, estimated over the part of the hash range that both sets know in full.
func jaccard(a, b *tokenSet) float64 {
	both, limit, end := common(a, b)
	if both == 0 {
		return 0
	}
	return both / max(both, a.sum(limit, end)+b.sum(limit, end)-both)
}

// contained is the share of part that whole holds as well.
func contained(part, whole *tokenSet) float64 {
	both, limit, end := common(part, whole)
	if both == 0 {
		return 0
	}
	return both / max(both, part.sum(limit, end))
}

// common sums the weights of the tokens up to limit and end that both sets hold; up to there both are known in full.
func common(a, b *tokenSet) (both float64, limit, end uint32) {
	limit, end = min(a.limit, b.limit), min(a.end, b.end)
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
	return both, limit, end
}

// parts holds the similarity of two sites, signal by signal.
type parts [signals]float64

// compare gives each signal's similarity, lowered where the smaller side carries too little to mean much.
func (k *kits) compare(i, j int) parts {
	var p parts
	for s := range signals {
		p[s] = k.part(s, i, j)
	}
	return p
}

// part is the similarity of two sites in one signal.
func (k *kits) part(s signal, i, j int) float64 {
	weight := k.most(s, i, j)
	if weight == 0 {
		return 0
	}
	a, b := &k.sites[i], &k.sites[j]
	x, y := k.set(i, s), k.set(j, s)
	switch { // of an empty frame we see but some of the files: those it must have in common; its script is read in full
	case s != script && a.isFrame() && !b.isFrame():
		return weight * contained(&x, &y)
	case s != script && b.isFrame() && !a.isFrame():
		return weight * contained(&y, &x)
	}
	return weight * jaccard(&x, &y)
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
	p := k.compare(i, j)
	return lifted(p.score(k.framed(i, j)), k.support(i, j, p[script]))
}

// framed reports whether one of two sites is an empty frame, so that its script says most of what there is to know.
func (k *kits) framed(i, j int) bool { return k.sites[i].isFrame() || k.sites[j].isFrame() }

// reaches reports whether similarity is cut or more, and mostly finds out without comparing everything.
func (k *kits) reaches(i, j int, cut float64) bool {
	if k.sites[i].version != k.sites[j].version {
		return false
	}
	var p parts
	framed := k.framed(i, j)
	doubt, left := 1.0, 1.0 // as score has it, and the least that what is still to be compared can leave of it
	for _, s := range cheapest {
		left *= 1 - s.trust()*k.most(s, i, j)
	}
	for _, s := range cheapest {
		most := k.most(s, i, j)
		left /= 1 - s.trust()*most
		if most == 0 {
			continue
		}
		p[s] = k.part(s, i, j)
		if doubt *= 1 - s.trust()*p[s]; 1-doubt >= cut && p.score(framed) >= cut {
			return true
		}
		if lifted(1-doubt*left, 1) < cut {
			return false
		}
	}
	return lifted(p.score(framed), k.support(i, j, p[script])) >= cut
}

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
