package jobs

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"scamatlas/crawler"
	"scamatlas/index"
	"scamatlas/index/query"
)

// PivotStore is the part of the store that pivoting reads.
type PivotStore interface {
	Site(ctx context.Context, host string) (*index.Site, error)
	EachSite(ctx context.Context, q query.Expr, fn func(*index.Site) error) error
	Search(ctx context.Context, r index.SearchRequest) (*index.SearchResult, error)
	Clusters(ctx context.Context, layer index.Layer) ([]index.Cluster, error)
	NamesWith(ctx context.Context, key string, n int) (some []index.Name, all int64, err error)
}

// Pivot is the Source of hosts that confirmed sites lead to, by three roads:
//
//	what a site shows itself: names in its certificate, redirects, backends, links      (leadsTo)
//	what the store has of other sites: rare wallets, contacts, icons, places, links     (shared)
//	what discovery read of and nobody has visited: addresses, name servers, certificates, names of one series (beside, nextNames)
//
// Each target says from which site and by what. A value that many share leads nowhere. Targets are to be looked at, no more: nothing is
// said about what they are.
type Pivot struct {
	Store PivotStore
	Skip  func(host string) bool // platforms and honest firms, which every kind of site leads to; nil skips none
	Every time.Duration          // readings sooner after the last one give nothing; 0 = each reads
	Now   func() time.Time
}

// Name implements Source.
func (*Pivot) Name() string { return "pivot" }

// Expect implements Source: where nothing is confirmed there is nothing to expect.
func (*Pivot) Expect() time.Duration { return 0 }

// pivotCursor is when the last reading began, and what had been pivoted from by its end: a site may be confirmed without a visit.
type pivotCursor struct {
	Since time.Time `json:"since"`
	Done  bloom     `json:"done,omitempty"` // hosts; one that is in by mistake waits for its next visit
}

// Read implements Source. Sites come in the order of their names, so the cursor moves only at the end.
func (p *Pivot) Read(ctx context.Context, cursor []byte, emit func(crawler.Batch) error) error {
	var from pivotCursor
	if len(cursor) > 0 {
		if err := json.Unmarshal(cursor, &from); err != nil {
			return fmt.Errorf("reading where pivoting was: %w", err)
		}
	}
	began := p.Now().UTC()
	if began.Sub(from.Since) < p.Every {
		return nil
	}
	confirmed, fresh, err := p.confirmed(ctx, from, began)
	if err != nil {
		return err
	}
	later := fresh[min(len(fresh), pivotsAtOnce):]
	fresh = fresh[:len(fresh)-len(later)]
	b := pivots{skip: p.Skip, seen: map[string]crawler.TLP{}, cursor: cursor, emit: emit, confirmed: confirmed}
	for _, host := range fresh {
		b.read++
		if err := p.from(ctx, host, &b); err != nil {
			return fmt.Errorf("pivoting from %s: %w", host, err)
		}
	}
	operators, err := p.Store.Clusters(ctx, index.Operator)
	if err != nil {
		return err
	}
	for i := range operators {
		if err := b.addAll(nextNames(&operators[i], confirmed)); err != nil {
			return err
		}
	}
	if len(fresh) == 0 && len(b.targets) == 0 {
		return nil
	}
	if b.cursor, err = json.Marshal(pivotCursor{began, doneBut(confirmed, later)}); err != nil {
		return err
	}
	return b.flush()
}

// confirmed gives all confirmed hosts with how far they may be named, and in order those that were visited, reviewed or confirmed since the last reading.
func (p *Pivot) confirmed(ctx context.Context, from pivotCursor, now time.Time) (all map[string]crawler.TLP, fresh []string, err error) {
	all = map[string]crawler.TLP{}
	err = p.Store.EachSite(ctx, confirmedTerm, func(s *index.Site) error {
		if !s.Confirmed(now) {
			return nil
		}
		all[s.Host] = s.Light()
		since := from.Since.Add(-pivotOverlap)
		if !from.Done.has(s.Host) || !s.LastVisit.Before(since) || s.Review != nil && !s.Review.At.Before(since) {
			fresh = append(fresh, s.Host)
		}
		return ctx.Err()
	})
	return all, fresh, err
}

