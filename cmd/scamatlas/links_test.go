package main

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"scamatlas/crawler/testbed"
	"scamatlas/index"
)

// TestLinksAreObeyedAndListed joins two sites that have nothing in common, looks at them, and takes it back.
func TestLinksAreObeyedAndListed(t *testing.T) {
	dir := t.TempDir()
	_, settings := startTestbed(t, dir, testbed.Options{})
	with := func(args ...string) []string {
		return append(args, "--config", settings, "--store", filepath.Join(dir, "store"))
	}
	cli(t, exitDone, with("crawl", "-f", filepath.Join(dir, "hosts.txt"))...)
	operators := func() []index.Cluster {
		return lines[index.Cluster](t, cli(t, exitDone, with("clusters", "--layer", "operator", "--json")...))
	}
	before := operators()
	if len(before) < 2 {
		t.Fatalf("%d operators", len(before))
	}
	a, b := before[0].Hosts[0], before[1].Hosts[0]
	together := func() bool {
		return slices.ContainsFunc(operators(), func(c index.Cluster) bool { return slices.Contains(c.Hosts, a) && slices.Contains(c.Hosts, b) })
	}
	cli(t, exitDone, with("link", b, a, "--note", "one desk", "--who", "anna")...)
	cli(t, exitDone, with("cluster")...)
	if !together() {
		t.Errorf("%s and %s are not together", a, b)
	}
	if out := string(cli(t, exitDone, with("pivot", a, b)...)); !strings.Contains(out, "anna, ") || !strings.Contains(out, "one desk") {
		t.Errorf("pivot does not tell of the link:\n%s", out)
	}
	if out := string(cli(t, exitDone, with("show", before[1].ID)...)); !strings.Contains(out, "took in") && !strings.Contains(out, "first grouped") {
		t.Errorf("the id of a merged cluster leads nowhere:\n%s", out)
	}
	cli(t, exitFailed, with("unlink", a, b)...)
	if got := lines[index.Link](t, cli(t, exitDone, with("links", "--json")...)); len(got) != 1 || got[0].Who != "anna" || got[0].Apart {
		t.Errorf("links %+v", got)
	}
	cli(t, exitUsage, with("link", a, a)...)
	cli(t, exitUsage, with("link", a, b, "--layer", "firm")...)
	cli(t, exitDone, with("links", "remove", a, b)...)
	cli(t, exitFailed, with("links", "remove", a, b)...)
	cli(t, exitDone, with("unlink", a, b)...)
	cli(t, exitDone, with("cluster")...)
	if together() {
		t.Error("apart, yet together")
	}
}
