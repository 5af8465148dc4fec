package fit

import (
	"fmt"

	"scamatlas/extractors/verdict"
	"scamatlas/extractors/verdict/corpus"
)

// Sets that can be scored.
const (
	Fitting = corpus.Fit
	Test    = corpus.Test
	Bench   = corpus.Bench
)

// FittingSet is what Weights is to be given.
func FittingSet(r *verdict.Rules) ([]Site, error) {
	words, err := LearnWording(r)
	if err != nil {
		return nil, fmt.Errorf("learning words: %w", err)
	}
	return fittingSet(r, words)
}

func fittingSet(r *verdict.Rules, words *Wording) ([]Site, error) {
	return setOf(r, Fitting, samplesToFit, words)
}

// SetOf gives the sites of a set, packages among them.
func SetOf(r *verdict.Rules, set string) ([]Site, error) {
	if set == Bench {
		return benchSites(r)
	}
	return setOf(r, set, samplesToScore, nil)
}

// setOf makes n sites of each family of a set and adds its packages. words, where there are any, judge each family by the model that does
// not know it; nil: by the rules' own.
func setOf(r *verdict.Rules, set string, n int, words *Wording) ([]Site, error) {
	sites, err := familySites(r, n, set, words)
	if err != nil {
		return nil, fmt.Errorf("making the set %s: %w", set, err)
	}
	published, _, err := packages(r)
	if err != nil {
		return nil, fmt.Errorf("making the set %s: %w", set, err)
	}
	for _, s := range published {
		if s.Set == set {
			sites = append(sites, s)
		}
	}
	return sites, nil
}
