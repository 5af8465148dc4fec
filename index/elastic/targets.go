package elastic

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"scamatlas/crawler"
	"scamatlas/index"
)

// AddTargets makes unknown hosts due at now and notes further sources of known ones. A host is written into the queue first: if this
// process dies then, the host is visited all the same, and the same call again completes it.
func (s *Store) AddTargets(ctx context.Context, targets []crawler.Target, now time.Time) (added int, err error) {
	if err := s.writable("adding targets"); err != nil {
		return 0, err
	}
	for step := range slices.Chunk(targets, index.MaxTargets) {
		n, err := s.addStep(ctx, step, index.Moment(now))
		added += n
		if err != nil {
			return added, fmt.Errorf("adding targets: %w", err)
		}
	}
	return added, nil
}

func (s *Store) addStep(ctx context.Context, targets []crawler.Target, now time.Time) (added int, err error) {
	byHost := map[string][]crawler.Target{}
	var hosts []string
	for _, t := range targets {
		if t.Host == "" {
			return 0, errors.New("a target without a host")
		}
		if _, known := byHost[t.Host]; !known {
			hosts = append(hosts, t.Host)
		}
		byHost[t.Host] = append(byHost[t.Host], t)
	}
	ops := make([]op, len(hosts))
	for i, h := range hosts {
		ops[i] = write(s.names.frontier, h, nil, frontierDoc{Host: h, Due: stamp(now), Target: byHost[h][0]})
	}
	results, err := s.c.bulk(ctx, ops, 0)
	if err != nil {
		return 0, err
	}
	for i, r := range results {
		switch {
		case r == nil:
			added++
		case !conflict(r):
			return added, fmt.Errorf("%s: %w", hosts[i], r)
		}
	}
	s.unread.sites.Store(true)
	return added, s.noteSources(ctx, hosts, byHost, now)
}

// noteSources writes who named the hosts into the site documents, again where somebody else has changed one in between.
func (s *Store) noteSources(ctx context.Context, hosts []string, byHost map[string][]crawler.Target, now time.Time) error {
	for range MaxConflicts {
		ops, err := s.sourceOps(ctx, hosts, byHost, now)
		if err != nil || len(ops) == 0 {
			return err
		}
		results, err := s.c.bulk(ctx, ops, 0)
		if err != nil {
			return err
		}
		hosts = hosts[:0:0]
		for i, r := range results {
			switch {
			case conflict(r):
				hosts = append(hosts, ops[i].id)
			case r != nil:
				return fmt.Errorf("%s: %w", ops[i].id, r)
			}
		}
	}
	if len(hosts) > 0 {
		return fmt.Errorf("%w: %d sites are changed by others all the time", index.ErrUnavailable, len(hosts))
	}
	return nil
}

func (s *Store) sourceOps(ctx context.Context, hosts []string, byHost map[string][]crawler.Target, now time.Time) ([]op, error) {
	keys := make([]key, len(hosts))
	for i, h := range hosts {
		keys[i] = key{s.names.sites, h, sourcesParts()}
	}
	docs, err := s.c.get(ctx, keys, 0)
	if err != nil {
		return nil, err
	}
	var ops []op
	for i, h := range hosts {
		site := index.Site{Host: h, RegDomain: crawler.RegistrableDomain(h), FirstSeen: now, NextVisit: now}
		if docs[i].Found {
			var d siteDoc
			if err := json.Unmarshal(docs[i].Source, &d); err != nil {
				return nil, fmt.Errorf("site %s: %w", h, err)
			}
			site.Sources = d.Sources
		}
		changed := false
		for _, t := range byHost[h] {
			changed = site.AddSource(t, now) || changed
		}
		switch {
		case !docs[i].Found:
			d, err := s.pack.siteToDoc(&site, false)
			if err != nil {
				return nil, err
			}
			ops = append(ops, write(s.names.sites, h, nil, d))
		case changed:
			ops = append(ops, op{action: "update", index: s.names.sites, id: h, at: docs[i].at(), doc: map[string]any{"doc": map[string]any{
				"sources": site.Sources, "k": map[string]any{"source": index.Keys(&site)["source"]}}}})
		}
	}
	return ops, nil
}
