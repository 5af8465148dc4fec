package main

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"scamatlas/configs"
	"scamatlas/crawler"
	"scamatlas/crawler/discover/ct"
	"scamatlas/crawler/discover/feed"
	"scamatlas/crawler/discover/lookalike"
	"scamatlas/crawler/probe"
	"scamatlas/extractors/hosting"
	"scamatlas/extractors/verdict"
	"scamatlas/schedules/jobs"
)

// Files of configs.Rules.
const (
	namesFile     = "names.yaml"
	catalogueFile = "feeds.yaml"
)

// honest says why a host is no target though somebody names it, "" when it is one: texts and certificates name honest sites, too.
type honest struct {
	rules  *verdict.Rules
	scorer *lookalike.Scorer
}

func newHonest() (*honest, error) {
	rules, err := verdict.Load(configs.Rules())
	if err != nil {
		return nil, fmt.Errorf("built-in data files: %w", err)
	}
	names, err := lookalike.Load(configs.Rules(), namesFile)
	if err != nil {
		return nil, fmt.Errorf("built-in data files: %w", err)
	}
	scorer, err := lookalike.NewScorer(names)
	if err != nil {
		return nil, fmt.Errorf("built-in data files: %w", err)
	}
	return &honest{rules, scorer}, nil
}

func (h *honest) skip(host string) string {
	if brand, ok := h.scorer.Own(host); ok {
		if brand == "" {
			return "an honest site"
		}
		return "a domain of " + brand
	}
	if e := h.rules.Safe(host, timeNow()); e != nil {
		return "on the safe list: " + e.Why
	}
	return ""
}

// newDiscoverer builds what reads the settings' sources, or only the named ones. A server pivots once in pivotEvery, whatever its schedule is.
func newDiscoverer(s *session, settingsFile string, names []string, pivotEvery time.Duration) (*jobs.Discoverer, error) {
	sources, err := newSources(s, settingsFile, names, pivotEvery)
	if err != nil {
		return nil, err
	}
	return &jobs.Discoverer{Queue: s.store, States: s.store, Sources: sources, Log: s.log, Passive: &jobs.Passive{
		Names: s.store, Where: probe.New(s.guard, probe.Options{}).Where, Fronted: hosting.New().Fronted, Keep: s.settings.Discovery.Names.Keep.Std()}}, nil
}

// newSources gives what builds the settings' sources anew for each reading: the list of certificate logs changes. With names only
// those.
func newSources(s *session, settingsFile string, names []string, pivotEvery time.Duration) (func(context.Context) ([]jobs.Source, error), error) {
	h, err := s.honest()
	if err != nil {
		return nil, err
	}
	client := s.guard.Client()
	fixed, err := newFeeds(s.settings, settingsFile, client, h)
	if err != nil {
		return nil, err
	}
	d := &s.settings.Discovery
	if d.Pivot {
		fixed = append(fixed, &jobs.Pivot{Store: s.store, Every: pivotEvery, Now: timeNow, Skip: func(host string) bool { return h.skip(host) != "" }})
	}
	logs, err := newLogs(s, client, h)
	if err != nil {
		return nil, err
	}
	if d.Certificates.Stream != "" {
		stream, err := ct.NewStream(ct.StreamOptions{Name: "own", URL: d.Certificates.Stream, Client: client, Score: h.scorer.Score, Threshold: d.Names.Threshold, Watch: watched(d),
			Span: d.Certificates.Span.Std(), Logger: s.log})
		if err != nil {
			return nil, usagef("discovery.certificates.stream: %w", err)
		}
		fixed = append(fixed, stream)
	}
	return func(ctx context.Context) ([]jobs.Source, error) {
		all := slices.Clone(fixed)
		if logs != nil {
			read, problems, err := logs.Sources(ctx)
			for _, p := range problems {
				s.log.Warn("certificate logs", "problem", p)
			}
			if err != nil {
				s.log.Error("certificate logs are not read", "err", err)
			}
			for _, one := range read {
				all = append(all, one)
			}
		}
		return only(all, names)
	}, nil
}

// only keeps the named sources; a name that fits none is wrong use. "ct" stands for all logs.
func only(all []jobs.Source, names []string) ([]jobs.Source, error) {
	if len(names) == 0 {
		return all, nil
	}
	var out []jobs.Source
	known := map[string]bool{}
	for _, src := range all {
		kind, _, _ := strings.Cut(src.Name(), ":")
		known[src.Name()] = true
		if oneOf(src.Name(), names...) || kind == "ct" && oneOf("ct", names...) {
			out = append(out, src)
			known[kind] = known[kind] || kind == "ct"
		}
	}
	for _, n := range names {
		if !known[n] {
			return nil, usagef("no source called %q; the settings have: %s", n, orDash(strings.Join(slices.Sorted(maps.Keys(known)), ", ")))
		}
	}
	return out, nil
}

// watched is from which score on names are looked up: a certificate source takes 0 for none.
func watched(d *configs.Discovery) float64 {
	switch {
	case d.Names.Resolve == 0:
		return -1
	case d.Names.Resolve >= d.Names.Threshold:
		return 0
	}
	return d.Names.Resolve
}

