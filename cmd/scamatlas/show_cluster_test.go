package main

import (
	"path/filepath"
	"regexp"
	"slices"
	"testing"

	"scamatlas/crawler/testbed"
	"scamatlas/index"
)

// TestShowClusterReadsLikeACaseFile looks at the operator and the kit of one made-up site.
func TestShowClusterReadsLikeACaseFile(t *testing.T) {
	dir := t.TempDir()
	_, settings := startTestbed(t, dir, testbed.Options{})
	with := func(args ...string) []string {
		return append(args, "--config", settings, "--store", filepath.Join(dir, "store"))
	}
	cli(t, exitDone, with("crawl", "-f", filepath.Join(dir, "hosts.txt"))...)
	id := map[index.Layer]string{}
	for _, c := range lines[index.Cluster](t, cli(t, exitDone, with("clusters", "--json")...)) {
		if slices.Contains(c.Hosts, "aurora-vault.example") {
			id[c.Layer] = c.ID
		}
	}
	for layer, want := range map[index.Layer][]string{
		index.Operator: {`^o-\w{10}  operator: sites of the same people\n`, `\n  size +\d+ sites\n`, `\n  known since +20\d\d-`, `\n  first site +20\d\d-\S+ \S+  \S+\.example\n`,
			`\n  held together by +\w+ \(\d+ ties?\)`, `\nShared evidence, rarest first\n  wallet `, `weight 1\.00 +held by \d+ sites\n`,
			`\nKits they use\n  ` + id[index.Kit] + ` +\d+ sites of this cluster\n`, `\nMembers, by the day they were first seen\n  20\d\d-`,
			`  aurora-vault\.example +ok +\d+ wallets +` + id[index.Kit] + `  fake investment, confirmed\n`, `\n  held to be +\d+ fake investment \(\d+ confirmed\)`,
			`\nTies, strongest first\n  (\S+ +){2}1\.00  wallet`, `\nWhat changed\n  20\d\d-\S+ \S+  first grouped\n`},
		index.Kit: {`^k-\w{10}  kit: sites with the same front end\n`, `\n  held together by +front end \(\d+ ties?\)\n`, `\nOperators who use it\n  o-`,
			`  aurora-vault\.example +ok +\d+ wallets +` + id[index.Operator] + `  fake investment, confirmed\n`},
	} {
		out := cli(t, exitDone, with("show", id[layer])...)
		for _, w := range want {
			if !regexp.MustCompile(w).Match(out) {
				t.Errorf("%s: nothing like %q in\n%s", layer, w, out)
			}
		}
		if layer == index.Kit && regexp.MustCompile("Shared evidence").Match(out) {
			t.Error("a kit shares likeness, not values")
		}
		if got := lines[index.Cluster](t, cli(t, exitDone, with("show", id[layer], "--json")...)); len(got) != 1 || got[0].ID != id[layer] {
			t.Errorf("show --json: %+v", got)
		}
	}
}
