package feed

import (
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"scamatlas/configs"
	"scamatlas/crawler"
	"scamatlas/crawler/discover/lookalike"
)

// TestScored: of a long list of domains of all kinds those are targets whose names speak of our kind, more so when they are new; the others
// are counted, and a list without any is no drift.
func TestScored(t *testing.T) {
	rules, err := lookalike.Load(configs.Rules(), "names.yaml")
	if err != nil {
		t.Fatal(err)
	}
	scorer, err := lookalike.NewScorer(rules)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "new.txt")
	write := func(lines ...string) {
		t.Helper()
		if err := os.WriteFile(file, []byte(strings.Join(lines, "\n")), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	batch := func(age time.Duration, least float64) (got crawler.Batch) {
		t.Helper()
		s, err := New(Config{Name: "new", File: file, Licence: "L", Scored: true, Score: scorer.ScoreAged, Least: least, Age: age}, nil)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Read(t.Context(), nil, func(b crawler.Batch) error { got = b; return nil }); err != nil {
			t.Fatal(err)
		}
		return got
	}
	hosts := func(b crawler.Batch) (out []string) {
		for _, x := range b.Targets {
			out = append(out, x.Host)
		}
		return out
	}
	write("coinbase-login-bonus.example", "garden-tools.example", "garden-tools.example", "not a host", "crypto-garden.example")
	b := batch(0, .5)
	if got := hosts(b); !slices.Equal(got, []string{"coinbase-login-bonus.example"}) || b.Read != 5 || b.Rejected != 1 {
		t.Fatalf("%v of %+v", got, b)
	}
	x := b.Targets[0]
	if x.Score < .5 || len(x.Reasons) < 2 || x.Reasons[len(x.Reasons)-1] != "listed by new (licence L)" {
		t.Errorf("%+v", x)
	}
	known, _ := scorer.Score("crypto-garden.example")
	if young := hosts(batch(24*time.Hour, known+.01)); !slices.Contains(young, "crypto-garden.example") {
		t.Errorf("at %v a name of yesterday is none of %v", known, young)
	}
	write("garden-tools.example", "bread-and-butter.example")
	if b := batch(24*time.Hour, .5); len(b.Targets) != 0 || b.Read != 2 || b.Rejected != 0 {
		t.Errorf("%+v", b)
	}
	for _, c := range []Config{{Scored: true}, {Age: time.Hour}, {Scored: true, Age: -1}} {
		c.Name, c.File = "new", file
		if _, err := New(c, nil); err == nil {
			t.Errorf("%+v is taken", c)
		}
	}
}

// TestScoredBound: hosts that score too little count, too: a feed that balloons is stopped.
func TestScoredBound(t *testing.T) {
	c := newCollector(t.Context(), "feed:x", "")
	c.score, c.least, c.most = func(string) (float64, []string) { return 0, nil }, 1, 2
	for n, want := range []error{nil, nil, ErrTooLarge} {
		if err := c.entry(n, fmt.Sprintf("one%d.example", n)); !errors.Is(err, want) {
			t.Errorf("%d: %v", n, err)
		}
	}
	if _, err := New(Config{Name: "x", URL: "https://a.example/", Scored: true}, http.DefaultClient); err == nil {
		t.Error("a scored feed without a scorer is taken")
	}
}
