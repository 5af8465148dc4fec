package main

import (
	"context"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"text/tabwriter"

	"golang.org/x/net/publicsuffix"

	"scamatlas/configs"
	"scamatlas/crawler/discover/lookalike"
)

const (
	namesBrands = 100     // of the built-in rules
	namesMade   = 200_000 // names scored a round by `bench discover`
	namesRounds = 3       // the fastest counts
	namesGoal   = 50_000  // names/s on a core
)

// namesReport tells how fast host names become scored candidates, on one core, without a look-up.
type namesReport struct {
	Brands     int     `json:"brands"`
	Names      int     `json:"names"`
	Compile    float64 `json:"compile_s"`  // rules to scorer
	Score      float64 `json:"score"`      // names/s
	Candidates float64 `json:"candidates"` // share of the names that reach 0.5
	Members    int     `json:"members"`    // names that the peer holds
	Member     float64 `json:"member"`     // names/s of the peer: is the name one of dnstwist's for these brands, one look-up in a Go map
	MemberHits float64 `json:"member_hits"`
	MemberMB   float64 `json:"member_mb"` // what its set takes
	Suffix     float64 `json:"suffix"`    // names/s of finding the public suffix alone, which any judgement of a domain begins with
	Goal       float64 `json:"goal"`
}

// measureNames makes so many names as certificates hold them (most of them honest, some lookalikes) and scores them.
func measureNames(ctx context.Context, made int) (*namesReport, error) {
	rules, err := lookalike.Load(configs.Rules(), "names.yaml")
	if err != nil {
		return nil, err
	}
	rules.Brands = rules.Brands[:min(namesBrands, len(rules.Brands))]
	start := cpuSeconds()
	scorer, err := lookalike.NewScorer(rules)
	if err != nil {
		return nil, err
	}
	r := &namesReport{Brands: len(rules.Brands), Names: made, Compile: cpuSeconds() - start, Goal: namesGoal}
	before := heap()
	members := map[string]struct{}{}
	for _, b := range rules.Brands {
		for _, names := range lookalike.Permutations(b.Own[0]) {
			for _, n := range names {
				members[n] = struct{}{}
			}
		}
	}
	r.Members, r.MemberMB = len(members), float64(heap()-before)/1e6
	names := madeNames(rules, members, made)
	candidates, hits := 0, 0
	for range namesRounds {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		candidates, hits = 0, 0
		r.Score = max(r.Score, perSecond(names, func(n string) {
			if score, _ := scorer.Score(n); score >= 0.5 {
				candidates++
			}
		}))
		r.Member = max(r.Member, perSecond(names, func(n string) {
			if _, ok := members[n]; ok {
				hits++
			}
		}))
		r.Suffix = max(r.Suffix, perSecond(names, func(n string) { publicsuffix.PublicSuffix(n) }))
	}
	r.Candidates, r.MemberHits = float64(candidates)/float64(len(names)), float64(hits)/float64(len(names))
	return r, nil
}

// perSecond is names by second of processor time, the collector's included: others may use the machine.
func perSecond(names []string, do func(string)) float64 {
	before := cpuSeconds()
	for _, n := range names {
		do(n)
	}
	return float64(len(names)) / max(cpuSeconds()-before, 1e-6)
}

func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// madeNames gives the same names each time: 94 in 100 of syllables, 3 of listed words, 2 with a brand's word, 1 that the peer knows.
func madeNames(rules *lookalike.Rules, members map[string]struct{}, count int) []string {
	rnd := rand.New(rand.NewPCG(1, 2))
	pick := func(list []string) string { return list[rnd.IntN(len(list))] }
	syllables := strings.Fields("ba be bo ca co da de di do el en er fa fi ga go ha ho in ka ki la le li lo ma me mi mo na ne ni no or pa pe po ra re ri ro sa se si so ta te ti to un va ve vi wa we xi ya zu")
	suffixes := strings.Fields("com com com com net org de co.uk io top xyz online shop com.br vip")
	front := []string{"", "", "", "www.", "mail.", "cpanel.", "autodiscover.", "api.dev.", "*."}
	var words, known []string
	for _, l := range rules.Words {
		words = append(words, l.Words...)
	}
	for i, n := range slices.Sorted(maps.Keys(members)) {
		if i%50 == 0 {
			known = append(known, n)
		}
	}
	out := make([]string, 0, count)
	for len(out) < count {
		var name string
		switch n := rnd.IntN(100); {
		case n < 94:
			for range 2 + rnd.IntN(4) {
				name += pick(syllables)
			}
		case n < 97:
			name = pick(words) + []string{"", "-"}[rnd.IntN(2)] + pick(words)
		case n < 99:
			b := rules.Brands[rnd.IntN(len(rules.Brands))]
			name = append(b.Words, b.Common...)[0] + "-" + pick(words)
		default:
			out = append(out, pick(known))
			continue
		}
		out = append(out, pick(front)+name+"."+pick(suffixes))
	}
	return out
}

func (r *namesReport) table(out io.Writer) error {
	fmt.Fprintf(out, "%d host names, %d brands, 0 look-ups, a core (seconds are the processor's); rules become a scorer in %.2f s\n\n", r.Names, r.Brands, r.Compile)
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "what\tnames/s\tfound\tdoes")
	fmt.Fprintf(w, "score\t%.0f\t%.2f %%\tlookalikes anywhere in the name, words, endings, hints, with reasons\n", r.Score, 100*r.Candidates)
	fmt.Fprintf(w, "member\t%.0f\t%.2f %%\tis it one of dnstwist's %d names for these brands: one look-up in a map of %.0f MB\n", r.Member, 100*r.MemberHits, r.Members, r.MemberMB)
	fmt.Fprintf(w, "suffix\t%.0f\t\tthe public suffix and nothing else\n", r.Suffix)
	fmt.Fprintln(w, "\nratio\tmeasured\tgoal\t")
	fmt.Fprintf(w, "score, names/s\t%.0f\t≥ %.0f\t\n", r.Score, r.Goal)
	fmt.Fprintf(w, "score to member\t%.3f\t-\t\n", r.Score/r.Member)
	fmt.Fprintf(w, "score to suffix\t%.3f\t-\t\n", r.Score/r.Suffix)
	return w.Flush()
}
