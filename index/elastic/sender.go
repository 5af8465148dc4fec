package elastic

import (
	"context"
	"fmt"
	"sync"
	"time"

	"scamatlas/index"
	"scamatlas/index/outbox"
)

// sender empties the outbox:
//
//	SaveVisit → outbox (disk) → run: next batch → delivery: read, apply, bulk → settled: out of the outbox, or dead with a reason
//	                             ↑______ wait with backoff ______| trouble that may pass
//
// One goroutine, from startSender until stop.
type sender struct {
	s      *Store
	nudge  chan struct{} // there is something new
	rush   chan struct{} // somebody waits: try now
	quit   chan struct{}
	ended  chan struct{} // run has returned
	cancel context.CancelFunc
	grace  time.Duration

	mu      sync.Mutex
	moved   chan struct{} // closed and made anew after every batch
	trouble error         // of the last batch; nil: it went well
}

func startSender(s *Store, grace time.Duration) *sender {
	ctx, cancel := context.WithCancel(context.Background())
	d := &sender{s: s, grace: grace, nudge: make(chan struct{}, 1), rush: make(chan struct{}, 1), quit: make(chan struct{}), ended: make(chan struct{}),
		cancel: cancel, moved: make(chan struct{})}
	go func() {
		defer close(d.ended)
		d.run(ctx)
	}()
	return d
}

func (d *sender) wake()  { poke(d.nudge) }
func (d *sender) hurry() { poke(d.rush) }

func poke(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// stop lets the batch under way end, for the time of grace at most.
func (d *sender) stop() {
	close(d.quit)
	t := time.NewTimer(d.grace)
	defer t.Stop()
	select {
	case <-d.ended:
	case <-t.C:
	}
	d.cancel()
	<-d.ended
}

// progress gives a channel that is closed after the next batch.
func (d *sender) progress() <-chan struct{} {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.moved
}

// stalled gives the trouble of the last batch.
func (d *sender) stalled() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.trouble
}

func (d *sender) note(err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	switch {
	case err != nil && d.trouble == nil:
		d.s.log.Warn("visits wait in the outbox", "err", err)
	case err == nil && d.trouble != nil:
		d.s.log.Info("visits are delivered again")
	}
	d.trouble = err
	close(d.moved)
	d.moved = make(chan struct{})
}

func (d *sender) run(ctx context.Context) {
	wait, count := backoff{first: SendFirstWait, most: SendMaxWait}, MaxBatch
	for {
		select {
		case <-d.quit:
			return
		default:
		}
		items, err := d.s.box.Next(ctx, count, MaxBatchBytes)
		if err == nil && len(items) == 0 {
			d.note(nil)
			select {
			case <-d.nudge:
			case <-d.rush:
			case <-d.quit:
				return
			}
			continue
		}
		if err == nil {
			err = d.deliver(ctx, items)
		}
		if ctx.Err() != nil {
			return
		}
		d.note(err)
		if err == nil {
			wait.n, count = 0, MaxBatch
			continue
		}
		count = 1 + count/4 // perhaps it was too much for a busy server
		if !d.sleep(wait.next()) {
			return
		}
	}
}

// sleep waits for the next try; false: it is time to end.
func (d *sender) sleep(wait time.Duration) bool {
	t := time.NewTimer(wait)
	defer t.Stop()
	select {
	case <-t.C:
	case <-d.rush:
	case <-d.quit:
		return false
	}
	return true
}

// deliver sends a batch, again at once where other writers came between, and settles every visit that has an answer. The error says
// why the others have to wait.
func (d *sender) deliver(ctx context.Context, items []outbox.Item) error {
	b := d.s.newBatch(items)
	trouble := error(nil)
	for len(b.left) > 0 && trouble == nil {
		done, err := b.send(ctx)
		if e := d.s.box.Done(ctx, done); e != nil {
			return e
		}
		if trouble = err; err == nil && b.conflicts == MaxConflicts {
			trouble = fmt.Errorf("%w: others change the same sites all the time", index.ErrUnavailable)
		}
	}
	for seq, r := range b.refused {
		d.s.log.Error("the server refused a visit for good", "host", r.host, "err", r.reason)
		if err := d.s.box.Bury(ctx, seq, r.reason, d.s.now()); err != nil {
			return err
		}
	}
	if noIndex(trouble) { // somebody has removed it
		if err := d.s.ensureIndices(ctx); err != nil {
			return err
		}
	}
	return trouble
}
