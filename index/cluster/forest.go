package cluster

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

// find is root for readers that run side by side: it leaves the forest as it is.
func (f forest) find(i int) int {
	for f[i] != i {
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
	at := make([]int, len(f)) // by root
	var out [][]int
	for i := range f {
		r := f.root(i)
		if r == i { // roots come first in their trees
			at[r] = len(out)
			out = append(out, nil)
		}
		out[at[r]] = append(out[at[r]], i)
	}
	return out
}
