package main

import (
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"scamatlas/crawler"
	"scamatlas/crawler/egress"
	outcome "scamatlas/crawler/judge" // package main has a judge of its own
	"scamatlas/crawler/render"
	"scamatlas/crawler/testbed"
)

//go:embed peer_render.mjs
var peerRender []byte

// renderPeer is what the peer's script imports.
var renderPeer = []string{"@crawlee/puppeteer@3.18.1", "puppeteer-core@24.8.2"}

const (
	renderGoal  = 1.2 // pages a minute, product to peer
	renderHost  = "render-bench.example"
	quietMS     = 400
	memoryShare = 0.10 // the last quarter of the pages may need so much more memory than the second
)

type renderOptions struct {
	Browser string
	Pages   int
	Memory  int
	Tabs    int
	Rounds  int
	Cache   string
	NoPeer  bool
}

func (o *renderOptions) parse(args []string, talk io.Writer) error {
	f := flag.NewFlagSet("bench render", flag.ContinueOnError)
	f.SetOutput(talk)
	f.StringVar(&o.Browser, "browser", os.Getenv("SCAMATLAS_TEST_BROWSER"), "`path` of the browser (default: chromium-headless-shell, then chromium)")
	f.IntVar(&o.Pages, "pages", 60, "pages of a round")
	f.IntVar(&o.Memory, "memory", 500, "pages over which memory must stay flat; 0 leaves that out")
	f.IntVar(&o.Tabs, "tabs", runtime.NumCPU(), "pages at once")
	f.IntVar(&o.Rounds, "rounds", 3, "rounds, peer and product in turn; the medians count")
	f.StringVar(&o.Cache, "cache", "", "`folder` for the packages of npm (default: scamatlas/bench in the user's cache)")
	f.BoolVar(&o.NoPeer, "no-peer", false, "leave the peer out")
	if err := f.Parse(args); err != nil {
		return err
	}
	if o.Cache == "" {
		cache, err := os.UserCacheDir()
		if err != nil {
			return err
		}
		o.Cache = filepath.Join(cache, "scamatlas", "bench")
	}
	for _, name := range []string{"chromium-headless-shell", "chromium"} {
		if path, err := exec.LookPath(name); err == nil && o.Browser == "" {
			o.Browser = path
		}
	}
	if o.Browser == "" {
		return errors.New("no browser: install Debian's chromium-headless-shell, or name one by -browser")
	}
	return nil
}

// looked is what one round came to.
type looked struct {
	Pages   int     `json:"pages"`
	Wallets int     `json:"wallets"` // pages whose script had run
	Failed  int     `json:"failed"`
	Seconds float64 `json:"seconds"`
}

func (l looked) perMinute() float64 { return float64(l.Pages) * 60 / l.Seconds }

// renderBench looks at the same pages with the product and with Crawlee and Puppeteer, on one browser, in turn.
func renderBench(ctx context.Context, o renderOptions, out, talk io.Writer) error {
	srv, err := testbed.Start(testbed.Options{Sites: []testbed.Site{appSite()}})
	if err != nil {
		return err
	}
	defer srv.Close()
	modules := ""
	if !o.NoPeer {
		if modules, err = installNPM(ctx, filepath.Join(o.Cache, "npm-render"), renderPeer, talk); err != nil {
			return err
		}
	}
	var ours, peers []looked
	for round := range o.Rounds {
		fmt.Fprintf(talk, "round %d of %d\n", round+1, o.Rounds)
		l, _, err := renderRound(ctx, o, srv, o.Pages, nil)
		if err != nil {
			return err
		}
		ours = append(ours, l)
		if o.NoPeer {
			continue
		}
		if l, err = peerRound(ctx, o, srv, filepath.Dir(modules), talk); err != nil {
			return err
		}
		peers = append(peers, l)
	}
	renderReport(out, o, ours, peers)
	if o.Memory > 0 {
		return memoryRound(ctx, o, srv, out, talk)
	}
	return nil
}

func renderReport(out io.Writer, o renderOptions, ours, peers []looked) {
	fmt.Fprintf(out, "%d pages a round, %d at once, %d rounds, %s, %d CPUs shared with the server\n\n", o.Pages, o.Tabs, o.Rounds, filepath.Base(o.Browser), runtime.NumCPU())
	mine := median(ours)
	fmt.Fprintf(out, "%-22s %6.1f pages/min  %d of %d pages with what their script fetched\n", "scamatlas", mine.perMinute(), mine.Wallets, o.Pages)
	if len(peers) == 0 {
		return
	}
	theirs := median(peers)
	fmt.Fprintf(out, "%-22s %6.1f pages/min  %d of %d\n\nratio %.2f, goal >= %.1f\n", "Crawlee + Puppeteer", theirs.perMinute(), theirs.Wallets, o.Pages, mine.perMinute()/theirs.perMinute(), renderGoal)
}

