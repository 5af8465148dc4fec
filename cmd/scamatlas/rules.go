package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"scamatlas/configs"
	"scamatlas/extractors/rule"
)

// builtIn stands before the names of rule files that are part of the program.
const builtIn = "built-in"

func (a *app) rulesCmd() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "rules",
		Short: "Kit rules: list, check and test them, and hunt with them in stored visits",
		Long: `Kit rules say by what a site is known to be made from a kit. They are YAML files in the Sigma-shaped form of public collections of
phishing-kit rules (fields title, hostname, html, dom, js, css, cookies, headers, requests), so that such files work here as they are.
Those that are built in are tried together with the files in the settings' rules: folder. An id stands for one rule: the file's name
without its ending, or its id: line.`,
		Example: `  scamatlas rules list
  scamatlas rules check my-rules/
  scamatlas rules test my-rules/pool-approval.yaml
  scamatlas rules hunt my-rules/pool-approval.yaml`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(a.rulesListCmd(), a.rulesCheckCmd(), a.rulesTestCmd(), a.rulesHuntCmd())
	return cmd
}

func (a *app) rulesListCmd() *cobra.Command {
	return &cobra.Command{
		Use:   "list",
		Short: "All rules that are tried, with what a hit means",
		Example: `  scamatlas rules list
  scamatlas rules list --json | jq -r 'select(.level=="critical").id'`,
		Args: noArgs,
		RunE: func(*cobra.Command, []string) error {
			rules, faults, err := a.readRules(nil)
			if err != nil {
				return err
			}
			if err := a.printRules(rules); err != nil {
				return err
			}
			return a.printFaults(a.stderr, faults, false)
		},
	}
}

func (a *app) printRules(rules []*rule.Rule) error {
	if a.json {
		for _, r := range rules {
			if err := jsonLine(a.stdout, r); err != nil {
				return err
			}
		}
		return nil
	}
	t := newTable(a.stdout, "RULE", "LEVEL", "TITLE", "TAGS", "FILE")
	for _, r := range rules {
		t.row(line(r.ID, 60), r.Level, line(r.Title, 70), line(strings.Join(r.Tags, " "), 60), line(r.File, 100))
	}
	return t.close()
}

func (a *app) rulesCheckCmd() *cobra.Command {
	return &cobra.Command{
		Use:   "check [FILE|DIR…]",
		Short: "Report every fault of rule files with its line",
		Long: `Report every fault of rule files as FILE:LINE: WHY; with --json one object each. Without files: the built-in rules and the settings'
rules: folder. Exit code 1 when there is a fault.`,
		Example: `  scamatlas rules check
  scamatlas rules check my-rules/ downloaded/kit.yml`,
		RunE: func(_ *cobra.Command, args []string) error {
			rules, faults, err := a.readRules(args)
			if err != nil {
				return err
			}
			fmt.Fprintf(a.stderr, "%s fine, %s\n", plural(len(rules), "rule", "rules"), plural(len(faults), "fault", "faults"))
			return a.printFaults(a.stdout, faults, a.json)
		},
	}
}

// printFaults writes one line for each and gives errQuiet when there is one.
func (a *app) printFaults(to io.Writer, faults []rule.Fault, asJSON bool) error {
	for _, f := range faults {
		if asJSON {
			jsonLine(to, f)
			continue
		}
		fmt.Fprintln(to, line(f.Error(), 600))
	}
	if len(faults) > 0 {
		return errQuiet
	}
	return nil
}

// readRules reads the files and folders named, or, when none is, the rules that are always tried. An argument that cannot be read is an
// error; what is wrong inside a file is a fault.
func (a *app) readRules(args []string) ([]*rule.Rule, []rule.Fault, error) {
	if len(args) == 0 {
		s, err := a.settings()
		if err != nil {
			return nil, nil, err
		}
		return loadRules(s)
	}
	var all []*rule.Rule
	var faults []rule.Fault
	for _, arg := range args {
		rules, bad, err := readRuleArg(arg)
		if err != nil {
			return nil, nil, err
		}
		all, faults = append(all, rules...), append(faults, bad...)
	}
	all, twice := rule.Unique(all)
	return all, append(faults, twice...), nil
}

func readRuleArg(arg string) ([]*rule.Rule, []rule.Fault, error) {
	st, err := os.Stat(arg)
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", arg, bare(err))
	}
	if st.IsDir() {
		rules, faults, err := rule.LoadAll(rule.Folder{Name: filepath.ToSlash(arg), FS: os.DirFS(arg)})
		if err == nil && len(rules)+len(faults) == 0 {
			err = fmt.Errorf("%s: no .yml or .yaml file in it", arg)
		}
		return rules, faults, err
	}
	b, err := readUpTo(os.DirFS(filepath.Dir(arg)), filepath.Base(arg), rule.MaxFile)
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", arg, bare(err))
	}
	r, faults := rule.Parse(filepath.ToSlash(arg), b)
	if r == nil {
		return nil, faults, nil
	}
	return []*rule.Rule{r}, faults, nil
}

