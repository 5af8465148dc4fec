package main

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"scamatlas/crawler/testbed"
	"scamatlas/extractors"
	"scamatlas/index"
	"scamatlas/index/elastic/elastictest"
)

// cli runs the program in this process and gives its stdout; it fails the test when the exit code is not want.
func cli(t *testing.T, want int, args ...string) []byte {
	t.Helper()
	var out, talk bytes.Buffer
	if code := run(t.Context(), args, strings.NewReader(""), &out, &talk); code != want {
		t.Fatalf("scamatlas %s: exit code %d, want %d\n%s", strings.Join(args, " "), code, want, talk.String())
	}
	return out.Bytes()
}

// lines decodes JSON lines.
func lines[T any](t *testing.T, b []byte) []T {
	t.Helper()
	var all []T
	for d := json.NewDecoder(bytes.NewReader(b)); ; {
		var v T
		err := d.Decode(&v)
		if err == io.EOF {
			return all
		}
		if err != nil {
			t.Fatalf("%v in %s", err, b)
		}
		all = append(all, v)
	}
}

// TestMainJob does the whole job on the made-up sites and compares what comes out with the truth about them, on both stores.
func TestMainJob(t *testing.T) {
	t.Run("embedded", func(t *testing.T) {
		dir := t.TempDir()
		mainJob(t, dir, filepath.Join(dir, "store"), "")
	})
	t.Run("elasticsearch", func(t *testing.T) {
		dir := t.TempDir()
		url := elastictest.URL(t)
		mainJob(t, dir, url, fmt.Sprintf("elasticsearch: {prefix: %s, outbox: %s}\n", elastictest.Prefix(t), filepath.Join(dir, "outbox")))
	})
}

func mainJob(t *testing.T, dir, store, more string) {
	tb, settings := startTestbed(t, dir, testbed.Options{})
	appendTo(t, settings, more+"store: "+store+"\n")
	with := func(args ...string) []string { return append(args, "--config", settings) }

	visits := lines[visitJSON](t, cli(t, exitDone, with("crawl", "-f", filepath.Join(dir, "hosts.txt"), "--json")...))
	if len(visits) != len(tb.Hosts()) {
		t.Errorf("%d visits of %d hosts", len(visits), len(tb.Hosts()))
	}
	truth := map[string]testbed.Truth{}
	for _, s := range tb.Sites() {
		truth[s.Host] = s.Truth
	}
	for _, v := range visits {
		checkVisit(t, v, truth[v.Host])
	}
	clusters := lines[index.Cluster](t, cli(t, exitDone, with("clusters", "--json")...))
	samePartition(t, "kit", clusters, index.Kit, truth, func(x testbed.Truth) string { return x.Kit })
	samePartition(t, "operator", clusters, index.Operator, truth, func(x testbed.Truth) string { return x.Operator })
	if again := cli(t, exitDone, with("cluster")...); len(again) != 0 {
		t.Errorf("cluster prints %q to stdout", again)
	}
	if after := lines[index.Cluster](t, cli(t, exitDone, with("clusters", "--json")...)); !slices.EqualFunc(clusters, after, func(a, b index.Cluster) bool {
		return a.ID == b.ID && slices.Equal(a.Hosts, b.Hosts) && a.Since.Equal(b.Since)
	}) {
		t.Error("regrouping the same sites changes the clusters")
	}
	checkQuestions(t, with, clusters, truth)
}

func checkVisit(t *testing.T, v visitJSON, x testbed.Truth) {
	t.Helper()
	if !slices.Contains(x.Outcomes, v.Outcome) {
		t.Errorf("%s: outcome %s, want one of %v", v.Host, v.Outcome, x.Outcomes)
	}
	for _, w := range x.Wallets {
		if w.In == "" && !slices.ContainsFunc(v.Wallets, func(g walletJSON) bool { return g.Value == w.Value && g.Role == extractors.Payee }) {
			t.Errorf("%s: wallet %s not found among %v", v.Host, w.Value, v.Wallets)
		}
	}
	for _, want := range append(slices.Clone(x.Contacts), x.Trackers...) {
		if !slices.Contains(v.Contacts, typedJSON{want.Type, want.Value}) && !slices.Contains(v.Trackers, typedJSON{want.Type, want.Value}) {
			t.Errorf("%s: %s %s not found among %v %v", v.Host, want.Type, want.Value, v.Contacts, v.Trackers)
		}
	}
	if n := len(v.Contacts); n != len(x.Contacts) {
		t.Errorf("%s: %d contacts, want %d: %v", v.Host, n, len(x.Contacts), v.Contacts)
	}
}

