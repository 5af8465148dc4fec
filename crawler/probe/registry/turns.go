package registry

import (
	"context"
	"fmt"
	"sync"
	"time"

	"scamatlas/crawler"
)

// turns gives everybody who asks one server a turn, so far apart that the server puts up with it.
type turns struct {
	gap time.Duration
	mu  sync.Mutex
	of  map[string]*turn
}

type turn struct {
	next time.Time // the first that is free
	held time.Time // the server wants no questions before
}

// busyError says that a server's turn comes too late for the one who asks.
type busyError struct {
	server string
	until  time.Time
}

func (e *busyError) Error() string {
	return fmt.Sprintf("%s is not to be asked before %s", cut(clean(e.server), maxText), e.until.UTC().Format(time.RFC3339))
}

func newTurns(gap time.Duration) *turns { return &turns{gap: gap, of: map[string]*turn{}} }

// take waits for a turn at server. A turn that comes only after maxWait or the end of ctx is not taken: *busyError.
func (t *turns) take(ctx context.Context, server string) error {
	for {
		at, err := t.reserve(ctx, server)
		if err != nil {
			return err
		}
		if err := crawler.Sleep(ctx, time.Until(at)); err != nil {
			return err
		}
		if t.free(server) {
			return nil
		}
	}
}

func (t *turns) reserve(ctx context.Context, server string) (time.Time, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := time.Now()
	s := t.server(server, now)
	at := latest(now, s.next, s.held)
	end, bound := ctx.Deadline()
	if at.Sub(now) > maxWait || bound && at.After(end) {
		return at, &busyError{server, at}
	}
	s.next = at.Add(t.gap)
	return at, nil
}

// free reports that the server has not asked for quiet while its turn was waited for.
func (t *turns) free(server string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := time.Now()
	return !t.server(server, now).held.After(now)
}

// hold keeps everybody from server for a time, at most maxHold.
func (t *turns) hold(server string, wait time.Duration) time.Time {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := time.Now()
	s := t.server(server, now)
	s.held = latest(s.held, now.Add(min(max(wait, t.gap), maxHold)))
	return s.held
}

// server gives the state of one server; a full table first loses those whose turn is free anyhow, then is begun anew.
func (t *turns) server(name string, now time.Time) *turn {
	if s := t.of[name]; s != nil {
		return s
	}
	if len(t.of) >= maxServers {
		for n, s := range t.of {
			if latest(s.next, s.held).Before(now) {
				delete(t.of, n)
			}
		}
		if len(t.of) >= maxServers {
			clear(t.of)
		}
	}
	s := &turn{}
	t.of[name] = s
	return s
}

func latest(a time.Time, more ...time.Time) time.Time {
	for _, b := range more {
		if b.After(a) {
			a = b
		}
	}
	return a
}
