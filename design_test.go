// Package scamatlas holds only this test: it fails when an import runs against the design.
package scamatlas

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

type listed struct {
	ImportPath   string
	Imports      []string
	TestImports  []string
	XTestImports []string
}

func packages(t *testing.T) []listed {
	t.Helper()
	out, err := exec.Command("go", "list", "-json=ImportPath,Imports,TestImports,XTestImports", "./...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var all []listed
	d := json.NewDecoder(strings.NewReader(string(out)))
	for {
		var p listed
		err := d.Decode(&p)
		if errors.Is(err, io.EOF) {
			return all
		}
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
}

// stages stand in the order of the design: a package may import its own stage and those to the right of it.
var stages = []string{"cmd", "schedules", "index", "extractors", "crawler"}

func stageOf(path string) (name string, rank int) {
	rest, ok := strings.CutPrefix(path, "scamatlas/")
	if !ok {
		return "", -1
	}
	name, _, _ = strings.Cut(rest, "/")
	return name, slices.Index(stages, name)
}

func TestImportsRunOneWay(t *testing.T) {
	seen := 0
	for _, p := range packages(t) {
		from, rank := stageOf(p.ImportPath)
		for _, imp := range p.Imports {
			to, toRank := stageOf(imp)
			switch {
			case to == "":
			case to == "configs":
				if from != "cmd" {
					t.Errorf("%s imports configs; only cmd may", p.ImportPath)
				}
			case from == "configs":
				t.Errorf("configs imports %s; it stands alone", imp)
			case toRank < 0 || rank < 0:
				t.Errorf("%s imports %s: one of them is in no stage of the design", p.ImportPath, imp)
			case toRank < rank:
				t.Errorf("%s imports %s: %s must not know %s", p.ImportPath, imp, from, to)
			default:
				seen++
			}
		}
	}
	if seen < 20 {
		t.Errorf("only %d imports between stages seen: the test looks at the wrong thing", seen)
	}
}

// Each of these libraries has one home.
func TestLibrariesHaveOneHome(t *testing.T) {
	homes := map[string][]string{
		"github.com/gocolly/colly/v2":            {"crawler/fetch", "cmd/bench"}, // cmd/bench measures against it
		"github.com/chromedp/chromedp":           {"crawler/render", "crawler/render/inpage"},
		"modernc.org/sqlite":                     {"index/local", "index/outbox"},
		"github.com/elastic/go-elasticsearch/v8": {"index/elastic"},
		"github.com/robfig/cron/v3":              {"schedules"},
		"code.dny.dev/ssrf":                      {"crawler/egress"},
		"go.yaml.in/yaml/v4":                     {"configs", "crawler/discover/feed", "crawler/discover/lookalike", "crawler/testbed", "extractors/hosting", "extractors/rule", "extractors/verdict"},
		"github.com/openrdap/rdap":               {"crawler/probe/registry"},
		"github.com/oschwald/maxminddb-golang":   {"crawler/probe/route"},
		"github.com/spf13/cobra":                 {"cmd/scamatlas"},
		"github.com/schollz/progressbar/v3":      {"cmd/scamatlas"},
	}
	used := map[string]bool{}
	for _, p := range packages(t) {
		dir := strings.TrimPrefix(p.ImportPath, "scamatlas/")
		for _, imp := range p.Imports {
			for lib, allowed := range homes {
				if imp != lib && !strings.HasPrefix(imp, lib+"/") {
					continue
				}
				used[lib] = true
				if !slices.Contains(allowed, dir) {
					t.Errorf("%s imports %s; its home is %s", dir, imp, strings.Join(allowed, ", "))
				}
			}
		}
	}
	if len(used) < 6 {
		t.Errorf("only %v are used at all", used)
	}
}

func TestNoDrawerPackages(t *testing.T) {
	for _, p := range packages(t) {
		last := p.ImportPath[strings.LastIndexByte(p.ImportPath, '/')+1:]
		if slices.Contains([]string{"model", "models", "types", "util", "utils", "common", "helper", "helpers"}, last) {
			t.Errorf("%s: a package is named after what it makes", p.ImportPath)
		}
	}
}