// samePartition wants the clusters of a layer to be exactly the true groups of two or more.
func samePartition(t *testing.T, name string, clusters []index.Cluster, layer index.Layer, truth map[string]testbed.Truth, label func(testbed.Truth) string) {
	t.Helper()
	want := map[string][]string{}
	for host, x := range truth {
		if l := label(x); l != "" {
			want[l] = append(want[l], host)
		}
	}
	var wanted, got []string
	for _, hosts := range want {
		if len(hosts) > 1 {
			slices.Sort(hosts)
			wanted = append(wanted, strings.Join(hosts, " "))
		}
	}
	for _, c := range clusters {
		if c.Layer != layer {
			continue
		}
		got = append(got, strings.Join(c.Hosts, " "))
		if len(c.Ties) < len(c.Hosts)-1 {
			t.Errorf("%s: %d ties do not connect %d hosts", c.ID, len(c.Ties), len(c.Hosts))
		}
	}
	slices.Sort(wanted)
	slices.Sort(got)
	if !slices.Equal(got, wanted) {
		t.Errorf("%s clusters\n%s\nwant\n%s", name, strings.Join(got, "\n"), strings.Join(wanted, "\n"))
	}
}

// checkQuestions asks what an investigator and a takedown team would ask next.
func checkQuestions(t *testing.T, with func(...string) []string, clusters []index.Cluster, truth map[string]testbed.Truth) {
	t.Helper()
	host, other := "aurora-vault.example", ""
	wallet := truth[host].Wallets[0].Value
	sites := lines[index.Site](t, cli(t, exitDone, with("search", "wallet:"+wallet, "--json")...))
	for _, s := range sites {
		if s.Host != host {
			other = s.Host
		}
	}
	if len(sites) < 2 || sites[0].Operator == "" || sites[0].Operator != sites[1].Operator {
		t.Errorf("the wallet %s leads to %d sites", wallet, len(sites))
	}
	byWallet := lines[index.Site](t, cli(t, exitDone, with("show", wallet, "--json")...))
	if len(byWallet) != len(sites) {
		t.Errorf("show gives %d sites for the wallet, search %d", len(byWallet), len(sites))
	}
	related := lines[struct {
		Host string
		Ties []index.Tie
	}](t, cli(t, exitDone, with("pivot", host, "--json")...))
	if len(related) == 0 || !slices.ContainsFunc(related[:min(3, len(related))], func(r struct {
		Host string
		Ties []index.Tie
	}) bool {
		return r.Host == other && len(r.Ties) > 0
	}) {
		t.Errorf("pivot %s does not lead to %s first: %+v", host, other, related)
	}
	dossier := string(cli(t, exitDone, with("show", host)...))
	for _, want := range []string{wallet, sites[0].Operator, "Wallets", "Hosting", "certificate"} {
		if !strings.Contains(dossier, want) {
			t.Errorf("the dossier of %s lacks %q:\n%s", host, want, dossier)
		}
	}
	id := clusters[len(clusters)-1].ID
	if list := string(cli(t, exitDone, with("export", "--format", "hosts", "--cluster", id)...)); strings.Count(list, "\n0.0.0.0 ") != clusters[len(clusters)-1].Size {
		t.Errorf("export of %s:\n%s", id, list)
	}
	fakes := 0
	for _, x := range truth {
		if x.Kit != "" {
			fakes++
		}
	}
	table, err := csv.NewReader(bytes.NewReader(cli(t, exitDone, with("export", "--format", "csv")...))).ReadAll()
	if err != nil || len(table) != fakes+1 {
		t.Errorf("csv of %d fakes has %d lines: %v", fakes, len(table), err)
	}
	cli(t, exitFailed, with("show", "never-heard-of.example")...)
	cli(t, exitFailed, with("pivot", "never-heard-of.example")...)
}
