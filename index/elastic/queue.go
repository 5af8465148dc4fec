package elastic

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"scamatlas/index"
)

// queued is a queue document with its place in history.
type queued struct {
	frontierDoc
	at place
}

// LeaseDue searches for due hosts and takes them one by one by compare-and-swap. Where others are faster it looks again, further and
// in another order, so that a crowd of machines does not fight over the same few hosts.
func (s *Store) LeaseDue(ctx context.Context, owner string, now time.Time, ttl time.Duration, n int) ([]index.Lease, error) {
	if err := s.writable("leasing"); err != nil {
		return nil, err
	}
	n = min(n, index.MaxLease)
	var taken []queued
	for round := 0; round < MaxLeaseRounds && len(taken) < n; round++ {
		want := n - len(taken)
		candidates, err := s.dueHosts(ctx, now, min(want<<round, MaxCandidates))
		if err != nil {
			if len(taken) > 0 {
				break // what is taken must reach the caller
			}
			return nil, fmt.Errorf("leasing: %w", err)
		}
		if round > 0 {
			rand.Shuffle(len(candidates), func(i, j int) { candidates[i], candidates[j] = candidates[j], candidates[i] })
		}
		candidates = candidates[:min(len(candidates), want)]
		mine, err := s.take(ctx, owner, now, ttl, candidates)
		taken = append(taken, mine...)
		if err != nil && len(taken) == 0 {
			return nil, fmt.Errorf("leasing: %w", err)
		}
		if err != nil || len(mine) == len(candidates) {
			break // nobody is in the way: that was all there is
		}
	}
	slices.SortStableFunc(taken, func(a, b queued) int { return cmp.Or(cmp.Compare(a.Due, b.Due), cmp.Compare(a.Host, b.Host)) })
	return leases(taken), nil
}

// dueHosts finds up to n hosts that are due and not held, longest due first, without those whose visit waits in our own outbox: their
// lease may have run out while the server was away, but the work is done.
func (s *Store) dueHosts(ctx context.Context, now time.Time, n int) ([]queued, error) {
	not := []any{held(now)}
	if s.box != nil {
		hosts, err := s.box.Hosts(ctx, MaxHeldBack)
		if err != nil {
			return nil, err
		}
		if len(hosts) > 0 {
			not = append(not, object{"terms": object{"host": hosts}})
		}
	}
	if err := s.c.refresh(ctx, s.names.frontier); err != nil {
		return nil, err
	}
	body := object{"size": n, "seq_no_primary_term": true, "track_total_hits": false, "sort": []any{object{"due": "asc"}, object{"host": "asc"}},
		"query": object{"bool": object{"filter": []any{object{"range": object{"due": object{"lte": stamp(now)}}}}, "must_not": not}}}
	res, err := s.c.search(ctx, s.names.frontier, body)
	if err != nil {
		return nil, err
	}
	return readQueue(res.Hits.Hits)
}

func readQueue(hits []hit) ([]queued, error) {
	out := make([]queued, len(hits))
	for i, h := range hits {
		out[i].at = h.place
		if err := json.Unmarshal(h.Source, &out[i].frontierDoc); err != nil {
			return nil, fmt.Errorf("queue document %s: %w", h.ID, err)
		}
	}
	return out, nil
}

func held(now time.Time) object { return object{"range": object{"until": object{"gt": stamp(now)}}} }

// take tries to lease each of the hosts and gives those it got.
func (s *Store) take(ctx context.Context, owner string, now time.Time, ttl time.Duration, hosts []queued) ([]queued, error) {
	ops := make([]op, len(hosts))
	for i := range hosts {
		q := &hosts[i]
		q.Owner, q.Leased, q.Until = owner, stamp(now), stamp(now.Add(ttl))
		q.Sequence++
		ops[i] = write(s.names.frontier, q.Host, &q.at, q.frontierDoc)
	}
	results, err := s.c.bulk(ctx, ops, 0)
	if err != nil {
		return nil, err
	}
	var mine []queued
	for i, r := range results {
		switch {
		case r == nil:
			mine = append(mine, hosts[i])
		case !conflict(r):
			return mine, fmt.Errorf("%s: %w", hosts[i].Host, r)
		}
	}
	return mine, nil
}

func leases(taken []queued) []index.Lease {
	out := make([]index.Lease, 0, len(taken))
	for i := range taken {
		out = append(out, taken[i].lease())
	}
	return out
}

func (q *queued) lease() index.Lease {
	return index.Lease{Host: q.Host, Owner: q.Owner, Until: moment(q.Until), Sequence: q.Sequence, Target: q.Target}
}

