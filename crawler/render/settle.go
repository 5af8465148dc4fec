package render

import (
	"context"
	"time"

	"scamatlas/crawler"
)

// await stays on the entry page for a while: what a timer shows late is seen, too. A page that has changed since it was read, be it while
// its pictures were taken, is read again.
func (v *visit) await(ctx context.Context, view *crawler.View) error {
	var err error
	until := time.Now().Add(v.slow(lateWait))
	for err == nil && time.Now().Before(until) && ctx.Err() == nil {
		_ = crawler.Sleep(ctx, 4*lookInterval)
		if v.rec.going() { // where it wanted to while it was read, or by itself
			err = v.settle(ctx)
		}
		now := v.stood
		if err == nil {
			now, err = v.stands(ctx)
		}
		if err != nil || now == v.stood {
			continue
		}
		if err = v.settle(ctx); err == nil {
			err = v.readAgain(ctx, view)
		}
		break
	}
	return err
}

// standing is what tells whether a page has changed.
type standing struct {
	document string
	elements int
}

func (v *visit) stands(ctx context.Context) (standing, error) {
	n, err := v.number(ctx, elements)
	return standing{v.rec.document(), n}, err
}

// elements counts what stands on a page: cheap, and unlike its text not changed by a clock or a running number.
const elements = `document.getElementsByTagName("*").length`

// settle waits until a page is loaded and for quietTime neither requests nor new elements came; no longer than settleTimeout.
// Streams, sockets and animations do not hold it. The error is one that ends the visit.
func (v *visit) settle(ctx context.Context) error {
	until := time.Now().Add(min(v.slow(settleTimeout), settleLongest))
	seen, since := growth{count: -1}, time.Now()
	for time.Now().Before(until) {
		if err := ctx.Err(); err != nil {
			return err
		}
		calm, at := v.rec.calm(time.Now())
		if at.After(since) {
			since = at
		}
		if calm {
			n, err := v.number(ctx, elements)
			if err != nil {
				return err
			}
			changed, tooMany := seen.to(n)
			if tooMany {
				v.rec.stop("elements")
				return nil
			}
			if changed {
				since = time.Now()
			}
			if still, at := v.rec.calm(time.Now()); still && !at.After(since) && time.Since(since) >= v.slow(quietTime) {
				return nil // and nothing came while the page was asked
			}
		}
		_ = crawler.Sleep(ctx, lookInterval)
	}
	if seen.count > maxRestlessElements {
		v.rec.stop("elements")
	}
	v.rec.restrain()
	if v.rec.going() { // for so long that it is not waited for
		v.rec.stay()
	}
	return nil
}

// growth follows the number of a page's elements.
type growth struct{ count int } // -1 before the first count, which says nothing of when they came

// to reports whether the number has changed, and whether the page goes on though it has more than any needs.
func (g *growth) to(n int) (changed, tooMany bool) {
	changed = g.count >= 0 && n != g.count
	g.count = n
	return changed, changed && n > maxElements
}

// calm reports whether the document is loaded (or stands for long) and nothing worth waiting for is under way, and since when.
func (r *recorder) calm(now time.Time) (bool, time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	busy, last := r.restless(now)
	standing := r.loaded || r.gate == shut || !r.ready.IsZero() && now.Sub(r.ready) > longRequest || now.Sub(last) > longRequest
	return standing && !busy, last
}
