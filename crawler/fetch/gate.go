package fetch

import (
	"context"
	"sync"
	"time"

	"scamatlas/crawler"
)

// gate spaces the requests of all visits of one Fetcher: to one registrable domain at most perDomain at a time and
// delay apart, to one address at most perAddress at a time. Different domains never wait for each other, except at a
// shared address. A key nobody uses is forgotten once its delay has passed, so memory follows what is under way.
type gate struct {
	delay                 time.Duration
	perDomain, perAddress int

	mu        sync.Mutex
	domains   map[string]*lane
	addresses map[string]*lane
	idle      []idleLane // domains without users, in the order in which their delay ends
}

// lane is one key's turnstile.
type lane struct {
	users int           // requests inside or waiting
	slots chan struct{} // one token per request inside
	next  time.Time     // no request starts before
}

type idleLane struct {
	domain string
	lane   *lane
	until  time.Time
}

func newGate(delay time.Duration, perDomain, perAddress int) *gate {
	return &gate{delay: delay, perDomain: perDomain, perAddress: perAddress,
		domains: map[string]*lane{}, addresses: map[string]*lane{}}
}

// enter returns when a request to domain at address may start; leave must then be called once. An empty address has no gate.
// The domain's slot is taken before the address's by everyone, so nobody waits in a circle.
func (g *gate) enter(ctx context.Context, domain, address string) (leave func(), err error) {
	d := g.join(g.domains, domain, g.perDomain)
	if err := d.take(ctx); err != nil {
		g.quit(domain, d, "", nil)
		return nil, err
	}
	var a *lane
	if address != "" {
		a = g.join(g.addresses, address, g.perAddress)
		if err := a.take(ctx); err != nil {
			<-d.slots
			g.quit(domain, d, address, a)
			return nil, err
		}
	}
	leave = func() {
		<-d.slots
		if a != nil {
			<-a.slots
		}
		g.quit(domain, d, address, a)
	}
	if err := g.awaitTurn(ctx, d); err != nil {
		leave()
		return nil, err
	}
	return leave, nil
}

func (g *gate) join(lanes map[string]*lane, key string, slots int) *lane {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.forget(time.Now())
	l := lanes[key]
	if l == nil {
		l = &lane{slots: make(chan struct{}, slots)}
		lanes[key] = l
	}
	l.users++
	return l
}

func (l *lane) take(ctx context.Context) error {
	select {
	case l.slots <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// awaitTurn reserves the next start of the domain and sleeps until then.
func (g *gate) awaitTurn(ctx context.Context, d *lane) error {
	g.mu.Lock()
	now := time.Now()
	start := now
	if d.next.After(now) {
		start = d.next
	}
	d.next = start.Add(g.delay)
	g.mu.Unlock()
	return crawler.Sleep(ctx, start.Sub(now))
}

func (g *gate) quit(domain string, d *lane, address string, a *lane) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if a != nil {
		if a.users--; a.users == 0 {
			delete(g.addresses, address)
		}
	}
	if d.users--; d.users == 0 {
		g.idle = append(g.idle, idleLane{domain, d, d.next})
	}
	g.forget(time.Now())
}

// forget drops domains whose delay has passed while nobody used them. Callers hold mu.
func (g *gate) forget(now time.Time) {
	n := 0
	for ; n < len(g.idle) && !g.idle[n].until.After(now); n++ {
		i := g.idle[n]
		if i.lane.users == 0 && g.domains[i.domain] == i.lane && !i.lane.next.After(now) {
			delete(g.domains, i.domain)
		}
	}
	if n == len(g.idle) {
		g.idle = g.idle[:0]
	} else if n > 0 {
		g.idle = append(g.idle[:0], g.idle[n:]...)
	}
}
