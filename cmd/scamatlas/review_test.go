package main

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"scamatlas/crawler/testbed"
	"scamatlas/extractors"
	"scamatlas/index"
)

// TestAnAnalystsWordWins crawls the made-up sites and looks at what is named to others before and after analysts spoke.
func TestAnAnalystsWordWins(t *testing.T) {
	dir := t.TempDir()
	tb, settings := startTestbed(t, dir, testbed.Options{})
	with := func(args ...string) []string {
		return append(args, "--config", settings, "--store", filepath.Join(dir, "store"))
	}
	cli(t, exitDone, with("crawl", "-f", filepath.Join(dir, "hosts.txt"))...)
	exported := func(more ...string) []string {
		var hosts []string
		for _, l := range strings.Split(string(cli(t, exitDone, with(append([]string{"export", "--format", "plain"}, more...)...)...)), "\n") {
			if l != "" && !strings.HasPrefix(l, "#") {
				hosts = append(hosts, l)
			}
		}
		return hosts
	}
	fakes, honest := map[string]bool{}, map[string]bool{}
	for _, s := range tb.Sites() {
		switch {
		case s.Kit != "":
			fakes[s.Host] = true
		case slices.Contains(s.Outcomes, "ok"):
			honest[s.Host] = true
		}
	}
	before := exported()
	for h := range fakes {
		if !slices.Contains(before, h) {
			t.Errorf("%s, a fake, is not exported", h)
		}
	}
	for _, h := range append(before, exported("--unconfirmed")...) {
		if honest[h] {
			t.Errorf("%s, an honest site, is exported", h)
		}
	}
	site := func(host string) index.Site {
		return lines[index.Site](t, cli(t, exitDone, with("show", host, "--json")...))[0]
	}
	const wrong, missed = "aurora-vault.example", "greenfield-library.example"
	if v := site(wrong).Verdict; !v.Confirmed || v.Label != extractors.LabelFake || len(v.Groups) < 2 || len(v.Reasons) == 0 || v.Rules == "" {
		t.Errorf("the machine's verdict on %s: %+v", wrong, v)
	}
	cli(t, exitDone, with("review", wrong, "--verdict", "benign", "--note", "a film prop", "--who", "anna", "--until", "90d")...)
	cli(t, exitDone, with("review", "hxxps://"+missed+"/", "--verdict", "fake_investment", "--who", "bo")...)
	after := exported("--unconfirmed")
	if slices.Contains(after, wrong) || !slices.Contains(after, missed) || !slices.Contains(exported(), missed) {
		t.Errorf("exported after the reviews: %v", after)
	}
	cli(t, exitDone, with("crawl", wrong)...) // a visit leaves the word as it is
	if s := site(wrong); s.Review == nil || s.Review.Who != "anna" || s.Review.Machine != extractors.LabelFake || s.Review.Until.IsZero() {
		t.Errorf("review after a visit: %+v", s.Review)
	}
	reviews := lines[reviewJSON](t, cli(t, exitDone, with("reviews", "--json")...))
	disputed := lines[reviewJSON](t, cli(t, exitDone, with("reviews", "--disputed", "--json")...))
	if len(reviews) != 2 || len(disputed) != 2 || !disputed[0].Disputed {
		t.Errorf("%d reviews, %d disputed", len(reviews), len(disputed))
	}
	if out := string(cli(t, exitDone, with("show", wrong)...)); !strings.Contains(out, "benign, says anna on ") || !strings.Contains(out, "a film prop (the machine says fake investment") {
		t.Errorf("the dossier does not tell of the review:\n%s", out)
	}
	if out := string(cli(t, exitDone, with("search", "reviewed:true verdict:benign")...)); !strings.Contains(out, wrong) || strings.Contains(out, missed) {
		t.Errorf("search for reviewed sites:\n%s", out)
	}
	cli(t, exitDone, with("review", wrong, missed, "--remove")...)
	if got := exported(); !slices.Equal(got, before) {
		t.Errorf("after taking the reviews back %v, before them %v", got, before)
	}
}

func TestReviewIsChecked(t *testing.T) {
	store := []string{"--store", filepath.Join(t.TempDir(), "store")}
	for _, args := range [][]string{
		{"review"}, {"review", "a.example"}, {"review", "a.example", "--verdict", "scam"}, {"review", "not a host", "--verdict", "benign"},
		{"review", "a.example", "--verdict", "benign", "--until", "soon"}, {"review", "a.example", "--verdict", "benign", "--until", "2001-01-01"},
		{"review", "a.example", "--remove", "--note", "x"}, {"review", "a.example", "--verdict", "benign", "--note", strings.Repeat("x", index.MaxNote+1)},
	} {
		cli(t, exitUsage, append(args, store...)...)
	}
}
