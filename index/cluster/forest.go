package cluster

import "slices"

// forest is a disjoint-set forest over 0..n-1 whose roots are the smallest members.
type forest []int

func newForest(n int) forest {
	f := make(forest, n)
	for i := range f {
		f[i] = i
	}
	return f
}

func (f forest) root(i int) int {
	for f[i] != i {
		f[i] = f[f[i]]
		i = f[i]
	}
	return i
}

// join unites the trees of i and k and reports whether they were two.
func (f forest) join(i, k int) bool {
	i, k = f.root(i), f.root(k)
	f[max(i, k)] = min(i, k)
	return i != k
}

// groups gives all trees, members ascending, ordered by first member.
func (f forest) groups() [][]int {
	by := map[int][]int{}
	for i := range f {
		r := f.root(i)
		by[r] = append(by[r], i)
	}
	out := make([][]int, 0, len(by))
	for _, g := range by {
		out = append(out, g)
	}
	slices.SortFunc(out, func(a, b []int) int { return a[0] - b[0] })
	return out
}
