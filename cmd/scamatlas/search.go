package main

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"scamatlas/index"
	"scamatlas/index/query"
)

func timeNow() time.Time { return time.Now().UTC() }

func (a *app) searchCmd() *cobra.Command {
	var (
		limit  int
		order  string
		count  bool
		facets []string
	)
	cmd := &cobra.Command{
		Use:   "search QUERY",
		Short: "Sites that match a query",
		Long: "Sites that match a query: words, \"phrases\", field:value, prefix*, ranges, AND OR NOT, parentheses. Several words mean all of them.\n" +
			"A bare word is looked for in titles, texts, host names, and among wallets, contacts and trackers.\n\nFields:\n" + fieldHelp(),
		Example: `  scamatlas search 'telegram:novasupport'
  scamatlas search 'chain:trx outcome:ok last_live:>now-7d' --sort last_live
  scamatlas search '"guaranteed profit" NOT cdn:*' --json
  scamatlas search 'kit:k-3f9ab2c1de' --count
  scamatlas search 'outcome:ok' --facets chain,operator`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usagef("search needs a query; see scamatlas search --help")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			text := strings.Join(args, " ")
			e, err := query.Parse(text)
			if err != nil {
				return usagef("%w", err)
			}
			if !oneOf(order, index.SortHost, index.SortLastVisit, index.SortFirstSeen) {
				return usagef("--sort %q is not one of host, last_visit, first_seen", order)
			}
			if limit < 0 || limit > index.MaxHits {
				return usagef("--limit %d is not between 0 and %d; export has no limit", limit, index.MaxHits)
			}
			for _, f := range facets {
				if err := query.Facet(f); err != nil {
					return usagef("--facets: %w", err)
				}
			}
			return a.with(cmd.Context(), toRead, func(s *session) error {
				r, err := s.store.Search(cmd.Context(), index.SearchRequest{Query: e, Sort: order, Limit: limit, Facets: facets})
				if err != nil {
					return fmt.Errorf("searching: %w", err)
				}
				return a.printHits(r, count)
			})
		},
	}
	f := cmd.Flags()
	f.IntVar(&limit, "limit", 100, "how many sites at most")
	f.StringVar(&order, "sort", index.SortHost, "host, last_visit (newest first) or first_seen (newest first)")
	f.BoolVar(&count, "count", false, "print only how many match")
	f.StringSliceVar(&facets, "facets", nil, "count the values of these fields over all that match")
	return cmd
}

func fieldHelp() string {
	var b strings.Builder
	for _, f := range query.Fields() {
		fmt.Fprintf(&b, "  %-11s %-58s %s\n", f.Name, f.Doc, f.Eg)
	}
	return strings.TrimRight(b.String(), "\n")
}

func (a *app) printHits(r *index.SearchResult, count bool) error {
	if count {
		if a.json {
			return jsonLine(a.stdout, map[string]int64{"total": r.Total})
		}
		fmt.Fprintln(a.stdout, r.Total)
		return nil
	}
	if a.json {
		for _, s := range r.Sites {
			if err := jsonLine(a.stdout, s); err != nil {
				return err
			}
		}
		if len(r.Facets) > 0 {
			return jsonLine(a.stdout, map[string]any{"total": r.Total, "facets": r.Facets})
		}
		return nil
	}
	t := newTable(a.stdout, "HOST", "OUTCOME", "VERDICT", "KIT", "OPERATOR", "WALLETS", "LAST VISIT", "TITLE")
	for _, s := range r.Sites {
		t.row(s.Host, string(s.Outcome), shortVerdict(s, timeNow()), orDash(s.Kit), orDash(s.Operator), fmt.Sprint(len(s.Wallets())), day(s.LastVisit), line(s.Findings.Title, 50))
	}
	if err := t.close(); err != nil {
		return err
	}
	names := make([]string, 0, len(r.Facets))
	for name := range r.Facets {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		fmt.Fprintf(a.stdout, "\n%s\n", strings.ToUpper(name))
		for _, c := range r.Facets[name] {
			fmt.Fprintf(a.stdout, "  %6d  %s\n", c.N, clean(c.Value))
		}
	}
	switch {
	case r.Total == 0:
		fmt.Fprintln(a.stderr, "no site matches; scamatlas search --help lists the fields, --facets FIELD the values there are")
	case int64(len(r.Sites)) < r.Total:
		fmt.Fprintf(a.stderr, "%d of %d sites shown; --limit shows more\n", len(r.Sites), r.Total)
	}
	return nil
}
