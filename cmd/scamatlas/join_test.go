package main

import (
	"slices"
	"testing"

	"scamatlas/crawler/testbed"
	"scamatlas/index"
)

// TestASiteJoinsAsItIsVisited visits all sites but the last of each group, groups them, and visits the rest: these are in their
// clusters at once, and grouping all again finds the same.
func TestASiteJoinsAsItIsVisited(t *testing.T) {
	onBothStores(t, func(t *testing.T, store func(t *testing.T, dir string) string) {
		dir := t.TempDir()
		joinWhileVisiting(t, dir, store(t, dir))
	})
}

func joinWhileVisiting(t *testing.T, dir, more string) {
	tb, settings := startTestbed(t, dir, testbed.Options{})
	appendTo(t, settings, more)
	with := func(args ...string) []string { return append(args, "--config", settings) }
	early, late := lastOfEachGroup(tb.Sites())
	cli(t, exitDone, with(append([]string{"crawl"}, early...)...)...)
	cli(t, exitDone, with(append([]string{"crawl", "--no-cluster"}, late...)...)...)
	type home struct{ kit, operator string }
	joined := map[string]home{}
	for _, host := range late {
		s := lines[index.Site](t, cli(t, exitDone, with("show", host, "--json")...))[0]
		joined[host] = home{s.Kit, s.Operator}
	}
	cli(t, exitDone, with("cluster")...)
	for _, host := range late {
		s := lines[index.Site](t, cli(t, exitDone, with("show", host, "--json")...))[0]
		if got := joined[host]; got != (home{s.Kit, s.Operator}) || s.Kit+s.Operator == "" {
			t.Errorf("%s joined kit %q and operator %q, grouping finds %q and %q", host, got.kit, got.operator, s.Kit, s.Operator)
		}
	}
}

// lastOfEachGroup gives the hosts to visit later: of each kit and each operator with three sites or more the last by name, so that
// those before it form a cluster.
func lastOfEachGroup(sites []testbed.Site) (early, late []string) {
	groups := map[string][]string{}
	for _, s := range sites {
		for _, g := range []string{"kit " + s.Kit, "operator " + s.Operator} {
			groups[g] = append(groups[g], s.Host)
		}
	}
	delete(groups, "kit ")
	delete(groups, "operator ")
	waits := map[string]bool{}
	for _, hosts := range groups {
		if len(hosts) >= 3 {
			waits[slices.Max(hosts)] = true
		}
	}
	for _, s := range sites {
		if waits[s.Host] {
			late = append(late, s.Host)
		} else {
			early = append(early, s.Host)
		}
	}
	return early, late
}