// readUpTo reads a file that is not larger than max.
func readUpTo(fsys fs.FS, name string, max int64) ([]byte, error) {
	st, err := fs.Stat(fsys, name)
	if err != nil {
		return nil, err
	}
	if st.Size() > max {
		return nil, fmt.Errorf("larger than %d bytes", max)
	}
	return fs.ReadFile(fsys, name)
}

// loadRules gives the built-in rules and those of the settings' folder, and what is wrong with single files.
func loadRules(s *configs.Settings) ([]*rule.Rule, []rule.Fault, error) {
	kits, err := fs.Sub(configs.Rules(), "kits")
	if err != nil {
		return nil, nil, err
	}
	folders := []rule.Folder{{Name: builtIn, FS: kits}}
	if s.Rules != "" {
		folders = append(folders, rule.Folder{Name: filepath.ToSlash(s.Rules), FS: os.DirFS(s.Rules)})
	}
	rules, faults, err := rule.LoadAll(folders...)
	if err != nil {
		return nil, nil, fmt.Errorf("reading kit rules: %w", err)
	}
	return rules, faults, nil
}

func (a *app) rulesTestCmd() *cobra.Command {
	return &cobra.Command{
		Use:   "test [FILE|DIR…]",
		Short: "Run rules on the sites their writers say they must and must not fire on",
		Long: `Run each rule on its tests, which lie beside it in a file that readers of the public form pass over: NAME.yaml has them in
NAME.test.txtar. That is a text archive: lines like ` + "`-- fire/shop/index.html --`" + ` begin a file. Each folder below fire/ is a site on which the
rule must fire, each below quiet/ one on which it must not; there must be one of either. fire/NAME.html is a site of one page. In a
folder, what ends in .js, .css or .json is loaded by the page, other files are pages, the first of them the entry page, except

  dom.html   the entry page as a browser showed it
  headers    "Name: value" lines of the entry page's answer
  host       the site's name, else it is NAME.test
  requests   further addresses or paths it asked for, one a line

Without files: the rules that are always tried. Exit code 1 when a test fails, or a rule has none.`,
		Example: `  scamatlas rules test my-rules/pool-approval.yaml
  scamatlas rules test --json`,
		RunE: func(_ *cobra.Command, args []string) error {
			rules, faults, err := a.readRules(args)
			if err != nil {
				return err
			}
			return errors.Join(a.testRules(rules), a.printFaults(a.stderr, faults, false))
		},
	}
}

// testedJSON is one line of `rules test --json`.
type testedJSON struct {
	Rule   string       `json:"rule"`
	File   string       `json:"file"`
	Fires  int          `json:"fires"` // sites it must fire on
	Quiet  int          `json:"quiet"` // sites it must not
	Failed []rule.Fault `json:"failed"`
}

func (a *app) testRules(rules []*rule.Rule) error {
	failed, sites := 0, 0
	for _, r := range rules {
		t := testRule(r)
		sites += t.Fires + t.Quiet
		if len(t.Failed) > 0 {
			failed++
		}
		if a.json {
			jsonLine(a.stdout, t)
			continue
		}
		word := "ok"
		if len(t.Failed) > 0 {
			word = "FAIL"
		}
		fmt.Fprintf(a.stdout, "%-4s %s: fires on %d, quiet on %d\n", word, line(r.ID, 60), t.Fires, t.Quiet)
		for _, f := range t.Failed {
			fmt.Fprintf(a.stdout, "     %s\n", line(f.Error(), 600))
		}
	}
	fmt.Fprintf(a.stderr, "%s on %s, %d failed\n", plural(len(rules), "rule", "rules"), plural(sites, "site", "sites"), failed)
	if failed > 0 {
		return errQuiet
	}
	return nil
}

func testRule(r *rule.Rule) testedJSON {
	t := testedJSON{Rule: r.ID, File: r.File, Failed: []rule.Fault{}}
	name := rule.CasesFile(r.File)
	fsys, inside := fs.FS(os.DirFS(filepath.Dir(filepath.FromSlash(name)))), filepath.Base(filepath.FromSlash(name))
	if below, ok := strings.CutPrefix(name, builtIn+"/"); ok {
		fsys, inside = configs.Rules(), "kits/"+below
	}
	b, err := readUpTo(fsys, inside, rule.MaxFile)
	if err != nil {
		why := "its tests cannot be read: " + bare(err).Error()
		if errors.Is(err, fs.ErrNotExist) {
			why = "it has no tests: write " + name
		}
		t.Failed = append(t.Failed, rule.Fault{File: r.File, Why: why})
		return t
	}
	cases, faults := rule.ParseCases(name, b)
	t.Failed = append(append(t.Failed, faults...), r.Try(cases)...)
	for _, c := range cases {
		if c.Fires {
			t.Fires++
		} else {
			t.Quiet++
		}
	}
	slices.SortStableFunc(t.Failed, func(a, b rule.Fault) int { return a.Line - b.Line })
	return t
}
