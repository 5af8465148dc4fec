package elastic

import (
	"context"
	"encoding/json"
	"fmt"

	"scamatlas/index"
)

// Near asks for sites that share one of the values; the server's own score counts rare ones more.
func (s *Store) Near(ctx context.Context, m *index.Member, n int) ([]index.Neighbour, error) {
	if err := s.seen(ctx, &s.unread.sites, s.names.sites); err != nil {
		return nil, fmt.Errorf("reading neighbours of %s: %w", m.Host, err)
	}
	var should []object
	for field, values := range index.NearKeys(m) {
		for _, v := range values {
			should = append(should, object{"term": object{"k." + field: object{"value": v}}})
		}
	}
	if len(should) == 0 || n < 1 {
		return nil, nil
	}
	found, err := s.c.search(ctx, s.names.sites, object{"size": min(n, index.MaxNear), "_source": append(memberParts(), "k.kit", "k.operator"),
		"track_total_hits": false, "sort": []object{{"_score": "desc"}, {"k.host": "asc"}},
		"query": object{"bool": object{"should": should, "minimum_should_match": 1, "filter": object{"exists": object{"field": "last_live"}},
			"must_not": object{"term": object{"k.host": m.Host}}}}})
	if err != nil {
		return nil, fmt.Errorf("reading neighbours of %s: %w", m.Host, err)
	}
	out := make([]index.Neighbour, 0, len(found.Hits.Hits))
	for _, h := range found.Hits.Hits {
		var d siteDoc
		err := json.Unmarshal(h.Source, &d)
		var near *index.Member
		if err == nil {
			near, err = s.pack.docToMember(&d)
		}
		if err != nil {
			return nil, fmt.Errorf("reading site %s: %w", h.ID, err)
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
