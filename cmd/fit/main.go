// Command fit learns the weights of verdicts from labelled sites and says how well they do on sites they were not learned from.
//
//	fit             writes configs/rules/wording.txt and weights.yaml: the same files on every run
//	fit -cross      scores the fitting set, each family by weights that were fitted without it: what to develop with
//	fit -report     scores the test set, and the testbed's sites
//	fit -packages   fetches the published packages again (with npm) and writes what is found in them
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"

	"scamatlas/extractors/verdict"
	"scamatlas/extractors/verdict/fit"
)

type options struct {
	rules, packages, keep                 string
	report, fitting, cross, asJSON, fetch bool
}

func main() {
	var o options
	flag.StringVar(&o.rules, "rules", "configs/rules", "folder of the data files; weights.yaml in it is written")
	flag.StringVar(&o.packages, "to", "extractors/verdict/fit/packages.jsonl", "with -packages: the file to write")
	flag.StringVar(&o.keep, "keep", "", "with -packages: a folder to keep what was fetched; empty: it is fetched each time")
	flag.BoolVar(&o.report, "report", false, "score the test set and the testbed's sites")
	flag.BoolVar(&o.fitting, "fitted", false, "score the sites that the weights were fitted on")
	flag.BoolVar(&o.cross, "cross", false, "score each fitting family by weights that do not know it")
	flag.BoolVar(&o.asJSON, "json", false, "with a report: as JSON")
	flag.BoolVar(&o.fetch, "packages", false, "fetch the published packages again")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, &o, os.Stdout, os.Stderr); err != nil {
		fmt.Fprintln(os.Stderr, "fit:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, o *options, out, talk io.Writer) error {
	rules, err := verdict.Load(os.DirFS(o.rules))
	if err != nil {
		return fmt.Errorf("reading %s: %w", o.rules, err)
	}
	switch {
	case o.fetch:
		return fetchAll(ctx, rules, o, talk)
	case o.report || o.fitting || o.cross:
		return report(rules, o, out)
	}
	return learn(rules, o.rules, talk)
}

func learn(rules *verdict.Rules, folder string, talk io.Writer) error {
	if err := learnWording(rules, folder, talk); err != nil {
		return err
	}
	sites, err := fit.FittingSet(rules)
	if err != nil {
		return err
	}
	res, err := fit.Weights(rules, sites)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := res.Weights.Write(&b); err != nil {
		return err
	}
	name := filepath.Join(folder, "weights.yaml")
	if err := os.WriteFile(name, b.Bytes(), 0o644); err != nil {
		return err
	}
	fmt.Fprintf(talk, "%s: %d weights from %d sites of %d families; penalty %g of %v; fake from %.3f, suspicious from %.3f, confirmed from %.3f\n",
		name, len(res.Weights.Weights), res.Sites, res.Families, res.Penalty, res.Loss, res.Weights.Bars.Fake, res.Weights.Bars.Suspicious, res.Weights.Bars.Confirmed)
	return nil
}

// learnWording writes what words weigh.
func learnWording(rules *verdict.Rules, folder string, talk io.Writer) error {
	words, err := fit.LearnWording(rules)
	if err != nil || words == nil {
		return err
	}
	var b bytes.Buffer
	if err := words.All.Write(&b); err != nil {
		return err
	}
	name := filepath.Join(folder, "wording.txt")
	if err := os.WriteFile(name, b.Bytes(), 0o644); err != nil {
		return err
	}
	fmt.Fprintf(talk, "%s: %d bytes\n", name, b.Len())
	return nil
}

func report(rules *verdict.Rules, o *options, out io.Writer) error {
	var sets []string
	if o.fitting {
		sets = append(sets, fit.Fitting)
	}
	if o.report {
		sets = append(sets, fit.Test, fit.Bench)
	}
	var all []*fit.Report
	if o.cross {
		rep, err := cross(rules)
		if err != nil {
			return err
		}
		all = append(all, rep)
	}
	for _, set := range sets {
		sites, err := fit.SetOf(rules, set)
		if err != nil {
			return err
		}
		all = append(all, fit.Judge(rules, set, sites))
	}
	if o.asJSON {
		e := json.NewEncoder(out)
		e.SetIndent("", "  ")
		return e.Encode(all)
	}
	for _, r := range all {
		if err := r.Print(out); err != nil {
			return err
		}
	}
	return nil
}

// cross fits as learn does, and writes nothing.
func cross(rules *verdict.Rules) (*fit.Report, error) {
	sites, err := fit.FittingSet(rules)
	if err != nil {
		return nil, err
	}
	res, err := fit.Weights(rules, sites)
	if err != nil {
		return nil, err
	}
	return fit.Cross(rules, res, sites), nil
}

// fetchAll reads every package and writes what the rules see in it, a line each; the first line names the rules.
func fetchAll(ctx context.Context, rules *verdict.Rules, o *options, talk io.Writer) error {
	dir := o.keep
	if dir == "" {
		var err error
		if dir, err = os.MkdirTemp("", "fit-packages-"); err != nil {
			return err
		}
		defer os.RemoveAll(dir)
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	if err := e.Encode(map[string]string{"rules": rules.Version()}); err != nil {
		return err
	}
	var faults []error
	for _, spec := range packages() {
		c, err := fetchPackage(ctx, dir, spec)
		if err != nil {
			faults = append(faults, err)
			continue
		}
		site := fit.PackageSite(rules, spec, c)
		fmt.Fprintf(talk, "%s: %d pages, %d reasons\n", spec, len(c.Pages), len(site.Features))
		if err := e.Encode(site); err != nil {
			return err
		}
	}
	if len(faults) > 0 {
		return errors.Join(faults...) // the file as it was is better than a part of it
	}
	return os.WriteFile(o.packages, b.Bytes(), 0o644)
}
