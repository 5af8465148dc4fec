package index

import (
	"slices"
	"testing"
	"time"

	"scamatlas/crawler"
	"scamatlas/extractors"
)

// TestLifeOfASite visits one site over weeks.
func TestLifeOfASite(t *testing.T) {
	wallet := func(v string) []extractors.Indicator {
		return []extractors.Indicator{{Kind: extractors.KindWallet, Chain: "btc", Value: v, Confidence: extractors.High}}
	}
	steps := []struct {
		outcome crawler.Outcome
		title   string
		pay     string
		steady  int
		what    []string
	}{
		{crawler.DNSTimeout, "", "", 0, nil},
		{crawler.OK, "Nova", "a", 0, []string{WentLive}},
		{crawler.OK, "Nova", "a", 1, nil},
		{crawler.Challenge, "", "", 1, nil}, // says nothing
		{crawler.OK, "Nova", "a", 2, nil},
		{crawler.OK, "Nova", "b", 0, []string{NewWallets}},
		{crawler.OK, "Nova 2", "b", 0, []string{NewTitle}},
		{crawler.Dead, "", "", 0, []string{WentGone}},
		{crawler.Unreachable, "", "", 1, nil},
		{crawler.OK, "Nova 2", "b", 0, []string{WentBack}},
		{crawler.Parked, "", "", 0, []string{WentParked}},
		{crawler.Dead, "", "", 0, nil},
		{crawler.Gated, "Nova 2", "b", 0, []string{WentBack}},
	}
	var s *Site
	for n, step := range steps {
		at := t0.AddDate(0, 0, n)
		v := &Visit{Record: CaptureRecord{Host: "a.example", Sequence: int64(n + 1), Started: at, Ended: at, Outcome: step.outcome}}
		v.Verdict.Label = extractors.LabelUnclear
		if step.outcome.Alive() {
			v.Findings = extractors.Findings{Title: step.title, Indicators: wallet(step.pay)}
			v.Verdict = extractors.Verdict{Label: extractors.LabelFake, Confirmed: true}
		}
		if step.outcome == crawler.Parked {
			v.Verdict.Label = extractors.LabelParked
		}
		had := 0
		if s != nil {
			had = len(s.Happened)
		}
		s, _ = Apply(s, v)
		var what []string
		for _, h := range s.Happened[had:] {
			what = append(what, h.What)
		}
		if s.Steady != step.steady || !slices.Equal(what, step.what) {
			t.Errorf("visit %d, %s: steady %d and %v, want %d and %v", n, step.outcome, s.Steady, what, step.steady, step.what)
		}
		want := v.Verdict.Label
		if phaseOf(step.outcome) == gone && !s.LastLive.IsZero() && n < 11 || step.outcome == crawler.Challenge {
			want = extractors.LabelFake // a site that cannot be seen any more is what it was
		}
		if n == 11 {
			want = extractors.LabelParked
		}
		if s.Verdict.Label != want {
			t.Errorf("visit %d, %s: verdict %s, want %s", n, step.outcome, s.Verdict.Label, want)
		}
	}
	for n := range MaxHappened + 5 {
		at := t0.AddDate(1, 0, n)
		outcome := []crawler.Outcome{crawler.Dead, crawler.OK}[n%2]
		s, _ = Apply(s, &Visit{Record: CaptureRecord{Host: "a.example", Sequence: int64(100 + n), Started: at, Ended: at, Outcome: outcome}})
	}
	if len(s.Happened) != MaxHappened || s.Happened[len(s.Happened)-1].At.Before(t0.AddDate(1, 0, 0)) {
		t.Errorf("%d kept", len(s.Happened))
	}
}

func TestHappen(t *testing.T) {
	at := time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC)
	h := Happening{At: at.Add(time.Microsecond), What: Reborn, Note: "kit k-1: …"}
	if _, ok := Happen(&Site{}, h); ok {
		t.Error("something happened to a site that nobody has visited")
	}
	s := &Site{LastVisit: at}
	once, ok := Happen(s, h)
	if !ok || len(once.Happened) != 1 || !once.Happened[0].At.Equal(at) || len(s.Happened) != 0 {
		t.Errorf("%+v of %+v", once, s)
	}
	if _, ok := Happen(once, h); ok {
		t.Error("the same has happened twice")
	}
	for n := range MaxHappened + 5 {
		once, _ = Happen(once, Happening{What: NewTitle, Note: string(rune('a' + n))})
	}
	if n := len(once.Happened); n != MaxHappened || once.Happened[0].What == Reborn {
		t.Errorf("%d things happened, the oldest %+v", n, once.Happened[0])
	}
}
