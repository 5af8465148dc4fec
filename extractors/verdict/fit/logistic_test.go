package fit

import (
	"math"
	"math/rand/v2"
	"testing"
)

// made draws rows from a known model: three reasons, of which the third means nothing.
func made(n int, bias float64, w ...float64) []row {
	r := rand.New(rand.NewPCG(5, 0))
	rows := make([]row, n)
	for i := range rows {
		z := bias
		rows[i].weight = 1
		for j := range w {
			if r.IntN(2) == 0 {
				continue
			}
			v := r.Float64()
			rows[i].add(j, v)
			z += w[j] * v
		}
		rows[i].fake = r.Float64() < sigmoid(z)
	}
	return rows
}

// free is a shape without caps, each column a group of its own.
func free(start []float64, sign ...int) *shape {
	s := &shape{start: start, sign: sign}
	for j := range start {
		s.group, s.cap = append(s.group, j), append(s.cap, math.Inf(1))
	}
	return s
}

func TestTrainFindsTheWeightsThatMadeTheData(t *testing.T) {
	m := train(made(40000, -1, 3, -2, 0), free(make([]float64, 3), 1, -1, 1), 0.01)
	for j, want := range []float64{3, -2, 0} {
		if math.Abs(m.weights[j]-want) > 0.15 {
			t.Errorf("weight %d is %.3f, the data were made with %.1f", j, m.weights[j], want)
		}
	}
	if math.Abs(m.bias+1) > 0.15 {
		t.Errorf("bias is %.3f, the data were made with -1", m.bias)
	}
}

func TestTrainIsAtTheMinimum(t *testing.T) {
	rows, start := made(500, 0.5, 2, -1, 1), []float64{1, -0.5, 0}
	m := train(rows, free(start, 1, -1, 1), 2)
	cost := func(m model) float64 {
		sum := 0.0
		for i := range rows {
			z := m.bias
			for k, j := range rows[i].at {
				z += m.weights[j] * rows[i].value[k]
			}
			if rows[i].fake {
				z = -z
			}
			sum += math.Log1p(math.Exp(z))
		}
		for j, w := range m.weights {
			sum += (w - start[j]) * (w - start[j])
		}
		return sum
	}
	at := cost(m)
	for j := range m.weights {
		for _, d := range []float64{-0.01, 0.01} {
			near := model{bias: m.bias, weights: append([]float64(nil), m.weights...)}
			near.weights[j] += d
			if cost(near) < at {
				t.Errorf("weight %d %+.2f costs less: %.6f instead of %.6f", j, d, cost(near), at)
			}
		}
	}
}

func TestNoWeightCrossesZero(t *testing.T) {
	m := train(made(5000, 0, 3, -2), free([]float64{-1, 1}, -1, 1), 0.1)
	if m.weights[0] != 0 || m.weights[1] != 0 {
		t.Errorf("weights are %v; the data say the contrary of the meaning of both, so both have to be 0", m.weights)
	}
}

func TestWhatIsNeverSeenKeepsItsStartingWeight(t *testing.T) {
	m := train(made(300, 0, 2), free([]float64{0, 1.25}, 1, 1), 1)
	if m.weights[1] != 1.25 {
		t.Errorf("weight is %v, no row had the reason", m.weights[1])
	}
}

// Two reasons of a group that is capped at 2: fitted without knowing it they would be 3 each, and their sum would be cut.
func TestTrainKnowsCaps(t *testing.T) {
	r := rand.New(rand.NewPCG(8, 0))
	var rows []row
	for range 40000 {
		x := row{weight: 1}
		sum := 0.0
		for j := range 2 {
			if r.IntN(2) == 0 {
				x.add(j, 1)
				sum += 1.5
			}
		}
		x.fake = r.Float64() < sigmoid(-1+min(sum, 2))
		rows = append(rows, x)
	}
	m := train(rows, &shape{start: []float64{0.5, 0.5}, sign: []int{1, 1}, group: []int{0, 0}, cap: []float64{2}}, 0.01)
	if math.Abs(m.weights[0]-1.5) > 0.15 || math.Abs(m.weights[1]-1.5) > 0.15 {
		t.Errorf("weights are %.2f, the data were made with 1.5 each and a cap of 2", m.weights)
	}
}

func TestPlattUndoesAScale(t *testing.T) {
	r := rand.New(rand.NewPCG(6, 0))
	var all []scored
	for range 20000 {
		z := r.Float64()*12 - 6
		all = append(all, scored{logit: 3*z + 2, fake: r.Float64() < sigmoid(z), weight: 1})
	}
	a, b := platt(all)
	if math.Abs(a-1.0/3) > 0.02 || math.Abs(b+2.0/3) > 0.08 {
		t.Errorf("a %.3f b %.3f, want 0.333 and -0.667", a, b)
	}
	curve := table(a, b)
	for i := 1; i < len(curve); i++ {
		if curve[i][0] <= curve[i-1][0] || curve[i][1] < curve[i-1][1] {
			t.Errorf("the curve does not ascend at %v", curve[i])
		}
	}
}

func TestBarStandsBetweenHonestSitesAndFakes(t *testing.T) {
	var all []scored
	for i := range 1000 {
		all = append(all, scored{logit: -4 + float64(i)/500, weight: 1}, scored{logit: 1 + float64(i)/500, fake: true, weight: 1})
	}
	if bar := barBetween(all, 0.002); bar < -2 || bar > 1.1 {
		t.Errorf("bar at %.2f", bar)
	}
	for range 5 {
		all = append(all, scored{logit: 2.5, weight: 1})
	}
	if bar := barBetween(all, 0.002); bar < 2.5 {
		t.Errorf("bar at %.2f, five honest sites in a thousand stand at 2.5", bar)
	}
}