func median(all []looked) looked {
	slices.SortFunc(all, func(a, b looked) int { return int(a.perMinute()*1000 - b.perMinute()*1000) })
	return all[len(all)/2]
}

// renderRound looks at n pages, each in a fresh context through a proxy of its own, as the product does with sites. watch is called
// with the browsers' memory after each page.
func renderRound(ctx context.Context, o renderOptions, srv *testbed.Server, n int, watch func(page int, bytes int64)) (l looked, left int, err error) {
	g, err := benchGuard(srv)
	if err != nil {
		return l, 0, err
	}
	pool, err := render.New(render.Options{Browser: o.Browser, Tabs: o.Tabs, Views: 1, Judge: outcome.New().Response, Log: slog.New(slog.DiscardHandler),
		Forward: func(ctx context.Context, _ *crawler.Profile) (render.Forward, error) {
			return g.Forward(ctx, egress.ForwardOptions{})
		}})
	if err != nil {
		return l, 0, err
	}
	look := func(path string) (*crawler.Capture, error) {
		u := "http://" + renderHost + path
		c := &crawler.Capture{Host: renderHost, Target: crawler.Target{Host: renderHost, URL: u}, EntryURL: u, Profile: "desktop"}
		return c, pool.Render(ctx, c, desktop(), 0)
	}
	for i := range o.Tabs { // the browsers' start does not count
		if _, err := look("/p/" + strconv.Itoa(i) + "/?warm"); err != nil {
			pool.Close()
			return l, 0, err
		}
	}
	var next, wallets, failed atomic.Int64
	var wg sync.WaitGroup
	start := time.Now()
	for range o.Tabs {
		wg.Go(func() {
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				c, err := look("/p/" + strconv.Itoa(i) + "/")
				switch {
				case err != nil || c.Rendered == nil || len(c.Rendered.Views) == 0:
					failed.Add(1)
				case strings.Contains(string(c.Rendered.Views[0].DOM), "Deposit address:"):
					wallets.Add(1)
				}
				if watch != nil {
					watch(i, treeMemory(os.Getpid()))
				}
			}
		})
	}
	wg.Wait()
	l = looked{Pages: n - int(failed.Load()), Wallets: int(wallets.Load()), Failed: int(failed.Load()), Seconds: time.Since(start).Seconds()}
	if err := pool.Close(); err != nil {
		return l, 0, err
	}
	return l, len(descendants(os.Getpid())), nil
}

func benchGuard(srv *testbed.Server) (*egress.Guard, error) {
	s := srv.Settings()
	o := egress.Options{Resolver: s.Resolver, Ports: map[uint16]uint16{}}
	for asked, dialled := range s.Ports {
		o.Ports[uint16(asked)] = uint16(dialled)
	}
	for _, a := range s.Allow {
		p, err := netip.ParsePrefix(a)
		if err != nil {
			return nil, err
		}
		o.Allow = append(o.Allow, p)
	}
	return egress.New(o)
}

func desktop() *crawler.Profile {
	return &crawler.Profile{Name: "desktop", UserAgent: "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{chrome}.0.0.0 Safari/537.36",
		Platform: "Win32", Width: 1280, Height: 800, Scale: 1, Language: "en-US,en;q=0.9", Timezone: "America/New_York"}
}

func peerRound(ctx context.Context, o renderOptions, srv *testbed.Server, folder string, talk io.Writer) (l looked, err error) {
	node, err := exec.LookPath("node")
	if err != nil {
		return l, fmt.Errorf("node is missing, and the peer runs on it (apt-get install nodejs npm, or leave the peer out by -no-peer): %w", err)
	}
	script := filepath.Join(folder, "peer_render.mjs")
	if err := os.WriteFile(script, peerRender, 0o644); err != nil {
		return l, err
	}
	at := fmt.Sprintf("MAP %s:80 %s:%d", renderHost, testbed.Simulated(renderHost), srv.Settings().Ports[80])
	cmd := exec.CommandContext(ctx, node, script, o.Browser, at, "http://"+renderHost+"/p/", strconv.Itoa(o.Pages), strconv.Itoa(o.Tabs), strconv.Itoa(quietMS), strconv.Itoa(crawler.MaxShotHeight))
	cmd.Dir, cmd.Stderr = folder, talk
	raw, err := cmd.Output()
	if err != nil {
		return l, fmt.Errorf("the peer: %w", err)
	}
	return l, json.Unmarshal(raw, &l)
}

