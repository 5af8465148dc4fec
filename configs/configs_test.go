package configs

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func write(t *testing.T, text string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "s.yaml")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func TestDefaultsAreValid(t *testing.T) {
	s, err := Load("", Checks{})
	if err != nil {
		t.Fatal(err)
	}
	if s.Store != "data/" || s.Crawl.Workers != 16 || s.Revisit.Parked.Std() != 7*24*time.Hour {
		t.Errorf("defaults read as %+v", s)
	}
}

func TestLoadOverridesOnlyWhatIsNamed(t *testing.T) {
	s, err := Load(write(t, "network:\n  resolver: 127.0.0.1:18053\n  allow: [\"127.0.0.0/8\"]\n  ports: {80: 18080, 443: 18443}\n"), Checks{})
	if err != nil {
		t.Fatal(err)
	}
	if s.Network.Ports[443] != 18443 || len(s.Network.Open) == 0 || s.Crawl.Pages != 20 || Prefixes(s.Network.Allow)[0].String() != "127.0.0.0/8" {
		t.Errorf("%+v", s)
	}
}

func TestEveryFaultAtOnceWithItsLine(t *testing.T) {
	file := write(t, `store: ftp://x
crawl:
  worker: 3
  pages: many
  delay: soon
  profiles: [desktop, phone]
network:
  resolver: localhost
  allow:
    - 10.0.0.0/8
    - ten
feeds:
  - name: a
  - {name: a, file: x, format: xml}
rules: not-there
schedules: {visit: "often"}
exports:
  - {file: out, format: pdf, query: "((", tlp: pink}
`)
	bad := func(s string) error {
		if s == "often" || s == "((" {
			return errors.New("bad: " + s)
		}
		return nil
	}
	_, err := Load(file, Checks{Cron: bad, Query: bad})
	for _, want := range []string{":1: store:", ":3: unknown setting worker; did you mean workers?", ":4: `many` is not a whole number", ":5: \"soon\" is not a duration",
		":6: crawl.profiles.1:", ":8: network.resolver:", ":11: network.allow.1:", ":13: feeds.0: needs either", ":14: feeds.1.name:", ":14: feeds.1.format:",
		":15: rules: \"not-there\" cannot be read", ":16: schedules.visit: bad: often", ":18: exports.0.format:", ":18: exports.0.query: bad: ((", ":18: exports.0.tlp:"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("no %q in:\n%v", want, err)
		}
	}
}

func TestFilesThatCannotBeRead(t *testing.T) {
	for file, want := range map[string]string{
		"/nonexistent/s.yaml":            "does not exist",
		t.TempDir():                      "is a folder",
		write(t, "store: [\nx"):          "not valid YAML",
		write(t, "# only comments\n---"): "",
	} {
		_, err := Load(file, Checks{})
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%s: %v, want %q", file, err, want)
		}
	}
}

func TestSecret(t *testing.T) {
	file := write(t, "hush\n")
	if got, err := Secret("SCAMATLAS_TEST_NONE", file); got != "hush" || err != nil {
		t.Errorf("%q %v", got, err)
	}
	os.Chmod(file, 0o644)
	if _, err := Secret("SCAMATLAS_TEST_NONE", file); err == nil || !strings.Contains(err.Error(), "chmod 600") {
		t.Errorf("a secret readable by all was accepted: %v", err)
	}
	t.Setenv("SCAMATLAS_TEST_NONE", "env")
	if got, _ := Secret("SCAMATLAS_TEST_NONE", file); got != "env" {
		t.Errorf("environment does not win: %q", got)
	}
}

func FuzzLoad(f *testing.F) {
	f.Add("store: x\ncrawl: {workers: 1}")
	f.Add("a: &a [*a]")
	f.Fuzz(func(t *testing.T, text string) {
		file := filepath.Join(t.TempDir(), "s.yaml")
		if os.WriteFile(file, []byte(text), 0o600) == nil {
			Load(file, Checks{})
		}
	})
}

func TestProfilesLieOverBuiltInOnes(t *testing.T) {
	s, err := Load(write(t, `crawl: {profiles: [desktop, tablet, mobile], language: "pt-BR"}
profiles:
  mobile: {proxy: "socks5://127.0.0.1:1080"}
  tablet: {user_agent: "Mozilla/5.0 (iPad; CPU OS 18_6 like Mac OS X)", platform: iPad, mobile: true, viewport: 820x1180, language: de, timezone: Europe/Berlin}
`), Checks{})
	if err != nil {
		t.Fatal(err)
	}
	if p, _ := s.Profile("mobile"); p.Proxy == "" || p.Viewport.Width != 412 || p.Scale != 2.625 || p.Language != "pt-BR" {
		t.Errorf("mobile: %+v", p)
	}
	if p, ok := s.Profile("tablet"); !ok || p.Viewport != (Viewport{820, 1180}) || p.Scale != 1 || p.Language != "de" {
		t.Errorf("tablet: %+v", p)
	}
	if _, ok := s.Profile("desktop"); !ok || len(s.Profiles) != 5 {
		t.Errorf("profiles: %+v", s.Profiles)
	}
}

func TestFaultsOfProfiles(t *testing.T) {
	file := write(t, "crawl: {profiles: [desktop, phone, desktop]}\nprofiles:\n  desktop:\n    viewport: big\n    usr_agent: x\n")
	_, err := Load(file, Checks{})
	var f Faults
	if !errors.As(err, &f) || !strings.Contains(err.Error(), "s.yaml:4") || !strings.Contains(err.Error(), "usr_agent") || !strings.Contains(err.Error(), "phone") {
		t.Errorf("%v", err)
	}
}

// TestSourcesHaveNamesOfTheirOwn: where a source was is kept by its name.
func TestSourcesHaveNamesOfTheirOwn(t *testing.T) {
	file := filepath.Join(t.TempDir(), "s.yaml")
	text := "feeds:\n  - {name: pivot, file: a}\n  - {name: desk, file: b}\ndiscovery:\n  lists: [desk, urlhaus, urlhaus]\n"
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := Load(file, Checks{})
	for _, want := range []string{":2: feeds.0.name: \"pivot\" is the name of", ":5: discovery.lists.0: \"desk\" is the name of a feed", ":5: discovery.lists.2: \"urlhaus\" is the name of a list"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v does not say %q", err, want)
		}
	}
}
