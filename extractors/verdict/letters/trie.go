package letters

// Trie finds words byte by byte; most words of a page leave it after a few. A place in it is a number, 0 the root. The zero Trie is empty.
type Trie[T any] struct {
	root   [256]int32 // children of the root
	places []place[T] // behind the root: place 1 stands first
	top    T
}

type place[T any] struct {
	bytes []byte
	next  []int32
	value T
}

// At gives what stands at a place.
func (t *Trie[T]) At(at int32) *T {
	if at == 0 {
		return &t.top
	}
	return &t.places[at-1].value
}

// Step gives the place behind b, 0 when there is none.
func (t *Trie[T]) Step(at int32, b byte) int32 {
	if at == 0 {
		return t.root[b]
	}
	p := &t.places[at-1]
	for i, x := range p.bytes {
		if x == b {
			return p.next[i]
		}
	}
	return 0
}

// Grow gives the place behind s, which is made where there is none.
func (t *Trie[T]) Grow(at int32, s string) int32 {
	for i := range len(s) {
		to := t.Step(at, s[i])
		if to == 0 {
			t.places = append(t.places, place[T]{})
			to = int32(len(t.places))
			if at == 0 {
				t.root[s[i]] = to
			} else {
				p := &t.places[at-1]
				p.bytes, p.next = append(p.bytes, s[i]), append(p.next, to)
			}
		}
		at = to
	}
	return at
}
