package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/schollz/progressbar/v3"
	"github.com/spf13/cobra"

	"scamatlas/crawler"
	"scamatlas/crawler/discover/feed"
	"scamatlas/extractors"
	"scamatlas/index"
	"scamatlas/schedules/jobs"
)

func (a *app) crawlCmd() *cobra.Command {
	var file, light string
	var noCluster bool
	cmd := &cobra.Command{
		Use:   "crawl HOST|URL… [-f FILE|-]",
		Short: "Visit sites now, extract, store, and regroup",
		Long: `Visit sites now whether they are due or not, take out what identifies the people behind them, store it, and regroup the clusters.

A list (-f) holds a target a line: host or address, defanged spellings too (hxxps://evil[.]example). Comments (#) and further
columns are ignored; lines that are no targets are named with their reason, the others are visited. What was told you in confidence you
mark with --tlp: exports leave it out unless they may go as far. A light given with a host that is known already counts from then on.
Prints a line a site; with --json one object a site.`,
		Example: `  scamatlas crawl suspicious-invest.example
  scamatlas crawl hxxps://evil[.]example/deposit
  scamatlas crawl -f hosts.txt --store cases/2026-11 --json > visits.jsonl
  cut -f1 report.tsv | scamatlas crawl -f -`,
		RunE: func(cmd *cobra.Command, args []string) error {
			targets, err := a.targets(args, file)
			if err != nil {
				return err
			}
			tlp, err := crawler.ParseTLP(light)
			if err != nil {
				return usagef("--tlp %w", err)
			}
			for n := range targets {
				targets[n].TLP = tlp
			}
			return a.with(cmd.Context(), toVisit, func(s *session) error { return a.crawl(cmd.Context(), s, targets, !noCluster) })
		},
	}
	cmd.Flags().StringVarP(&file, "file", "f", "", "read targets from FILE, - for standard input")
	cmd.Flags().StringVar(&light, "tlp", "", "how far the names may be passed on: clear, green, amber, amber+strict, red (FIRST's Traffic Light Protocol)")
	cmd.Flags().BoolVar(&noCluster, "no-cluster", false, "do not regroup at the end: sites join the clusters there are (scamatlas cluster regroups)")
	return cmd
}

// targets reads the arguments and the list. Every argument that is no target is an error, all at once; bad lines of a list are
// told on stderr and left out.
func (a *app) targets(args []string, file string) ([]crawler.Target, error) {
	if len(args) == 0 && file == "" {
		return nil, usagef("nothing to visit: name hosts, or a list with -f FILE")
	}
	var out []crawler.Target
	var errs []error
	for _, arg := range args {
		t, err := crawler.ParseTarget(arg)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		t.Source = "cli"
		out = append(out, t)
	}
	if len(errs) > 0 {
		return nil, &usageError{errors.Join(errs...)}
	}
	if file != "" {
		listed, err := a.listed(file)
		if err != nil {
			return nil, err
		}
		out = append(out, listed...)
	}
	seen := map[string]bool{}
	unique := out[:0]
	for _, t := range out {
		if !seen[t.Host] {
			seen[t.Host] = true
			unique = append(unique, t)
		}
	}
	return unique, nil
}

func (a *app) listed(file string) ([]crawler.Target, error) {
	in, name := a.stdin, "standard input"
	if file != "-" {
		f, err := os.Open(file)
		if err != nil {
			return nil, usagef("list of targets: %w", err)
		}
		defer f.Close()
		in, name = f, file
	}
	r, err := feed.ReadLines(in, "cli", name)
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", name, err)
	}
	for _, bad := range r.Rejected {
		fmt.Fprintf(a.stderr, "%s:%d: %s: left out\n", clean(name), bad.Line, clean(bad.Why))
	}
	if len(r.Targets) == 0 {
		return nil, usagef("%s holds no target", name)
	}
	return r.Targets, nil
}

