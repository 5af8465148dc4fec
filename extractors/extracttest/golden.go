package extracttest

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"scamatlas/extractors"
)

// Golden reads every document of testdata/*.txtar and compares what read finds with the list beside it: NAME.html with NAME.want,
// a line an indicator: type, value, confidence, where.
func Golden(t *testing.T, read func(*extractors.Document) []extractors.Indicator) {
	t.Helper()
	for path, a := range archives(t) {
		want := map[string]string{}
		for _, f := range a.Files {
			want[f.Name] = string(f.Data)
		}
		for _, f := range a.Files {
			name := strings.TrimSuffix(f.Name, filepath.Ext(f.Name))
			if strings.HasSuffix(f.Name, ".want") {
				continue
			}
			t.Run(filepath.Base(path)+"/"+name, func(t *testing.T) {
				expected, ok := want[name+".want"]
				if !ok {
					t.Fatal("no .want beside it")
				}
				if got := Lines(read(extractors.Parse("https://site.example/"+f.Name, "", f.Data))); got != expected {
					t.Errorf("got:\n%swant:\n%s", got, expected)
				}
			})
		}
	}
}

// Documents gives the files of testdata/*.txtar, as seeds for fuzzing.
func Documents(t testing.TB) [][]byte {
	t.Helper()
	var all [][]byte
	for _, a := range archives(t) {
		for _, f := range a.Files {
			all = append(all, f.Data)
		}
	}
	return all
}

func archives(t testing.TB) map[string]*txtar.Archive {
	t.Helper()
	paths, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no archives in testdata: %v", err)
	}
	all := map[string]*txtar.Archive{}
	for _, path := range paths {
		a, err := txtar.ParseFile(path)
		if err != nil {
			t.Fatal(err)
		}
		all[path] = a
	}
	return all
}

// Lines writes indicators as the .want files have them.
func Lines(all []extractors.Indicator) string {
	var b strings.Builder
	for _, i := range all {
		fmt.Fprintf(&b, "%s %s | %s %s\n", i.Type, i.Value, i.Confidence, i.Where)
	}
	return b.String()
}
