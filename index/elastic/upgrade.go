package elastic

import (
	"context"
	"fmt"

	"scamatlas/index"
)

// upgradeSites writes sites that a program of an earlier schema wrote as this one would, so that they are found by the fields that have
// come since. Only what still stands as it was read is written: a crash leaves the rest for the next Open, and many machines may do it at
// once. Usually there is nothing to do, which costs one search.
func (s *Store) upgradeSites(ctx context.Context) error {
	earlier := object{"bool": object{"must_not": []any{object{"exists": object{"field": "points"}}}}}
	for round := range MaxConflicts {
		res, err := s.c.search(ctx, s.names.sites, object{"size": 0, "track_total_hits": true, "query": earlier})
		if err != nil {
			return fmt.Errorf("looking for sites of an earlier schema: %w", err)
		}
		n := res.Hits.Total.Value
		if n == 0 {
			return nil
		}
		if round == 0 {
			s.log.Info("bringing the store up to date; this is done once", "store", s.c.address, "sites", n)
		}
		conflicts := 0
		sc := scan{index: s.names.sites, query: earlier, by: "k.host", page: sitePage, parts: wholeParts()}
		err = s.c.scan(ctx, sc, func(hits []hit) error {
			lost, err := s.upgradePage(ctx, hits)
			conflicts += lost
			return err
		})
		if err != nil {
			return fmt.Errorf("bringing sites up to date: %w", err)
		}
		if err := s.c.refresh(ctx, s.names.sites); err != nil || conflicts == 0 {
			return err
		}
	}
	return nil // somebody else changes them all the time, and so brings them up to date
}

// upgradePage writes some sites and counts those that somebody else has changed meanwhile. What cannot be read or is refused stays as it is.
func (s *Store) upgradePage(ctx context.Context, hits []hit) (conflicts int, err error) {
	sites := make([]*index.Site, len(hits))
	for i, h := range hits {
		if sites[i], err = s.siteOf(h); err != nil {
			s.log.Warn("a stored site cannot be read and stays as it is", "host", h.ID, "err", err)
			continue
		}
		index.Upgrade(sites[i])
	}
	for _, core := range []bool{false, true} { // what the server objects to in full, it may take trimmed
		var ops []op
		var of []int
		for i, site := range sites {
			if site == nil {
				continue
			}
			doc, err := s.pack.siteToDoc(site, core)
			if err != nil {
				return conflicts, fmt.Errorf("%s: %w", site.Host, err)
			}
			ops, of = append(ops, write(s.names.sites, hits[i].ID, &hits[i].place, doc)), append(of, i)
		}
		answers, err := s.c.bulk(ctx, ops, 0)
		if err != nil {
			return conflicts, err
		}
		for n, a := range answers {
			switch {
			case a == nil:
			case conflict(a):
				conflicts++
			case a.outage():
				return conflicts, fmt.Errorf("%s: %w", ops[n].id, a)
			case core:
				s.log.Warn("the server refuses a stored site, it stays as it is", "host", ops[n].id, "err", a)
			default:
				continue // trimmed in the next round
			}
			sites[of[n]] = nil
		}
	}
	return conflicts, nil
}
