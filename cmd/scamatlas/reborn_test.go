package main

import (
	"slices"
	"strings"
	"testing"

	"scamatlas/crawler/testbed"
	"scamatlas/index"
)

// TestADeadSitesKitOnANewHostIsAnEvent takes a site away and puts its front end, with its wallets, on new hosts: one that joins the
// clusters there are as it is visited, one that a grouping finds. Both say so in their history, once; a site that was there before and
// lives on says nothing.
func TestADeadSitesKitOnANewHostIsAnEvent(t *testing.T) {
	onBothStores(t, func(t *testing.T, store func(t *testing.T, dir string) string) {
		dir := t.TempDir()
		comeBack(t, dir, store(t, dir))
	})
}

func comeBack(t *testing.T, dir, store string) {
	all, err := testbed.Sites()
	if err != nil {
		t.Fatal(err)
	}
	const dead, survivor, joining, grouped = "northgate-yield.example", "aurora-vault.example", "northgate-one.example", "northgate-two.example"
	var before, after []testbed.Site
	var hosts []string
	for _, s := range all {
		if s.Kit != "vault" {
			continue
		}
		before, hosts = append(before, s), append(hosts, s.Host)
		if s.Host != dead {
			after = append(after, s)
		}
	}
	after = append(after, reborn(t, all, dead, joining), reborn(t, all, dead, grouped))
	crawl := func(sites []testbed.Site, args ...string) (settings string) {
		tb, settings := startTestbed(t, t.TempDir(), testbed.Options{Sites: sites})
		defer tb.Close()
		appendTo(t, settings, store)
		cli(t, exitDone, append([]string{"crawl", "--config", settings}, args...)...)
		return settings
	}
	crawl(before, hosts...)
	crawl(after, "--no-cluster", dead, survivor)
	settings := crawl(after, "--no-cluster", joining)
	happened := func(host string) (site index.Site, notes []string) {
		site = lines[index.Site](t, cli(t, exitDone, "show", host, "--json", "--config", settings))[0]
		for _, h := range site.Happened {
			if h.What == index.Reborn {
				notes = append(notes, h.Note)
			}
		}
		return site, notes
	}
	says := func(host string) {
		t.Helper()
		site, notes := happened(host)
		if len(notes) != 2 || site.Kit == "" || site.Operator == "" || !slices.ContainsFunc(notes, func(n string) bool { return strings.HasPrefix(n, "kit "+site.Kit+": ") && strings.Contains(n, dead) }) ||
			!slices.ContainsFunc(notes, func(n string) bool {
				return strings.HasPrefix(n, "operator "+site.Operator+": ") && strings.Contains(n, dead)
			}) {
			t.Errorf("%s in kit %s and operator %s: %q", host, site.Kit, site.Operator, notes)
		}
	}
	says(joining) // before any grouping
	crawl(after, grouped)
	says(grouped)
	cli(t, exitDone, "cluster", "--config", settings)
	says(joining)
	for _, host := range append([]string{dead}, hosts...) {
		if _, notes := happened(host); len(notes) > 0 {
			t.Errorf("%s was there before: %q", host, notes)
		}
	}
	if got := string(cli(t, exitDone, "search", "happened:reborn", "--count", "--config", settings)); got != "2\n" {
		t.Errorf("%s sites are found by what happened", got)
	}
	if dossier := string(cli(t, exitDone, "show", grouped, "--config", settings)); !strings.Contains(dossier, "reborn") || !strings.Contains(dossier, dead) {
		t.Errorf("the dossier does not tell:\n%s", dossier)
	}
}
