package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"scamatlas/crawler"
	"scamatlas/extractors"
	"scamatlas/extractors/all"
	"scamatlas/index/query"
	"scamatlas/schedules/jobs"
)

func (a *app) rescanCmd() *cobra.Command {
	var q string
	var dry bool
	cmd := &cobra.Command{
		Use:   "rescan [HOST…]",
		Short: "Read stored visits again with today's extractors, and say what changed",
		Long: `Read the evidence of the last live visit of each site again with the extractors, kit rules and weights of this version, and put what they
find in place of what was found then: a new rule is tried on all that was ever seen. Nothing is visited. Run ` + "`scamatlas cluster`" + ` afterwards to regroup.`,
		Example: `  scamatlas rescan --dry-run
  scamatlas rescan --query 'cloaking:same' --json
  scamatlas rescan suspicious-invest.example`,
		RunE: func(cmd *cobra.Command, args []string) error {
			expr, err := rescanQuery(q, args)
			if err != nil {
				return err
			}
			how := toWrite
			if dry {
				how = toRead
			}
			return a.with(cmd.Context(), how, func(s *session) error { return a.rescan(cmd.Context(), s, expr, dry) })
		},
	}
	cmd.Flags().StringVar(&q, "query", "", "only sites that match (default: all with evidence)")
	cmd.Flags().BoolVar(&dry, "dry-run", false, "say what would change, change nothing")
	return cmd
}

func rescanQuery(q string, hosts []string) (query.Expr, error) {
	expr, err := query.Parse(q)
	if err != nil {
		return nil, usagef("--query: %w", err)
	}
	var any []query.Expr
	for _, h := range hosts {
		t, err := crawler.ParseTarget(h)
		if err != nil {
			return nil, usagef("%w", err)
		}
		any = append(any, query.Term{Field: "host", Value: t.Host})
	}
	switch {
	case len(any) == 0:
		return expr, nil
	case expr == nil:
		return query.Or{Of: any}, nil
	}
	return query.And{Of: []query.Expr{expr, query.Or{Of: any}}}, nil
}

func (a *app) rescan(ctx context.Context, s *session, expr query.Expr, dry bool) error {
	kept, err := readArchive(s.settings, s.log)
	if err != nil {
		return err
	}
	defer kept.Close()
	judge, err := newJudge(s)
	if err != nil {
		return err
	}
	r := jobs.Rescanner{Store: s.store, Judge: judge, Archive: kept, Extractors: all.Set(), NotTheirs: ours(), Dry: dry, Log: s.log}
	n, err := r.Run(ctx, expr, a.printChange)
	if err != nil {
		return fmt.Errorf("rescanning: %w", err)
	}
	changed := "changed"
	if dry {
		changed = "would change"
	}
	fmt.Fprintf(a.stderr, "%s read again, %d %s", plural(n.Read, "site", "sites"), n.Changed, changed)
	if n.Skipped > 0 {
		fmt.Fprintf(a.stderr, ", %d could not be read", n.Skipped)
	}
	if n.Without > 0 {
		fmt.Fprintf(a.stderr, ", %d have no evidence", n.Without)
	}
	fmt.Fprintln(a.stderr)
	if n.Skipped > 0 {
		return errQuiet
	}
	return nil
}

func (a *app) printChange(c jobs.Change) {
	switch {
	case a.json:
		jsonLine(a.stdout, c)
		return
	case c.Same():
		return
	case c.Skipped != "":
		fmt.Fprintf(a.stderr, "%s: %s\n", c.Host, line(c.Skipped, 300))
		return
	}
	fmt.Fprintf(a.stdout, "%s\n", c.Host)
	for sign, list := range map[string][]extractors.Indicator{"+": c.Added, "-": c.Removed} {
		for _, i := range list {
			fmt.Fprintf(a.stdout, "  %s %s %s %s\n", sign, i.Kind, i.Chain+i.Type, line(i.Value, 100))
		}
	}
	if len(c.Altered) > 0 {
		fmt.Fprintf(a.stdout, "  ~ %s\n", line(strings.Join(c.Altered, ", "), 300))
	}
}
