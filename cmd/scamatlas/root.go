package main

import (
	"io"
	"log/slog"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"scamatlas/configs"
	"scamatlas/index/query"
	"scamatlas/schedules"
)

// app carries what every command shares: streams and global flags.
type app struct {
	stdin          io.Reader
	stdout, stderr io.Writer
	configFile     string
	store          string
	json           bool
	verbose        bool
}

func newRoot(a *app) *cobra.Command {
	root := &cobra.Command{
		Use:   "scamatlas",
		Short: "Find fake crypto investment sites, visit them safely, and see which belong together",
		Long: `scamatlas finds fake crypto investment sites, visits them safely, takes from them what identifies the people
behind them (wallets, contacts, trackers, templates, hosting), and indexes it so that sites of one kit and of one
operator fall together. It reads; it never signs, pays, registers accounts, bypasses challenges, or submits anything.

Data goes to standard output, talk to standard error. Exit codes: 0 done, 1 failed, 2 wrong use.`,
		Example: `  scamatlas crawl suspicious-invest.example          visit one site, store what it holds
  scamatlas crawl -f hosts.txt --json                 visit a list, one JSON object a site
  scamatlas search 'wallet:TQn9Y2khEsLJW1ChVWFMSMeRDow5KcbLSE'
  scamatlas pivot suspicious-invest.example           which sites belong with it, and why
  scamatlas export --format hosts --query outcome:ok
  scamatlas run --config scamatlas.yaml               the server: schedules and workers`,
		SilenceUsage:               true,
		SilenceErrors:              true,
		SuggestionsMinimumDistance: 2,
		Args:                       noArgs,
		RunE:                       func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	root.SetIn(a.stdin)
	root.SetOut(a.stdout)
	root.SetErr(a.stderr)
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return usagef("%v; see scamatlas %s --help", err, strings.TrimPrefix(cmd.CommandPath(), "scamatlas "))
	})
	f := root.PersistentFlags()
	f.StringVar(&a.configFile, "config", os.Getenv("SCAMATLAS_CONFIG"), "settings file (default: $SCAMATLAS_CONFIG, else the built-in settings)")
	f.StringVar(&a.store, "store", "", "folder of the embedded store, or http(s)://HOST:9200 of Elasticsearch (default: the settings' store, data/)")
	f.BoolVar(&a.json, "json", false, "print JSON, one object a line")
	f.BoolVarP(&a.verbose, "verbose", "v", false, "say more on standard error")
	root.AddCommand(a.crawlCmd(), a.runCmd(), a.discoverCmd(), a.sourcesCmd(), a.namesCmd(), a.pdnsCmd(), a.extractCmd(), a.searchCmd(), a.showCmd(), a.clusterCmd(), a.clustersCmd(), a.linkCmd(), a.unlinkCmd(), a.linksCmd(), a.reviewCmd(), a.reviewsCmd(),
		a.pivotCmd(), a.exportCmd(), a.evidenceCmd(), a.verifyCmd(), a.rescanCmd(), a.rulesCmd(), a.configCmd(), a.doctorCmd(), a.versionCmd())
	return root
}

// settings loads the settings file and lays the global flags over it.
func (a *app) settings() (*configs.Settings, error) {
	checks := configs.Checks{Cron: schedules.Check, Profile: profileFaults, Query: func(q string) error {
		_, err := query.Parse(q)
		return err
	}}
	s, err := configs.Load(a.configFile, checks)
	if err != nil {
		return nil, &usageError{err}
	}
	if a.store != "" {
		s.Store = a.store
		if err := configs.Recheck(s, checks); err != nil {
			return nil, &usageError{err}
		}
	}
	return s, nil
}

// logger writes to stderr: warnings only unless -v. A server logs JSON lines; a person reads text.
func (a *app) logger(server bool) *slog.Logger {
	level := slog.LevelWarn
	if a.verbose || server {
		level = slog.LevelInfo
	}
	o := &slog.HandlerOptions{Level: level}
	if server && !isTerminal(a.stderr) {
		return slog.New(slog.NewJSONHandler(a.stderr, o))
	}
	return slog.New(slog.NewTextHandler(a.stderr, o))
}

func isTerminal(w any) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

func noArgs(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	if cmd.HasSubCommands() {
		why := ""
		if near := cmd.SuggestionsFor(args[0]); len(near) > 0 {
			why = "; did you mean " + near[0] + "?"
		}
		return usagef("unknown command %q%s", args[0], why)
	}
	return usagef("%s takes no arguments, got %q", cmd.Name(), args[0])
}

func exactly(n int, what string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) != n {
			return usagef("%s needs %s; see scamatlas %s --help", cmd.Name(), what, cmd.Name())
		}
		return nil
	}
}

func oneOf(value string, names ...string) bool { return slices.Contains(names, value) }
