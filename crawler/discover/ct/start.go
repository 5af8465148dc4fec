package ct

import (
	"context"
	"errors"
	"fmt"
	"time"

	"scamatlas/crawler"
)

// start finds where a log is read from that was never read, names what is skipped, and makes that durable before anything else: a log
// that grows must not be begun at another place each time.
func (r *reading) start(ctx context.Context) error {
	head := r.pos.head
	n, why := r.o.From, fmt.Sprintf("reading began at entry %d as set", r.o.From)
	if n == 0 && r.o.Since != Everything {
		at := r.o.Now().Add(-r.o.Since)
		var err error
		if n, err = r.firstSince(ctx, at); err != nil {
			return err
		}
		why = "reading began with those of " + at.UTC().Format(time.RFC3339)
	}
	n = r.log.begin(min(n, head.Size), head)
	if n <= 0 {
		return nil
	}
	e, err := r.log.edge(ctx, head, n)
	if err != nil {
		return err
	}
	r.pos.began, r.pos.edge = n, e
	r.problems = append(r.problems, fmt.Sprintf("%s: entries 0 to %d skipped: %s", r.o.Log.Name, n-1, why))
	return r.give(crawler.Batch{})
}

// firstSince finds an entry from which on entries are of at or later. Logs put entries in the order they came in, but for seconds:
// what is found is as exact. It doubles its steps back from the end, then halves what is between: about 2 log2(entries since) questions.
func (r *reading) firstSince(ctx context.Context, at time.Time) (int64, error) {
	head := r.pos.head
	if head.Size == 0 {
		return 0, nil
	}
	early, late := int64(0), head.Size // entries before early are too early, those from late on are not
	for step := int64(tileWidth); ; step *= 2 {
		n := head.Size - step
		if n <= 0 {
			break
		}
		before, err := r.isBefore(ctx, n, at)
		if err != nil {
			return 0, err
		}
		if before {
			early = n + 1
			break
		}
		late = n
	}
	for late-early > tileWidth {
		mid := early + (late-early)/2
		before, err := r.isBefore(ctx, mid, at)
		if err != nil {
			return 0, err
		}
		if before {
			early = mid + 1
		} else {
			late = mid
		}
	}
	return early, nil
}

var errEnough = errors.New("enough")

// isBefore reports whether entry n is of a time before at. An entry that cannot be read is taken as late: then more is read, not less.
func (r *reading) isBefore(ctx context.Context, n int64, at time.Time) (before bool, err error) {
	err = r.log.entries(ctx, r.pos.head, n, n+1, func(e *entry) error {
		before = e.err == nil && time.UnixMilli(e.ms).Before(at)
		return errEnough
	})
	if errors.Is(err, errEnough) {
		err = nil
	}
	return before, err
}
