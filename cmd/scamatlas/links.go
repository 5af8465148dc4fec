package main

import (
	"errors"
	"fmt"
	"os/user"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"scamatlas/crawler"
	"scamatlas/index"
	"scamatlas/schedules/jobs"
)

const maxLinkNote = 500 // bytes

// linkFlags are what link, unlink and links remove have in common.
type linkFlags struct{ layer, note, who string }

func (f *linkFlags) add(cmd *cobra.Command, noted bool) {
	cmd.Flags().StringVar(&f.layer, "layer", string(index.Operator), "kit or operator")
	if noted {
		cmd.Flags().StringVar(&f.note, "note", "", "why, for those who read the case later")
		cmd.Flags().StringVar(&f.who, "who", "", "who says so; without it the name of the account that runs this")
	}
}

func (f *linkFlags) link(args []string, apart bool) (index.Link, error) {
	l := index.Link{Layer: index.Layer(f.layer), Apart: apart, Who: f.who, Note: f.note, At: time.Now().UTC().Truncate(time.Millisecond)}
	if !oneOf(f.layer, string(index.Kit), string(index.Operator)) {
		return l, usagef("--layer %q is neither kit nor operator", f.layer)
	}
	if len(f.note) > maxLinkNote || len(f.who) > maxLinkNote {
		return l, usagef("--note and --who take at most %d bytes", maxLinkNote)
	}
	var hosts []string
	for _, arg := range args {
		t, err := crawler.ParseTarget(arg)
		if err != nil {
			return l, &usageError{err}
		}
		hosts = append(hosts, t.Host)
	}
	l.A, l.B = min(hosts[0], hosts[1]), max(hosts[0], hosts[1])
	if l.A == l.B {
		return l, usagef("%s and %s are one site", args[0], args[1])
	}
	if l.Who == "" {
		if u, err := user.Current(); err == nil {
			l.Who = u.Username
		}
	}
	return l, nil
}

func (a *app) linkCmd() *cobra.Command {
	return a.decideCmd(false, &cobra.Command{
		Use:   "link HOST HOST",
		Short: "Decide that two sites belong together",
		Long: `Decide that two sites belong together, whatever the evidence says: into one operator, or with --layer kit into one kit. The next
grouping obeys, and shows the decision as a tie of its own with who, when and why. A link that contradicts earlier ones is refused.`,
		Example: `  scamatlas link one-invest.example other-invest.example --note "same support desk answered"
  scamatlas link one-invest.example other-invest.example --layer kit`,
	})
}

func (a *app) unlinkCmd() *cobra.Command {
	return a.decideCmd(true, &cobra.Command{
		Use:   "unlink HOST HOST",
		Short: "Decide that two sites do not belong together",
		Long: `Decide that two sites do not belong together, whatever the evidence says. The next grouping keeps them apart. To take back an earlier
decision use links remove.`,
		Example: `  scamatlas unlink shop.example one-invest.example --note "shop's pages were copied"`,
	})
}

func (a *app) decideCmd(apart bool, cmd *cobra.Command) *cobra.Command {
	var f linkFlags
	f.add(cmd, true)
	cmd.Args = exactly(2, "two hosts")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		l, err := f.link(args, apart)
		if err != nil {
			return err
		}
		return a.with(cmd.Context(), toWrite, func(s *session) error {
			for _, h := range []string{l.A, l.B} {
				if _, err := s.store.Site(cmd.Context(), h); err != nil {
					return notFound(err, h, "`scamatlas crawl "+h+"` visits it")
				}
			}
			g := &jobs.Clusterer{Store: s.store, Log: s.log}
			if err := g.Link(cmd.Context(), l); err != nil {
				return fmt.Errorf("linking %s and %s: %w", l.A, l.B, err)
			}
			fmt.Fprintln(a.stderr, "kept; `scamatlas cluster` regroups")
			return nil
		})
	}
	return cmd
}

func (a *app) linksCmd() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "links",
		Short: "List what was decided with link and unlink",
		Long:  "List what analysts decided with link and unlink, or take a decision back with links remove. With --json one object a line.",
		Example: `  scamatlas links
  scamatlas links remove one-invest.example other-invest.example`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.with(cmd.Context(), toRead, func(s *session) error {
				all, err := s.store.Links(cmd.Context())
				if err != nil {
					return fmt.Errorf("reading links: %w", err)
				}
				return a.printLinks(all)
			})
		},
	}
	var f linkFlags
	remove := &cobra.Command{
		Use:     "remove HOST HOST",
		Short:   "Take back what link or unlink decided on two sites",
		Long:    "Take back what link or unlink decided on two sites. The next grouping goes by the evidence again.",
		Example: `  scamatlas links remove one-invest.example other-invest.example --layer kit`,
		Args:    exactly(2, "two hosts"),
		RunE: func(cmd *cobra.Command, args []string) error {
			l, err := f.link(args, false)
			if err != nil {
				return err
			}
			return a.with(cmd.Context(), toWrite, func(s *session) error {
				err := s.store.DeleteLink(cmd.Context(), l)
				if errors.Is(err, index.ErrNotFound) {
					return notFound(err, strings.Join([]string{"a link of", l.A, "and", l.B}, " "), "`scamatlas links` lists them")
				}
				return err
			})
		},
	}
	f.add(remove, false)
	cmd.AddCommand(remove)
	return cmd
}

func (a *app) printLinks(all []index.Link) error {
	if a.json {
		for i := range all {
			if err := jsonLine(a.stdout, &all[i]); err != nil {
				return err
			}
		}
		return nil
	}
	if len(all) == 0 {
		fmt.Fprintln(a.stderr, "no links: `scamatlas link` and `scamatlas unlink` make them")
		return nil
	}
	t := newTable(a.stdout, "LAYER", "HOST", "HOST", "DECIDED", "BY, ON: WHY")
	for _, l := range all {
		what := "together"
		if l.Apart {
			what = "apart"
		}
		t.row(string(l.Layer), l.A, l.B, what, line(l.String(), 90))
	}
	return t.close()
}
