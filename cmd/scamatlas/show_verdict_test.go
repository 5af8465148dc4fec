package main

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"scamatlas/extractors"
	"scamatlas/index"
)

func TestHeldToBe(t *testing.T) {
	now := time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC)
	sure := extractors.Verdict{Label: "fake_investment", Score: .9971, Confirmed: true}
	by := &index.Review{Label: "benign", Who: "anna", At: now.AddDate(0, 0, -3), Until: now.AddDate(0, 1, 0), Note: "a film prop\x1b[31m"}
	for name, c := range map[string]struct {
		site        index.Site
		long, short string
	}{
		"not looked at":    {index.Site{}, "unclear", "unclear"},
		"parked":           {index.Site{Verdict: extractors.Verdict{Label: "parked"}}, "parked", "parked"},
		"sure":             {index.Site{Verdict: sure}, "fake investment, over 99 %, confirmed", "fake investment over 99 % *"},
		"half sure":        {index.Site{Verdict: extractors.Verdict{Label: "suspicious", Score: .554}}, "suspicious, 55 %", "suspicious 55 %"},
		"hardly":           {index.Site{Verdict: extractors.Verdict{Label: "benign", Score: .0004}}, "benign, under 1 %", "benign under 1 %"},
		"an analyst's no":  {index.Site{Verdict: sure, Review: by}, `benign, says anna on 2026-11-22, until 2026-12-25: a film prop\u001b[31m (the machine says fake investment, over 99 %, confirmed)`, "benign !"},
		"an analyst's yes": {index.Site{Review: &index.Review{Label: "fake_investment", At: now}}, "fake investment, says an analyst on 2026-11-25 (the machine says unclear)", "fake investment * !"},
	} {
		if got := heldToBe(&c.site, now); got != c.long {
			t.Errorf("%s: %q, want %q", name, got, c.long)
		}
		if got := shortVerdict(&c.site, now); got != c.short {
			t.Errorf("%s: %q, want %q", name, got, c.short)
		}
	}
}

func TestReasonsAreTold(t *testing.T) {
	v := extractors.Verdict{Label: "fake_investment", Groups: []string{"money", "promise"}, Reasons: []extractors.Reason{
		{Code: "promised_return", Weight: 2.31, Evidence: "2.5% daily\x1b[2J", Where: "https://a.example/", Says: "promises 2.5 % a day"},
		{Code: "own_history", Weight: -.4},
	}}
	var out bytes.Buffer
	a := &app{stdout: &out}
	if err := a.printVerdict(&v); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"Why fake investment (rests on money, promise)", "+2.3  promises 2.5 % a day", `“2.5% daily\u001b[2J”`, "https://a.example/", "-0.4  own history"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %q in\n%s", want, out.String())
		}
	}
	if got := topReasons(&v, 3); len(got) != 1 || got[0] != "promises 2.5 % a day" {
		t.Errorf("top reasons %q", got)
	}
}

func TestLifeAndPastAreTold(t *testing.T) {
	day := func(n int) time.Time { return time.Date(2026, 11, n, 12, 0, 0, 0, time.UTC) }
	s := &index.Site{LastLive: day(9), Past: []index.Past{{Kind: "address", Value: "203.0.113.1", First: day(1), Last: day(3)}, {Kind: "address", Value: "203.0.113.2", First: day(3), Last: day(9)}},
		Happened: []index.Happening{{At: day(1), What: index.WentLive, Note: "seen for the first time"}, {At: day(3), What: index.NewWallets, Note: "1 new, 1 gone"}}}
	var out bytes.Buffer
	a := &app{stdout: &out}
	if err := a.printPast(s); err != nil {
		t.Fatal(err)
	}
	if err := a.printHappened(s); err != nil {
		t.Fatal(err)
	}
	text := out.String()
	if !strings.Contains(text, "203.0.113.1") || strings.Contains(text, "203.0.113.2") || strings.Index(text, "1 new, 1 gone") > strings.Index(text, "first time") {
		t.Errorf("got\n%s", text)
	}
}
