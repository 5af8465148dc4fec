package verdict

import (
	"fmt"
	"io"
	"math"
	"sort"

	"go.yaml.in/yaml/v4"
)

// Weights is the fitted part of the rules, in configs/rules/weights.yaml.
type Weights struct {
	Note        string             `yaml:"note,omitempty"`        // for people
	FittedOn    string             `yaml:"fitted_on,omitempty"`   // what, in one line
	Bias        float64            `yaml:"bias"`                  // log odds of a site with no reason at all
	Weights     map[string]float64 `yaml:"weights"`               // log odds by reason code; a code that is not here has its starting weight
	Calibration [][2]float64       `yaml:"calibration,omitempty"` // log odds and the share of fakes there, ascending in both; between them by line; none: the logistic curve
	Bars        Bars               `yaml:"bars"`
}

// Bars are where labels begin.
type Bars struct {
	Fake       float64 `yaml:"fake"`       // score from which a site is called fake_investment
	Suspicious float64 `yaml:"suspicious"` // score from which it is called suspicious
	Confirmed  float64 `yaml:"confirmed"`  // score from which two groups of reasons confirm it
	Group      float64 `yaml:"group"`      // log odds from which a group of reasons counts
}

// ReadWeights reads and checks a weights file. Errors give the line.
func ReadWeights(file string, b []byte) (*Weights, error) {
	var w Weights
	var bad faults
	bad.decode(file, b, &w)
	if bad.none() {
		w.check(file, &bad)
	}
	return &w, bad.err()
}

func (w *Weights) check(file string, bad *faults) {
	finite := func(x float64) bool { return !math.IsNaN(x) && math.Abs(x) <= 100 }
	if !finite(w.Bias) {
		bad.add(file, 0, "bias %v is no log odds", w.Bias)
	}
	for code, x := range w.Weights {
		if !finite(x) {
			bad.add(file, 0, "weight %v of %s is no log odds", x, code)
		}
	}
	for i, c := range w.Calibration {
		if !finite(c[0]) || !(c[1] >= 0 && c[1] <= 1) || i > 0 && (c[0] <= w.Calibration[i-1][0] || c[1] < w.Calibration[i-1][1]) {
			bad.add(file, 0, "calibration: pair %d (%v) does not ascend, or is out of range", i+1, c)
		}
	}
	b := w.Bars
	if !(b.Suspicious > 0 && b.Suspicious <= b.Fake && b.Fake <= b.Confirmed && b.Confirmed <= 1 && b.Group >= 0) {
		bad.add(file, 0, "bars must be 0 < suspicious <= fake <= confirmed <= 1 and group >= 0")
	}
}

// Write writes the file that ReadWeights reads.
func (w *Weights) Write(to io.Writer) error {
	b, err := yaml.Dump(w)
	if err != nil {
		return fmt.Errorf("writing weights: %w", err)
	}
	if _, err := to.Write(b); err != nil {
		return fmt.Errorf("writing weights: %w", err)
	}
	return nil
}

// Probability turns log odds into a score.
func (w *Weights) Probability(raw float64) float64 {
	c := w.Calibration
	if len(c) == 0 {
		return 1 / (1 + math.Exp(-raw))
	}
	n := sort.Search(len(c), func(i int) bool { return c[i][0] >= raw })
	switch n {
	case 0:
		return c[0][1]
	case len(c):
		return c[len(c)-1][1]
	}
	a, b := c[n-1], c[n]
	return a[1] + (b[1]-a[1])*(raw-a[0])/(b[0]-a[0])
}
