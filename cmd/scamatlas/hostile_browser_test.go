package main

import (
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"scamatlas/crawler"
	"scamatlas/crawler/archive"
	"scamatlas/crawler/testbed"
	"scamatlas/crawler/testbed/browsertest"
	"scamatlas/extractors"
)

// TestHostileBrowserSites crawls every site that attacks a browser, shuffled, with an ordinary site before each fifth, as users do. No
// site may cost another anything, reach the canary, or leave something behind.
func TestHostileBrowserSites(t *testing.T) {
	browser := browsertest.Path(t)
	dir, temp := t.TempDir(), browserTemp(t)
	tb, settings := startTestbed(t, dir, testbed.Options{Sites: []testbed.Site{}, Hostile: true})
	sites := hostileOrder(t, tb.Sites())
	hosts := make([]string, len(sites))
	for i, s := range sites {
		hosts[i] = s.Host
	}
	list := filepath.Join(dir, "hosts.txt")
	write(t, list, strings.Join(hosts, "\n")+"\n")
	store := filepath.Join(dir, "store")
	plain, err := os.ReadFile(settings)
	if err != nil {
		t.Fatal(err)
	}
	write(t, settings, strings.Replace(string(plain), "render: off", "render: always", 1)+fmt.Sprintf("  workers: 4\n  profiles: [desktop]\n  timeout: 60s\nrender: {tabs: 2, views: 3, browser: %q}\nstore: %s\n", browser, store))

	began := time.Now()
	visits := lines[visitJSON](t, cli(t, exitDone, "crawl", "-f", list, "--json", "--no-cluster", "--config", settings))
	t.Logf("%d sites in %s", len(visits), time.Since(began).Round(time.Second))
	nothingLeft(t, dir, temp)
	if _, hits := tb.Canary(); hits() != 0 {
		t.Errorf("the canary was hit %d times", hits())
	}
	cli(t, exitDone, "verify", "--config", settings)

	captures := capturesIn(t, filepath.Join(store, "evidence"))
	for _, s := range sites {
		i := slices.IndexFunc(visits, func(v visitJSON) bool { return v.Host == s.Host })
		if i < 0 || slices.ContainsFunc(visits[i+1:], func(v visitJSON) bool { return v.Host == s.Host }) || len(captures[s.Host]) != 1 {
			t.Errorf("%s has not one final record: line %d, %d in evidence", s.Host, i, len(captures[s.Host]))
			continue
		}
		checkHostileVisit(t, s, visits[i], captures[s.Host][0])
	}
}

// hostileOrder shuffles the sites that attack a browser and puts an ordinary one before each fifth.
func hostileOrder(t *testing.T, all []testbed.Site) []testbed.Site {
	t.Helper()
	seed := uint64(time.Now().UnixNano())
	if text := os.Getenv("SCAMATLAS_TEST_SEED"); text != "" {
		var err error
		if seed, err = strconv.ParseUint(text, 10, 64); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("SCAMATLAS_TEST_SEED=%d gives this order again", seed)
	var hostile, controls, order []testbed.Site
	for _, s := range all {
		switch {
		case s.Browser:
			hostile = append(hostile, s)
		case s.Kit != "":
			controls = append(controls, s)
		}
	}
	r := rand.New(rand.NewPCG(seed, 0))
	r.Shuffle(len(hostile), func(i, j int) { hostile[i], hostile[j] = hostile[j], hostile[i] })
	for i, s := range hostile {
		if i%5 == 0 {
			order = append(order, controls[i/5])
		}
		order = append(order, s)
	}
	return append(order, controls[(len(hostile)+4)/5])
}

// browserTemp is an empty folder for temporary files that a browser of another user can reach.
func browserTemp(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "hostile-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("TMPDIR", dir)
	return dir
}

// nothingLeft wants no process that was started for temp, no file there, and no file that a site sent under a name of its own.
func nothingLeft(t *testing.T, dir, temp string) {
	t.Helper()
	own := strconv.Itoa(os.Getpid())
	all, _ := filepath.Glob("/proc/[0-9]*")
	for _, p := range all {
		stat, _ := os.ReadFile(filepath.Join(p, "stat"))
		args, _ := os.ReadFile(filepath.Join(p, "cmdline"))
		after := string(stat[strings.LastIndexByte(string(stat), ')')+1:])
		if f := strings.Fields(after); len(f) > 1 && (f[1] == own && (f[0] == "Z" || strings.Contains(string(stat), "chrom")) || strings.Contains(string(args), temp)) {
			t.Errorf("a process is left: %s %q", stat, args)
		}
	}
	left, err := os.ReadDir(temp)
	if err != nil || len(left) > 0 {
		t.Errorf("left in the folder for temporary files: %v, error %v", left, err)
	}
	err = filepath.WalkDir(dir, func(path string, _ fs.DirEntry, err error) error {
		if strings.HasSuffix(path, ".apk") {
			t.Errorf("%s was written", path)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

// capturesIn reads all evidence back, by host.
func capturesIn(t *testing.T, dir string) map[string][]*crawler.Capture {
	t.Helper()
	kept, err := archive.Open(dir, archive.Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	defer kept.Close()
	out := map[string][]*crawler.Capture{}
	err = kept.Each(t.Context(), func(e *archive.Entry) error {
		if e.Kind != archive.KindVisit {
			return nil
		}
		c, err := kept.Captures(t.Context(), e)
		out[e.Host] = append(out[e.Host], c...)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func checkHostileVisit(t *testing.T, s testbed.Site, v visitJSON, c *crawler.Capture) {
	t.Helper()
	checkHostileRecord(t, s, v)
	r := c.Rendered
	if r == nil {
		t.Errorf("%s: no browser was used", s.Host)
		return
	}
	pictures, why := 0, r.Err
	for _, w := range r.Views {
		pictures += len(w.Pictures)
		why = orElse(why, w.Err)
	}
	took := r.Ended.Sub(r.Began)
	t.Logf("%-38s %-8s %4.1fs of %4.1fs  %d views, %d pictures, %d answers, %d popups, %d downloads, %d sockets, caps %v, %s", s.Host, v.Outcome, took.Seconds(), float64(v.TookMS)/1000, len(r.Views), pictures, len(r.Answers), len(r.Popups), len(r.Fetches), len(r.Sockets), r.Caps, why)
	if s.Kit != "" && (r.Err != "" || pictures == 0) {
		t.Errorf("%s, an ordinary site, is not fully seen: %d pictures, error %q", s.Host, pictures, r.Err)
	}
	if pictures == 0 && why == "" {
		t.Errorf("%s: no picture was taken in the browser, and no reason is given", s.Host)
	}
}

func checkHostileRecord(t *testing.T, s testbed.Site, v visitJSON) {
	t.Helper()
	if s.Kit != "" {
		checkVisit(t, v, s.Truth)
		return
	}
	if !slices.Contains(s.Outcomes, v.Outcome) || v.Outcome != crawler.OK && v.Reason == "" {
		t.Errorf("%s: outcome %s (%q), want one of %v, with a reason where it is not ok", s.Host, v.Outcome, v.Reason, s.Outcomes)
	}
	for _, w := range s.Wallets {
		if !slices.ContainsFunc(v.Wallets, func(g walletJSON) bool { return g.Value == w.Value && g.Role == extractors.Payee }) {
			t.Errorf("%s: its wallet %s is not found: %v", s.Host, w.Value, v.Wallets)
		}
	}
}
