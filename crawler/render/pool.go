package render

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"scamatlas/crawler"
)

var errClosed = errors.New("render: the pool is closed")

// Pool holds the browsers. Its methods may be called by many goroutines.
type Pool struct {
	o     Options
	slots chan struct{} // one token for each site looked at

	patience time.Duration // with a browser that starts
	stop     context.Context
	end      context.CancelFunc

	mu     sync.Mutex
	closed bool
	idle   []*browser // the most recently used last
	timers map[*browser]*time.Timer
	under  sync.WaitGroup // visits and removals

	starting sync.Mutex // one browser starts at a time
	failed   error      // how the last start failed; nil after one that went well
	backoff  time.Duration
	again    time.Time // no start before
}

func newPool(o Options) *Pool {
	stop, end := context.WithCancel(context.Background())
	return &Pool{o: o, slots: make(chan struct{}, o.Tabs), patience: startTimeout, stop: stop, end: end, timers: map[*browser]*time.Timer{}}
}

// Close ends all visits and browsers, and returns when no process and no folder of theirs is left.
func (p *Pool) Close() error {
	p.mu.Lock()
	p.closed = true
	idle := p.idle
	p.idle = nil
	for b, t := range p.timers {
		t.Stop()
		delete(p.timers, b)
	}
	p.mu.Unlock()
	p.end()
	for _, b := range idle {
		b.kill()
	}
	p.under.Wait()
	return nil
}

// Version tells which browser is used: "HeadlessChrome/156.0.1.2", 156. It starts one when none runs. The error is as Render's.
func (p *Pool) Version(ctx context.Context) (product string, major int, err error) {
	err = p.with(ctx, func(_ context.Context, b *browser) bool {
		product, major = b.product, b.major()
		return true
	})
	return product, major, err
}

// with runs f with a browser of its own. f reports whether the browser may be used again; ctx also ends with the pool.
func (p *Pool) with(ctx context.Context, f func(ctx context.Context, b *browser) bool) error {
	if !p.enter() {
		return errClosed
	}
	defer p.under.Done()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(p.stop, cancel)()
	select {
	case p.slots <- struct{}{}:
		defer func() { <-p.slots }()
	case <-ctx.Done():
		return p.ended(ctx)
	}
	b, err := p.take(ctx)
	if err != nil {
		return err
	}
	healthy := false
	defer func() { p.give(b, healthy) }()
	healthy = f(ctx, b)
	return nil
}

func (p *Pool) ended(ctx context.Context) error {
	if p.stop.Err() != nil {
		return errClosed
	}
	return ctx.Err()
}

func (p *Pool) enter() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return false
	}
	p.under.Add(1)
	return true
}

// take gives the browser that was used last, or a new one.
func (p *Pool) take(ctx context.Context) (*browser, error) {
	for {
		b := p.pop()
		if b == nil {
			return p.launch(ctx)
		}
		select {
		case <-b.lost: // it died without work
			b.kill()
		case <-b.exited: // what started it did
			b.kill()
		default:
			return b, nil
		}
	}
}

func (p *Pool) pop() *browser {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.idle) == 0 {
		return nil
	}
	b := p.idle[len(p.idle)-1]
	p.idle = p.idle[:len(p.idle)-1]
	p.timers[b].Stop()
	delete(p.timers, b)
	return b
}

// launch starts a browser. After a failed start it does not try again before some time went by, twice as long with each failure.
func (p *Pool) launch(ctx context.Context) (*browser, error) {
	p.starting.Lock()
	defer p.starting.Unlock()
	if p.failed != nil && time.Now().Before(p.again) {
		return nil, fmt.Errorf("not tried again yet: %w", p.failed)
	}
	b, err := launch(ctx, &p.o, p.patience)
	switch {
	case err == nil:
		p.failed, p.backoff = nil, 0
	case ctx.Err() == nil:
		p.backoff = min(max(2*p.backoff, firstBackoff), lastBackoff)
		p.failed, p.again = err, time.Now().Add(p.backoff)
		p.o.Log.Warn("no browser started", "err", err, "next_try_in", p.backoff)
	default:
		err = p.ended(ctx)
	}
	return b, err
}

// give takes a browser back after a site.
func (p *Pool) give(b *browser, healthy bool) {
	b.sites++
	p.mu.Lock()
	keep := healthy && !p.closed && !b.fat.Load() && b.sites < p.o.Recycle && time.Since(b.born) < p.o.Age
	if keep {
		p.idle = append(p.idle, b)
		p.timers[b] = time.AfterFunc(idleTime, func() { p.retire(b) })
	}
	p.mu.Unlock()
	if !keep {
		b.kill()
	}
}

// retire ends a browser that had nothing to do.
func (p *Pool) retire(b *browser) {
	if !p.enter() {
		return
	}
	defer p.under.Done()
	p.mu.Lock()
	i := slices.Index(p.idle, b)
	if i >= 0 {
		p.idle = slices.Delete(p.idle, i, i+1)
		delete(p.timers, b)
	}
	p.mu.Unlock()
	if i >= 0 {
		b.kill()
	}
}

// Render looks at the site of c as v would, see crawler.Renderer. Everything it starts ends with it.
func (p *Pool) Render(ctx context.Context, c *crawler.Capture, v *crawler.Profile, views int) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	var err error
	began := p.with(ctx, func(ctx context.Context, b *browser) bool {
		healthy := false
		healthy, err = p.visit(ctx, b, c, v.ForBrowser(b.major()), views)
		return healthy
	})
	if began != nil {
		return fmt.Errorf("looking at %s: %w", strings.ToValidUTF8(c.Host, ""), began)
	}
	return err
}
