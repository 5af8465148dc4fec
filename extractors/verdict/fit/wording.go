package fit

import (
	"embed"
	"fmt"
	"hash/fnv"
	"math"
	"slices"
	"strings"

	"scamatlas/extractors"
	"scamatlas/extractors/verdict"
	"scamatlas/extractors/verdict/corpus"
	"scamatlas/extractors/verdict/wording"
)

// Wording is the model of words: as the product has it, and one for each fold of families that was learned without them. What a fitting
// site's words say is always taken from the model that does not know its family, or the reason would seem better than it is.
type Wording struct {
	All   *wording.Model
	folds []*wording.Model
}

// how words are learned; the figures were chosen by what families of the fitting set say of models learned without them.
func learning() wording.Learning {
	return wording.Learning{Lambda: 0.03, Rounds: 60, MinSources: 2, Keep: 4000}
}

func wordFold(family string) int { return int(hashOf(family) >> 4 % wordFolds) }

func hashOf(family string) uint32 {
	h := fnv.New32a()
	h.Write([]byte(family))
	return h.Sum32()
}

// LearnWording learns from the fitting families and from the sheets; nil when the rules have no concepts.
func LearnWording(r *verdict.Rules) (*Wording, error) {
	c := r.Concepts()
	if c == nil {
		return nil, nil
	}
	written, err := sheets(c)
	if err != nil {
		return nil, err
	}
	spoken, err := spokenSites(r)
	if err != nil {
		return nil, err
	}
	w := &Wording{folds: make([]*wording.Model, wordFolds)}
	inParallel(wordFolds+1, func(k int) {
		sites := slices.Clone(written)
		for i := range spoken {
			if k == wordFolds || wordFold(spoken[i].Source) != k {
				sites = append(sites, spoken[i].Labelled)
			}
		}
		m := wording.Learn(c, weighted(sites, len(written)), learning())
		if k == wordFolds {
			w.All = m
		} else {
			w.folds[k] = m
		}
	})
	mix := w.mix(spoken)
	note := fmt.Sprintf("Weights of words and concepts, in log odds of a fake; concepts stand in <>. Written by make fit.\nLearned from %d sites of %d families of the made-up label set's fitting set and %d short made-up sites (extractors/verdict/fit/sheets);\nno family of the test set. L2 penalty %g, no random numbers.", len(spoken), len(spoken)/wordSamples, len(written), learning().Lambda)
	w.All = w.All.With(mix, note)
	for k := range w.folds {
		w.folds[k] = w.folds[k].With(mix, "")
	}
	return w, nil
}

// spoken is a site to learn words from, and its text.
type spoken struct {
	wording.Labelled
	pieces []wording.Piece
}

func spokenSites(r *verdict.Rules) ([]spoken, error) {
	families, err := corpus.Families()
	if err != nil {
		return nil, err
	}
	families = slices.DeleteFunc(families, func(f *corpus.Family) bool { return f.Set != Fitting })
	out := make([]spoken, wordSamples*len(families))
	inParallel(len(families), func(i int) {
		for k := range wordSamples {
			s := spoken{pieces: r.Said(extractors.NewInput(families[i].Sample(k).Capture))}
			s.Labelled = wording.Labelled{Source: families[i].Name, Fake: families[i].Fake, Terms: r.Concepts().Terms(s.pieces)}
			out[i*wordSamples+k] = s
		}
	})
	return out, nil
}

// weighted gives both labels, and within them the sheets and the families, their share.
func weighted(sites []wording.Labelled, written int) []wording.Labelled {
	var n [2][2]float64
	at := func(i int) *float64 {
		label, from := 0, 0
		if sites[i].Fake {
			label = 1
		}
		if i >= written {
			from = 1
		}
		return &n[label][from]
	}
	for i := range sites {
		*at(i)++
	}
	for i := range sites {
		sites[i].Weight = wordWeight / *at(i)
		if i < written {
			sites[i].Weight *= sheetsShare
		}
	}
	return sites
}

// mix finds how much both models count, by what they say of families that they do not know.
func (w *Wording) mix(sites []spoken) wording.Mix {
	rows := make([]row, len(sites))
	inParallel(len(sites), func(i int) {
		words, concepts := w.folds[wordFold(sites[i].Source)].Parts(sites[i].pieces)
		rows[i] = row{at: []int{0, 1}, value: []float64{concepts, words}, fake: sites[i].Fake, weight: 1}
	})
	free := math.Inf(1)
	m := train(rows, &shape{start: []float64{0.5, 0.5}, sign: []int{1, 1}, group: []int{0, 1}, cap: []float64{free, free}}, 1)
	return wording.Mix{Concepts: round(m.weights[0], 3), Words: round(m.weights[1], 3), Bias: round(m.bias, 3)}
}

// without gives rules whose model of words does not know a family.
func (w *Wording) without(r *verdict.Rules, family string) *verdict.Rules {
	if w == nil {
		return r
	}
	return r.WithWording(w.folds[wordFold(family)])
}

//go:embed sheets/*.txt
var sheetsFS embed.FS

// sheets reads the short sites that only words are learned from: "+ language kind" begins a fake, "- language kind" an honest site; its
// first line is its title.
func sheets(c *wording.Concepts) ([]wording.Labelled, error) {
	names, err := sheetsFS.ReadDir("sheets")
	if err != nil {
		return nil, err
	}
	var out []wording.Labelled
	for _, name := range names {
		b, err := sheetsFS.ReadFile("sheets/" + name.Name())
		if err != nil {
			return nil, err
		}
		var pieces []wording.Piece
		end := func() {
			if len(pieces) > 0 {
				out[len(out)-1].Terms = c.Terms(pieces)
			}
			pieces = nil
		}
		for n, line := range strings.Split(string(b), "\n") {
			switch {
			case strings.HasPrefix(line, "+ "), strings.HasPrefix(line, "- "):
				end()
				out = append(out, wording.Labelled{Source: fmt.Sprint("sheet ", len(out)), Fake: line[0] == '+'})
			case line == "":
			case len(out) == 0:
				return nil, fmt.Errorf("%s:%d: text before the first site", name.Name(), n+1)
			default:
				pieces = append(pieces, wording.Piece{Text: line, Title: len(pieces) == 0})
			}
		}
		end()
	}
	return out, nil
}
