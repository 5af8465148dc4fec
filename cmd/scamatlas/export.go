package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"scamatlas/crawler"
	"scamatlas/index"
	"scamatlas/index/export"
	"scamatlas/index/query"
)

func (a *app) exportCmd() *cobra.Command {
	var format, q, id, file, light string
	unconfirmed := false
	cmd := &cobra.Command{
		Use:   "export --format F [--query Q] [--cluster ID]",
		Short: "Lists for takedown and blocking",
		Long: "Write the sites that match a query, or the members of a cluster, as a list. Lists of hosts hold valid names only; what was left out\n" +
			"is counted on standard error. Only confirmed fakes are named: an analyst says so, or the verdict is sure. --unconfirmed names the others\n" +
			"too, for triage; honest sites are never named. What a list of ours told us under a traffic light stricter than --tlp, and nobody else\n" +
			"did, is left out too: a light binds what was received, also when we have seen the site ourselves since.\n\nFormats:\n" + formatHelp(),
		Example: `  scamatlas export --format plain --query 'outcome:ok wallets:>0'
  scamatlas export --format hosts --cluster o-5kq2m7ra3d -o block.hosts
  scamatlas export --format csv --query 'last_live:>now-7d' > sites.csv
  scamatlas export --format jsonl | jq -r .host`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if !oneOf(format, formatNames()...) {
				return usagef("--format %q is not one of %s", format, strings.Join(formatNames(), ", "))
			}
			tlp, err := crawler.ParseTLP(light)
			if err != nil {
				return usagef("--tlp %w", err)
			}
			expr, err := exportQuery(q, id)
			if err != nil {
				return err
			}
			what := listing{format: format, query: expr, unconfirmed: unconfirmed, tlp: tlp}
			return a.with(cmd.Context(), toRead, func(s *session) error { return a.export(cmd.Context(), s, what, file) })
		},
	}
	f := cmd.Flags()
	f.StringVar(&format, "format", "plain", strings.Join(formatNames(), ", "))
	f.StringVar(&q, "query", "", "only sites that match (default: all that were visited)")
	f.StringVar(&id, "cluster", "", "only members of this cluster (k-… or o-…)")
	f.StringVarP(&file, "output", "o", "", "write to FILE instead of standard output")
	f.BoolVar(&unconfirmed, "unconfirmed", false, "sites that nobody has confirmed too; such a list is for triage, not for blocking")
	f.StringVar(&light, "tlp", string(export.DefaultTLP), "whom the list is for: clear, green, amber, amber+strict, red (FIRST's Traffic Light Protocol)")
	return cmd
}

// listing is what a list is to hold.
type listing struct {
	format      string
	query       query.Expr
	unconfirmed bool
	tlp         crawler.TLP
}

func formatNames() []string {
	var names []string
	for _, f := range export.Formats() {
		names = append(names, f.Name)
	}
	return names
}

func formatHelp() string {
	var b strings.Builder
	for _, f := range export.Formats() {
		fmt.Fprintf(&b, "  %-6s %s\n", f.Name, f.Doc)
	}
	return strings.TrimRight(b.String(), "\n")
}

func exportQuery(q, id string) (query.Expr, error) {
	expr, err := query.Parse(q)
	if err != nil {
		return nil, usagef("--query: %w", err)
	}
	if id == "" {
		return expr, nil
	}
	var member query.Expr
	switch {
	case strings.HasPrefix(id, "k-"):
		member = query.Term{Field: "kit", Value: id}
	case strings.HasPrefix(id, "o-"):
		member = query.Term{Field: "operator", Value: id}
	default:
		return nil, usagef("--cluster %q is no cluster id; they begin with k- or o-", id)
	}
	if expr == nil {
		return member, nil
	}
	return query.And{Of: []query.Expr{member, expr}}, nil
}

func (a *app) export(ctx context.Context, s *session, what listing, file string) (err error) {
	w := a.stdout
	if file != "" {
		f, err := os.Create(file)
		if err != nil {
			return fmt.Errorf("writing the list: %w", err)
		}
		defer func() {
			if cerr := f.Close(); err == nil {
				err = cerr
			}
		}()
		w = f
	}
	stats, err := writeExport(ctx, w, s, what)
	if err != nil {
		return fmt.Errorf("exporting: %w", err)
	}
	fmt.Fprintf(a.stderr, "%s written%s\n", plural(stats.Written, "site", "sites"), leftOut(stats))
	return nil
}

// writeExport streams the matching sites from the store into the list.
func writeExport(ctx context.Context, w io.Writer, s *session, what listing) (export.Stats, error) {
	gate, err := newGate(s, what)
	if err != nil {
		return export.Stats{}, err
	}
	count := what.query
	if !what.unconfirmed {
		count = query.Term{Field: "confirmed", Value: "true"}
		if what.query != nil {
			count = query.And{Of: []query.Expr{what.query, count}}
		}
	}
	r, err := s.store.Search(ctx, index.SearchRequest{Query: count, Limit: 1})
	if err != nil {
		return export.Stats{}, err
	}
	source := "scamatlas " + buildVersion() + ", all visited sites"
	if what.query != nil {
		source = "scamatlas " + buildVersion() + ", query " + what.query.String()
	}
	buffered := bufio.NewWriter(w)
	stats, err := export.Write(buffered, what.format, sites(ctx, s.store, what.query), export.Options{Date: timeNow(), Source: source, Count: r.Total, Gate: gate})
	if err != nil {
		return stats, err
	}
	return stats, buffered.Flush()
}

func sites(ctx context.Context, st index.Reader, expr query.Expr) iter.Seq2[*index.Site, error] {
	return func(yield func(*index.Site, error) bool) {
		enough := errors.New("the reader wants no more")
		err := st.EachSite(ctx, expr, func(s *index.Site) error {
			if !yield(s, nil) {
				return enough
			}
			return nil
		})
		if err != nil && err != enough { // EachSite gives the callback's error back as it is
			yield(nil, err)
		}
	}
}

// newGate holds back what must not be named to others.
func newGate(s *session, what listing) (*export.Gate, error) {
	h, err := s.honest()
	if err != nil {
		return nil, err
	}
	return &export.Gate{Now: timeNow(), Unconfirmed: what.unconfirmed, TLP: what.tlp, Safe: h.skip}, nil
}

func leftOut(st export.Stats) string {
	text := ""
	if st.Skipped > 0 {
		text += fmt.Sprintf(", %d left out: %s", st.Skipped, counts(st.Reasons))
	}
	if len(st.Withheld) > 0 {
		text += "; withheld: " + counts(st.Withheld)
		if st.Withheld[export.NotConfirmed] > 0 {
			text += " (--unconfirmed names them, `scamatlas review` confirms)"
		}
		for why := range st.Withheld {
			if strings.HasPrefix(why, export.Received) {
				text += " (--tlp says whom a list is for)"
				break
			}
		}
	}
	return text
}

func counts(by map[string]int) string {
	var out []string
	for what, n := range by {
		out = append(out, fmt.Sprintf("%d %s", n, what))
	}
	slices.Sort(out)
	return strings.Join(out, ", ")
}
