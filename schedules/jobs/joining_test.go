package jobs

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"scamatlas/extractors"
	"scamatlas/index"
	"scamatlas/index/local"
)

// asked counts how often analysts' links are read.
type asked struct {
	*local.Store
	links atomic.Int64
}

func (a *asked) Links(ctx context.Context) ([]index.Link, error) {
	a.links.Add(1)
	return a.Store.Links(ctx)
}

func TestSitesJoinTogetherAndWhatAnalystsDecidedIsReadOnce(t *testing.T) {
	v, st := visitor(t, crawl(page), 1)
	counting := &asked{Store: st}
	grouper := &Clusterer{Store: counting, Judge: judge(t, st), Log: v.Log}
	v.Joiner = grouper
	at := time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)
	pays := func(wallet string) extractors.Findings {
		return extractors.Findings{Indicators: []extractors.Indicator{{Kind: extractors.KindWallet, Chain: "evm", Value: wallet, Role: extractors.Payee, Confidence: extractors.High}}}
	}
	for h, wallet := range map[string]string{"a.example": "0xone", "b.example": "0xone", "y.example": "0xtwo", "z.example": "0xtwo"} {
		found(t, st, h, 1, at, extractors.Verdict{}, pays(wallet))
	}
	if _, err := grouper.Cluster(t.Context()); err != nil {
		t.Fatal(err)
	}
	late := []string{"c.example", "d.example", "e.example"}
	for _, h := range late {
		found(t, st, h, 1, at, extractors.Verdict{}, pays("0xone"))
	}
	found(t, st, "honest.example", 1, at, extractors.Verdict{}, pays("0xtwo")) // somebody copied it
	if err := st.Review(t.Context(), "honest.example", &index.Review{Label: extractors.LabelReference, At: at}); err != nil {
		t.Fatal(err)
	}
	before := counting.links.Load()
	j := &joining{v: v}
	j.join(t.Context(), append(late, "honest.example", "unknown.example"))
	if n := counting.links.Load() - before; n != 1 || j.joined != 3 {
		t.Errorf("links read %d times, %d sites joined", n, j.joined)
	}
	a, err := st.Site(t.Context(), "a.example")
	if err != nil || a.Operator == "" {
		t.Fatalf("a.example: %+v, %v", a, err)
	}
	for _, h := range append(late, "honest.example") {
		want := a.Operator
		if h == "honest.example" {
			want = ""
		}
		if s, err := st.Site(t.Context(), h); err != nil || s.Operator != want {
			t.Errorf("%s joined %q, want %q (%v)", h, s.Operator, want, err)
		}
	}
}
