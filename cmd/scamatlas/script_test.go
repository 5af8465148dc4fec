package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"scamatlas/crawler/testbed"
	"scamatlas/crawler/testbed/browsertest"
	"scamatlas/index/elastic/elastictest"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"scamatlas": main})
}

// startTestbed serves the made-up sites and writes a settings file that leads to them and a list of all their hosts into dir. By these
// settings no browser is used: tests that want one say so with withBrowser.
func startTestbed(t *testing.T, dir string, o testbed.Options) (tb *testbed.Server, settings string) {
	t.Helper()
	tb, err := testbed.Start(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { tb.Close() })
	n := tb.Settings()
	text := fmt.Sprintf("network:\n  resolver: %s\n  allow: [%s]\n  ports: {80: %d, 443: %d}\nhosting: {registration: false, networks: false, cymru: false}\ncrawl:\n  delay: 1ms\n  render: off\n", n.Resolver, strings.Join(n.Allow, ", "), n.Ports[80], n.Ports[443])
	settings = filepath.Join(dir, "testbed.yaml")
	write(t, settings, text)
	write(t, filepath.Join(dir, "hosts.txt"), strings.Join(tb.Hosts(), "\n")+"\n")
	return tb, settings
}

// withBrowser gives settings like those of startTestbed in a file of their own by which visits use the browser that tests have.
func withBrowser(t *testing.T, settings string) string {
	t.Helper()
	path := browsertest.Path(t)
	b, err := os.ReadFile(settings)
	if err != nil {
		t.Fatal(err)
	}
	file := strings.TrimSuffix(settings, ".yaml") + "-browser.yaml"
	write(t, file, strings.Replace(string(b), "render: off", "render: auto", 1)+"render: {browser: "+path+"}\n")
	return file
}

func write(t *testing.T, file, text string) {
	t.Helper()
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// TestScripts runs the command line as users do. Each script has testbed.yaml and hosts.txt in its folder; $ES is the address of a real
// Elasticsearch and $PREFIX an index prefix of the script's own.
func TestScripts(t *testing.T) {
	shared := t.TempDir()
	startTestbed(t, shared, testbed.Options{})
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(env *testscript.Env) error {
			for _, f := range []string{"testbed.yaml", "hosts.txt"} {
				b, err := os.ReadFile(filepath.Join(shared, f))
				if err != nil {
					return err
				}
				if err := os.WriteFile(filepath.Join(env.WorkDir, f), b, 0o600); err != nil {
					return err
				}
			}
			env.Setenv("ES", os.Getenv("SCAMATLAS_TEST_ES"))
			if tt, ok := env.T().(testing.TB); ok && strings.HasPrefix(filepath.Base(env.WorkDir), "script-es") {
				env.Setenv("PREFIX", elastictest.Prefix(tt.(*testing.T)))
			}
			return nil
		},
		Condition: func(cond string) (bool, error) {
			if cond == "es" {
				return os.Getenv("SCAMATLAS_TEST_ES") != "", nil
			}
			return false, fmt.Errorf("unknown condition %q", cond)
		},
	})
}
