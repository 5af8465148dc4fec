package index

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"scamatlas/extractors"
)

func TestWhatASiteIsHeldToBe(t *testing.T) {
	sure := extractors.Verdict{Label: "fake_investment", Confirmed: true}
	for name, c := range map[string]struct {
		verdict extractors.Verdict
		review  *Review
		label   string
		named   bool // to others
		dispute bool
	}{
		"nobody has looked":              {label: "unclear"},
		"the machine is sure":            {verdict: sure, label: "fake_investment", named: true},
		"the machine is not sure":        {verdict: extractors.Verdict{Label: "fake_investment"}, label: "fake_investment"},
		"an analyst says fake":           {verdict: extractors.Verdict{Label: "benign"}, review: &Review{Label: "fake_investment"}, label: "fake_investment", named: true, dispute: true},
		"an analyst says honest":         {verdict: sure, review: &Review{Label: "reference"}, label: "reference", dispute: true},
		"the analyst's word is over":     {verdict: sure, review: &Review{Label: "benign", Until: t0}, label: "fake_investment", named: true},
		"the analyst's word still holds": {verdict: sure, review: &Review{Label: "benign", Until: t0.Add(1)}, label: "benign", dispute: true},
		"both say the same":              {verdict: sure, review: &Review{Label: "fake_investment"}, label: "fake_investment", named: true},
	} {
		s := &Site{Verdict: c.verdict, Review: c.review}
		if got, named, dispute := s.Label(t0), s.Confirmed(t0), s.Disputed(t0); got != c.label || named != c.named || dispute != c.dispute {
			t.Errorf("%s: %s, confirmed %v, disputed %v; want %s, %v, %v", name, got, named, dispute, c.label, c.named, c.dispute)
		}
	}
}

func TestReviewCheck(t *testing.T) {
	err := (&Review{Label: "scam", At: t0, Until: t0, Note: strings.Repeat("x", MaxNote+1)}).Check()
	for _, want := range []string{`label "scam" is not one of fake_investment`, "longer than 4000 bytes", "before it is given"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v does not say %q", err, want)
		}
	}
	if err := (&Review{Label: "benign", At: t0, Until: t0.Add(1)}).Check(); err != nil {
		t.Error(err)
	}
}

func TestPast(t *testing.T) {
	day := func(n int) time.Time { return t0.AddDate(0, 0, n) }
	at := func(addresses ...string) *extractors.Findings {
		return &extractors.Findings{Title: "Nova", Hosting: extractors.Hosting{Addresses: addresses, Registrar: "R"}}
	}
	past := remember(nil, at("203.0.113.1"), day(0))
	past = remember(past, at("203.0.113.2"), day(1))
	past = remember(past, at("203.0.113.1"), day(2))
	want := []Past{{"address", "203.0.113.1", day(0), day(2)}, {"registrar", "R", day(0), day(2)}, {"title", "Nova", day(0), day(2)}, {"address", "203.0.113.2", day(1), day(1)}}
	if !reflect.DeepEqual(past, want) {
		t.Errorf("got  %v\nwant %v", past, want)
	}
	if again := remember(past, at("203.0.113.1"), day(1)); !reflect.DeepEqual(again, want) {
		t.Errorf("an older visit moved the end: %v", again)
	}
	for n := range MaxPast + 10 {
		past = remember(past, at(fmt.Sprintf("2001:db8::%x", n)), day(3+n))
	}
	if len(past) != MaxPast || past[len(past)-1].Value != fmt.Sprintf("2001:db8::%x", MaxPast+9) || past[0].Value != "R" {
		t.Errorf("%d facts, from %v to %v", len(past), past[0], past[len(past)-1])
	}
}
