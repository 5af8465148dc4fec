package jobs

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"scamatlas/crawler"
	"scamatlas/crawler/archive"
	"scamatlas/crawler/egress"
	"scamatlas/extractors"
	"scamatlas/extractors/cloak"
	"scamatlas/index"
)

// VisitStore is the part of the store that visiting needs.
type VisitStore interface {
	index.Queue
	index.Visits
	Site(ctx context.Context, host string) (*index.Site, error)
}

// Visitor leases sites, crawls them, runs the extractors and saves the visit.
type Visitor struct {
	Store      VisitStore
	Crawler    Crawler
	Extractors []extractors.Extractor
	Profiles   []*crawler.Profile // the first walks the site, as the crawler does; the others look whether they are shown the same
	Render     string             // RenderAuto, RenderAlways, RenderOff
	Archive    Archive            // nil: nothing is kept
	Retention  time.Duration      // evidence of visits older than that is removed once a day by Job; 0 = never
	KeepDead   bool               // evidence also of visits that did not see the site
	Settings   map[string]string  // what the evidence says of how we visit
	NotTheirs  map[string]bool    // values of indicators that are our own: the inert wallet's
	Revisit    Revisit
	Owner      string
	Workers    int
	Judge      *Judge // nil: sites are not judged
	Joiner     Joiner // nil: clusters wait for the next grouping
	Log        *slog.Logger

	browserless atomic.Bool // it was said that there is no browser
	retained    time.Time   // when Job last looked for evidence whose time is over
}

// Result is one finished visit, for whoever reports it.
type Result struct {
	Visit index.Visit
	Took  time.Duration
	Err   error // the visit was made but not saved, or could not be made (leased by another)
	Host  string
}

// Due visits everything that is due until nothing is, or ctx ends. report may be nil; it is called from one goroutine at a time.
//
//	feed: LeaseDue, as many as workers are free ─▶ leases ─▶ Workers × (crawl ─▶ extract ─▶ SaveVisit) ─▶ report
//	                                                                                              └─▶ joining, see there
//
// When ctx ends, visits under way are broken off and their leases given back.
func (v *Visitor) Due(ctx context.Context, report func(Result)) (visited int, err error) {
	return v.run(ctx, report, func(ctx context.Context, n int) ([]index.Lease, bool, error) {
		leases, err := v.Store.LeaseDue(ctx, v.Owner, time.Now().UTC(), leaseFor, n)
		return leases, len(leases) == 0, err
	})
}

// Hosts visits exactly these known hosts now, due or not. A host that another worker holds is reported with index.ErrLeased.
func (v *Visitor) Hosts(ctx context.Context, targets []crawler.Target, report func(Result)) (visited int, err error) {
	next := 0
	return v.run(ctx, report, func(ctx context.Context, n int) ([]index.Lease, bool, error) {
		var leases []index.Lease
		for ; n > 0 && next < len(targets); n-- {
			t := targets[next]
			next++
			l, err := v.Store.LeaseHost(ctx, v.Owner, t.Host, time.Now().UTC(), leaseFor)
			if errors.Is(err, index.ErrLeased) {
				report(Result{Host: t.Host, Err: err})
				continue
			}
			if err != nil {
				return leases, true, fmt.Errorf("leasing %s: %w", t.Host, err)
			}
			l.Target = t
			leases = append(leases, l)
		}
		return leases, next >= len(targets), nil
	})
}

// more hands out up to n leases; last says that there will be none after these.
type more func(ctx context.Context, n int) (leases []index.Lease, last bool, err error)

