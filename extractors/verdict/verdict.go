// Package verdict turns what was found on a site into what it is, and why. It knows no other site but by the Facts it is told.
//
// A verdict is a sum. Each named reason has a value from 0 to 1 and a weight in log odds; the sum with a bias becomes a probability by
// a table made on labelled sites. Reasons, words and weights are data files; how a reason is seen in a page is code. A reason that
// nobody could look for is left out: what is not known is not held against anybody, nor for him.
//
// Words alone confirm nothing. News, courses and warnings quote every sentence that frauds are made of; what they do not do is take
// anything from who reads them. A site is confirmed only where, beside two groups of reasons, it acts: it hands out a wallet to pay to, has
// visitors sign up or write to a chat, takes a wallet's rights, wears the files of a brand, or is of a kit or of people that are known.
package verdict

import (
	"cmp"
	"math"
	"slices"
	"time"

	"scamatlas/crawler"
	"scamatlas/extractors"
	"scamatlas/extractors/rule"
)

// Facts are what others know of a site. Zero values are unknown, never "no".
type Facts struct {
	At       time.Time           // of the visit; zero: the capture's own time
	Kit      Kin                 // the other members of its kit cluster
	Operator Kin                 // the other members of its operator cluster
	Hits     []rule.Hit          // kit rules that fit
	Cloaking extractors.Cloaking // what other visitors saw
	Shared   []Shared            // claims and numbers of this site that stand on others
	Safe     *SafeEntry          // entry of a safe list
}

// Kin is how a cluster's other members fared.
type Kin struct {
	ID        string
	Confirmed int // members that are confirmed fakes, the site itself left out
	Members   int // all, the site itself left out
}

// Shared is one indicator of the site that other sites have as well.
type Shared struct {
	Key       string // extractors.Indicator.Key
	Sites     int    // others that have it
	Confirmed int    // of them, confirmed fakes
}

// Feature is one reason and how strongly it holds.
type Feature struct {
	Code     string  // of a reason in verdict.yaml, or "rule:" and the id of a kit rule
	Group    string  // the reason's
	Value    float64 // 0..1
	Evidence string
	Where    string // address of the document
	Acts     bool   // the site does something to its visitors: see acts.go
}

// Judge says what a site is.
func (r *Rules) Judge(in *extractors.Input, f *extractors.Findings, facts Facts) extractors.Verdict {
	s := r.look(in, f, facts)
	v := r.decide(r.Reasons(s.features), facts)
	v.Lang = s.lang
	if in != nil && in.Capture != nil {
		switch o := in.Capture.Outcome; {
		case o == crawler.Parked || o == crawler.Suspended:
			v.Label, v.Confirmed = extractors.LabelParked, false
		case o != "" && !o.Alive() && v.Label != extractors.LabelReference:
			v.Label, v.Confirmed = extractors.LabelUnclear, false
		}
	}
	return v
}

// Features gives all reasons that hold for a site, ordered by code, each once.
func (r *Rules) Features(in *extractors.Input, f *extractors.Findings, facts Facts) []Feature {
	return r.look(in, f, facts).features
}

// Rejudge gives the verdict when nothing but Kit, Operator, Shared and Safe of the facts may have changed since: the page is not at
// hand. Other reasons keep the weights they were stored with.
func (r *Rules) Rejudge(v extractors.Verdict, facts Facts) extractors.Verdict {
	if v.Label == extractors.LabelParked {
		return v
	}
	kept := make([]extractors.Reason, 0, len(v.Reasons)+2)
	for _, x := range v.Reasons {
		if x.Group != groupKin && x.Code != codeSafe {
			kept = append(kept, x)
		}
	}
	s := newSite(r, nil, nil, facts)
	s.kin()
	out := r.decide(append(kept, r.Reasons(s.done())...), facts)
	out.Lang = v.Lang
	return out
}

// Reasons weighs features. The weights of the answer add up, with the bias, to the log odds: where a group's sum is capped, each
// reason of it is cut in proportion. They come strongest first.
func (r *Rules) Reasons(features []Feature) []extractors.Reason {
	out := make([]extractors.Reason, 0, len(features))
	sums := map[string]float64{}
	for _, f := range features {
		w := r.weight(f.Code) * f.Value
		sums[f.Group] += w
		out = append(out, extractors.Reason{Code: f.Code, Group: f.Group, Weight: w, Evidence: f.Evidence, Where: f.Where, Says: r.says(f.Code), Acts: f.Acts})
	}
	for i := range out {
		x := &out[i]
		if limit := r.caps[x.Group]; limit > 0 && math.Abs(sums[x.Group]) > limit {
			x.Weight *= limit / math.Abs(sums[x.Group])
		}
		x.Weight = math.Round(x.Weight*1000) / 1000
	}
	strongestFirst(out)
	return out
}

// confirms reports whether two groups speak for a fake, and one of them is what it promises, whom it imitates, what it is built with or who
// its people are: money is taken by shops and charities as well.
func confirms(groups []string) bool {
	return len(groups) >= minGroups && slices.ContainsFunc(groups, func(g string) bool {
		return slices.Contains([]string{groupPromise, groupImitation, groupKit, groupKin}, g)
	})
}

func strongestFirst(all []extractors.Reason) {
	slices.SortStableFunc(all, func(a, b extractors.Reason) int {
		return cmp.Or(cmp.Compare(math.Abs(b.Weight), math.Abs(a.Weight)), cmp.Compare(a.Code, b.Code))
	})
}

// decide makes the verdict that weighed reasons come to.
func (r *Rules) decide(reasons []extractors.Reason, facts Facts) extractors.Verdict {
	strongestFirst(reasons)
	reasons = reasons[:min(len(reasons), extractors.MaxReasons)]
	raw := r.weights.Bias
	poor, acts, sums, sides := false, false, map[string]float64{}, map[string]bool{}
	for _, x := range reasons {
		raw += x.Weight
		poor, acts = poor || x.Code == codePoor, acts || x.Acts
		if x.Weight >= leastSide {
			sides[x.Group] = true
		}
		if x.Weight > 0 && r.tells(x.Code) {
			sums[x.Group] += x.Weight
		}
	}
	bars := r.weights.Bars
	v := extractors.Verdict{Score: r.weights.Probability(raw), Reasons: reasons, Rules: r.version}
	for group, sum := range sums {
		if sum >= bars.Group {
			v.Groups = append(v.Groups, group)
		}
	}
	slices.Sort(v.Groups)
	switch {
	case v.Score >= bars.Fake && !(poor && len(sides) < 2 && v.Score < bars.Confirmed): // of few words one group has to say more
		v.Label = extractors.LabelFake
	case v.Score >= bars.Suspicious:
		v.Label = extractors.LabelSuspicious
	case poor:
		v.Label = extractors.LabelUnclear
	default:
		v.Label = extractors.LabelBenign
	}
	v.Confirmed = v.Label == extractors.LabelFake && v.Score >= bars.Confirmed && acts && confirms(v.Groups)
	if facts.Safe != nil {
		v.Label, v.Confirmed = facts.Safe.Label, false
	}
	return v
}
