package main

import (
	"cmp"
	"fmt"
	"io"
	"runtime"
	"slices"
	"text/tabwriter"
)

// report is what bench crawl prints.
type report struct {
	Options crawlOptions `json:"options"`
	Go      string       `json:"go"`
	CPUs    int          `json:"cpus"`
	Modes   []row        `json:"modes"`
	Ratios  []ratio      `json:"ratios"`
}

type row struct {
	Name       string  `json:"name"`
	Does       string  `json:"does"`
	CPUPer1000 float64 `json:"cpu_per_1000"` // seconds for 1,000 pages, median of the rounds
	Spread     float64 `json:"spread"`       // (greatest - least) / median of the CPU seconds
	PagesPerS  float64 `json:"pages_per_s"`  // of the same round
	MaxRSS     int64   `json:"max_rss"`      // bytes, greatest of the rounds
	Links      int     `json:"links"`
	Wallets    int     `json:"wallets"`
}

type ratio struct {
	Of   string  `json:"of"`
	To   string  `json:"to"`
	CPU  float64 `json:"cpu"`
	Goal float64 `json:"goal"` // at most
}

// goals are the ratios of CPU seconds that the product is held to.
var goals = []ratio{
	{Of: extractMode, To: bareMode, Goal: 1.4},
	{Of: extractMode, To: collyMode, Goal: 0.6},
	{Of: productMode, To: bareMode},
	{Of: productMode, To: collyMode},
	{Of: collyMode, To: bareMode},
}

func newReport(o crawlOptions, all map[string][]measurement) report {
	r := report{Options: o, Go: runtime.Version(), CPUs: runtime.NumCPU()}
	cpu := map[string]float64{}
	for _, m := range modes {
		rounds := slices.SortedFunc(slices.Values(all[m.name]), func(a, b measurement) int { return cmp.Compare(a.CPU, b.CPU) })
		mid := rounds[len(rounds)/2]
		w := row{Name: m.name, Does: m.does, CPUPer1000: mid.CPU * 1000 / float64(mid.Pages), PagesPerS: float64(mid.Pages) / mid.Seconds, Links: mid.Links, Wallets: mid.Wallets}
		w.Spread = (rounds[len(rounds)-1].CPU - rounds[0].CPU) / mid.CPU
		for _, x := range rounds {
			w.MaxRSS = max(w.MaxRSS, x.MaxRSS)
		}
		cpu[m.name] = w.CPUPer1000
		r.Modes = append(r.Modes, w)
	}
	for _, g := range goals {
		g.CPU = cpu[g.Of] / cpu[g.To]
		r.Ratios = append(r.Ratios, g)
	}
	return r
}

func (r report) table(out io.Writer) error {
	fmt.Fprintf(out, "%d hosts, %d pages each, %d at a time, median of %d rounds, %s, %d CPUs shared with the server\n\n",
		r.Options.Hosts, r.Options.Pages, r.Options.Parallel, r.Options.Rounds, r.Go, r.CPUs)
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "mode\tCPU s / 1000 pages\tspread\tpages/s\tmax RSS MB\tdoes")
	for _, m := range r.Modes {
		fmt.Fprintf(w, "%s\t%.2f\t%.0f %%\t%.0f\t%d\t%s\n", m.Name, m.CPUPer1000, 100*m.Spread, m.PagesPerS, m.MaxRSS>>20, m.Does)
	}
	fmt.Fprintln(w, "\nCPU ratio\tmeasured\tgoal\t\t\t")
	for _, g := range r.Ratios {
		goal := "-"
		if g.Goal > 0 {
			goal = fmt.Sprintf("<= %.1f", g.Goal)
		}
		fmt.Fprintf(w, "%s / %s\t%.2f\t%s\t\t\t\n", g.Of, g.To, g.CPU, goal)
	}
	return w.Flush()
}
