package jobs

import (
	"context"
	"log/slog"
	"os"
	"testing"
	"time"

	"scamatlas/extractors"
	"scamatlas/extractors/verdict"
	"scamatlas/index"
	"scamatlas/index/local"
)

// judge is one with the product's own data files.
func judge(t *testing.T, st *local.Store) *Judge {
	t.Helper()
	rules, err := verdict.Load(os.DirFS("../../configs/rules"))
	if err != nil {
		t.Fatal(err)
	}
	return &Judge{Rules: rules, Store: st, Log: slog.New(slog.DiscardHandler)}
}

// reason is one that weighs w, of a group of its own; one of money is the site's own act.
func reason(code, group string, w float64) extractors.Reason {
	return extractors.Reason{Code: code, Group: group, Weight: w, Evidence: "x", Acts: group == "money"}
}

// TestKinCountsButDoesNotConfirmItself puts sites into a cluster: those that are sure by themselves pull up one that is nearly so, and when
// an analyst says that they are honest, it falls back.
func TestKinCountsButDoesNotConfirmItself(t *testing.T) {
	_, st := visitor(t, crawl(page), 1)
	j := judge(t, st)
	at := time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)
	sure := j.Rules.Rejudge(extractors.Verdict{Label: extractors.LabelFake, Reasons: []extractors.Reason{reason("promised_return", "promise", 8), reason("deposit_wallet", "money", 8)}}, verdict.Facts{})
	near := j.Rules.Rejudge(extractors.Verdict{Label: extractors.LabelSuspicious, Reasons: []extractors.Reason{reason("promised_return", "promise", 2.5)}}, verdict.Facts{})
	if !sure.Confirmed || near.Confirmed {
		t.Fatalf("by themselves: %+v and %+v", sure, near)
	}
	hosts := []string{"a.example", "b.example", "c.example", "near.example"}
	for _, h := range hosts {
		v := sure
		if h == "near.example" {
			v = near
		}
		found(t, st, h, 1, at, v, extractors.Findings{})
	}
	found(t, st, "alone.example", 1, at, near, extractors.Findings{})
	if err := st.SaveClusters(t.Context(), []index.Cluster{{ID: "o-1", Layer: index.Operator, Size: 4, Hosts: hosts, Since: at}}); err != nil {
		t.Fatal(err)
	}
	verdictOf := func(host string) extractors.Verdict {
		s, err := st.Site(t.Context(), host)
		if err != nil {
			t.Fatal(err)
		}
		return s.Verdict
	}
	rejudge := func() int {
		n, err := j.Rejudge(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	if n := rejudge(); n == 0 || verdictOf("near.example").Score <= near.Score {
		t.Errorf("%d changed; near: %+v", n, verdictOf("near.example"))
	}
	if n := rejudge(); n != 0 {
		t.Errorf("judging the same again changed %d", n)
	}
	if got := verdictOf("alone.example"); got.Score != near.Score {
		t.Errorf("a site without kin: %+v", got)
	}
	for _, h := range hosts[:3] {
		if err := st.Review(t.Context(), h, &index.Review{Label: extractors.LabelBenign, At: at, Who: "anna"}); err != nil {
			t.Fatal(err)
		}
	}
	rejudge()
	if got := verdictOf("near.example"); got.Score != near.Score || got.Confirmed {
		t.Errorf("after its kin is called honest: %+v, want %v", got, near.Score)
	}
}

func TestHonestSites(t *testing.T) {
	_, st := visitor(t, crawl(page), 1)
	j := judge(t, st)
	at := time.Now().UTC().Add(-time.Hour)
	for host, r := range map[string]*index.Review{
		"said.example":  {Label: extractors.LabelReference, At: at},
		"over.example":  {Label: extractors.LabelReference, At: at, Until: at.Add(time.Minute)},
		"other.example": {Label: extractors.LabelBenign, At: at},
		"none.example":  nil,
	} {
		found(t, st, host, 1, at, extractors.Verdict{Label: extractors.LabelUnclear}, extractors.Findings{})
		if r != nil {
			if err := st.Review(t.Context(), host, r); err != nil {
				t.Fatal(err)
			}
		}
	}
	honest, err := j.honest(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	for host, want := range map[string]bool{"said.example": true, "over.example": false, "other.example": false, "none.example": false, "www.coinbase.com": true} {
		if honest(host) != want {
			t.Errorf("%s: %v", host, !want)
		}
	}
}

// TestAReviewEnds looks at what search finds before and after a review's time is over.
func TestAReviewEnds(t *testing.T) {
	_, st := visitor(t, crawl(page), 1)
	j := judge(t, st)
	at := time.Now().UTC().Add(-time.Hour)
	for _, host := range []string{"over.example", "holds.example"} {
		found(t, st, host, 1, at, extractors.Verdict{Label: extractors.LabelUnclear}, extractors.Findings{})
		until := at.Add(time.Minute)
		if host == "holds.example" {
			until = at.AddDate(1, 0, 0)
		}
		if err := st.Review(t.Context(), host, &index.Review{Label: extractors.LabelFake, At: at, Until: until}); err != nil {
			t.Fatal(err)
		}
	}
	confirmed := func() (hosts []string) {
		if err := st.EachSite(t.Context(), confirmedTerm, func(s *index.Site) error { hosts = append(hosts, s.Host); return nil }); err != nil {
			t.Fatal(err)
		}
		return hosts
	}
	if got := confirmed(); len(got) != 2 {
		t.Fatalf("before: %v", got)
	}
	if _, err := j.Rejudge(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := confirmed(); len(got) != 1 || got[0] != "holds.example" {
		t.Errorf("after: %v", got)
	}
}

// TestAPageNobodyForesawIsUnclear lets judging panic.
func TestAPageNobodyForesawIsUnclear(t *testing.T) {
	v, st := visitor(t, crawl(page), 1)
	v.Judge = &Judge{Log: v.Log} // no rules: whoever asks them panics
	targets := queue(t, st, "a.example")
	if _, err := v.Hosts(t.Context(), targets, func(Result) {}); err != nil {
		t.Fatal(err)
	}
	s, err := st.Site(t.Context(), "a.example")
	if err != nil || s.Visits != 1 || s.Verdict.Label != extractors.LabelUnclear {
		t.Errorf("%+v %v", s, err)
	}
}
