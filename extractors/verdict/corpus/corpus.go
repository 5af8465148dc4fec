// Package corpus turns a seed into labelled Captures: made-up sites, fake and honest, as a visit would have seen them.
//
// Each family is one writer's site: its own structure, wording and subject, in one language, with alternatives in its sentences, so that
// a thousand seeds give a thousand different sites of the family. Whole families belong to one of two sets, by the folder that their file
// lies in: those of families/ are fitted on and developed with, a folder for each further writer; those of blind/test were written by people
// who had seen neither these nor the word lists, and are scored.
//
// What it cannot show. All families have the same few authors, who knew what a fake site is when they wrote the honest ones. Sites of a
// family are alike, so that thousands of samples weigh not much more than the families they come from. No page is a copy of a real
// one: real sites are longer, messier, and hold things nobody thought of. Shares of right verdicts here say that the reasons separate
// what was written, not what they will do in the field; only reviewed captures can say that.
package corpus

import (
	"cmp"
	"embed"
	"fmt"
	"hash/fnv"
	"io/fs"
	"math/rand/v2"
	"path"
	"slices"
	"strings"
	"time"

	"scamatlas/crawler"
	"scamatlas/extractors"
)

//go:embed families blind
var embedded embed.FS

// Sets of families.
const (
	Fit  = "fit"  // weights, regularisation, calibration and bars come from these; their word lists were written with them in view
	Test = "test" // never fitted nor looked at before they are scored; may be empty for a while

	Bench = "testbed" // the sites of crawler/testbed, which the rest of the program is tested with
)

// Family is one writer's site.
type Family struct {
	Name string // "en-hyip-harbor"
	Kind string // "hyip", "bank", …
	Lang string // BCP 47
	Fake bool
	Set  string

	site    site
	neutral map[string][]string // what any site of the language says, by place
}

// Sample is one site of a family.
type Sample struct {
	Family  *Family
	Seed    uint64
	Capture *crawler.Capture
	Known   Known
}

// Known is what others than the pages say of a site; zero values: nobody knows.
type Known struct {
	Registered time.Time            // creation of the domain, also in Capture.Network.Registration
	Cloaking   *extractors.Cloaking // nil: one visitor only
	Rules      []string             // kit rules that fit, by id
	Kit        [2]int               // other members of its kit: confirmed fakes among them, all
	Operator   [2]int               // the same of its operator
}

// Now is when all samples were visited.
func Now() time.Time { return time.Date(2026, 10, 1, 12, 0, 0, 0, time.UTC) }

// folder is where the families of a set lie, a file a language.
type folder struct{ set, at string }

func folders() []folder {
	return []folder{{Fit, "families"}, {Fit, "families/second"}, {Test, "blind/test"}}
}

// Families gives all families, ordered by name, each with its set.
func Families() ([]*Family, error) {
	neutral, err := readNeutral()
	if err != nil {
		return nil, err
	}
	var all []*Family
	for _, from := range folders() {
		read, err := from.families()
		if err != nil {
			return nil, err
		}
		all = append(all, read...)
	}
	for _, f := range all {
		f.neutral = neutral[f.Lang]
	}
	slices.SortFunc(all, func(a, b *Family) int { return cmp.Compare(a.Name, b.Name) })
	return all, nil
}

func (from folder) families() ([]*Family, error) {
	names, err := fs.Glob(embedded, from.at+"/*.txt")
	if err != nil {
		return nil, err
	}
	var all []*Family
	for _, name := range names {
		raw, err := embedded.ReadFile(name)
		if err != nil {
			return nil, fmt.Errorf("reading %s: %w", name, err)
		}
		read, err := parseFamilies(strings.TrimSuffix(path.Base(name), ".txt"), string(raw))
		if err != nil {
			return nil, fmt.Errorf("reading %s: %w", name, err)
		}
		for _, f := range read {
			f.Set = from.set
		}
		all = append(all, read...)
	}
	return all, nil
}

func hashOf(s string) uint64 {
	h := fnv.New64a()
	h.Write([]byte(s))
	// The low bits of FNV of short names are close to each other: mix them.
	return rand.New(rand.NewPCG(h.Sum64(), 7)).Uint64()
}

// Sample makes the nth site of the family: the same in each run.
func (f *Family) Sample(n int) Sample {
	seed := hashOf(fmt.Sprintf("%s %d", f.Name, n))
	w := newWriter(f, rand.New(rand.NewPCG(seed, 1)))
	c := w.capture()
	return Sample{Family: f, Seed: seed, Capture: c, Known: w.known(c)}
}
