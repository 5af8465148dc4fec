package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"scamatlas/extractors/rule"
	"scamatlas/schedules/jobs"
)

func (a *app) rulesHuntCmd() *cobra.Command {
	var last bool
	cmd := &cobra.Command{
		Use:   "hunt [RULE|FILE|DIR…]",
		Short: "Try rules on all stored visits: who had this kit, and when",
		Long: `Try rules on what stored visits saw, older visits too, and print each that fits: host, time of the visit, rule, and what in the site
fitted. Nothing is visited, nothing is changed. Rules are named by id, or as files and folders; without any, all rules are tried.
Visits whose evidence was removed are counted on standard error. Exit code 1 when evidence is damaged.`,
		Example: `  scamatlas rules hunt my-rules/pool-approval.yaml
  scamatlas rules hunt hyip-goldcoders --last --json
  scamatlas rules hunt --json | jq -r 'select(.level=="critical").host' | sort -u`,
		RunE: func(cmd *cobra.Command, args []string) error {
			rules, err := a.rulesNamed(args)
			if err != nil {
				return err
			}
			return a.hunt(cmd.Context(), rules, last)
		},
	}
	cmd.Flags().BoolVar(&last, "last", false, "only the last visit of each host")
	return cmd
}

// rulesNamed gives the rules that arguments stand for. Rules with faults are not hunted with: what they would miss would pass for absent.
func (a *app) rulesNamed(args []string) ([]*rule.Rule, error) {
	var files, ids []string
	for _, arg := range args {
		if _, err := os.Stat(arg); err == nil || rule.IsRuleFile(arg) || strings.ContainsRune(arg, os.PathSeparator) {
			files = append(files, arg)
		} else {
			ids = append(ids, arg)
		}
	}
	var rules []*rule.Rule
	var faults []rule.Fault
	if len(ids) > 0 || len(args) == 0 {
		all, bad, err := a.readRules(nil)
		if err != nil {
			return nil, err
		}
		faults = bad
		for _, id := range ids {
			i := slices.IndexFunc(all, func(r *rule.Rule) bool { return r.ID == id })
			if i < 0 {
				return nil, usagef("no rule is called %q; `scamatlas rules list` names them", id)
			}
			rules = append(rules, all[i])
		}
		if len(ids) == 0 {
			rules = all
		}
	}
	if len(files) > 0 {
		more, bad, err := a.readRules(files)
		if err != nil {
			return nil, err
		}
		rules, faults = append(rules, more...), append(faults, bad...)
	}
	rules, twice := rule.Unique(rules)
	return rules, a.printFaults(a.stderr, append(faults, twice...), false)
}

func (a *app) hunt(ctx context.Context, rules []*rule.Rule, last bool) error {
	s, err := a.settings()
	if err != nil {
		return err
	}
	kept, err := readArchive(s, a.logger(false))
	if err != nil {
		return err
	}
	defer kept.Close()
	total, _ := kept.Head()
	bar := a.progress(int(total), "reading visits")
	h := jobs.Hunter{Archive: kept, Rules: rule.NewSet(rules), Last: last}
	var broken error // the output takes no more
	n, err := h.Run(ctx, func(f jobs.Find) {
		bar.Clear()
		broken = errors.Join(broken, a.printFind(f))
	}, func(n jobs.Hunted, host string, why error) {
		if why != nil && !errors.Is(why, fs.ErrNotExist) {
			bar.Clear()
			fmt.Fprintf(a.stderr, "%s: %s\n", clean(host), line(why.Error(), 300))
		}
		bar.ChangeMax(n.Visits)
		bar.Add(1)
	})
	bar.Finish()
	if err = errors.Join(err, broken); err != nil {
		return fmt.Errorf("hunting: %w", err)
	}
	fmt.Fprintf(a.stderr, "%s tried on %s: %s on %s", plural(len(rules), "rule", "rules"), plural(n.Read, "visit", "visits"), plural(n.Finds, "hit", "hits"), plural(n.Hosts, "host", "hosts"))
	if n.Gone > 0 {
		fmt.Fprintf(a.stderr, "; the evidence of %s is gone", plural(n.Gone, "visit", "visits"))
	}
	if n.Damaged > 0 {
		fmt.Fprintf(a.stderr, "; that of %s is damaged, `scamatlas verify` says how", plural(n.Damaged, "visit", "visits"))
	}
	fmt.Fprintln(a.stderr)
	if n.Damaged > 0 {
		return errQuiet
	}
	return nil
}

func (a *app) printFind(f jobs.Find) error {
	if a.json {
		return jsonLine(a.stdout, f)
	}
	_, err := fmt.Fprintf(a.stdout, "%s  %s  %-8s %s: %s (shown to %s)\n", f.Visited.UTC().Format("2006-01-02 15:04"), line(f.Host, 80), f.Level, line(f.Rule, 60), line(f.Title, 100), strings.Join(f.Profiles, ", "))
	for _, e := range f.Evidence {
		if err == nil {
			_, err = fmt.Fprintf(a.stdout, "    %s %s  %s\n", e.Field, line(e.Seen, 160), line(e.URL, 120))
		}
	}
	return err
}