// newLogs gives the certificate logs; nil when the settings name none.
func newLogs(s *session, client *http.Client, h *honest) (*ct.Set, error) {
	c := &s.settings.Discovery.Certificates
	if c.Logs == "" {
		return nil, nil
	}
	keep := ""
	if !s.settings.Remote() {
		keep = filepath.Join(s.settings.Store, "log-list.json")
	}
	set, err := ct.NewSet(ct.SetOptions{List: c.Logs, Keep: keep, Skip: c.Skip, Options: ct.Options{Client: client, Score: h.scorer.Score,
		Threshold: s.settings.Discovery.Names.Threshold, Watch: watched(&s.settings.Discovery), Since: c.Since.Std(), Span: c.Span.Std(), Logger: s.log}})
	if err != nil {
		return nil, usagef("discovery.certificates: %w", err)
	}
	return set, nil
}

// newFeeds gives the settings' own feeds and those of the catalogue that they name. Relative files are taken from the settings file's
// folder.
func newFeeds(s *configs.Settings, settingsFile string, client *http.Client, h *honest) ([]jobs.Source, error) {
	agent := "scamatlas/" + buildVersion()
	if s.Discovery.Contact != "" {
		agent += " (" + s.Discovery.Contact + ")"
	}
	var out []jobs.Source
	add := func(c feed.Config) error {
		c.UserAgent, c.Skip, c.Score, c.Least = agent, h.skip, h.scorer.ScoreAged, s.Discovery.Names.Threshold
		src, err := feed.New(c, client)
		if err != nil {
			return usagef("feed %s: %w", c.Name, err)
		}
		out = append(out, src)
		return nil
	}
	for _, f := range s.Feeds {
		file := f.File
		if file != "" && !filepath.IsAbs(file) && settingsFile != "" {
			file = filepath.Join(filepath.Dir(settingsFile), file)
		}
		if err := add(feed.Config{Name: f.Name, URL: f.URL, File: file, Format: f.Format, Column: f.Column, Path: f.Path, Prose: f.Prose, Licence: f.Licence, TLP: crawler.TLP(f.TLP),
			Scored: f.Scored, Age: f.Age.Std(), Interval: f.Interval.Std(), Expect: f.Expect.Std()}); err != nil {
			return nil, err
		}
	}
	listed, err := listedFeeds(s)
	if err != nil {
		return nil, err
	}
	for _, e := range listed {
		if file := s.Discovery.Keys[e.Name]; e.Key != "" {
			key, err := configs.Secret("SCAMATLAS_KEY_"+strings.ToUpper(strings.ReplaceAll(e.Name, "-", "_")), file)
			if err != nil {
				return nil, usagef("discovery.keys.%s: %w", e.Name, err)
			}
			if key != "" {
				e.Headers = map[string]string{e.Key: key}
			}
		}
		if err := add(e.Config); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// listedFeeds gives the entries of the catalogue that the settings name.
func listedFeeds(s *configs.Settings) ([]feed.Entry, error) {
	if len(s.Discovery.Lists) == 0 {
		return nil, nil
	}
	all, err := feed.LoadCatalogue(configs.Rules(), catalogueFile)
	if err != nil {
		return nil, fmt.Errorf("built-in data files: %w", err)
	}
	var out []feed.Entry
	for _, name := range s.Discovery.Lists {
		n := slices.IndexFunc(all, func(e feed.Entry) bool { return e.Name == name })
		if n < 0 {
			return nil, usagef("discovery.lists: no list called %q; `scamatlas sources --catalogue` has them all", name)
		}
		out = append(out, all[n])
	}
	return out, nil
}

func (a *app) discoverCmd() *cobra.Command {
	return &cobra.Command{
		Use:   "discover [SOURCE…]",
		Short: "Read the sources of targets once and queue what is new",
		Long: `Read the sources of the settings once, all or the named ones, and queue the hosts that are new: feeds by name, certificate logs (ct for
all, or ct:NAME), a certstream server, and what confirmed sites lead to (pivot). Each goes on where it was; run does this on
schedule. Exit code 1 when a source failed.`,
		Example: `  scamatlas discover --config scamatlas.yaml
  scamatlas discover our-list --config scamatlas.yaml --json
  scamatlas discover ct pivot --config scamatlas.yaml`,
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.with(cmd.Context(), toWrite, func(s *session) error { return a.discover(cmd.Context(), s, args) })
		},
	}
}

func (a *app) discover(ctx context.Context, s *session, names []string) error {
	d, err := newDiscoverer(s, a.configFile, names, 0)
	if err != nil {
		return err
	}
	if given, err := d.Sources(ctx); err != nil {
		return err
	} else if len(given) == 0 {
		return usagef("the settings name no sources; `scamatlas config show` has examples under feeds and discovery")
	}
	found, err := d.Discover(ctx)
	t := newTable(a.stdout)
	if !a.json {
		t.row("SOURCE", "READ", "TARGETS", "NEW", "KEPT", "REJECTED", "PROBLEM")
	}
	for _, f := range found {
		if a.json {
			if err := jsonLine(a.stdout, f); err != nil {
				return err
			}
			continue
		}
		problem := f.Error
		if problem == "" {
			problem = f.Alarm
		}
		if problem == "" && len(f.Problems) > 0 {
			problem = fmt.Sprintf("%s left out, such as: %s", plural(len(f.Problems), "entry", "entries"), f.Problems[0])
		}
		t.row(f.Source, fmt.Sprint(f.Read), fmt.Sprint(f.Targets), fmt.Sprint(f.New), fmt.Sprint(f.Kept), fmt.Sprint(f.Rejected), line(problem, 120))
	}
	if err := t.close(); err != nil {
		return err
	}
	if err != nil {
		return errQuiet
	}
	return nil
}