// memoryRound looks at many pages and compares the browsers' memory in the second and in the last quarter.
func memoryRound(ctx context.Context, o renderOptions, srv *testbed.Server, out, talk io.Writer) error {
	fmt.Fprintf(talk, "memory over %d pages\n", o.Memory)
	var mu sync.Mutex
	quarters := make([][]int64, 4)
	l, left, err := renderRound(ctx, o, srv, o.Memory, func(page int, bytes int64) {
		mu.Lock()
		defer mu.Unlock()
		q := min(3, page*4/o.Memory)
		quarters[q] = append(quarters[q], bytes)
	})
	if err != nil {
		return err
	}
	var mb []string
	var mid [4]float64
	for q, all := range quarters {
		slices.Sort(all)
		mid[q] = float64(all[len(all)/2])
		mb = append(mb, fmt.Sprintf("%.0f", mid[q]/(1<<20)))
	}
	verdict := "flat"
	if mid[3] > mid[1]*(1+memoryShare) {
		verdict = "GROWS"
	}
	fmt.Fprintf(out, "\n%d pages: memory of the browsers' processes %s MB (PSS, median by quarter): %s; %d failed; %d processes left\n", o.Memory, strings.Join(mb, ", "), verdict, l.Failed, left)
	return nil
}

// descendants are the processes below pid.
func descendants(pid int) []int {
	children := map[int][]int{}
	names, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, name := range names {
		raw, err := os.ReadFile(name)
		if err != nil {
			continue
		}
		f := strings.Fields(string(raw[strings.LastIndexByte(string(raw), ')')+1:]))
		id, _ := strconv.Atoi(strings.Split(name, "/")[2])
		parent, _ := strconv.Atoi(f[1])
		children[parent] = append(children[parent], id)
	}
	var out []int
	for todo := children[pid]; len(todo) > 0; {
		out = append(out, todo...)
		var next []int
		for _, id := range todo {
			next = append(next, children[id]...)
		}
		todo = next
	}
	return out
}

// treeMemory is the PSS of all processes below pid, in bytes.
func treeMemory(pid int) int64 {
	var sum int64
	for _, id := range descendants(pid) {
		raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/smaps_rollup", id))
		if err != nil {
			continue
		}
		for line := range strings.Lines(string(raw)) {
			if f := strings.Fields(line); len(f) > 1 && f[0] == "Pss:" {
				kb, _ := strconv.ParseInt(f[1], 10, 64)
				sum += kb << 10
			}
		}
	}
	return sum
}

// appSite is one single-page app at many addresses, each with files of its own, as sites have: what is in a cache from the page before
// would help nobody who looks at sites. 50 KB of markup, 12 styles and 12 scripts of 20 KB, 80 pictures, and a fetch that
// writes the deposit address into the page.
func appSite() testbed.Site {
	return testbed.Site{
		Truth:   testbed.Truth{Host: renderHost, Address: renderHost, NS: []string{"ns1.zonehost.example"}, Outcomes: []crawler.Outcome{crawler.OK}},
		Handler: newApp(),
	}
}

func newApp() http.Handler {
	style := []byte(strings.Repeat(".card{margin:0 auto;padding:12px 18px;color:#223}\n", 20<<10/50))
	script := []byte("(function(){var s=0;for(var i=0;i<200000;i++)s+=i%7;window.sum=(window.sum||0)+s;/*" + strings.Repeat("filler ", 20<<10/7) + "*/})();")
	picture := []byte("GIF89a\x01\x00\x01\x00\x80\x00\x00\x22\x66\xaa\xff\xff\xff!\xf9\x04\x00\x00\x00\x00\x00,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;")
	send := func(contentType string, body []byte) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", contentType)
			w.Write(body)
		}
	}
	mux := http.NewServeMux()
	mux.Handle("/p/{page}/css/", send("text/css", style))
	mux.Handle("/p/{page}/js/", send("text/javascript", script))
	mux.Handle("/p/{page}/img/", send("image/gif", picture))
	mux.Handle("/p/{page}/api/address", send("application/json", []byte(`{"coin":"USDT","address":"Deposit address: none"}`)))
	mux.Handle("/p/{page}/{$}", send("text/html; charset=utf-8", appPage()))
	return mux
}

func appPage() []byte {
	var b strings.Builder
	b.WriteString("<!doctype html><html lang=\"en\"><head><title>Bench app</title>")
	for i := range 12 {
		fmt.Fprintf(&b, `<link rel="stylesheet" href="css/%d.css"><script defer src="js/%d.js"></script>`, i, i)
	}
	b.WriteString("</head><body><div id=\"app\">")
	for i := range 80 {
		fmt.Fprintf(&b, `<div class="card"><img width=64 height=64 src="img/%d.gif"><h3>Plan %d</h3><p>%s</p></div>`, i, i, strings.Repeat("Earn while you sleep with plan. ", 14))
	}
	b.WriteString(`</div><p id="pay"></p><script>addEventListener("load",function(){fetch("api/address").then(r=>r.json()).then(j=>{document.getElementById("pay").textContent=j.address})})</script></body></html>`)
	return []byte(b.String())
}
