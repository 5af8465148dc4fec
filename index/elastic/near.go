package elastic

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"golang.org/x/sync/errgroup"

	"scamatlas/index"
)

// Near asks how many sites hold each value, then who shares them, and reads these. It searches for what visits found, which Flush makes
// seen; the clusters are read from the documents themselves, so nothing has to be refreshed after each Join.
func (s *Store) Near(ctx context.Context, m *index.Member, n int) ([]index.Neighbour, error) {
	near, err := s.near(ctx, m, min(n, index.MaxNear))
	if err != nil {
		return nil, fmt.Errorf("reading neighbours of %s: %w", m.Host, err)
	}
	return near, nil
}

func (s *Store) near(ctx context.Context, m *index.Member, n int) ([]index.Neighbour, error) {
	front, people := index.Leads(m)
	bands, others := terms(front), terms(people)
	if len(bands)+len(others) == 0 || n < 1 {
		return nil, nil
	}
	holders, err := s.holders(ctx, append(slices.Clone(bands), others...))
	if err != nil {
		return nil, err
	}
	for i, h := range holders {
		if i >= len(bands) && h > index.MaxNearHolders {
			holders[i] = 0
		}
	}
	var byFront, byPeople []string
	g, gctx := errgroup.WithContext(ctx)
	g.Go(func() (err error) {
		byFront, err = s.sharing(gctx, m.Host, bands, holders[:len(bands)], n)
		return err
	})
	g.Go(func() (err error) {
		byPeople, err = s.sharing(gctx, m.Host, others, holders[len(bands):], n)
		return err
	})
	if err := g.Wait(); err != nil {
		return nil, err
	}
	ids := index.InTurn(byFront, byPeople)
	return s.neighbours(ctx, ids[:min(n, len(ids))])
}

// terms gives a query for each value.
func terms(leads map[string][]string) (out []object) {
	for field, values := range leads {
		for _, v := range values {
			out = append(out, object{"term": object{"k." + field: object{"value": v}}})
		}
	}
	return out
}

// holders counts the sites of each query.
func (s *Store) holders(ctx context.Context, queries []object) ([]int, error) {
	res, err := s.c.search(ctx, s.names.sites, object{"size": 0, "track_total_hits": false, "aggs": object{"holders": object{"filters": object{"filters": queries}}}})
	if err != nil {
		return nil, err
	}
	buckets := res.Aggregations["holders"].Buckets
	if len(buckets) != len(queries) {
		return nil, fmt.Errorf("%w: elasticsearch %s counted the sites of %d of %d values", index.ErrUnavailable, s.c.address, len(buckets), len(queries))
	}
	out := make([]int, len(queries))
	for i := range out {
		out[i] = int(buckets[i].DocCount)
	}
	return out, nil
}

// sharing gives the ids of the n sites that share the rarest of the values most; those without holders do not count.
func (s *Store) sharing(ctx context.Context, host string, values []object, holders []int, n int) (ids []string, err error) {
	var should []object
	for i, v := range values {
		if holders[i] > 0 {
			should = append(should, object{"constant_score": object{"filter": v, "boost": index.Rarity(min(holders[i], index.MaxNearHolders+1))}})
		}
	}
	if len(should) == 0 {
		return nil, nil
	}
	found, err := s.c.search(ctx, s.names.sites, object{"size": n, "_source": false, "track_total_hits": false, "sort": []object{{"_score": "desc"}, {"k.host": "asc"}},
		"query": object{"bool": object{"should": should, "minimum_should_match": 1, "filter": object{"exists": object{"field": "last_live"}},
			"must_not": object{"term": object{"k.host": host}}}}})
	if err != nil {
		return nil, err
	}
	for _, h := range found.Hits.Hits {
		ids = append(ids, h.ID)
	}
	return ids, nil
}

// neighbours reads sites in the order of their ids. One that is gone meanwhile is left out.
func (s *Store) neighbours(ctx context.Context, ids []string) ([]index.Neighbour, error) {
	keys := make([]key, len(ids))
	for i, id := range ids {
		keys[i] = key{s.names.sites, id, append(memberParts(), "k.kit", "k.operator")}
	}
	docs, err := s.c.get(ctx, keys, 0)
	if err != nil {
		return nil, err
	}
	out := make([]index.Neighbour, 0, len(docs))
	for i := range docs {
		if !docs[i].Found {
			continue
		}
		var d siteDoc
		err := json.Unmarshal(docs[i].Source, &d)
		var near *index.Member
		if err == nil {
			near, err = s.pack.docToMember(&d)
		}
		if err != nil {
			return nil, fmt.Errorf("site %s: %w", ids[i], err)
		}
		out = append(out, index.Neighbour{Member: *near, Kit: first(d.K["kit"]), Operator: first(d.K["operator"])})
	}
	return out, nil
}

// Join sets the clusters of one site, again when a visit comes between.
func (s *Store) Join(ctx context.Context, host, kit, operator string) error {
	if err := s.writable("joining clusters"); err != nil {
		return err
	}
	s.unread.sites.Store(true)
	for range MaxConflicts {
		docs, err := s.c.get(ctx, []key{{s.names.sites, host, []string{"k.kit"}}}, 0)
		if err == nil && !docs[0].Found {
			err = index.ErrNotFound
		}
		if err != nil {
			return fmt.Errorf("joining clusters, %s: %w", host, err)
		}
		conflicts, err := s.updateSites(ctx, []op{{action: "update", index: s.names.sites, id: host, at: docs[0].at(),
			doc: object{"doc": object{"k": object{"kit": list(kit), "operator": list(operator)}}}}})
		if err != nil || conflicts == 0 {
			return err
		}
	}
	return fmt.Errorf("%w: %s is changed by others all the time", index.ErrUnavailable, host)
}
