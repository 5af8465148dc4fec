package fit

import (
	"testing"

	"scamatlas/crawler"
	"scamatlas/extractors/verdict/corpus"
)

// leastLeft is the share of the fakes found that must still be found when their makers pad them.
const leastLeft = 0.95

// padded is how many honest sites a fake copies whole.
const padded = 8

// A fake does not get away with the pages of honest sites: to each one of the fitting set the pages of honest families of its language are
// added. The weights have seen both, so that nothing but the padding is new.
func TestPaddingHidesFewFakes(t *testing.T) {
	r := rules(t)
	families, err := corpus.Families()
	if err != nil {
		t.Fatal(err)
	}
	honest, sites := map[string][]crawler.Page{}, map[string]int{}
	for _, f := range families {
		if f.Set == Fitting && !f.Fake && sites[f.Lang] < padded {
			sites[f.Lang]++
			honest[f.Lang] = append(honest[f.Lang], f.Sample(0).Capture.Pages...)
		}
	}
	w := r.Weights()
	j := newJudge(r, &w)
	found, left := 0, 0
	for _, f := range families {
		if f.Set != Fitting || !f.Fake {
			continue
		}
		plain, other := f.Sample(0), f.Sample(0)
		other.Capture.Pages = append(other.Capture.Pages, honest[f.Lang]...)
		before, after := read(r, plain), read(r, other)
		if !j.outcome(&before).fake {
			continue
		}
		found++
		if j.outcome(&after).fake {
			left++
		} else {
			t.Logf("%s: %.3f before, %.3f padded with %d pages: %v", f.Name, j.outcome(&before).score, j.outcome(&after).score, len(honest[f.Lang]), after.Values)
		}
	}
	if share(left, found, 1) < leastLeft {
		t.Errorf("%d of %d fakes are found when padded, want %.0f %%", left, found, 100*leastLeft)
	}
}
