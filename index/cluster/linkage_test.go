package cluster

import (
	"math/rand/v2"
	"testing"
)

// bruteLinkage joins the two most similar groups again and again, taking the mean over all pairs each time.
func bruteLinkage(n int, sim []float32, size []float64, cut float64) []int {
	groups := make([][]int, n)
	for i := range n {
		groups[i] = []int{i}
	}
	mean := func(a, b []int) float64 {
		var sum, weight float64
		for _, i := range a {
			for _, k := range b {
				sum += size[i] * size[k] * float64(sim[i*n+k])
				weight += size[i] * size[k]
			}
		}
		return sum / weight
	}
	for {
		best, x, y := -1.0, 0, 0
		for i := range groups {
			for k := range i {
				if m := mean(groups[i], groups[k]); m > best {
					best, x, y = m, k, i
				}
			}
		}
		if len(groups) == 1 || best < cut {
			break
		}
		groups[x] = append(groups[x], groups[y]...)
		groups = append(groups[:y], groups[y+1:]...)
	}
	out := make([]int, n)
	for _, g := range groups {
		least := g[0]
		for _, i := range g {
			least = min(least, i)
		}
		for _, i := range g {
			out[i] = least
		}
	}
	return out
}

func TestLinkageEqualsBruteForce(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	joins := 0
	for round := range 400 {
		n := 1 + r.IntN(14)
		sim, size := make([]float32, n*n), make([]float64, n)
		for i := range n {
			size[i] = float64(1 + r.IntN(4))
			for k := range i {
				s := r.Float32()
				sim[i*n+k], sim[k*n+i] = s, s
			}
		}
		cut := r.Float64()
		want := bruteLinkage(n, sim, size, cut)
		got := linkage(n, sim, size, cut)
		for i := range got {
			if got[i] != want[i] {
				t.Fatalf("round %d, cut %v: %v, want %v", round, cut, got, want)
			}
			if got[i] != i {
				joins++
			}
		}
	}
	if joins < 100 {
		t.Errorf("only %d joins: the rounds test nothing", joins)
	}
}
