package cluster

// linkage groups n things by average linkage: the two groups with the highest mean similarity are joined again and again while
// that mean is at least cut. sim is the full symmetric matrix, row by row; it is overwritten. size says how many sites a thing
// stands for (nil: one each). The result gives each thing the smallest index of its group.
//
// It follows chains of nearest neighbours (Benzécri 1982, Juan 1982): two groups that are each other's nearest can be joined at
// once without changing the outcome, which makes the whole O(n²).
func linkage(n int, sim []float32, size []float64, cut float64) []int {
	l := linker{n: n, sim: sim, size: make([]float64, n), into: make([]int, n), live: make([]int, n)}
	for i := range n {
		l.into[i], l.live[i], l.size[i] = i, i, 1
		if size != nil {
			l.size[i] = size[i]
		}
	}
	l.run(float32(cut))
	for i := range n {
		l.into[i] = l.root(i)
	}
	return l.into
}

type linker struct {
	n     int
	sim   []float32
	size  []float64
	into  []int
	live  []int // groups that may still be joined, ascending
	chain []int
}

func (l *linker) run(cut float32) {
	for len(l.live) > 1 {
		if len(l.chain) == 0 {
			l.chain = append(l.chain, l.live[0])
		}
		top := l.chain[len(l.chain)-1]
		next, best := l.nearest(top)
		switch {
		case best < cut:
			// Only the foot of a chain can come here, and no later join makes anything more similar to it.
			l.retire(top)
			l.chain = l.chain[:len(l.chain)-1]
		case len(l.chain) > 1 && next == l.chain[len(l.chain)-2]:
			l.chain = l.chain[:len(l.chain)-2]
			l.join(min(top, next), max(top, next))
		default:
			l.chain = append(l.chain, next)
		}
	}
}

// nearest gives the most similar live group; of equals the one before it in the chain, else the smallest index.
func (l *linker) nearest(i int) (int, float32) {
	before := -1
	if len(l.chain) > 1 {
		before = l.chain[len(l.chain)-2]
	}
	at, best := -1, float32(-1)
	row := l.sim[i*l.n : (i+1)*l.n]
	for _, k := range l.live {
		if k != i && (row[k] > best || row[k] == best && k == before) {
			at, best = k, row[k]
		}
	}
	return at, best
}

// join puts group b into group a, whose similarity to each other becomes the mean over all pairs.
func (l *linker) join(a, b int) {
	wa, wb := l.size[a], l.size[b]
	for _, k := range l.live {
		if k == a || k == b {
			continue
		}
		s := float32((wa*float64(l.sim[a*l.n+k]) + wb*float64(l.sim[b*l.n+k])) / (wa + wb))
		l.sim[a*l.n+k], l.sim[k*l.n+a] = s, s
	}
	l.size[a] += wb
	l.into[b] = a
	l.retire(b)
}

func (l *linker) retire(i int) {
	for k, v := range l.live {
		if v == i {
			l.live = append(l.live[:k], l.live[k+1:]...)
			return
		}
	}
}

func (l *linker) root(i int) int {
	for l.into[i] != i {
		i = l.into[i]
	}
	return i
}