// LeaseHost takes one host. An owner may take anew what it holds itself: the visit under its older lease then is the older one.
func (s *Store) LeaseHost(ctx context.Context, owner, host string, now time.Time, ttl time.Duration) (index.Lease, error) {
	if err := s.writable("leasing " + host); err != nil {
		return index.Lease{}, err
	}
	for range MaxConflicts {
		q, err := s.queueEntry(ctx, host)
		if err != nil {
			return index.Lease{}, fmt.Errorf("leasing %s: %w", host, err)
		}
		if q == nil {
			return index.Lease{}, fmt.Errorf("leasing %s: %w", host, index.ErrNotFound)
		}
		if moment(q.Until).After(now) && q.Owner != owner {
			return index.Lease{}, fmt.Errorf("leasing %s: %w: %s until %s", host, index.ErrLeased, q.Owner, q.Until)
		}
		mine, err := s.take(ctx, owner, now, ttl, []queued{*q})
		if err != nil {
			return index.Lease{}, fmt.Errorf("leasing: %w", err)
		}
		if len(mine) == 1 {
			return mine[0].lease(), nil
		}
	}
	return index.Lease{}, fmt.Errorf("leasing %s: %w", host, index.ErrLeased)
}

// queueEntry reads one host's place in the queue; nil when unknown.
func (s *Store) queueEntry(ctx context.Context, host string) (*queued, error) {
	if host == "" {
		return nil, nil
	}
	var q queued
	at, err := s.c.getOne(ctx, key{index: s.names.frontier, id: host}, &q.frontierDoc)
	if err != nil || at == nil {
		return nil, err
	}
	q.at = *at
	return &q, nil
}

// Release gives a host back.
func (s *Store) Release(ctx context.Context, l index.Lease) error {
	if err := s.writable("releasing " + l.Host); err != nil {
		return err
	}
	for range MaxConflicts {
		q, err := s.queueEntry(ctx, l.Host)
		if err != nil {
			return fmt.Errorf("releasing %s: %w", l.Host, err)
		}
		if q == nil || q.Owner != l.Owner || q.Sequence != l.Sequence {
			return nil
		}
		given, err := s.giveBack(ctx, []queued{*q})
		if err != nil || given == 1 {
			return err
		}
	}
	return fmt.Errorf("releasing %s: %w: others change it all the time", l.Host, index.ErrUnavailable)
}

// giveBack ends leases and makes the hosts due; it counts those that nobody else has changed since.
func (s *Store) giveBack(ctx context.Context, hosts []queued) (int, error) {
	ops := make([]op, len(hosts))
	for i := range hosts {
		d, at := hosts[i].frontierDoc, hosts[i].at
		if d.Due == "" || (d.Leased != "" && d.Leased < d.Due) {
			d.Due = d.Leased // a host may be leased before it is due; stamps sort like times
		}
		d.Owner, d.Leased, d.Until = "", "", ""
		ops[i] = write(s.names.frontier, d.Host, &at, d)
	}
	results, err := s.c.bulk(ctx, ops, 0)
	if err != nil {
		return 0, fmt.Errorf("giving back leases: %w", err)
	}
	given := 0
	for i, r := range results {
		switch {
		case r == nil:
			given++
		case !conflict(r):
			return given, fmt.Errorf("giving back %s: %w", hosts[i].Host, r)
		}
	}
	return given, nil
}

// Reclaim gives back the leases of owner, save those whose visit waits in our own outbox: delivery ends them.
func (s *Store) Reclaim(ctx context.Context, owner string) (n int, err error) {
	if err := s.writable("reclaiming leases"); err != nil {
		return 0, err
	}
	done := map[string]bool{}
	if s.box != nil {
		hosts, err := s.box.Hosts(ctx, MaxHeldBack)
		if err != nil {
			return 0, err
		}
		for _, h := range hosts {
			done[h] = true
		}
	}
	if err := s.c.refresh(ctx, s.names.frontier); err != nil {
		return 0, fmt.Errorf("reclaiming leases: %w", err)
	}
	err = s.c.scan(ctx, scan{index: s.names.frontier, query: object{"term": object{"owner": owner}}, by: "host", page: keyPage}, func(hits []hit) error {
		all, err := readQueue(hits)
		if err != nil {
			return err
		}
		given, err := s.giveBack(ctx, slices.DeleteFunc(all, func(q queued) bool { return done[q.Host] }))
		n += given
		return err
	})
	if err != nil {
		return n, fmt.Errorf("reclaiming leases: %w", err)
	}
	return n, nil
}

// Due counts.
func (s *Store) Due(ctx context.Context, now time.Time) (due, heldNow int64, err error) {
	if err := s.c.refresh(ctx, s.names.frontier); err != nil {
		return 0, 0, fmt.Errorf("counting what is due: %w", err)
	}
	free := object{"bool": object{"filter": []any{object{"range": object{"due": object{"lte": stamp(now)}}}}, "must_not": []any{held(now)}}}
	body := object{"size": 0, "track_total_hits": false, "aggs": object{"due": object{"filter": free}, "held": object{"filter": held(now)}}}
	res, err := s.c.search(ctx, s.names.frontier, body)
	if err != nil {
		return 0, 0, fmt.Errorf("counting what is due: %w", err)
	}
	return res.Aggregations["due"].DocCount, res.Aggregations["held"].DocCount, nil
}
