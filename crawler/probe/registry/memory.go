package registry

import (
	"container/list"
	"sync"
	"time"

	"scamatlas/crawler"
)

// memory holds answers by domain, the least recently used thrown out first.
type memory struct {
	mu     sync.Mutex
	most   int
	at     map[string]*list.Element // of *entry
	recent *list.List               // the last used in front
}

// entry is one domain's answer, or the promise of one.
type entry struct {
	domain string
	done   chan struct{}
	found  *crawler.Registration // set before done is closed; nil then: whoever waits asks itself
	until  time.Time             // zero while nobody has answered
}

func newMemory(most int) *memory {
	return &memory{most: most, at: map[string]*list.Element{}, recent: list.New()}
}

// claim gives the entry of domain; mine says that it is new and the caller must settle it.
func (m *memory) claim(domain string, now time.Time) (e *entry, mine bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if el := m.at[domain]; el != nil {
		e := el.Value.(*entry)
		if e.until.IsZero() || now.Before(e.until) {
			m.recent.MoveToFront(el)
			return e, false
		}
		m.drop(el)
	}
	e = &entry{domain: domain, done: make(chan struct{})}
	m.at[domain] = m.recent.PushFront(e)
	for m.recent.Len() > m.most {
		m.drop(m.recent.Back())
	}
	return e, true
}

// settle keeps found until then, or forgets the entry when found is nil, and wakes all who wait.
func (m *memory) settle(domain string, e *entry, found *crawler.Registration, until time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	e.found, e.until = found, until
	if el := m.at[domain]; found == nil && el != nil && el.Value == e {
		m.drop(el)
	}
	close(e.done)
}

func (m *memory) drop(el *list.Element) {
	m.recent.Remove(el)
	delete(m.at, el.Value.(*entry).domain)
}
