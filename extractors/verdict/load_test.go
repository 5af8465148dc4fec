package verdict

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"scamatlas/extractors"
)

// committed is the data files as a folder in memory.
func committed(t testing.TB) fstest.MapFS {
	t.Helper()
	out := fstest.MapFS{}
	for _, pattern := range []string{"*.yaml", "lures/*.yaml"} {
		names, err := fs.Glob(os.DirFS(rulesFolder), pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			b, err := os.ReadFile(filepath.Join(rulesFolder, filepath.FromSlash(name)))
			if err != nil {
				t.Fatal(err)
			}
			out[name] = &fstest.MapFile{Data: b}
		}
	}
	return out
}

// TestFaults: each is told with its file, and its line where it has one.
func TestFaults(t *testing.T) {
	for name, c := range map[string]struct{ file, content, want string }{
		"no file":             {"safe.yaml", "-", "safe.yaml: cannot be read"},
		"empty":               {"safe.yaml", " \n", "safe.yaml: is empty"},
		"not YAML":            {"safe.yaml", "safe: [", "safe.yaml:2: not valid YAML"},
		"unknown field":       {"safe.yaml", "safe:\n  - {host: a.example, lable: benign}", "safe.yaml:2: "},
		"no expiry":           {"safe.yaml", "safe:\n\n  - {host: a.example, label: benign, why: x, who: y}", "safe.yaml:3: a.example: why, who and until"},
		"label":               {"safe.yaml", "safe:\n  - {host: a.example, label: fake_investment, why: x, who: y, until: 2030-01-01}", "safe.yaml:2: a.example: label"},
		"host":                {"safe.yaml", "safe:\n  - {host: A.example, label: benign, why: x, who: y, until: 2030-01-01}", `safe.yaml:2: "A.example" is no host`},
		"brand":               {"brands.yaml", "brands:\n  - {name: X, kind: bank, domains: [www.x.example], source: s}", "brands.yaml:2: X: "},
		"unknown reason":      {"verdict.yaml", "reasons:\n  - {code: nonsense, group: g, says: s, weight: 1, needs: text}", `verdict.yaml:2: "nonsense" is no reason`},
		"unknown need":        {"verdict.yaml", "reasons:\n  - {code: no_risk, group: g, says: s, weight: 1, needs: luck}", `verdict.yaml:2: reason no_risk needs "luck"`},
		"turned":              {"lures/en.yaml", "lang: en\nphrases:\n  no_risk: [\"risk free !\"]", "lures/en.yaml:3: phrase"},
		"missing reasons":     {"verdict.yaml", "reasons: []", "verdict.yaml: reason promised_return is missing"},
		"phrase":              {"lures/en.yaml", "lang: en\nphrases:\n  no_risk:\n    - risk free\n    - \"**\"", `lures/en.yaml:5: phrase "**"`},
		"topic":               {"lures/en.yaml", "lang: en\nphrases:\n  weather: [rain]", "lures/en.yaml:3: weather is no reason"},
		"language twice":      {"lures/en.yaml", "lang: de", "lures/en.yaml: lang"},
		"calibration":         {"weights.yaml", "bias: 0\nweights: {}\ncalibration: [[1, 0.5], [0, 0.6]]\nbars: {fake: 0.8, suspicious: 0.4, confirmed: 0.9, group: 1}", "weights.yaml: calibration: pair 2"},
		"bars":                {"weights.yaml", "bias: 0\nweights: {}\nbars: {fake: 0.2, suspicious: 0.4, confirmed: 0.9, group: 1}", "weights.yaml: bars"},
		"weight is no number": {"weights.yaml", "bias: 0\nweights: {no_risk: .nan}\nbars: {fake: 0.8, suspicious: 0.4, confirmed: 0.9, group: 1}", "weights.yaml: weight NaN of no_risk"},
	} {
		files := committed(t)
		delete(files, c.file)
		if c.content != "-" {
			files[c.file] = &fstest.MapFile{Data: []byte(c.content)}
		}
		if _, err := Load(files); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}

// TestVersion: any change of any file is another version.
func TestVersion(t *testing.T) {
	files := committed(t)
	a, err := Load(files)
	if err != nil {
		t.Fatal(err)
	}
	files["lures/en.yaml"] = &fstest.MapFile{Data: append(bytes.Clone(files["lures/en.yaml"].Data), '\n')}
	b, err := Load(files)
	if err != nil || a.Version() == b.Version() || len(a.Version()) != 12 {
		t.Errorf("%v: %q and %q", err, a.Version(), b.Version())
	}
}

func TestWeightsRoundTrip(t *testing.T) {
	w := &Weights{Note: "n", FittedOn: "made-up sites", Bias: -2.5, Weights: map[string]float64{"no_risk": 1.25}, Calibration: [][2]float64{{-3, 0.01}, {2, 0.9}}, Bars: Bars{Fake: 0.8, Suspicious: 0.4, Confirmed: 0.95, Group: 0.5}}
	var b bytes.Buffer
	if err := w.Write(&b); err != nil {
		t.Fatal(err)
	}
	got, err := ReadWeights("weights.yaml", b.Bytes())
	if err != nil || !reflect.DeepEqual(got, w) {
		t.Errorf("%v: %+v", err, got)
	}
	for raw, want := range map[float64]float64{-9: 0.01, -3: 0.01, -0.5: 0.455, 2: 0.9, 9: 0.9} {
		if p := w.Probability(raw); p < want-1e-9 || p > want+1e-9 {
			t.Errorf("%v is %v, want %v", raw, p, want)
		}
	}
}

// TestSafe: an entry stands for all below it, until it ends.
func TestSafe(t *testing.T) {
	r := handSet(t)
	if e := r.Safe("www.kraken.com", visited); e == nil || e.Label != extractors.LabelReference || e.Who == "" {
		t.Errorf("%+v", e)
	}
	for _, host := range []string{"kraken.com.example", "notkraken.com", "", "com"} {
		if e := r.Safe(host, visited); e != nil {
			t.Errorf("%s is on the list by %+v", host, e)
		}
	}
	if e := r.Safe("kraken.com", visited.Add(20*365*24*time.Hour)); e != nil {
		t.Errorf("%+v counts for ever", e)
	}
}
