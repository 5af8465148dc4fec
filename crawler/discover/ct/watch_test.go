package ct

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"scamatlas/crawler"
	"scamatlas/crawler/discover/ct/cttest"
)

// TestNamesBesideTargets tells which names of certificates are kept though they are no targets.
func TestNamesBesideTargets(t *testing.T) {
	score := func(name string) (float64, []string) {
		switch {
		case strings.HasPrefix(name, "pay"):
			return .9, nil
		case strings.HasPrefix(name, "coin"):
			return .3, nil
		}
		return 0, nil
	}
	crowd := []string{"coin-crowd.example"}
	for i := range MaxCompanions {
		crowd = append(crowd, fmt.Sprintf("customer%d.example", i))
	}
	entries := [][]string{{"pay.example", "friend.example"}, {"coin.example", "fellow.example", "pay.example"}, {"shop.example", "www.shop.example"}, crowd}
	for _, c := range []struct {
		watch float64
		want  string
	}{
		{0, ""},
		{.2, "coin coin-crowd fellow friend"},
		{.5, "coin fellow friend"}, // none by itself, but those in a certificate with a target
		{-1, "coin coin-crowd customer fellow friend shop"},
	} {
		l := cttest.New(origin, cttest.Key())
		for _, names := range entries {
			l.Append(authority().Entry(time.Now(), names...))
		}
		l.Publish(-1, time.Now())
		var names, targets []string
		s := serve(t, Static, l, func(o *Options) { o.Score, o.Threshold, o.Watch = score, .8, c.watch })
		err := s.Read(t.Context(), nil, func(b crawler.Batch) error {
			for _, n := range b.Names {
				short, _, _ := strings.Cut(strings.TrimRight(n.Host, "0123456789"), ".example")
				names = append(names, strings.TrimRight(short, "0123456789"))
				if n.Source != s.Name() || n.Reference == "" || n.FirstSeen.IsZero() {
					t.Errorf("%+v", n)
				}
			}
			for _, n := range b.Targets {
				targets = append(targets, n.Host)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		slices.Sort(names)
		if got := strings.Join(slices.Compact(names), " "); got != c.want || !slices.Equal(targets, []string{"pay.example"}) {
			t.Errorf("from %v on: names %q and targets %v, want names %q", c.watch, got, targets, c.want)
		}
	}
}
