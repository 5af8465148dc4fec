package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"slices"
	"text/tabwriter"
)

// discoverOptions are the flags of bench discover.
type discoverOptions struct {
	Entries int  `json:"entries"` // of the made-up certificate log
	Names   int  `json:"names"`   // scored
	Resolve int  `json:"resolve"` // names looked up at a BIND
	Rounds  int  `json:"rounds"`
	JSON    bool `json:"-"`
}

func (o *discoverOptions) parse(args []string, talk io.Writer) error {
	f := flag.NewFlagSet("bench discover", flag.ContinueOnError)
	f.SetOutput(talk)
	f.IntVar(&o.Entries, "entries", 51_200, "certificates in the log: `N`")
	f.IntVar(&o.Names, "names", namesMade, "host names to score: `N`")
	f.IntVar(&o.Resolve, "resolve", dnsNames, "host names to resolve at a BIND: `N`")
	f.IntVar(&o.Rounds, "rounds", 3, "rounds, the median of which counts")
	f.BoolVar(&o.JSON, "json", false, "print JSON")
	err := f.Parse(args)
	switch {
	case err != nil:
		return err
	case f.NArg() > 0:
		err = errors.New("bench discover takes no arguments")
	case o.Entries < 256 || o.Entries > 1_000_000 || o.Names < 1000 || o.Resolve < zoneHosts || o.Resolve > 1_000_000 || o.Rounds < 1:
		err = fmt.Errorf("bench discover: 256 to 1000000 entries, at least 1000 names to score, %d to 1000000 to resolve, and one round", zoneHosts)
	}
	if err != nil {
		fmt.Fprintln(talk, err)
	}
	return err
}

// discoverReport is what bench discover prints.
type discoverReport struct {
	Options discoverOptions `json:"options"`
	Log     logReport       `json:"log"`
	Names   *namesReport    `json:"names"`
	DNS     *dnsReport      `json:"dns,omitempty"` // nil: there is no BIND
}

// discoverBench measures the way from a certificate to a candidate that is there: reading a log, scoring its names, resolving them.
func discoverBench(ctx context.Context, o discoverOptions, out, talk io.Writer) error {
	r := discoverReport{Options: o}
	var err error
	if r.Log, err = logBench(ctx, o, talk); err != nil {
		return err
	}
	fmt.Fprintln(talk, "scoring names")
	if r.Names, err = measureNames(ctx, o.Names); err != nil {
		return err
	}
	if r.DNS, err = dnsBench(ctx, o.Resolve, o.Rounds, talk); errors.Is(err, errNoNamed) {
		fmt.Fprintln(talk, "names are not resolved:", err)
	} else if err != nil {
		return fmt.Errorf("resolving names: %w", err)
	}
	if o.JSON {
		return json.NewEncoder(out).Encode(r)
	}
	return r.tables(out)
}

func (r *discoverReport) tables(out io.Writer) error {
	tables := []func(io.Writer) error{r.Log.table, r.Names.table}
	if r.DNS != nil {
		tables = append(tables, r.DNS.table)
	}
	for n, table := range tables {
		if n > 0 {
			fmt.Fprintln(out)
		}
		if err := table(out); err != nil {
			return err
		}
	}
	return nil
}

// logReport tells how fast a log is read on one core, beside loops that do a part of it.
type logReport struct {
	Entries int        `json:"entries"`
	Bytes   int64      `json:"bytes"` // of the data tiles, unpacked
	Modes   []logRow   `json:"modes"`
	Ratios  []logRatio `json:"ratios"`
	Goal    float64    `json:"goal"` // certificates/s of the product
}

type logRow struct {
	Name   string  `json:"name"`
	Does   string  `json:"does"`
	CPU    float64 `json:"cpu"`    // seconds of user and system, median of the rounds
	Wall   float64 `json:"wall"`   // seconds of the same round
	PerCPU float64 `json:"perCpu"` // certificates a second of CPU: what one core does
	Spread float64 `json:"spread"` // (greatest - least) / median of the CPU seconds
}

// logRatio compares CPU seconds: of one mode to those of others together.
type logRatio struct {
	Of  string   `json:"of"`
	To  []string `json:"to"`
	CPU float64  `json:"cpu"`
}

const logGoal = 50_000 // certificates/s on a core, root check included

func newLogReport(entries int, bytes int64, rounds map[string][]logTime) logReport {
	r := logReport{Entries: entries, Bytes: bytes, Goal: logGoal}
	cpu := map[string]float64{}
	for _, m := range logModes {
		sorted := slices.SortedFunc(slices.Values(rounds[m.name]), func(a, b logTime) int { return cmp.Compare(a.cpu, b.cpu) })
		mid := sorted[len(sorted)/2]
		cpu[m.name] = mid.cpu
		r.Modes = append(r.Modes, logRow{Name: m.name, Does: m.does, CPU: mid.cpu, Wall: mid.wall, PerCPU: float64(entries) / mid.cpu,
			Spread: (sorted[len(sorted)-1].cpu - sorted[0].cpu) / mid.cpu})
	}
	for _, ratio := range []logRatio{
		{Of: readMode, To: []string{fetchMode, hashMode}},
		{Of: readMode, To: []string{fetchMode, hashMode, x509Mode}},
		{Of: readMode, To: []string{x509Mode}},
	} {
		sum := 0.0
		for _, to := range ratio.To {
			sum += cpu[to]
		}
		ratio.CPU = cpu[ratio.Of] / sum
		r.Ratios = append(r.Ratios, ratio)
	}
	return r
}

func (r logReport) table(out io.Writer) error {
	fmt.Fprintf(out, "certificate log of %d entries on loopback, %d bytes an entry, one core, median of the rounds\n\n", r.Entries, r.Bytes/int64(r.Entries))
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "mode\tcertificates/CPU s\tCPU s\twall s\tspread\tdoes")
	for _, m := range r.Modes {
		fmt.Fprintf(w, "%s\t%.0f\t%.3f\t%.3f\t%.0f %%\t%s\n", m.Name, m.PerCPU, m.CPU, m.Wall, 100*m.Spread, m.Does)
	}
	fmt.Fprintln(w, "\nratio of CPU\tmeasured\tgoal\t\t\t")
	for _, x := range r.Ratios {
		to := x.To[0]
		for _, more := range x.To[1:] {
			to += " + " + more
		}
		fmt.Fprintf(w, "%s / (%s)\t%.2f\t-\t\t\t\n", x.Of, to, x.CPU)
	}
	fmt.Fprintf(w, "%s, certificates/s\t%.0f\t≥ %.0f\t\t\t\n", readMode, r.Modes[0].PerCPU, r.Goal)
	return w.Flush()
}
