package main

import (
	"context"
	"errors"
	"fmt"
	"os/user"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"scamatlas/configs"
	"scamatlas/crawler"
	"scamatlas/extractors"
	"scamatlas/index"
	"scamatlas/index/query"
)

func (a *app) reviewCmd() *cobra.Command {
	var label, note, who, until string
	var remove bool
	cmd := &cobra.Command{
		Use:   "review HOST… --verdict LABEL",
		Short: "Decide what a site is; wins over the machine",
		Long: `Decide what sites are. An analyst's word wins over the machine's verdict: it is what search, show and exports go by, until it expires or
is taken back. Sites that an analyst calls fake_investment are confirmed; those called anything else are never exported. The next fit of the
weights learns from reviews (reviews --json).

Labels: ` + strings.Join(extractors.Labels(), ", ") + `.`,
		Example: `  scamatlas review evil-invest.example --verdict fake_investment --note "victim report 2026-114"
  scamatlas review film-prop.example --verdict benign --until 90d --who anna
  scamatlas review evil-invest.example --remove`,
		RunE: func(cmd *cobra.Command, args []string) error {
			hosts, err := hostsOf(args)
			if err != nil {
				return err
			}
			r := &index.Review{Label: label, Note: note, Who: who, At: timeNow().Truncate(time.Millisecond)}
			if remove {
				if label != "" || note != "" || until != "" {
					return usagef("--remove takes a review away; it goes with no other flag")
				}
				r = nil
			} else if err := completeReview(r, until); err != nil {
				return err
			}
			return a.with(cmd.Context(), toWrite, func(s *session) error { return a.review(cmd.Context(), s, hosts, r) })
		},
	}
	f := cmd.Flags()
	f.StringVar(&label, "verdict", "", strings.Join(extractors.Labels(), ", "))
	f.StringVar(&note, "note", "", "why, for those who read the case later")
	f.StringVar(&who, "who", "", "who says so; without it the name of the account that runs this")
	f.StringVar(&until, "until", "", "when it stops to count: a date (2027-01-31) or a time from now (90d); without it never")
	f.BoolVar(&remove, "remove", false, "take the review back: the machine's verdict counts again")
	return cmd
}

// hostsOf reads hosts or addresses, all faults in one error.
func hostsOf(args []string) ([]string, error) {
	if len(args) == 0 {
		return nil, usagef("name at least one host")
	}
	var hosts []string
	var errs []error
	for _, arg := range args {
		t, err := crawler.ParseTarget(arg)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		hosts = append(hosts, t.Host)
	}
	if len(errs) > 0 {
		return nil, &usageError{errors.Join(errs...)}
	}
	return hosts, nil
}

// completeReview reads until, fills in who, and checks it all.
func completeReview(r *index.Review, until string) error {
	if r.Label == "" {
		return usagef("say what it is: --verdict %s", strings.Join(extractors.Labels(), ", "))
	}
	if until != "" {
		var d configs.Duration
		day, err := time.Parse(time.DateOnly, until)
		switch {
		case err == nil:
			r.Until = day.UTC()
		case d.UnmarshalText([]byte(until)) == nil:
			r.Until = r.At.Add(d.Std())
		default:
			return usagef("--until %q is neither a date like 2027-01-31 nor a time like 90d", until)
		}
	}
	if r.Who == "" {
		if u, err := user.Current(); err == nil {
			r.Who = u.Username
		}
	}
	if err := r.Check(); err != nil {
		return &usageError{err}
	}
	return nil
}

func (a *app) review(ctx context.Context, s *session, hosts []string, r *index.Review) error {
	failed := false
	for _, h := range hosts {
		site, err := s.store.Site(ctx, h)
		if err == nil {
			mine := r
			if r != nil {
				c := *r
				c.Machine, c.Score = site.Verdict.Label, site.Verdict.Score
				mine = &c
			}
			err = s.store.Review(ctx, h, mine)
		}
		if err != nil {
			failed = true
			fmt.Fprintln(a.stderr, clean(notFound(err, h, "`scamatlas crawl "+h+"` visits it").Error()))
			continue
		}
		site.Review = r
		fmt.Fprintf(a.stderr, "%s: %s\n", h, heldToBe(site, timeNow()))
	}
	if failed {
		return errQuiet
	}
	return nil
}

// reviewJSON is one line of `reviews --json`: enough for a fit to learn from.
type reviewJSON struct {
	Host     string             `json:"host"`
	Review   *index.Review      `json:"review"`
	Verdict  extractors.Verdict `json:"verdict"`
	Disputed bool               `json:"disputed"`
}

func (a *app) reviewsCmd() *cobra.Command {
	var disputed bool
	cmd := &cobra.Command{
		Use:   "reviews",
		Short: "List what analysts decided, and where the machine disagrees",
		Long:  "List the sites that carry a review, or with --disputed those where analyst and machine disagree. With --json one object a line.",
		Example: `  scamatlas reviews
  scamatlas reviews --disputed --json`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.with(cmd.Context(), toRead, func(s *session) error { return a.reviews(cmd.Context(), s, disputed) })
		},
	}
	cmd.Flags().BoolVar(&disputed, "disputed", false, "only where analyst and machine disagree")
	return cmd
}

func (a *app) reviews(ctx context.Context, s *session, disputed bool) error {
	now := timeNow()
	t := newTable(a.stdout)
	if !a.json {
		t.row("HOST", "REVIEW", "WHO", "WHEN", "UNTIL", "MACHINE", "NOTE")
	}
	n := 0
	err := s.store.EachSite(ctx, query.Term{Field: "reviewed", Value: "true"}, func(x *index.Site) error {
		if x.Review == nil || disputed && !x.Disputed(now) {
			return nil
		}
		n++
		if a.json {
			return jsonLine(a.stdout, reviewJSON{x.Host, x.Review, x.Verdict, x.Disputed(now)})
		}
		mark := ""
		if x.Disputed(now) {
			mark = " !"
		}
		t.row(x.Host, plainLabel(x.Review.Label)+mark, orSomebody(x.Review.Who), day(x.Review.At), day(x.Review.Until), machineSays(&x.Verdict), line(x.Review.Note, 80))
		return nil
	})
	if err != nil {
		return fmt.Errorf("reading reviews: %w", err)
	}
	if !a.json {
		fmt.Fprintln(a.stderr, plural(n, "review", "reviews"))
	}
	return t.close()
}
