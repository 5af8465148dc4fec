package main

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"scamatlas/crawler/testbed"
	"scamatlas/extractors"
	"scamatlas/index"
	"scamatlas/index/local"
)

// TestScriptedSites crawls, as users do, the sites that only a browser or only a certain visitor sees, and compares what is found with the
// truth: every wallet however it comes to the page, who is shown the site and by what it goes, how addresses change, and that no ordinary
// site that is never the same twice is called cloaked.
func TestScriptedSites(t *testing.T) {
	dir := t.TempDir()
	sites, err := testbed.ScriptedSites()
	if err != nil {
		t.Fatal(err)
	}
	tb, settings := startTestbed(t, dir, testbed.Options{Sites: sites})
	settings = withBrowser(t, settings)
	store := filepath.Join(dir, "store")
	appendTo(t, settings, "store: "+store+"\n")
	list := ""
	for _, s := range tb.Sites() {
		list += s.EntryURL() + "\n"
	}
	write(t, filepath.Join(dir, "entries.txt"), list)
	crawl := func(targets ...string) {
		cli(t, exitDone, append([]string{"crawl", "--no-cluster", "--config", settings}, targets...)...)
	}
	crawl("-f", filepath.Join(dir, "entries.txt"))
	var rotating []string
	for _, s := range tb.Sites() {
		if s.Rotation != "" {
			rotating = append(rotating, s.EntryURL())
		}
	}
	for range 4 {
		if len(rotating) > 0 {
			crawl(rotating...)
		}
	}
	st, err := local.Open(t.Context(), store, local.Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	ordinary := 0
	for _, s := range tb.Sites() {
		site, err := st.Site(t.Context(), s.Host)
		if err != nil {
			t.Errorf("%s: %v", s.Host, err)
			continue
		}
		checkScripted(t, &s.Truth, site)
		if s.Cloaking == extractors.CloakSame && len(s.Wallets) == 0 {
			ordinary++
		}
		if s.Rotation != "" {
			records, err := st.Captures(t.Context(), s.Host, 100)
			if err != nil {
				t.Fatal(err)
			}
			checkRotation(t, &s.Truth, index.Rotations(records))
		}
	}
	if ordinary < 10 {
		t.Errorf("only %d ordinary sites", ordinary)
	}
	cli(t, exitDone, "verify", "--config", settings)
}

func checkScripted(t *testing.T, want *testbed.Truth, got *index.Site) {
	t.Helper()
	if !slices.Contains(want.Outcomes, got.Outcome) {
		t.Errorf("%s: outcome %s (%s), want one of %v", want.Host, got.Outcome, got.Reason, want.Outcomes)
	}
	if want.Cloaking != "" && got.Cloaking.Verdict != want.Cloaking {
		t.Errorf("%s: cloaking %s (%s), want %s\n%s", want.Host, got.Cloaking.Verdict, got.Cloaking.Why, want.Cloaking, matrix(&got.Cloaking))
	}
	if len(want.Shown) > 0 {
		var see []string
		for _, c := range got.Cloaking.Cells {
			if c.Same && !strings.ContainsAny(c.Profile, "+-") {
				see = append(see, c.Profile)
			}
		}
		slices.Sort(see)
		if shown := slices.Sorted(slices.Values(want.Shown)); !slices.Equal(see, shown) {
			t.Errorf("%s: seen by %v, want %v\n%s", want.Host, see, shown, matrix(&got.Cloaking))
		}
		if want.Cloaking != extractors.CloakInvitation && len(got.Cloaking.Steps) < 3 {
			t.Errorf("%s: the card has %d steps", want.Host, len(got.Cloaking.Steps))
		}
	}
	if want.Rotation != "" && want.Rotation != "fixed" {
		return // each visit shows some of them
	}
	for _, w := range want.Wallets {
		if !slices.ContainsFunc(got.Findings.Indicators, func(i extractors.Indicator) bool { return i.Kind == extractors.KindWallet && i.Value == w.Value }) {
			t.Errorf("%s: the %s wallet %s, via %s, was not found; pages %v", want.Host, w.Chain, w.Value, w.Via, got.Pages)
		}
	}
}

func matrix(c *extractors.Cloaking) string {
	var b strings.Builder
	t := newTable(&b)
	for _, x := range c.Cells {
		t.row("   ", x.Profile, string(x.Outcome), likeness(x.Text), likeness(x.DOM), likeness(x.Wallet), x.FinalURL)
	}
	t.close()
	return b.String()
}

func checkRotation(t *testing.T, want *testbed.Truth, got []index.Rotation) {
	t.Helper()
	kinds := map[string][]string{"fixed": {index.RotationOne}, "request": {index.RotationPool, index.RotationSet, index.RotationUnclear}, "visit": {index.RotationPerVisit, index.RotationPool}}[want.Rotation]
	ok := slices.ContainsFunc(got, func(r index.Rotation) bool {
		return r.Visits >= 3 && slices.Contains(kinds, r.Kind) && (want.Rotation == "fixed" || len(r.Addresses) > 1)
	})
	if !ok {
		t.Errorf("%s: rotation %s told as %+v", want.Host, want.Rotation, got)
	}
}
