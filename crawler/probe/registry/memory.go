package registry

import (
	"container/list"
	"sync"
	"time"
)

// memory holds answers by what was asked about, the least recently used thrown out first.
type memory[V any] struct {
	mu     sync.Mutex
	most   int
	at     map[string]*list.Element // of *entry[V]
	recent *list.List               // the last used in front
}

// entry is one answer, or the promise of one.
type entry[V any] struct {
	about string
	done  chan struct{}
	found *V        // set before done is closed; nil then: whoever waits asks itself
	until time.Time // zero while nobody has answered
	last  *V        // the last real answer, for when the next question fails
}

func newMemory[V any](most int) *memory[V] {
	return &memory[V]{most: most, at: map[string]*list.Element{}, recent: list.New()}
}

// claim gives the entry of what is asked about; mine says that it is new and the caller must settle it.
func (m *memory[V]) claim(about string, now time.Time) (e *entry[V], mine bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var last *V
	if el := m.at[about]; el != nil {
		e := el.Value.(*entry[V])
		if e.until.IsZero() || now.Before(e.until) {
			m.recent.MoveToFront(el)
			return e, false
		}
		m.drop(el)
		last = e.last
	}
	e = &entry[V]{about: about, done: make(chan struct{}), last: last}
	m.at[about] = m.recent.PushFront(e)
	for m.recent.Len() > m.most {
		m.drop(m.recent.Back())
	}
	return e, true
}

// settle keeps found until then, or forgets the entry when found is nil, and wakes all who wait.
func (m *memory[V]) settle(about string, e *entry[V], found *V, until time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	e.found, e.until = found, until
	if el := m.at[about]; found == nil && el != nil && el.Value == e {
		m.drop(el)
	}
	close(e.done)
}

func (m *memory[V]) drop(el *list.Element) {
	m.recent.Remove(el)
	delete(m.at, el.Value.(*entry[V]).about)
}
