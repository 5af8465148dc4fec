package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"net"
	"scamatlas/crawler/testbed"
	"scamatlas/index"
	"scamatlas/index/elastic"
	"scamatlas/index/elastic/elastictest"
	"scamatlas/index/local"
)

// TestKilledServer kills `scamatlas run` with SIGKILL in mid-crawl, several times, and starts it again: in the end every host is visited and
// stored once. It then ends the server with SIGTERM, which must come back within 10 s.
func TestKilledServer(t *testing.T) {
	t.Run("embedded", func(t *testing.T) {
		dir := t.TempDir()
		store := filepath.Join(dir, "store")
		killRun(t, dir, store, "", func(t *testing.T) index.Store {
			st, err := local.Open(t.Context(), store, local.Options{ReadOnly: true})
			if err != nil {
				t.Fatal(err)
			}
			return st
		})
	})
	t.Run("elasticsearch", func(t *testing.T) {
		url, prefix := elastictest.URL(t), elastictest.Prefix(t)
		killRun(t, t.TempDir(), url, prefix, func(t *testing.T) index.Store {
			dial := func(ctx context.Context, network, addr string) (net.Conn, error) {
				var d net.Dialer
				return d.DialContext(ctx, network, addr)
			}
			st, err := elastic.Open(t.Context(), url, elastic.Options{Prefix: prefix, ReadOnly: true, Dial: dial})
			if err != nil {
				t.Fatal(err)
			}
			return st
		})
	})
}

func killRun(t *testing.T, dir, store, prefix string, open func(*testing.T) index.Store) {
	tb, settings := startTestbed(t, dir, testbed.Options{Latency: 20 * time.Millisecond})
	b, _ := os.ReadFile(settings)
	text := string(b) + "  workers: 4\nschedules: {discover: '@every 1h', visit: '@every 1s', cluster: '', export: ''}\nfeeds: [{name: list, file: hosts.txt, format: lines}]\n"
	text += fmt.Sprintf("store: %s\nelasticsearch: {prefix: %s, outbox: %s}\n", store, strconv.Quote(orElse(prefix, "scamatlas")), filepath.Join(dir, "outbox"))
	write(t, settings, text)

	total := func() (n int64) {
		for _, h := range tb.Hosts() {
			n += tb.Requests(h)
		}
		return n
	}
	for range 3 {
		server := startServer(t, settings)
		want := total() + 40
		waitFor(t, time.Minute, func() bool { return total() >= want })
		server.Process.Kill()
		server.Wait()
	}
	server := startServer(t, settings)
	visited := []string{"search", "NOT outcome:queued", "--count", "--config", settings}
	waitFor(t, 2*time.Minute, func() bool {
		out, err := exec.Command("scamatlas", visited...).Output()
		return err == nil && strings.TrimSpace(string(out)) == strconv.Itoa(len(tb.Hosts()))
	})
	if prefix != "" { // an embedded store has one writer; beside a server on Elasticsearch one can regroup by hand
		if out, err := exec.Command("scamatlas", "cluster", "--config", settings).CombinedOutput(); err != nil {
			t.Errorf("cluster beside a running server: %v\n%s", err, out)
		}
	}
	began := time.Now()
	server.Process.Signal(syscall.SIGTERM)
	if err := server.Wait(); err != nil || time.Since(began) > 10*time.Second {
		t.Errorf("SIGTERM: %v after %s", err, time.Since(began))
	}

	st := open(t)
	defer st.Close()
	for _, h := range tb.Hosts() {
		s, err := st.Site(t.Context(), h)
		if err != nil || s.LastVisit.IsZero() {
			t.Errorf("%s was not visited: %v", h, err)
			continue
		}
		records, err := st.Captures(t.Context(), h, 100)
		looks := map[string]int{} // by profile
		for _, r := range records {
			looks[r.Profile]++
		}
		if err != nil || looks["desktop"] != 1 || len(records) != len(looks) || s.Visits != 1 {
			t.Errorf("%s: records by profile %v, %d visits counted, %v; want one of each", h, looks, s.Visits, err)
		}
	}
	found, err := st.Search(t.Context(), index.SearchRequest{Limit: 1})
	if err != nil || found.Total != int64(len(tb.Hosts())) {
		t.Errorf("%d sites in the index, %v; want %d", found.Total, err, len(tb.Hosts()))
	}
}

func orElse(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

func startServer(t *testing.T, settings string) *exec.Cmd {
	t.Helper()
	cmd := exec.Command("scamatlas", "run", "--config", settings)
	log, err := os.OpenFile(settings+".log", os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stderr = log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cmd.Process.Kill()
		log.Close()
		if t.Failed() {
			if b, err := os.ReadFile(settings + ".log"); err == nil {
				t.Logf("server log:\n%s", b[max(0, len(b)-4000):])
			}
		}
	})
	return cmd
}

func waitFor(t *testing.T, limit time.Duration, ok func() bool) {
	t.Helper()
	deadline := time.Now().Add(limit)
	for !ok() {
		if time.Now().After(deadline) {
			t.Fatalf("not within %s", limit)
		}
		time.Sleep(20 * time.Millisecond)
	}
}
