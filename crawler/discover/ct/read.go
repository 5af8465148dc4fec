package ct

import (
	"context"
	"errors"
	"fmt"
	"time"

	"scamatlas/crawler"
)

// Read goes on where cursor says and reads up to the newest tree head, or for Options.Span; nil cursor: where Options say. emit gets a
// batch at a time, each proven to be in the signed tree, and must return when it is durable: what was emitted is not read again with its
// cursor, what was not is. Nothing new = no batch. The error wraps one of this package's, or that of emit or ctx.
//
// Of a log that shrank or forked nothing is emitted, and the error is an *Alarm: the cursor stays at what was good.
func (s *Source) Read(ctx context.Context, cursor []byte, emit func(crawler.Batch) error) error {
	pos, fresh, err := s.position(cursor)
	if err != nil {
		return s.wrap("cursor", err)
	}
	r := &reading{Source: s, log: s.open(), emit: emit, pos: pos}
	head, err := r.newest(ctx)
	if err != nil {
		return s.wrap("tree head", err)
	}
	if err := r.sameHistory(ctx, head); err != nil {
		return s.wrap("tree head", err)
	}
	if age := s.o.Now().Sub(head.Time); age > StaleHead && s.Expect() > 0 {
		r.problems = append(r.problems, fmt.Sprintf("%s stands still: its tree head is of %s", s.o.Log.Name, head.Time.Format(time.RFC3339)))
	}
	r.pos.head = head
	if fresh {
		if err := r.start(ctx); err != nil {
			return s.wrap("finding where to begin", err)
		}
	}
	return r.toTheEnd(ctx)
}

func (s *Source) wrap(doing string, err error) error {
	var a *Alarm
	if errors.As(err, &a) {
		return err
	}
	return fmt.Errorf("%s: %s: %w", s.o.Log.Name, doing, err)
}

// reading is one call of Read.
type reading struct {
	*Source
	log      backend
	emit     func(crawler.Batch) error
	pos      position
	problems []string // for the next batch
}

// newest asks for the tree head. A log's servers may be some seconds apart: a smaller tree is asked for again before it is an alarm.
func (r *reading) newest(ctx context.Context) (Head, error) {
	old := r.pos.head
	pause := FirstPause
	for try := 1; ; try++ {
		head, err := r.log.head(ctx)
		switch {
		case err != nil:
			return Head{}, err
		case head.Size == old.Size && old.Size > 0 && head.Root != old.Root:
			return Head{}, &Alarm{Kind: ErrForked, Log: r.o.Log.Name, Old: old, New: head}
		case head.Size >= old.Size:
			return head, nil
		case try == HeadTries:
			return Head{}, &Alarm{Kind: ErrShrunk, Log: r.o.Log.Name, Old: old, New: head}
		}
		if err := sleep(ctx, pause); err != nil {
			return Head{}, err
		}
		pause *= 2
	}
}

// sameHistory checks that the tree of the last reading is the beginning of head's.
func (r *reading) sameHistory(ctx context.Context, head Head) error {
	old := r.pos.head
	if old.Size == 0 || old.Size == head.Size {
		return nil
	}
	err := r.log.grew(ctx, old, head)
	if errors.Is(err, ErrForked) {
		return &Alarm{Kind: ErrForked, Log: r.o.Log.Name, Old: old, New: head}
	}
	return err
}

// toTheEnd reads batch after batch until there is no more, or no more time.
func (r *reading) toTheEnd(ctx context.Context) error {
	began := r.o.Now()
	for r.pos.edge.n < r.pos.head.Size && (r.o.Span == 0 || r.o.Now().Sub(began) < r.o.Span) {
		to := r.batchEnd()
		b, grown, err := r.batch(ctx, to)
		if err != nil {
			return r.wrap(fmt.Sprintf("entries %d to %d of %d", r.pos.edge.n, to-1, r.pos.head.Size), err)
		}
		r.pos.edge = grown
		if err := r.give(b); err != nil {
			return err
		}
		r.o.Logger.Debug("certificate log read", "source", r.Name(), "next", grown.n, "size", r.pos.head.Size, "targets", len(b.Targets))
	}
	if len(r.problems) > 0 {
		return r.give(crawler.Batch{})
	}
	return nil
}

// batchEnd is where the next batch ends: whole tiles, but for the end of the tree.
func (r *reading) batchEnd() int64 {
	to := r.pos.edge.n + int64(r.o.Batch)
	if to >= r.pos.head.Size {
		return r.pos.head.Size
	}
	return min(r.pos.head.Size, max(to&^(tileWidth-1), (r.pos.edge.n|(tileWidth-1))+1))
}

// batch reads the entries up to to and proves them.
func (r *reading) batch(ctx context.Context, to int64) (crawler.Batch, edge, error) {
	c := &collector{
		source: r.Name(), reference: r.o.Log.URL + "#", score: r.o.Score, threshold: r.o.Threshold, watch: r.o.Watch,
		seen: make(map[string]bool, 2*(to-r.pos.edge.n)),
	}
	e := r.pos.edge.clone()
	err := r.log.entries(ctx, r.pos.head, e.n, to, func(one *entry) error {
		e.add(one.leaf)
		c.entry(one)
		return nil
	})
	if err != nil {
		return crawler.Batch{}, edge{}, err
	}
	if e.n != r.pos.head.Size {
		err = r.log.prove(ctx, r.pos.head, e)
	} else if e.root() != r.pos.head.Root {
		err = fmt.Errorf("%w: the entries have the root %v, the tree head is %v", ErrUnproven, e.root(), r.pos.head)
	}
	return c.done(), e, err
}

// give hands a batch out with the position after it.
func (r *reading) give(b crawler.Batch) error {
	var err error
	if b.Cursor, err = r.cursor(r.pos); err != nil {
		return r.wrap("cursor", err)
	}
	b.Problems = append(r.problems, b.Problems...)
	b.Problems = b.Problems[:min(len(b.Problems), crawler.MaxProblems)]
	r.problems = nil
	return r.emit(b)
}