func (v *Visitor) run(ctx context.Context, report func(Result), lease more) (int, error) {
	var (
		wg      sync.WaitGroup
		visited atomic.Int64
		free    = make(chan struct{}, v.Workers) // a token a free worker
		results sync.Mutex
	)
	for range v.Workers {
		free <- struct{}{}
	}
	joins := v.startJoining(ctx)
	finish := func(r Result) {
		if r.Err == nil {
			visited.Add(1)
			joins.add(r.Host)
		}
		if report != nil {
			results.Lock()
			defer results.Unlock()
			report(r)
		}
	}
	err := v.feed(ctx, free, lease, func(l index.Lease) {
		wg.Go(func() {
			defer func() { free <- struct{}{} }()
			if r, ok := v.visit(ctx, l); ok {
				finish(r)
			}
		})
	})
	wg.Wait()
	joins.wait()
	return int(visited.Load()), err
}

// feed starts a visit for each lease it gets, never more than there are free workers.
func (v *Visitor) feed(ctx context.Context, free chan struct{}, lease more, start func(index.Lease)) error {
	for {
		n := 0
		select {
		case <-free:
			n++
		case <-ctx.Done():
			return ctx.Err()
		}
	drain:
		for n < cap(free) {
			select {
			case <-free:
				n++
			default:
				break drain
			}
		}
		leases, last, err := lease(ctx, n)
		for _, l := range leases {
			start(l)
		}
		for range n - len(leases) {
			free <- struct{}{}
		}
		if err != nil || last {
			return err
		}
	}
}

// visit makes one visit. ok is false when it was broken off and the lease given back.
func (v *Visitor) visit(ctx context.Context, l index.Lease) (r Result, ok bool) {
	start := time.Now()
	views, err := v.look(egress.OneVisit(ctx), l.Target)
	if err != nil {
		v.giveBack(ctx, l)
		return Result{}, false
	}
	got := unite(views)
	c := got.best.Capture
	old := v.before(ctx, l.Host)
	visit := index.NewVisit(l, c, &got.findings, v.Judge.judge(ctx, &got, old), time.Time{})
	visit.Record.Deposits = index.NewRecord(l.Sequence, c, got.best.Findings).Deposits
	visit.Cloaking = got.cloaking
	visit.Next = v.next(old, &visit)
	for _, w := range got.others {
		visit.Further = append(visit.Further, index.NewRecord(l.Sequence, w.Capture, w.Findings))
	}
	// Saving goes on when the server is told to stop: the work is done, only the disk is missing.
	save, cancel := outlast(ctx)
	defer cancel()
	v.keep(save, l, views, &visit)
	r = Result{Visit: visit, Host: l.Host, Took: time.Since(start)}
	if err := v.Store.SaveVisit(save, visit); err != nil {
		r.Err = fmt.Errorf("saving the visit of %s: %w", l.Host, err)
		v.Log.Error("visit not saved", "host", l.Host, "err", err)
		v.giveBack(ctx, l)
		return r, true
	}
	v.Log.Info("visit", "host", l.Host, "outcome", c.Outcome, "pages", len(visit.Pages), "indicators", len(got.findings.Indicators), "looks", len(views), "browser", c.Rendered != nil, "took", r.Took.Round(time.Millisecond).String())
	return r, true
}

// outlast is a context for the end of work that is done: it goes on for saveWithin after ctx has ended, and for saveAtMost in any case. A
// slow disk alone is no reason to throw a visit away.
func outlast(ctx context.Context) (context.Context, context.CancelFunc) {
	long, cancel := context.WithTimeout(context.WithoutCancel(ctx), saveAtMost)
	stop := context.AfterFunc(ctx, func() {
		t := time.AfterFunc(saveWithin, cancel)
		<-long.Done()
		t.Stop()
	})
	return long, func() {
		stop()
		cancel()
	}
}

// keep puts what was seen into the archive and its place there into the visit. A visit without evidence is still a visit.
func (v *Visitor) keep(ctx context.Context, l index.Lease, views []cloak.View, visit *index.Visit) {
	if v.Archive == nil || !v.KeepDead && !visit.Record.Outcome.Alive() {
		return
	}
	put := archive.Visit{Host: l.Host, Sequence: l.Sequence, Settings: v.Settings}
	for _, w := range views {
		put.Captures = append(put.Captures, w.Capture)
	}
	e, err := v.Archive.Put(ctx, put)
	if err != nil {
		v.Log.Error("no evidence kept", "host", l.Host, "err", err)
		return
	}
	visit.Record.Evidence = evidenceOf(v.Archive.ID(), e)
}

