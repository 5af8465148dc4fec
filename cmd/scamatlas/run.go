package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"scamatlas/crawler"
	"scamatlas/index/query"
	"scamatlas/schedules"
	"scamatlas/schedules/jobs"
)

func (a *app) runCmd() *cobra.Command {
	return &cobra.Command{
		Use:   "run",
		Short: "The server: discover, visit, cluster and export on schedule",
		Long: `Run the schedules of the settings until SIGTERM or ctrl-C: discover reads the feeds, visit crawls what is due, cluster regroups, export
writes the lists. Visits under way are finished or given back within 10 seconds of the signal. Killed in any other way, the next start takes
up what was left: nothing is lost, nothing is stored twice.

Several machines can share one Elasticsearch store: each site and each due time is handed to one of them.
Logs go to standard error, JSON lines unless it is a terminal.`,
		Example: `  scamatlas run --config scamatlas.yaml
  scamatlas run --config scamatlas.yaml --store https://es.internal.example:9200`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			err := a.serve(cmd.Context())
			if cmd.Context().Err() != nil && errors.Is(err, context.Canceled) {
				return nil // told to stop while starting: nothing was begun
			}
			return err
		},
	}
}

// pivotEvery is the least time between two looks of a server at what confirmed sites lead to: each reads all confirmed sites.
const pivotEvery = 15 * time.Minute

func (a *app) serve(ctx context.Context) error {
	s, err := a.open(ctx, toVisit)
	if err != nil {
		return err
	}
	defer s.close(a)
	s.log = a.logger(true)
	back, err := s.store.Reclaim(ctx, s.store.owner)
	if err != nil {
		return fmt.Errorf("taking back what an earlier run held: %w", err)
	}
	discover, err := newDiscoverer(s, a.configFile, nil, pivotEvery)
	if err != nil {
		return err
	}
	visitor, done, err := newVisitor(ctx, s)
	if err != nil {
		return err
	}
	defer done()
	grouper := &jobs.Clusterer{Store: s.store, Judge: visitor.Judge, Log: s.log}
	visitor.Joiner = grouper
	exporter := &jobs.Exporter{Files: a.exportFiles(s)}
	when := s.settings.Schedules
	sched, err := schedules.New(s.store, []schedules.Job{
		{Name: "discover", Spec: when.Discover, Run: discover.Job},
		{Name: "visit", Spec: when.Visit, Run: visitor.Job},
		{Name: "cluster", Spec: when.Cluster, Run: grouper.Job},
		{Name: "export", Spec: when.Export, Run: exporter.Job},
	}, schedules.Options{Owner: s.store.owner, Log: s.log})
	if err != nil {
		return &usageError{err}
	}
	due, held, err := s.store.Due(ctx, timeNow())
	if err != nil {
		return fmt.Errorf("reading the queue: %w", err)
	}
	s.log.Info("started", "version", buildVersion(), "store", s.settings.Store, "workers", s.settings.Crawl.Workers, "feeds", len(s.settings.Feeds)+len(s.settings.Discovery.Lists), "logs", s.settings.Discovery.Certificates.Logs != "", "due", due, "held", held, "taken_back", back)
	start := time.Now()
	err = sched.Run(ctx)
	s.log.Info("stopped", "after", time.Since(start).Round(time.Second).String())
	return err
}

func (a *app) exportFiles(s *session) []jobs.ExportFile {
	var files []jobs.ExportFile
	for _, e := range s.settings.Exports {
		expr, _ := query.Parse(e.Query) // checked with the settings
		files = append(files, jobs.ExportFile{File: e.File, Write: func(ctx context.Context, w io.Writer) (int, error) {
			stats, err := writeExport(ctx, w, s, listing{e.Format, expr, e.Unconfirmed, crawler.TLP(e.TLP)})
			return stats.Written, err
		}})
	}
	return files
}
