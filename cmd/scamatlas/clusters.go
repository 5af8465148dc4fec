package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"scamatlas/crawler"
	"scamatlas/index"
	"scamatlas/index/cluster"
	"scamatlas/schedules/jobs"
)

func (a *app) clusterCmd() *cobra.Command {
	return &cobra.Command{
		Use:   "cluster",
		Short: "Regroup all sites into kits and operators now",
		Long: `Regroup all sites: kit clusters hold sites with the same front end, operator clusters sites of the same people. Ids stay with their
clusters; every membership keeps its reasons. crawl and run do this by themselves.`,
		Example: `  scamatlas cluster
  scamatlas clusters`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.with(cmd.Context(), toWrite, func(s *session) error {
				judge, err := newJudge(s)
				if err != nil {
					return err
				}
				g := &jobs.Clusterer{Store: s.store, Judge: judge, Log: s.log}
				note, err := g.Cluster(cmd.Context())
				if err != nil {
					return err
				}
				fmt.Fprintln(a.stderr, note)
				return nil
			})
		},
	}
}

func (a *app) clustersCmd() *cobra.Command {
	var layer string
	cmd := &cobra.Command{
		Use:   "clusters",
		Short: "List kit and operator clusters",
		Long: `List the clusters of the last grouping, largest first. With --json one object a line: id, layer, size, hosts, ties (why), since, lineage.
show ID prints one with its ties.`,
		Example: `  scamatlas clusters
  scamatlas clusters --layer operator
  scamatlas clusters --json | jq -c '{id,size}'`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if layer != "" && !oneOf(layer, string(index.Kit), string(index.Operator)) {
				return usagef("--layer %q is neither kit nor operator", layer)
			}
			return a.with(cmd.Context(), toRead, func(s *session) error {
				all, err := s.store.Clusters(cmd.Context(), index.Layer(layer))
				if err != nil {
					return fmt.Errorf("reading clusters: %w", err)
				}
				return a.printClusters(all)
			})
		},
	}
	cmd.Flags().StringVar(&layer, "layer", "", "kit or operator only")
	return cmd
}

func (a *app) printClusters(all []index.Cluster) error {
	if a.json {
		for i := range all {
			if err := jsonLine(a.stdout, &all[i]); err != nil {
				return err
			}
		}
		return nil
	}
	if len(all) == 0 {
		fmt.Fprintln(a.stderr, "no clusters yet: they form when two visited sites share something; scamatlas cluster regroups")
		return nil
	}
	t := newTable(a.stdout, "ID", "LAYER", "SITES", "SINCE", "WHY", "HOSTS")
	for i := range all {
		c := &all[i]
		hosts := strings.Join(c.Hosts[:min(3, len(c.Hosts))], " ")
		if len(c.Hosts) > 3 {
			hosts += " …"
		}
		t.row(c.ID, string(c.Layer), fmt.Sprint(c.Size), day(c.Since), why(c.Ties), hosts)
	}
	return t.close()
}

// why names the kinds of evidence in a cluster, most frequent first.
func why(ties []index.Tie) string {
	n := map[string]int{}
	var kinds []string
	for _, t := range ties {
		if n[t.Kind] == 0 {
			kinds = append(kinds, t.Kind)
		}
		n[t.Kind]++
	}
	for i := range kinds {
		for j := i + 1; j < len(kinds); j++ {
			if n[kinds[j]] > n[kinds[i]] {
				kinds[i], kinds[j] = kinds[j], kinds[i]
			}
		}
	}
	return strings.Join(kinds[:min(4, len(kinds))], ",")
}

func (a *app) pivotCmd() *cobra.Command {
	var limit int
	cmd := &cobra.Command{
		Use:   "pivot HOST [HOST]",
		Short: "Related sites with reasons, nearest first; of two: why together or why not",
		Long: `Sites that share a front end or people with HOST, nearest first, each with what they share. Sites that are near but below the
threshold of a cluster are listed too, as related.

With two hosts: what the two share, how similar their front ends are by each kind of evidence, and, when they are not together, how
much is missing.`,
		Example: `  scamatlas pivot suspicious-invest.example
  scamatlas pivot suspicious-invest.example --limit 5 --json
  scamatlas pivot suspicious-invest.example other-invest.example`,
		Args: oneOrTwoHosts,
		RunE: func(cmd *cobra.Command, args []string) error {
			if limit < 1 || limit > index.MaxHits {
				return usagef("--limit %d is not between 1 and %d", limit, index.MaxHits)
			}
			var hosts []string
			for _, arg := range args {
				t, err := crawler.ParseTarget(arg)
				if err != nil {
					return &usageError{err}
				}
				hosts = append(hosts, t.Host)
			}
			return a.with(cmd.Context(), toRead, func(s *session) error { return a.pivot(cmd.Context(), s, hosts, limit) })
		},
	}
	cmd.Flags().IntVar(&limit, "limit", 30, "how many sites at most")
	return cmd
}

func oneOrTwoHosts(cmd *cobra.Command, args []string) error {
	if len(args) < 1 || len(args) > 2 {
		return usagef("%s needs one host or two; see scamatlas %s --help", cmd.Name(), cmd.Name())
	}
	return nil
}

func (a *app) pivot(ctx context.Context, s *session, hosts []string, limit int) error {
	for _, h := range hosts {
		if _, err := s.store.Site(ctx, h); err != nil {
			return notFound(err, h, "`scamatlas crawl "+h+"` visits it")
		}
	}
	judge, err := newJudge(s)
	if err != nil {
		return err
	}
	g := &jobs.Clusterer{Store: s.store, Judge: judge, Log: s.log}
	if len(hosts) == 2 {
		e, err := g.Explain(ctx, hosts[0], hosts[1])
		if err != nil {
			return err
		}
		return a.printExplanation(e)
	}
	related, err := g.Related(ctx, hosts[0], limit)
	if err != nil {
		return err
	}
	return a.printRelated(hosts[0], related)
}

func (a *app) printRelated(host string, related []cluster.Relation) error {
	if a.json {
		for _, r := range related {
			if err := jsonLine(a.stdout, r); err != nil {
				return err
			}
		}
		return nil
	}
	if len(related) == 0 {
		fmt.Fprintf(a.stderr, "nothing in the store is related to %s\n", host)
		return nil
	}
	t := newTable(a.stdout, "HOST", "SCORE", "SAME", "REASONS")
	for _, r := range related {
		same := "related"
		if len(r.Layers) > 0 {
			same = ""
			for _, l := range r.Layers {
				same += " " + string(l)
			}
		}
		first := true
		for _, tie := range r.Ties[:min(len(r.Ties), 6)] {
			reason := fmt.Sprintf("%s %.2f  %s", tieKind(tie), tie.Weight, line(tie.Value, 90))
			if first {
				t.row(r.Host, fmt.Sprintf("%.2f", r.Score), strings.TrimSpace(same), reason)
			} else {
				t.row("", "", "", reason)
			}
			first = false
		}
	}
	return t.close()
}

// tieKind names a tie's evidence. Kit ties list their signals in the value, so that they need one name only.
func tieKind(t index.Tie) string {
	if strings.HasPrefix(t.Value, t.Kind+" ") {
		return "front end"
	}
	return t.Kind
}
