package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"runtime"
	"strconv"

	"scamatlas/configs"
	"scamatlas/crawler"
	"scamatlas/crawler/archive"
	"scamatlas/crawler/egress"
	"scamatlas/crawler/fetch"
	"scamatlas/crawler/judge"
	"scamatlas/crawler/render"
	"scamatlas/crawler/render/inpage"
	"scamatlas/extractors/all"
	"scamatlas/schedules/jobs"
)

// newProfile makes a visitor of its settings, as a browser of the given major version shows it; 0 = not known.
func newProfile(name string, p configs.Profile, major int) *crawler.Profile {
	return crawler.Profile{Name: name, UserAgent: p.UserAgent, Platform: p.Platform, Mobile: p.Mobile, Touch: p.Mobile, Width: p.Viewport.Width, Height: p.Viewport.Height,
		Scale: p.Scale, Language: p.Language, Timezone: p.Timezone, Referrer: p.Referrer, Wallet: p.Wallet, Proxy: p.Proxy, Model: p.Model, System: p.System}.ForBrowser(major)
}

// profileFaults is configs' check of a visitor.
func profileFaults(p configs.Profile) []string { return newProfile("", p, 0).Faults() }

// eyes is what sites are visited with: plain HTTP and a browser, as several visitors, each through its own way out.
type eyes struct {
	crawler  *crawler.Crawler
	profiles []*crawler.Profile
	browsers *render.Pool // nil: there is none
	done     func()       // ends what else was begun
}

func (e *eyes) close() {
	e.done()
	if e.browsers != nil {
		e.browsers.Close()
	}
}

// newEyes builds them. Without a browser, or when the settings want none, only plain HTTP is left: it says so once and goes on.
func newEyes(ctx context.Context, s *configs.Settings, g *egress.Guard, log *slog.Logger) (*eyes, error) {
	ways, err := newWays(s, g)
	if err != nil {
		return nil, err
	}
	prober, done, err := newProber(s, g, log)
	if err != nil {
		return nil, err
	}
	e, major := &eyes{done: done}, 0
	if s.Crawl.Render != jobs.RenderOff {
		if e.browsers, major, err = newBrowsers(ctx, s, ways, log); err != nil {
			if !errors.Is(err, crawler.ErrNoBrowser) {
				done()
				return nil, err
			}
			log.Warn("visits go on without a browser: pages that scripts make, and what only other visitors see, stay unseen", "err", err,
				"next", "install Debian's chromium-headless-shell, or set crawl.render: off")
		}
	}
	for _, name := range s.Crawl.Profiles {
		p, _ := s.Profile(name)
		e.profiles = append(e.profiles, newProfile(name, p, major))
	}
	e.crawler = &crawler.Crawler{Prober: prober, Fetcher: newFetchers(s, ways, log), Profile: e.profiles[0], Timeout: s.Crawl.Timeout.Std()}
	if e.browsers != nil {
		e.crawler.Renderer = walled{e.browsers, judge.New()}
	}
	return e, nil
}

// walled is a renderer that knows a site's own wall when it has seen nothing else.
type walled struct {
	*render.Pool
	judge *judge.Judge
}

// Render implements crawler.Renderer.
func (w walled) Render(ctx context.Context, c *crawler.Capture, p *crawler.Profile, views int) error {
	if err := w.Pool.Render(ctx, c, p, views); err != nil || c.Outcome != crawler.OK || c.Rendered == nil {
		return err
	}
	var pages []*crawler.Response
	for _, v := range c.Rendered.Views {
		pages = append(pages, &crawler.Response{URL: v.URL, FinalURL: v.FinalURL, Status: v.Status, ContentType: "text/html; charset=utf-8", Body: v.DOM})
	}
	if reason, yes := w.judge.Wall(pages); yes {
		c.Outcome, c.Reason = crawler.Gated, reason
	}
	return nil
}

// ways are the ways out, by the proxy they take; "" is that of the settings.
type ways map[string]*egress.Guard

func newWays(s *configs.Settings, g *egress.Guard) (ways, error) {
	w := ways{"": g}
	for _, name := range s.Crawl.Profiles {
		p, _ := s.Profile(name)
		if w[p.Proxy] != nil {
			continue
		}
		other := *s
		other.Network.Proxy = p.Proxy
		var err error
		if w[p.Proxy], err = newGuard(&other); err != nil {
			return nil, fmt.Errorf("profile %s: %w", name, err)
		}
	}
	return w, nil
}

func (w ways) forward(ctx context.Context, p *crawler.Profile) (render.Forward, error) {
	return w[p.Proxy].Forward(ctx, egress.ForwardOptions{})
}

