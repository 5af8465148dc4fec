package jobs

import (
	"maps"
	"strings"
	"testing"
	"time"

	"scamatlas/crawler"
	"scamatlas/extractors"
)

// TestPivotKeepsTheLight: what a site leads to may be named no further than the site, and what two sites share tells nothing new of a name
// that came under a light of its own.
func TestPivotKeepsTheLight(t *testing.T) {
	_, st := visitor(t, crawl(page), 1)
	at := time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)
	sure, unsure := extractors.Verdict{Label: extractors.LabelFake, Confirmed: true, Score: .99}, extractors.Verdict{Label: extractors.LabelSuspicious}
	paid := extractors.Indicator{Kind: extractors.KindWallet, Chain: "trx", Value: wallet, Role: extractors.Payee, Confidence: extractors.High}
	for _, s := range []struct {
		host    string
		light   crawler.TLP
		verdict extractors.Verdict
		sans    []string
	}{
		{"alpha.example", crawler.TLPRed, sure, []string{"sister.example"}},
		{"beta.example", "", sure, []string{"brother.example", "named.example"}},
		{"gamma.example", crawler.TLPAmber, unsure, nil},
		{"named.example", crawler.TLPAmber, unsure, nil},
	} {
		if _, err := st.AddTargets(t.Context(), []crawler.Target{{Host: s.host, Source: "test", TLP: s.light}}, at); err != nil {
			t.Fatal(err)
		}
		found(t, st, s.host, 1, at, s.verdict, extractors.Findings{Indicators: []extractors.Indicator{paid, paid}, Hosting: extractors.Hosting{CertSANs: s.sans}})
	}
	p := &Pivot{Store: st, Now: func() time.Time { return at.AddDate(0, 0, 1) }}
	got := map[string]crawler.TLP{}
	err := p.Read(t.Context(), nil, func(b crawler.Batch) error {
		for _, target := range b.Targets {
			from := strings.Fields(target.Reference)
			got[from[len(from)-1]+" "+target.Host] = target.TLP
		}
		return nil
	})
	want := map[string]crawler.TLP{"alpha.example sister.example": crawler.TLPRed, "alpha.example gamma.example": crawler.TLPRed, "alpha.example named.example": crawler.TLPRed,
		"beta.example brother.example": "", "beta.example named.example": "", "beta.example gamma.example": crawler.TLPAmber}
	if err != nil || !maps.Equal(got, want) {
		t.Errorf("%v\n%q, want\n%q", err, got, want)
	}
}
