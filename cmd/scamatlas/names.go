package main

import (
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"
)

// nameJSON is one line of `names --json`.
type nameJSON struct {
	Host    string   `json:"host"`
	Score   float64  `json:"score"`
	Target  bool     `json:"target"` // the settings' threshold is reached
	Reasons []string `json:"reasons"`
}

func (a *app) namesCmd() *cobra.Command {
	var age time.Duration
	cmd := &cobra.Command{
		Use:   "names HOST…",
		Short: "Score host names as discovery does, with the reasons; nothing is looked up",
		Long: `Score host names by themselves, as discovery scores the names of new certificates: lookalikes of brands, words of such sites in several
languages, endings and hints. Nothing is looked up. A score is a reason to visit, no verdict.`,
		Example: `  scamatlas names coinbase-login.example
  scamatlas names --json my-coinbase.example kraken-invest.example`,
		RunE: func(_ *cobra.Command, args []string) error {
			hosts, err := hostsOf(args)
			if err != nil {
				return err
			}
			s, err := a.settings()
			if err != nil {
				return err
			}
			h, err := newHonest()
			if err != nil {
				return err
			}
			t := newTable(a.stdout)
			if !a.json {
				t.row("HOST", "SCORE", "TARGET", "WHY")
			}
			for _, host := range hosts {
				score, reasons := h.scorer.ScoreAged(host, age)
				n := nameJSON{host, score, score >= s.Discovery.Names.Threshold, append([]string{}, reasons...)}
				if a.json {
					if err := jsonLine(a.stdout, n); err != nil {
						return err
					}
					continue
				}
				t.row(host, fmt.Sprintf("%.2f", score), map[bool]string{true: "yes", false: "no"}[n.Target], line(strings.Join(reasons, "; "), 160))
			}
			return t.close()
		},
	}
	cmd.Flags().DurationVar(&age, "age", 0, "how long ago the domains were registered at most, such as 24h; 0: not known")
	return cmd
}
