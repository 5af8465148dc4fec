package fit

import (
	"bufio"
	"bytes"
	"cmp"
	_ "embed"
	"encoding/json"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"

	"scamatlas/crawler"
	"scamatlas/extractors"
	"scamatlas/extractors/all"
	"scamatlas/extractors/rule"
	"scamatlas/extractors/verdict"
	"scamatlas/extractors/verdict/corpus"
)

// Site is one labelled site as the verdict sees it: its reasons, not its text.
type Site struct {
	Family   string             `json:"family"` // of published packages: name@version
	Kind     string             `json:"kind"`
	Lang     string             `json:"lang"`
	Set      string             `json:"set"`
	Fake     bool               `json:"fake,omitempty"`
	Features []verdict.Feature  `json:"-"`
	Values   map[string]float64 `json:"features"`       // value by code
	Acts     []string           `json:"acts,omitempty"` // codes of what the site does, not only says

	facts verdict.Facts
}

// familySites extracts n sites of each family of a set.
func familySites(r *verdict.Rules, n int, set string, words *Wording) ([]Site, error) {
	families, err := corpus.Families()
	if err != nil {
		return nil, err
	}
	var chosen []*corpus.Family
	for _, f := range families {
		if f.Set == set {
			chosen = append(chosen, f)
		}
	}
	out := make([]Site, n*len(chosen))
	inParallel(len(chosen), func(i int) {
		for k := range n {
			out[i*n+k] = read(words.without(r, chosen[i].Name), chosen[i].Sample(k))
		}
	})
	return out, nil
}

// benchSites extracts the sites of crawler/testbed.
func benchSites(r *verdict.Rules) ([]Site, error) {
	samples, err := corpus.Testbed()
	if err != nil {
		return nil, err
	}
	out := make([]Site, len(samples))
	inParallel(len(samples), func(i int) { out[i] = read(r, samples[i]) })
	return out, nil
}

// inParallel calls work for 0..n-1 on all processors and waits; what work writes it writes to a place of its own.
func inParallel(n int, work func(int)) {
	var wg sync.WaitGroup
	next := make(chan int)
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			for i := range next {
				work(i)
			}
		})
	}
	for i := range n {
		next <- i
	}
	close(next)
	wg.Wait()
}

func read(r *verdict.Rules, s corpus.Sample) Site {
	site := Site{Family: s.Family.Name, Kind: s.Family.Kind, Lang: s.Family.Lang, Set: s.Family.Set, Fake: s.Family.Fake}
	in, f := Extract(s.Capture)
	site.facts = factsOf(s.Known)
	site.Features = r.Features(in, f, site.facts)
	site.Values, site.Acts = values(site.Features), acts(site.Features)
	return site
}

// extractorSet is made once: what extractors know is read from files, and they keep no state.
var extractorSet = sync.OnceValue(all.Set)

// Extract runs all extractors over a capture.
func Extract(c *crawler.Capture) (*extractors.Input, *extractors.Findings) {
	in, f := extractors.NewInput(c), extractors.Extract(c, extractorSet())
	if r := c.Network.Registration; r != nil && f.Hosting.Registered.IsZero() {
		f.Hosting.Registered = r.Created
	}
	return in, f
}

func values(features []verdict.Feature) map[string]float64 {
	out := map[string]float64{}
	for _, f := range features {
		out[f.Code] = f.Value
	}
	return out
}

func acts(features []verdict.Feature) (out []string) {
	for _, f := range features {
		if f.Acts {
			out = append(out, f.Code)
		}
	}
	return out
}

func factsOf(k corpus.Known) verdict.Facts {
	f := verdict.Facts{At: corpus.Now(), Kit: kinOf("k1", k.Kit), Operator: kinOf("o1", k.Operator)}
	if k.Cloaking != nil {
		f.Cloaking = *k.Cloaking
	}
	for _, id := range k.Rules {
		f.Hits = append(f.Hits, rule.Hit{Rule: id, Title: id, Level: rule.High})
	}
	return f
}

func kinOf(id string, n [2]int) verdict.Kin {
	if n[1] == 0 {
		return verdict.Kin{}
	}
	return verdict.Kin{ID: id, Confirmed: n[0], Members: n[1]}
}

//go:embed packages.jsonl
var packagesJSONL []byte

// packages gives the reasons found in the documentation and themes of published packages, all honest, read when somebody last fetched
// them: no network is needed. rules is the version of the data files they were read with.
func packages(r *verdict.Rules) (sites []Site, rules string, err error) {
	scan := bufio.NewScanner(bytes.NewReader(packagesJSONL))
	scan.Buffer(nil, 1<<20)
	groups := map[string]string{}
	for _, g := range r.Grounds() {
		groups[g.Code] = g.Group
	}
	for n := 1; scan.Scan(); n++ {
		if n == 1 {
			var head struct{ Rules string }
			if err := json.Unmarshal(scan.Bytes(), &head); err != nil {
				return nil, "", fmt.Errorf("packages.jsonl:1: %w", err)
			}
			rules = head.Rules
			continue
		}
		var s Site
		if err := json.Unmarshal(scan.Bytes(), &s); err != nil {
			return nil, "", fmt.Errorf("packages.jsonl:%d: %w", n, err)
		}
		for code, v := range s.Values {
			s.Features = append(s.Features, verdict.Feature{Code: code, Group: groups[baseCode(code)], Value: v, Acts: slices.Contains(s.Acts, code)})
		}
		sortFeatures(s.Features)
		sites = append(sites, s)
	}
	return sites, rules, scan.Err()
}

// PackageSite makes the record of a package's capture. Half of them are fitted, half tested, by a hash of their names, whatever the version.
func PackageSite(r *verdict.Rules, spec string, c *crawler.Capture) Site {
	in, f := Extract(c)
	facts := verdict.Facts{At: corpus.Now()}
	s := Site{Family: spec, Kind: "package", Lang: cmp.Or(r.Judge(in, f, facts).Lang, "en"), Features: r.Features(in, f, facts)}
	s.Values, s.Acts = values(s.Features), acts(s.Features)
	name := spec[:max(strings.LastIndexByte(spec, '@'), 0)]
	s.Set = []string{corpus.Fit, corpus.Test}[hashOf(name)>>8%2]
	return s
}
