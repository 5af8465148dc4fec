package jobs

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"scamatlas/crawler"
	"scamatlas/index"
)

// Passive keeps what discovery reads of beside targets: where DNS has it now. Nobody visits it; who is confirmed later leads to it.
type Passive struct {
	Names index.Names
	// Where asks DNS where a host is; it ends soon after ctx.
	Where func(ctx context.Context, host string) crawler.DNS
	// Fronted reports a CDN in front of a host: its addresses lead nowhere and are not kept. nil: there never is one.
	Fronted func(host string, d *crawler.DNS) bool
	Keep    time.Duration // names are forgotten when nobody has named them for so long

	swept time.Time // when names were last forgotten
}

// keep resolves names, many at once, and saves those that are somewhere. n counts them.
//
//	names ─▶ resolveAtOnce × Where ─▶ those with an address ─▶ SaveNames
func (p *Passive) keep(ctx context.Context, targets []crawler.Target, now time.Time) (n int, err error) {
	for part := range slices.Chunk(targets, index.MaxTargets) {
		found := make([]index.Name, len(part))
		free := make(chan struct{}, resolveAtOnce)
		var wg sync.WaitGroup
		for i, t := range part {
			free <- struct{}{}
			wg.Go(func() {
				defer func() { <-free }()
				within, cancel := context.WithTimeout(ctx, resolveWithin)
				defer cancel()
				found[i] = p.look(within, t, now)
			})
		}
		wg.Wait()
		if ctx.Err() != nil {
			return n, ctx.Err()
		}
		found = slices.DeleteFunc(found, func(x index.Name) bool { return len(x.Past) == 0 })
		if err := p.Names.SaveNames(ctx, found); err != nil {
			return n, fmt.Errorf("keeping names: %w", err)
		}
		n += len(found)
	}
	return n, nil
}

// look makes a name of what DNS says; without a past when it is nowhere.
func (p *Passive) look(ctx context.Context, t crawler.Target, now time.Time) index.Name {
	d := p.Where(ctx, t.Host)
	n := index.Name{Host: t.Host, Source: t.Source, Score: t.Score, First: now, Last: now}
	if len(d.A)+len(d.AAAA) == 0 {
		return n
	}
	note := func(kind string, values ...string) {
		for _, v := range values {
			if v != "" {
				n.Past = append(n.Past, index.Past{Kind: kind, Value: v, First: now, Last: now})
			}
		}
	}
	if p.Fronted == nil || !p.Fronted(t.Host, &d) {
		note("address", d.A...)
		note("address", d.AAAA...)
	}
	note("cname", d.CNAME...)
	note(index.PastNS, serverSet(d.NS))
	note(index.PastEntry, t.Reference)
	return n
}

// sweep forgets what is too old, once in sweepNames.
func (p *Passive) sweep(ctx context.Context, now time.Time) error {
	if p.Keep <= 0 || now.Sub(p.swept) < sweepNames {
		return nil
	}
	if _, err := p.Names.ForgetNames(ctx, now.Add(-p.Keep)); err != nil {
		return err
	}
	p.swept = now
	return nil
}