func newBrowsers(ctx context.Context, s *configs.Settings, w ways, log *slog.Logger) (*render.Pool, int, error) {
	tabs := s.Render.Tabs
	if tabs == 0 {
		tabs = runtime.NumCPU()
	}
	pool, err := render.New(render.Options{Browser: s.Render.Browser, Tabs: tabs, Recycle: s.Render.Recycle, Memory: int64(s.Render.Memory) << 20,
		NoSandbox: !s.Render.Sandbox, Views: s.Render.Views, Forward: w.forward, Judge: judge.New().Response, Log: log})
	if err != nil {
		return nil, 0, err
	}
	_, major, err := pool.Version(ctx)
	if err != nil {
		pool.Close()
		return nil, 0, err
	}
	return pool, major, nil
}

// fetchers picks the plain HTTP visitor whose way out a profile takes.
type fetchers map[string]*fetch.Fetcher

func newFetchers(s *configs.Settings, w ways, log *slog.Logger) fetchers {
	all := fetchers{}
	for proxy, g := range w {
		all[proxy] = fetch.New(fetch.Options{
			Guard: g, Pages: s.Crawl.Pages, Depth: noneIsNegative(s.Crawl.Depth), Delay: noneIsNegative(s.Crawl.Delay.Std()),
			PerDomain: s.Crawl.PerDomain, PerAddress: s.Crawl.PerAddress, ObeyRobots: s.Crawl.Robots == "obey", Wire: s.Evidence.Keep != "off", Log: log,
		})
	}
	return all
}

// Fetch implements crawler.Fetcher.
func (f fetchers) Fetch(ctx context.Context, c *crawler.Capture, p *crawler.Profile) error {
	return f[p.Proxy].Fetch(ctx, c, p)
}

// Enter implements crawler.Fetcher.
func (f fetchers) Enter(ctx context.Context, c *crawler.Capture, p *crawler.Profile) error {
	return f[p.Proxy].Enter(ctx, c, p)
}

// openArchive opens the settings' evidence for writing; nil when they want none.
func openArchive(s *configs.Settings, log *slog.Logger) (*archive.Archive, error) {
	if s.Evidence.Keep == "off" {
		return nil, nil
	}
	return archive.Open(s.EvidenceFolder(), archive.Options{Tool: tool(), Log: log})
}

// readArchive opens it for reading.
func readArchive(s *configs.Settings, log *slog.Logger) (*archive.Archive, error) {
	a, err := archive.Open(s.EvidenceFolder(), archive.Options{ReadOnly: true, Tool: tool(), Log: log})
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("no evidence at %s: visits keep it unless evidence.keep is off, in evidence.folder", s.EvidenceFolder())
	}
	return a, err
}

func tool() string { return "scamatlas " + buildVersion() }

// evidenceSettings is what evidence says of how we visit: what changes what is seen, no secrets.
func evidenceSettings(s *configs.Settings, e *eyes) map[string]string {
	m := map[string]string{
		"crawl.pages": strconv.Itoa(s.Crawl.Pages), "crawl.depth": strconv.Itoa(s.Crawl.Depth), "crawl.robots": s.Crawl.Robots, "crawl.render": s.Crawl.Render,
		"crawl.delay": s.Crawl.Delay.Std().String(), "render.views": strconv.Itoa(s.Render.Views), "render.sandbox": strconv.FormatBool(s.Render.Sandbox),
	}
	for _, p := range e.profiles {
		m["profile."+p.Name] = p.UserAgent
	}
	return m
}

// newVisitor builds the job that visits, and what it visits with, which the caller closes.
func newVisitor(ctx context.Context, with *session) (*jobs.Visitor, func(), error) {
	s, st, log := with.settings, with.store, with.log
	e, err := newEyes(ctx, s, with.guard, log)
	if err != nil {
		return nil, nil, err
	}
	judge, err := newJudge(with)
	if err != nil {
		e.close()
		return nil, nil, err
	}
	kept, err := openArchive(s, log)
	if err != nil {
		e.close()
		return nil, nil, fmt.Errorf("evidence: %w", err)
	}
	v := &jobs.Visitor{
		Store: st, Crawler: e.crawler, Extractors: all.Set(), Judge: judge, Owner: st.owner, Workers: s.Crawl.Workers, Log: log,
		Profiles: e.profiles, Render: s.Crawl.Render, KeepDead: s.Evidence.Keep == "all", Settings: evidenceSettings(s, e), NotTheirs: ours(),
		Revisit: jobs.Revisit{New: s.Revisit.New.Std(), Live: s.Revisit.Live.Std(), Changed: s.Revisit.Changed.Std(), Parked: s.Revisit.Parked.Std(),
			Dead: s.Revisit.Dead.Std(), Failing: s.Revisit.Failing.Std(), Longest: s.Revisit.Longest.Std()},
	}
	if kept != nil {
		v.Archive, v.Retention = kept, s.Evidence.Retention.Std()
	}
	if e.browsers == nil {
		v.Render = jobs.RenderOff
	}
	return v, func() {
		e.close()
		if kept != nil {
			kept.Close()
		}
	}, nil
}

// ours are addresses that our own inert wallet shows to pages.
func ours() map[string]bool {
	m := map[string]bool{}
	for _, a := range inpage.ProviderAddresses() {
		m[a] = true
	}
	return m
}
