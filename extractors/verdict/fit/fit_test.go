package fit

import (
	"bytes"
	"math"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"scamatlas/extractors"
	"scamatlas/extractors/verdict"
	"scamatlas/extractors/verdict/corpus"
)

const rulesFolder = "../../../configs/rules"

var committed = sync.OnceValues(func() (*verdict.Rules, error) { return verdict.Load(os.DirFS(rulesFolder)) })

func rules(t *testing.T) *verdict.Rules {
	t.Helper()
	r, err := committed()
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// learned is what the committed rules and the label set make, made once for all tests.
var learned = sync.OnceValues(func() (*fitted, error) {
	r, err := committed()
	if err != nil {
		return nil, err
	}
	var f fitted
	if f.words, err = LearnWording(r); err != nil {
		return nil, err
	}
	if f.sites, err = fittingSet(r, f.words); err != nil {
		return nil, err
	}
	f.res, err = Weights(r, f.sites)
	return &f, err
})

type fitted struct {
	words *Wording
	sites []Site
	res   *Result
}

func learn(t *testing.T) *fitted {
	t.Helper()
	f, err := learned()
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// The file that is committed is what its inputs make: whoever changes a word list or a reason runs make fit.
func TestCommittedWeightsAreTheFitted(t *testing.T) {
	var made bytes.Buffer
	if err := learn(t).res.Weights.Write(&made); err != nil {
		t.Fatal(err)
	}
	file, err := os.ReadFile(rulesFolder + "/weights.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(file, made.Bytes()) {
		t.Error("configs/rules/weights.yaml is not what the rules and the label set make: run make fit")
	}
}

func TestFitIsTheSameEachTime(t *testing.T) {
	var some []Site
	for i, s := range learn(t).sites {
		if i%samplesToFit < 2 {
			some = append(some, s)
		}
	}
	var first []byte
	for range 2 {
		res, err := Weights(rules(t), some)
		if err != nil {
			t.Fatal(err)
		}
		var b bytes.Buffer
		if err := res.Weights.Write(&b); err != nil {
			t.Fatal(err)
		}
		if first == nil {
			first = b.Bytes()
		} else if !bytes.Equal(first, b.Bytes()) {
			t.Error("two fits of the same sites differ")
		}
	}
}

// floors are what a set has reached, and a little for a word list that grows: they follow what is reached, upwards only. The goal is 98 %
// true positives at 0.5 % false, and no honest site exported, on sites that nothing was fitted on; fit -report says how far that is.
type floors struct {
	found   float64 // share of fakes, at least
	wrong   float64 // share of honest sites, at most
	exports int     // honest sites that would be exported, at most
	off     float64 // calibration error, at most
}

func TestFamiliesThatWeightsDoNotKnow(t *testing.T) {
	f := learn(t)
	floors{found: 0.975, wrong: 0.006, exports: 0, off: 0.012}.hold(t, Cross(rules(t), f.res, f.sites))
}

// TestFamiliesThatNothingWasFittedOn holds the families of corpus/blind/test to what they reached, so that no mend elsewhere costs them.
// The goals are 98 % found at 0.5 % false and no honest site confirmed: that is what is missing.
func TestFamiliesThatNothingWasFittedOn(t *testing.T) {
	sites, err := setOf(rules(t), Test, 10, nil)
	if err != nil {
		t.Fatal(err)
	}
	floors{found: 0.955, wrong: 0.065, exports: 1, off: 0.05}.hold(t, Judge(rules(t), Test, sites))
}

func (want floors) hold(t *testing.T, rep *Report) {
	t.Helper()
	if tpr := rep.All.TPR(); tpr < want.found {
		t.Errorf("true positives %.2f %%, want %.1f", 100*tpr, 100*want.found)
	}
	if fpr := rep.All.FPR(); fpr > want.wrong {
		t.Errorf("false positives %.2f %%, want at most %.1f", 100*fpr, 100*want.wrong)
	}
	if rep.All.WrongConfirmed > want.exports {
		t.Errorf("%d honest sites would be exported, want at most %d", rep.All.WrongConfirmed, want.exports)
	}
	if rep.Calibration > want.off {
		t.Errorf("calibration error %.2f points, want at most %.1f", 100*rep.Calibration, 100*want.off)
	}
	if t.Failed() {
		var b bytes.Buffer
		rep.Print(&b)
		t.Log(b.String())
	}
}

// Scores that come from reasons alone are those of the verdict itself.
func TestJudgeIsTheVerdict(t *testing.T) {
	r := rules(t)
	families, err := corpus.Families()
	if err != nil {
		t.Fatal(err)
	}
	w := r.Weights()
	j := newJudge(r, &w)
	for _, f := range families {
		s := f.Sample(0)
		in, found := Extract(s.Capture)
		v := r.Judge(in, found, factsOf(s.Known))
		made := read(r, s)
		o := j.outcome(&made)
		if math.Abs(v.Score-o.score) > 1e-9 || v.Confirmed != o.confirmed || (v.Label == extractors.LabelFake) != o.fake {
			t.Errorf("%s: the verdict is %s %.4f, the fit's %.4f", f.Name, v.Label, v.Score, o.score)
		}
	}
}

// A fact that nobody asked for neither helps nor hurts: the only reasons that go with it are those that rest on it.
func TestUnknownFactsSayNothing(t *testing.T) {
	r := rules(t)
	families, err := corpus.Families()
	if err != nil {
		t.Fatal(err)
	}
	outside := map[string]bool{}
	for _, g := range r.Grounds() {
		outside[g.Code] = slices.Contains([]string{"registration", "kin", "rules", "cloaking", "shared", "safe"}, g.Needs)
	}
	isOutside := func(code string) bool { return outside[baseCode(code)] }
	for _, f := range families {
		s := f.Sample(1)
		in, found := Extract(s.Capture)
		all := r.Features(in, found, factsOf(s.Known))
		bare := *s.Capture
		bare.Network.Registration = nil
		in, found = Extract(&bare)
		without := r.Features(in, found, verdict.Facts{At: corpus.Now()})
		kept := slices.DeleteFunc(slices.Clone(all), func(x verdict.Feature) bool { return isOutside(x.Code) })
		if !slices.EqualFunc(kept, without, func(a, b verdict.Feature) bool { return a.Code == b.Code && a.Value == b.Value }) {
			t.Errorf("%s: with what others know, and that taken out: %v; without: %v", f.Name, values(kept), values(without))
		}
	}
}

// Word lists change; what was found in packages was found with the lists as they were.
func TestPackagesAreHonestAndMany(t *testing.T) {
	sites, _, err := packages(rules(t))
	if err != nil {
		t.Fatal(err)
	}
	sets := map[string]int{}
	for _, s := range sites {
		sets[s.Set]++
		if s.Fake || !strings.Contains(s.Family, "@") {
			t.Errorf("%+v", s.Family)
		}
	}
	if sets[Fitting] < 40 || sets[Test] < 40 {
		t.Errorf("packages by set: %v", sets)
	}
}