func (a *app) crawl(ctx context.Context, s *session, targets []crawler.Target, regroup bool) error {
	if _, err := s.store.Reclaim(ctx, s.store.owner); err != nil {
		return err
	}
	if err := queue(ctx, s.store, targets); err != nil {
		return err
	}
	v, done, err := newVisitor(ctx, s)
	if err != nil {
		return err
	}
	defer done()
	if !regroup {
		v.Joiner = &jobs.Clusterer{Store: s.store, Judge: v.Judge, Log: s.log}
	}
	bar := a.progress(len(targets), "visiting")
	outcomes := map[crawler.Outcome]int{}
	failed := 0
	_, err = v.Hosts(ctx, targets, func(r jobs.Result) {
		bar.Clear()
		if r.Err != nil {
			failed++
			fmt.Fprintf(a.stderr, "%s: %s\n", r.Host, clean(r.Err.Error()))
		} else {
			outcomes[r.Visit.Record.Outcome]++
			a.printVisit(ctx, s.store, r)
		}
		bar.Add(1)
	})
	bar.Finish()
	if err != nil {
		return err
	}
	if err := s.store.Flush(ctx); err != nil {
		return fmt.Errorf("visits are safe on disk, but not all are readable yet: %w", err)
	}
	summary := describe(outcomes)
	if regroup {
		g := &jobs.Clusterer{Store: s.store, Judge: v.Judge, Log: s.log}
		note, err := g.Cluster(ctx)
		if err != nil {
			return err
		}
		summary += "; " + note
	}
	fmt.Fprintln(a.stderr, summary)
	if failed > 0 {
		return errQuiet
	}
	return nil
}

func queue(ctx context.Context, q index.Queue, targets []crawler.Target) error {
	now := timeNow()
	for len(targets) > 0 {
		n := min(len(targets), index.MaxTargets)
		if _, err := q.AddTargets(ctx, targets[:n], now); err != nil {
			return fmt.Errorf("queueing targets: %w", err)
		}
		targets = targets[n:]
	}
	return nil
}

func describe(outcomes map[crawler.Outcome]int) string {
	total := 0
	var parts []string
	for _, o := range []crawler.Outcome{crawler.OK, crawler.Gated, crawler.Parked, crawler.Suspended, crawler.Blank, crawler.Challenge, crawler.Denied, crawler.HTTPError,
		crawler.TooLarge, crawler.Blocked, crawler.RobotsDenied, crawler.Unreachable, crawler.Dead, crawler.DNSTimeout} {
		if n := outcomes[o]; n > 0 {
			total += n
			parts = append(parts, fmt.Sprintf("%d %s", n, o))
		}
	}
	text := plural(total, "site visited", "sites visited")
	if len(parts) > 0 {
		text += ": " + strings.Join(parts, ", ")
	}
	return text
}

// progress draws on a terminal only, and not into the middle of data.
func (a *app) progress(n int, doing string) *progressbar.ProgressBar {
	w := io.Writer(io.Discard)
	if isTerminal(a.stderr) && n > 1 {
		w = a.stderr
	}
	return progressbar.NewOptions(n, progressbar.OptionSetWriter(w), progressbar.OptionShowCount(), progressbar.OptionSetDescription(doing),
		progressbar.OptionSetPredictTime(true), progressbar.OptionClearOnFinish(), progressbar.OptionSetWidth(30), progressbar.OptionThrottle(100*time.Millisecond))
}

