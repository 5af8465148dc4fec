package fit

import (
	"math"
	"slices"
)

// scored is one site's log odds.
type scored struct {
	logit  float64
	fake   bool
	weight float64
}

// platt finds a and b so that 1/(1+exp(-(a·logit+b))) is the share of fakes among sites of that log odds (Platt 1999, with his targets
// that are never quite 0 or 1).
func platt(all []scored) (a, b float64) {
	fakes, honest := 0.0, 0.0
	for _, s := range all {
		if s.fake {
			fakes += s.weight
		} else {
			honest += s.weight
		}
	}
	high, low := (fakes+1)/(fakes+2), 1/(honest+2)
	a = 1
	for range maxSweeps {
		var ga, gb, haa, hab, hbb float64
		for _, s := range all {
			t := low
			if s.fake {
				t = high
			}
			p := sigmoid(a*s.logit + b)
			d, h := s.weight*(p-t), s.weight*p*(1-p)
			ga, gb = ga+d*s.logit, gb+d
			haa, hab, hbb = haa+h*s.logit*s.logit, hab+h*s.logit, hbb+h
		}
		haa, hbb = haa+1e-6, hbb+1e-6
		det := haa*hbb - hab*hab
		if det <= 0 {
			break
		}
		da, db := (hbb*ga-hab*gb)/det, (haa*gb-hab*ga)/det
		step := math.Min(1, 2/math.Max(math.Abs(da), math.Abs(db)))
		a, b = a-step*da, b-step*db
		if math.Abs(da)+math.Abs(db) < converged {
			break
		}
	}
	return math.Max(a, 0.05), b
}

// table writes the curve as pairs of log odds and share, where it bends; beyond its ends it stays flat.
func table(a, b float64) [][2]float64 {
	var t [][2]float64
	for _, y := range []float64{-7, -6, -5, -4, -3.5, -3, -2.5, -2, -1.5, -1, -0.5, 0, 0.5, 1, 1.5, 2, 2.5, 3, 3.5, 4, 5, 6, 7} {
		t = append(t, [2]float64{round((y-b)/a, 3), round(sigmoid(y), 4)})
	}
	return slices.CompactFunc(t, func(x, y [2]float64) bool { return x[0] == y[0] })
}

func round(v float64, places int) float64 {
	p := math.Pow10(places)
	return math.Round(v*p) / p
}