// evidenceOf is an archive's entry as the index names it.
func evidenceOf(chain string, e *archive.Entry) *index.Evidence {
	out := &index.Evidence{Chain: chain, Seq: e.Seq, Hash: e.Hash}
	for _, o := range e.Objects {
		out.Objects = append(out.Objects, index.ObjectRef{Kind: o.Kind, Profile: o.Profile, SHA256: o.SHA256, Size: o.Size, Of: o.Of})
	}
	return out
}

// readView runs the extractors over one capture. It shields the server from an extractor that panics on a page nobody foresaw: the
// visit is saved with what else is known. notTheirs holds values that are our own.
func readView(c *crawler.Capture, set []extractors.Extractor, notTheirs map[string]bool, log *slog.Logger) (w cloak.View) {
	w = cloak.View{Profile: c.Visitor, Capture: c, Findings: &extractors.Findings{}}
	if w.Profile == nil {
		w.Profile = &crawler.Profile{Name: c.Profile}
	}
	defer func() {
		if p := recover(); p != nil {
			log.Error("extractor panicked", "host", c.Host, "err", p, "stack", string(debug.Stack()))
		}
	}()
	in, f := extractors.Read(c, set)
	w.Input = in
	f.Indicators = slices.DeleteFunc(f.Indicators, func(i extractors.Indicator) bool { return notTheirs[i.Value] })
	w.Findings = f
	return w
}

// before gives the site as it is known, nil where it is not or cannot be read.
func (v *Visitor) before(ctx context.Context, host string) *index.Site {
	s, err := v.Store.Site(ctx, host)
	if err != nil {
		return nil
	}
	return s
}

// next says when the host is due again: what the visit makes of the site as it was decides.
func (v *Visitor) next(old *index.Site, visit *index.Visit) time.Time {
	after, _ := index.Apply(old, visit)
	return v.Revisit.Next(after)
}

func (v *Visitor) giveBack(ctx context.Context, l index.Lease) {
	back, cancel := outlast(ctx)
	defer cancel()
	if err := v.Store.Release(back, l); err != nil {
		v.Log.Warn("lease not given back; it runs out by itself", "host", l.Host, "until", l.Until, "err", err)
	}
}

// unjudged is the verdict of who does not judge: it only tells parked pages from the rest.
func unjudged(o crawler.Outcome) extractors.Verdict {
	label := extractors.LabelUnclear
	if o == crawler.Parked {
		label = extractors.LabelParked
	}
	return extractors.Verdict{Label: label, Reasons: []extractors.Reason{}}
}

// retain removes evidence whose time is over, once a day. Job runs once at a time.
func (v *Visitor) retain(ctx context.Context) {
	now := time.Now().UTC()
	if v.Archive == nil || v.Retention <= 0 || now.Sub(v.retained) < retainEvery {
		return
	}
	v.retained = now
	r, err := v.Archive.Retain(ctx, now.Add(-v.Retention), false)
	if err != nil {
		v.Log.Error("evidence whose time is over was not removed", "err", err)
		return
	}
	v.Log.Info("evidence whose time is over is removed", "visits", r.Visits, "objects", r.Objects, "bytes", r.Bytes)
}

// Job is the scheduled form: it visits all that is due.
func (v *Visitor) Job(ctx context.Context, _ time.Time) (string, error) {
	v.retain(ctx)
	n, err := v.Due(ctx, nil)
	if err != nil && ctx.Err() != nil {
		err = nil
	}
	return fmt.Sprintf("%d sites visited", n), err
}
