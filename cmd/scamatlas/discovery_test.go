package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"scamatlas/crawler/discover/ct/cttest"
	"scamatlas/index"
	"scamatlas/schedules/jobs"
)

// ctLog serves a certificate log with certificates for names and gives the address of a list with it.
func ctLog(t *testing.T, names ...string) (l *cttest.Log, list string) {
	t.Helper()
	now := time.Now()
	l = cttest.New("loopback.example/2026", cttest.Key())
	authority := cttest.NewAuthority()
	for _, n := range names {
		l.Append(authority.Entry(now.Add(-time.Minute), n))
	}
	l.Publish(-1, now)
	server := httptest.NewServer(l.Handler())
	t.Cleanup(server.Close)
	return l, server.URL + "/log-list.json"
}

// TestDiscover reads a feed from a server, a certificate log and what confirmed sites lead to, twice.
func TestDiscover(t *testing.T) {
	dir := t.TempDir()
	asked := 0
	feed := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked++
		if !strings.Contains(r.UserAgent(), "desk@team.example") {
			t.Errorf("the feed was asked by %q", r.UserAgent())
		}
		w.Header().Set("ETag", `"1"`)
		if r.Header.Get("If-None-Match") == `"1"` {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		fmt.Fprint(w, "listed-one.example\nhxxps://listed-two[.]example/pay\nnot a host\n")
	}))
	defer feed.Close()
	log, list := ctLog(t, "coinbase-login-bonus.example", "garden-shed.example", "*.binance-mining-profit.example")
	settings := filepath.Join(dir, "settings.yaml")
	if err := os.WriteFile(settings, fmt.Appendf(nil, `store: %s
feeds:
  - {name: desk, url: "%s/list.txt", format: lines, licence: CC0, expect: 1h}
discovery:
  contact: desk@team.example
  certificates: {logs: %s}
`, filepath.Join(dir, "store"), feed.URL, list), 0o600); err != nil {
		t.Fatal(err)
	}
	with := func(args ...string) []string { return append(args, "--config", settings) }
	cli(t, exitDone, with("config", "check")...)

	found := map[string]jobs.Found{}
	for _, f := range lines[jobs.Found](t, cli(t, exitDone, with("discover", "--json")...)) {
		found[f.Source] = f
	}
	if f := found["desk"]; f.New != 2 || f.Rejected != 1 || f.Error != "" {
		t.Errorf("feed: %+v", f)
	}
	if f := found["ct:loopback-example-2026"]; f.Read != 3 || f.New != 2 || f.Error != "" {
		t.Errorf("log: %+v", f)
	}
	if _, ok := found["pivot"]; !ok || len(found) != 3 {
		t.Errorf("sources: %v", found)
	}
	queued := func() (hosts []string) {
		for _, s := range lines[index.Site](t, cli(t, exitDone, with("search", "outcome:queued", "--json")...)) {
			hosts = append(hosts, s.Host)
			if len(s.Sources) == 0 {
				t.Errorf("%s: nobody is said to have named it", s.Host)
			}
		}
		return hosts
	}
	want := []string{"binance-mining-profit.example", "coinbase-login-bonus.example", "listed-one.example", "listed-two.example"}
	if got := queued(); !slices.Equal(got, want) {
		t.Errorf("queued %v, want %v", got, want)
	}

	log.Append(cttest.NewAuthority().Entry(time.Now(), "kraken-airdrop-claim.example"))
	log.Publish(-1, time.Now())
	for _, f := range lines[jobs.Found](t, cli(t, exitDone, with("discover", "ct", "desk", "--json")...)) {
		if wantRead := map[string]int{"desk": 0, "ct:loopback-example-2026": 1}[f.Source]; f.Read != wantRead {
			t.Errorf("second reading: %+v, want %d entries", f, wantRead)
		}
	}
	if got := queued(); !slices.Contains(got, "kraken-airdrop-claim.example") {
		t.Errorf("queued %v", got)
	}
	states := lines[sourceJSON](t, cli(t, exitDone, with("sources", "--json")...))
	if len(states) != 3 || asked != 2 {
		t.Errorf("%d sources, the feed was asked %d times", len(states), asked)
	}
	for _, s := range states {
		if s.Alarm != "" || !s.Known || s.Read.IsZero() || s.Source != "pivot" && s.Yielded.IsZero() {
			t.Errorf("state %+v", s)
		}
	}
	cli(t, exitUsage, with("discover", "nobody")...)
	if out := string(cli(t, exitDone, "sources", "--catalogue")); !strings.Contains(out, "eth-phishing-detect") {
		t.Errorf("catalogue:\n%s", out)
	}
}

// TestASourceThatFallsSilentIsSaid takes a feed away.
func TestASourceThatFallsSilentIsSaid(t *testing.T) {
	dir := t.TempDir()
	list := filepath.Join(dir, "hosts.txt")
	if err := os.WriteFile(list, []byte("listed-one.example\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	settings := filepath.Join(dir, "settings.yaml")
	if err := os.WriteFile(settings, []byte("store: "+filepath.Join(dir, "store")+"\nfeeds: [{name: desk, file: hosts.txt, expect: 1ms}]\ndiscovery: {pivot: false}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	cli(t, exitDone, "discover", "--config", settings)
	if err := os.Remove(list); err != nil {
		t.Fatal(err)
	}
	cli(t, exitFailed, "discover", "--config", settings)
	if found := lines[finding](t, cli(t, exitFailed, "doctor", "--json", "--config", settings)); !slices.ContainsFunc(found, func(f finding) bool {
		return f.Part == "sources" && f.State == "broken" && strings.Contains(f.Detail, "desk is silent")
	}) {
		t.Errorf("doctor: %+v", found)
	}
	out := string(cli(t, exitFailed, "sources", "--config", settings))
	if !strings.Contains(out, "silent: it last gave something") || !strings.Contains(out, "hosts.txt") {
		t.Errorf("sources:\n%s", out)
	}
}

func TestNamesAreExplained(t *testing.T) {
	got := lines[nameJSON](t, cli(t, exitDone, "names", "coinbase-login.example", "coinbase.com", "garden-shed.example", "--json"))
	if len(got) != 3 || !got[0].Target || len(got[0].Reasons) == 0 || got[1].Target || got[2].Target {
		t.Errorf("%+v", got)
	}
}
