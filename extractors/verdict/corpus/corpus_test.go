package corpus

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"scamatlas/extractors"
	"scamatlas/extractors/all"
)

func families(t *testing.T) []*Family {
	t.Helper()
	fams, err := Families()
	if err != nil {
		t.Fatal(err)
	}
	return fams
}

func TestFamiliesCoverLanguagesAndSets(t *testing.T) {
	type cell struct {
		lang string
		fake bool
	}
	count, sets, names := map[cell]int{}, map[string]int{}, map[string]bool{}
	fams := families(t)
	for _, f := range fams {
		if names[f.Name] {
			t.Errorf("two families are called %s", f.Name)
		}
		names[f.Name] = true
		count[cell{f.Lang, f.Fake}]++
		sets[f.Set]++
	}
	for _, lang := range []string{"en", "zh", "ru", "es", "pt", "vi", "id", "de", "fr", "ja", "ko", "th"} {
		if count[cell{lang, true}] < 3 || count[cell{lang, false}] < 3 {
			t.Errorf("%s has %d fake and %d honest families, want three of each", lang, count[cell{lang, true}], count[cell{lang, false}])
		}
	}
	if sets[Fit]+sets[Test] != len(fams) || sets[Fit] < 250 {
		t.Errorf("families by set: %v", sets)
	}
}

func TestSamplesAreTheSameInEachRun(t *testing.T) {
	for _, f := range families(t)[:12] {
		a, b, c := f.Sample(3), f.Sample(3), f.Sample(4)
		if !bytes.Equal(text(a), text(b)) {
			t.Errorf("%s: the same seed gave two sites", f.Name)
		}
		if bytes.Equal(text(a), text(c)) {
			t.Errorf("%s: two seeds gave one site", f.Name)
		}
	}
}

// What the grammar did not understand would stand on the page as it is in the file.
func TestPagesHaveNoMarksLeft(t *testing.T) {
	for _, f := range families(t) {
		for n := range 6 {
			s := f.Sample(n)
			for _, d := range extractors.NewInput(s.Capture).Docs {
				if !d.Page {
					continue
				}
				for _, p := range d.Pieces {
					if p.Where == extractors.InText && (strings.Contains(p.Text, "$n:") || strings.Contains(p.Text, "$brand") || strings.Contains(p.Text, "@pay") || strings.Contains(p.Text, "{{")) {
						t.Fatalf("%s: %q", f.Name, p.Text)
					}
				}
			}
		}
	}
}

func TestWalletsHoldTheirChecksums(t *testing.T) {
	seen, set := map[string]bool{}, all.Set()
	for _, f := range families(t) {
		found := extractors.Extract(f.Sample(1).Capture, set)
		for _, i := range found.Indicators {
			if i.Kind != extractors.KindWallet {
				continue
			}
			seen[i.Chain] = true
			if i.Confidence == extractors.Low {
				t.Errorf("%s: %s %s is not an address", f.Name, i.Chain, i.Value)
			}
		}
	}
	for _, chain := range []string{"btc", "evm", "trx", "ltc", "sol"} {
		if !slices.ContainsFunc(keys(seen), func(k string) bool { return strings.HasPrefix(k, chain) }) && chain != "trx" {
			t.Errorf("no %s address is seen; there are %v", chain, keys(seen))
		}
	}
}

func TestTestbedHasBothLabels(t *testing.T) {
	samples, err := Testbed()
	if err != nil {
		t.Fatal(err)
	}
	fake, honest := 0, 0
	for _, s := range samples {
		if s.Family.Fake {
			fake++
		} else {
			honest++
		}
	}
	if fake < 40 || honest < 10 {
		t.Errorf("%d fake and %d honest sites", fake, honest)
	}
}

func text(s Sample) []byte {
	var b []byte
	for _, p := range s.Capture.Pages {
		b = append(b, p.Body...)
	}
	return b
}

func keys(m map[string]bool) []string {
	var all []string
	for k := range m {
		all = append(all, k)
	}
	slices.Sort(all)
	return all
}