// visitJSON is one line of `crawl --json`.
type visitJSON struct {
	Host     string                 `json:"host"`
	Outcome  crawler.Outcome        `json:"outcome"`
	Reason   string                 `json:"reason,omitempty"`
	Profiles map[string]profileJSON `json:"profiles"`
	SeenAs   string                 `json:"seen_as"`            // the profile that saw most
	Cloaking string                 `json:"cloaking,omitempty"` // what the others were shown: same, mobile_only, …
	Evidence string                 `json:"evidence,omitempty"` // hash of the visit's entry in the chain
	Pages    int                    `json:"pages"`
	Title    string                 `json:"title,omitempty"`
	FinalURL string                 `json:"final_url,omitempty"`
	Wallets  []walletJSON           `json:"wallets"`
	Contacts []typedJSON            `json:"contacts"`
	Trackers []typedJSON            `json:"trackers"`
	Verdict  extractors.Verdict     `json:"verdict"`
	Kit      string                 `json:"kit"`      // as of the last grouping; `clusters` has today's
	Operator string                 `json:"operator"` // likewise
	TookMS   int64                  `json:"took_ms"`
}

type profileJSON struct {
	Outcome crawler.Outcome `json:"outcome"`
	Status  int             `json:"status,omitempty"`
	Browser bool            `json:"browser,omitempty"`
}

type walletJSON struct {
	Chain      string `json:"chain"`
	Value      string `json:"value"`
	Role       string `json:"role"`
	Confidence string `json:"confidence"`
	Tag        string `json:"tag,omitempty"`
}

type typedJSON struct {
	Type  string `json:"type"`
	Value string `json:"value"`
}

func (a *app) printVisit(ctx context.Context, st index.Reader, r jobs.Result) {
	v := &r.Visit
	if !a.json {
		wallets := 0
		for _, i := range v.Findings.Indicators {
			if i.Kind == extractors.KindWallet && i.Confidence != extractors.Low {
				wallets++
			}
		}
		why := v.Findings.Title
		if !v.Record.Outcome.Alive() {
			why = v.Record.Reason
		}
		if m := v.Cloaking.Verdict; m != "" && m != extractors.CloakSame && m != extractors.CloakUnclear {
			why = "[" + m + "] " + why
		}
		held := ""
		if v.Record.Outcome.Alive() {
			held = shortVerdict(&index.Site{Verdict: v.Verdict}, timeNow())
		}
		why = line(why, 60)
		if oneOf(v.Verdict.Label, extractors.LabelFake, extractors.LabelSuspicious) {
			why += " | " + line(strings.Join(topReasons(&v.Verdict, reasonsOfALine), " "), 140)
		}
		fmt.Fprintf(a.stdout, "%-40s %-11s %2d pages  %2d wallets  %-28s %s\n", v.Record.Host, v.Record.Outcome, len(v.Pages), wallets, held, why)
		return
	}
	j := visitJSON{Host: v.Record.Host, Outcome: v.Record.Outcome, Reason: v.Record.Reason, Pages: len(v.Pages), Title: v.Findings.Title,
		FinalURL: v.Record.FinalURL, Verdict: v.Verdict, TookMS: r.Took.Milliseconds(),
		Profiles: map[string]profileJSON{}, Cloaking: v.Cloaking.Verdict, SeenAs: v.Record.Profile, Wallets: []walletJSON{}, Contacts: []typedJSON{}, Trackers: []typedJSON{}}
	for _, p := range v.Records() {
		j.Profiles[p.Profile] = profileJSON{p.Outcome, p.Status, p.Rendered}
	}
	if e := v.Record.Evidence; e != nil {
		j.Evidence = e.Hash
	}
	for _, i := range v.Findings.Indicators {
		switch i.Kind {
		case extractors.KindWallet:
			j.Wallets = append(j.Wallets, walletJSON{i.Chain, i.Value, i.Role, i.Confidence, i.Tag})
		case extractors.KindContact:
			j.Contacts = append(j.Contacts, typedJSON{i.Type, i.Value})
		case extractors.KindTracker:
			j.Trackers = append(j.Trackers, typedJSON{i.Type, i.Value})
		}
	}
	if s, err := st.Site(ctx, j.Host); err == nil {
		j.Kit, j.Operator = s.Kit, s.Operator
	}
	jsonLine(a.stdout, j)
}