// doneBut gives what says that these hosts are done, without those that are left for later.
func doneBut(hosts map[string]crawler.TLP, later []string) bloom {
	b := newBloom(len(hosts))
	left := map[string]bool{}
	for _, h := range later {
		left[h] = true
	}
	for h := range hosts {
		if !left[h] {
			b.add(h)
		}
	}
	return b
}

// from adds what one confirmed site leads to.
func (p *Pivot) from(ctx context.Context, host string, b *pivots) error {
	s, err := p.Store.Site(ctx, host)
	if errors.Is(err, index.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	found := &leads{of: s, by: map[string]*crawler.Target{}}
	found.own()
	for _, road := range []func(context.Context, *leads) error{p.links, p.shared, p.beside} {
		if err := road(ctx, found); err != nil {
			return err
		}
	}
	return b.addAll(found.targets())
}

// leads are the hosts that one site leads to.
type leads struct {
	of *index.Site
	by map[string]*crawler.Target
}

// add notes a host and how it was come by: "named in the certificate of". Reasons of one host are weighed together as if independent.
// Where we know the site from binds the host as well.
func (l *leads) add(raw string, score float64, how string) {
	t, err := crawler.ParseTarget(strings.TrimPrefix(raw, "*."))
	if err != nil || sameSite(t.Host, l.of.Host) {
		return
	}
	known := l.known(t.Host)
	if known == nil {
		if len(l.by) >= pivotsOfSite {
			return
		}
		known = &crawler.Target{Host: t.Host, Source: "pivot"}
		l.by[t.Host] = known
	}
	known.TLP = l.of.Light()
	why := how + " " + l.of.Host
	if known.Reference == "" {
		known.Reference = why // from which site and by what: all that is kept of a target that is known already
	}
	if !slices.Contains(known.Reasons, why) {
		known.Score = 1 - (1-known.Score)*(1-score)
		known.Reasons = append(known.Reasons, why)
	}
}

// share notes a site that we have seen, by what both sites have. That tells us of no name that we did not know: the light of that stays.
func (l *leads) share(s *index.Site, score float64, how string) {
	light := l.of.Light()
	if !light.Covers(s.Light()) {
		light = s.Light()
	}
	if t := l.known(s.Host); t != nil {
		light = t.TLP
	}
	l.add(s.Host, score, how)
	if t := l.known(s.Host); t != nil {
		t.TLP = light
	}
}

// known gives the lead to a host, under its name without "www." too; nil when there is none.
func (l *leads) known(host string) *crawler.Target {
	if t := l.by[strings.TrimPrefix(host, "www.")]; t != nil {
		return t
	}
	return l.by[host]
}

// targets gives the hosts, the surest first.
func (l *leads) targets() []crawler.Target {
	var out []crawler.Target
	for _, t := range l.by {
		if bare := strings.TrimPrefix(t.Host, "www."); bare == t.Host || l.by[bare] == nil {
			out = append(out, *t)
		}
	}
	slices.SortFunc(out, func(a, b crawler.Target) int {
		return cmp.Or(cmp.Compare(b.Score, a.Score), cmp.Compare(a.Host, b.Host))
	})
	return out
}

// pivots gathers targets into batches, each host once, and again from a site that may be named further.
type pivots struct {
	skip      func(string) bool
	emit      func(crawler.Batch) error
	cursor    []byte
	seen      map[string]crawler.TLP // the light it was given with
	confirmed map[string]crawler.TLP
	targets   []crawler.Target
	read      int
}

func (b *pivots) addAll(all []crawler.Target) error {
	for _, t := range all {
		if err := b.add(t); err != nil {
			return err
		}
	}
	return nil
}

func (b *pivots) add(t crawler.Target) error {
	if _, known := b.confirmed[t.Host]; known || b.skip != nil && b.skip(t.Host) {
		return nil
	}
	if light, given := b.seen[t.Host]; given && t.TLP.Covers(light) {
		return nil
	}
	if len(b.seen) < maxPivots {
		b.seen[t.Host] = t.TLP
	}
	b.targets = append(b.targets, t)
	if len(b.targets) < index.MaxTargets {
		return nil
	}
	return b.flush()
}

func (b *pivots) flush() error {
	err := b.emit(crawler.Batch{Targets: b.targets, Read: b.read, Cursor: b.cursor})
	b.targets, b.read = nil, 0
	return err
}

func sameSite(a, b string) bool {
	return strings.TrimPrefix(a, "www.") == strings.TrimPrefix(b, "www.")
}
