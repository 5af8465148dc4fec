package fetch

// queue hands out the weightiest first, of equal weight the first added first. Weights go from 0 to topWeight.
type queue[T any] struct {
	levels [topWeight + 1][]T
	size   int
}

func (q *queue[T]) add(item T, weight int) {
	q.levels[weight] = append(q.levels[weight], item)
	q.size++
}

// next takes up to n items.
func (q *queue[T]) next(n int) []T {
	var batch []T
	for w := topWeight; w >= 0 && len(batch) < n; w-- {
		k := min(n-len(batch), len(q.levels[w]))
		batch = append(batch, q.levels[w][:k]...)
		q.levels[w] = q.levels[w][k:]
	}
	q.size -= len(batch)
	return batch
}

// dropBelow makes room by forgetting the last item of the lightest weight that is less than weight.
func (q *queue[T]) dropBelow(weight int) bool {
	for w := range weight {
		if n := len(q.levels[w]); n > 0 {
			q.levels[w] = q.levels[w][:n-1]
			q.size--
			return true
		}
	}
	return false
}
