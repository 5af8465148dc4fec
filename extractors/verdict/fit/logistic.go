package fit

import (
	"math"
	"slices"
)

// row is one labelled site: its features, sparse, and how much it counts.
type row struct {
	at     []int     // columns
	value  []float64 // 0..1, one for each
	fake   bool
	weight float64
}

// shape is what is known of the columns before fitting.
type shape struct {
	start []float64 // weight that the penalty pulls to
	pull  []float64 // how many times as hard; nil: all alike
	sign  []int     // side of zero that the weight stays on; of sign 0 it stays where it starts
	group []int     // columns of one group are added up,
	cap   []float64 // and the sum of a group moves the log odds by at most its cap, either way
}

// model is a bias and one weight a column, in log odds.
type model struct {
	bias    float64
	weights []float64
}

func sigmoid(z float64) float64 { return 1 / (1 + math.Exp(-z)) }

// penalty gives the penalty of column j.
func (s *shape) penalty(j int, lambda float64) float64 {
	if s.pull == nil {
		return lambda
	}
	return lambda * s.pull[j]
}

// train fits by penalised maximum likelihood: sum of weight·log loss + penalty/2·|w-start|², the bias free. One column at a time takes the
// step that a quarter, the largest curvature of the log loss, allows; rows whose group stands at its cap do not pull. Without caps no step
// makes it worse and the minimum is the only one; with them it comes to rest where no single weight would be better. The order is fixed, so
// that the answer is one.
func train(rows []row, s *shape, lambda float64) model {
	t := newTraining(rows, s)
	for range maxSweeps {
		moved := t.stepBias()
		for j := range s.sign {
			if s.sign[j] != 0 {
				moved = math.Max(moved, t.stepColumn(j, lambda))
			}
		}
		if moved < converged {
			break
		}
	}
	return t.model
}

// training holds the group sums and log odds of all rows as they are now, and each column's rows.
type training struct {
	*shape
	model
	rows    []row
	sums    [][]float64 // by row and group
	z       []float64
	columns [][]entry
	total   float64
}

type entry struct {
	row   int
	value float64
}

func newTraining(rows []row, s *shape) *training {
	t := &training{shape: s, model: model{weights: slices.Clone(s.start)}, rows: rows, columns: make([][]entry, len(s.start)),
		sums: make([][]float64, len(rows)), z: make([]float64, len(rows))}
	for i := range rows {
		t.total += rows[i].weight
		t.sums[i] = make([]float64, len(s.cap))
		for k, j := range rows[i].at {
			t.columns[j] = append(t.columns[j], entry{i, rows[i].value[k]})
			t.sums[i][s.group[j]] += t.weights[j] * rows[i].value[k]
		}
		for g, sum := range t.sums[i] {
			t.z[i] += t.capped(g, sum)
		}
	}
	return t
}

func (s *shape) capped(g int, sum float64) float64 { return max(-s.cap[g], min(s.cap[g], sum)) }

func (t *training) residual(i int) float64 {
	p := sigmoid(t.z[i])
	if t.rows[i].fake {
		p--
	}
	return t.rows[i].weight * p
}

func (t *training) stepBias() float64 {
	if t.total == 0 {
		return 0
	}
	g := 0.0
	for i := range t.rows {
		g += t.residual(i)
	}
	d := -g / (t.total / 4)
	t.bias += d
	for i := range t.z {
		t.z[i] += d
	}
	return math.Abs(d)
}

func (t *training) stepColumn(j int, lambda float64) float64 {
	w, at, lambda := t.weights[j], t.group[j], t.penalty(j, lambda)
	g, h := lambda*(w-t.start[j]), lambda
	for _, e := range t.columns[j] {
		if math.Abs(t.sums[e.row][at]) >= t.cap[at] {
			continue
		}
		g += e.value * t.residual(e.row)
		h += e.value * e.value * t.rows[e.row].weight / 4
	}
	if h == 0 {
		return 0
	}
	next := max(-maxWeight, min(maxWeight, w-g/h))
	if float64(t.sign[j])*next < 0 {
		next = 0
	}
	if next == w {
		return 0
	}
	t.weights[j] = next
	for _, e := range t.columns[j] {
		old := t.sums[e.row][at]
		sum := old + (next-w)*e.value
		t.sums[e.row][at] = sum
		t.z[e.row] += t.capped(at, sum) - t.capped(at, old)
	}
	return math.Abs(next - w)
}
