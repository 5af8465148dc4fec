package main

import (
	"encoding/json"
	"fmt"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"scamatlas/configs"
	"scamatlas/crawler/discover/ct/cttest"
	"scamatlas/crawler/testbed"
	"scamatlas/index"
)

// TestFromCertificateToCluster lets a server run by itself, with a store of sites that are visited and grouped, and a certificate log
// that grows: a site that nobody has named but its new certificate is found, visited and joined to its kit and its operator.
//
// How long it takes is printed, not judged; schedules are shorter than the default, so that the test need not wait.
func TestFromCertificateToCluster(t *testing.T) {
	onBothStores(t, func(t *testing.T, store func(t *testing.T, dir string) string) {
		dir := t.TempDir()
		growingLog(t, dir, store(t, dir))
	})
}

func growingLog(t *testing.T, dir, store string) {
	sites, err := testbed.Sites()
	if err != nil {
		t.Fatal(err)
	}
	first, known := reborn(t, sites, "northgate-yield.example", "northgate-yield-invest.example"), len(sites)
	tb, settings := startTestbed(t, dir, testbed.Options{Sites: append(sites, first)})
	log, list := ctLog(t, "garden-shed.example")
	appendTo(t, settings, store+fmt.Sprintf("schedules: {discover: '@every 2s', visit: '@every 1s', export: ''}\ndiscovery: {certificates: {logs: %q}}\n", list))
	cli(t, exitDone, append([]string{"crawl", "--config", settings}, tb.Hosts()[:known]...)...)
	kin := lines[index.Site](t, cli(t, exitDone, "show", "northgate-yield.example", "--json", "--config", settings))[0]

	server := startServer(t, settings)
	waitFor(t, time.Minute, func() bool { // the log has been read to its end, and grows only then
		out, err := exec.Command("scamatlas", "sources", "--json", "--config", settings).Output()
		return err == nil && slices.ContainsFunc(lines[sourceJSON](t, out), func(x sourceJSON) bool { return strings.HasPrefix(x.Source, "ct:") && !x.Yielded.IsZero() })
	})
	began := time.Now()
	log.Append(cttest.NewAuthority().Entry(began, first.Names()...))
	log.Publish(-1, began)
	var got index.Site
	waitFor(t, 4*time.Minute, func() bool {
		out, err := exec.Command("scamatlas", "show", first.Host, "--json", "--config", settings).Output()
		return err == nil && json.Unmarshal(out, &got) == nil && got.Kit != "" && got.Operator != ""
	})
	t.Logf("from certificate to clusters: %s", time.Since(began).Round(time.Millisecond))
	if got.Kit != kin.Kit || got.Operator != kin.Operator || got.Visits == 0 {
		t.Errorf("%s is in kit %q and operator %q, its kin in %q and %q", got.Host, got.Kit, got.Operator, kin.Kit, kin.Operator)
	}
	if !slices.ContainsFunc(got.Sources, func(r index.SourceRef) bool { return r.Source == "ct:loopback-example-2026" }) {
		t.Errorf("named by %v", got.Sources)
	}
	server.Process.Signal(syscall.SIGTERM)
	if err := server.Wait(); err != nil {
		t.Errorf("SIGTERM: %v", err)
	}
	if s := lines[sourceJSON](t, cli(t, exitDone, "sources", "--json", "--config", settings)); !slices.ContainsFunc(s, func(x sourceJSON) bool { return strings.HasPrefix(x.Source, "ct:") && x.New > 0 }) {
		t.Errorf("sources: %+v", s)
	}
}

// reborn gives a made-up site under another host, on addresses of its own: what its operator does when the old one is blocked.
func reborn(t *testing.T, sites []testbed.Site, old, host string) testbed.Site {
	t.Helper()
	n := slices.IndexFunc(sites, func(s testbed.Site) bool { return s.Host == old })
	if n < 0 {
		t.Fatalf("no site %s", old)
	}
	s := sites[n]
	s.Host, s.Aliases, s.Address, s.Cert = host, nil, host, host
	return s
}

// TestDefaultSchedulesFindANewSiteSoon adds up the longest waits of a server with default settings.
func TestDefaultSchedulesFindANewSiteSoon(t *testing.T) {
	s, err := configs.Load("", configs.Checks{})
	if err != nil {
		t.Fatal(err)
	}
	var longest time.Duration
	for _, spec := range []string{s.Schedules.Discover, s.Schedules.Visit} {
		every, err := time.ParseDuration(strings.TrimPrefix(spec, "@every "))
		if err != nil {
			t.Fatalf("%q is not said as an interval: %v", spec, err)
		}
		longest += every
	}
	if longest > 90*time.Second {
		t.Errorf("a new certificate may wait %s before its site is visited; of two minutes the rest is for the visit and the clusters", longest)
	}
}
