package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"scamatlas/configs"
	"scamatlas/crawler/discover/feed"
	"scamatlas/index"
	"scamatlas/schedules/jobs"
)

// sourceJSON is one line of `sources --json`.
type sourceJSON struct {
	index.SourceState
	Alarm string `json:"alarm,omitempty"`
	Known bool   `json:"known"` // the settings still name it
}

func (a *app) sourcesCmd() *cobra.Command {
	catalogue := false
	cmd := &cobra.Command{
		Use:   "sources",
		Short: "What each source of targets gave, and which are silent",
		Long: `What each source of the settings gave so far, when it was last read, and which have been silent for longer than they should: a feed that
died looks like a world without scams. Exit code 1 when one is silent. With --json one object a line.`,
		Example: `  scamatlas sources --config scamatlas.yaml
  scamatlas sources --catalogue`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if catalogue {
				return a.catalogue()
			}
			return a.with(cmd.Context(), toRead, func(s *session) error { return a.sources(cmd.Context(), s) })
		},
	}
	cmd.Flags().BoolVar(&catalogue, "catalogue", false, "list the ready public lists that discovery.lists may name, with their terms")
	return cmd
}

// catalogue lists the ready feeds.
func (a *app) catalogue() error {
	all, err := feed.LoadCatalogue(configs.Rules(), catalogueFile)
	if err != nil {
		return err
	}
	t := newTable(a.stdout)
	if !a.json {
		t.row("LIST", "LICENCE", "TLP", "KEY", "NOTE")
	}
	for _, e := range all {
		if a.json {
			if err := jsonLine(a.stdout, map[string]string{"name": e.Name, "url": e.URL, "licence": e.Licence, "tlp": string(e.TLP), "key": e.Key, "note": e.Note}); err != nil {
				return err
			}
			continue
		}
		t.row(e.Name, orDash(e.Licence), orDash(string(e.TLP)), orDash(e.Key), e.Note)
	}
	return t.close()
}

func (a *app) sources(ctx context.Context, s *session) error {
	all, err := a.sourceStates(ctx, s)
	if err != nil {
		return err
	}
	silent := false
	t := newTable(a.stdout)
	if !a.json {
		t.row("SOURCE", "LAST READ", "LAST GAVE", "TARGETS", "NEW", "STATE")
	}
	for _, x := range all {
		silent = silent || x.Alarm != ""
		if a.json {
			x.Cursor = nil
			if err := jsonLine(a.stdout, x); err != nil {
				return err
			}
			continue
		}
		state := "ok"
		switch {
		case x.Alarm != "":
			state = "silent: " + x.Alarm
		case x.Err != "":
			state = "failed: " + x.Err
		case !x.Known:
			state = "no longer in the settings"
		case x.Read.IsZero():
			state = "not read yet"
		}
		t.row(x.Source, day(x.Read), day(x.Yielded), fmt.Sprint(x.Targets), fmt.Sprint(x.New), line(state, 240))
	}
	if err := t.close(); err != nil {
		return err
	}
	if silent {
		return errQuiet
	}
	return nil
}

// sourceStates gives the settings' sources and those of earlier settings.
func (a *app) sourceStates(ctx context.Context, s *session) ([]sourceJSON, error) {
	states, err := s.store.SourceStates(ctx)
	if err != nil {
		return nil, fmt.Errorf("reading the sources: %w", err)
	}
	build, err := newSources(s, a.configFile, nil, 0)
	if err != nil {
		return nil, err
	}
	sources, err := build(ctx)
	if err != nil {
		return nil, err
	}
	by := map[string]index.SourceState{}
	for _, x := range states {
		by[x.Source] = x
	}
	var out []sourceJSON
	for _, src := range sources {
		x, ok := by[src.Name()]
		delete(by, src.Name())
		if !ok {
			x.Source = src.Name()
		}
		out = append(out, sourceJSON{x, jobs.Silent(x, src.Expect(), timeNow()), true})
	}
	for _, x := range states {
		if _, left := by[x.Source]; left {
			out = append(out, sourceJSON{x, "", false})
		}
	}
	return out, nil
}
