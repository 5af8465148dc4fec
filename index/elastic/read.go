package elastic

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync/atomic"

	"scamatlas/index"
	"scamatlas/index/query"
)

// unread notes what this process has written and searches may not see yet. Visits are left out: Flush makes those seen.
type unread struct{ sites, clusters, named atomic.Bool }

// seen refreshes an index when this process has written to it since.
func (s *Store) seen(ctx context.Context, written *atomic.Bool, name string) error {
	if !written.CompareAndSwap(true, false) {
		return nil
	}
	err := s.c.refresh(ctx, name)
	var refused *serverError
	if errors.As(err, &refused) && refused.Status == 403 {
		return nil // a role that may not refresh sees its writes within a second
	}
	if err != nil {
		written.Store(true)
	}
	return err
}

// Site reads one host in its newest delivered state.
func (s *Store) Site(ctx context.Context, host string) (*index.Site, error) {
	if host == "" {
		return nil, fmt.Errorf("site without a host: %w", index.ErrNotFound)
	}
	var d siteDoc
	at, err := s.c.getOne(ctx, key{s.names.sites, host, wholeParts()}, &d)
	if err == nil && at == nil {
		err = index.ErrNotFound
	}
	if err != nil {
		return nil, fmt.Errorf("site %s: %w", host, err)
	}
	site, err := s.pack.docToSite(&d)
	if err != nil {
		return nil, fmt.Errorf("site %s: %w", host, err)
	}
	return site, nil
}

// Search answers with sites without their fingerprints: those are large, and no reader of an answer compares them.
func (s *Store) Search(ctx context.Context, r index.SearchRequest) (*index.SearchResult, error) {
	body, limit, err := s.searchBody(r)
	if err != nil {
		return nil, fmt.Errorf("search: %w", err)
	}
	if err := s.seen(ctx, &s.unread.sites, s.names.sites); err != nil {
		return nil, fmt.Errorf("search: %w", err)
	}
	p, err := s.c.openPIT(ctx, s.names.sites)
	if err != nil {
		return nil, fmt.Errorf("search: %w", err)
	}
	defer p.close(ctx)
	out := &index.SearchResult{Sites: []*index.Site{}}
	for from := 0; ; from += sitePage {
		body["from"], body["size"] = from, min(sitePage, limit-from)
		res, err := p.search(ctx, body)
		if err != nil {
			return nil, fmt.Errorf("search: %w", err)
		}
		if from == 0 {
			out.Total, out.Facets = res.Hits.Total.Value, facets(res, r.Facets)
			body["track_total_hits"] = false
			delete(body, "aggs")
		}
		for _, h := range res.Hits.Hits {
			site, err := s.siteOf(h)
			if err != nil {
				return nil, fmt.Errorf("search: %w", err)
			}
			out.Sites = append(out.Sites, site)
		}
		if len(res.Hits.Hits) < sitePage || len(out.Sites) >= limit {
			return out, nil
		}
	}
}

func (s *Store) searchBody(r index.SearchRequest) (object, int, error) {
	limit := min(r.Limit, index.MaxHits)
	if limit <= 0 {
		limit = defaultHit
	}
	dsl, err := query.DSL(query.Visible(r.Query), s.now())
	if err != nil {
		return nil, 0, err
	}
	body := object{"track_total_hits": true, "query": object{"bool": object{"filter": []any{dsl}}}, "_source": summaryParts()}
	host := object{"k.host": "asc"}
	switch r.Sort {
	case "", index.SortHost:
		body["sort"] = []any{host}
	case index.SortLastVisit, index.SortFirstSeen:
		body["sort"] = []any{object{r.Sort: object{"order": "desc", "missing": "_last"}}, host}
	default:
		return nil, 0, fmt.Errorf("unknown sort order %q: use %s, %s or %s", r.Sort, index.SortHost, index.SortLastVisit, index.SortFirstSeen)
	}
	aggs := object{}
	for _, f := range r.Facets {
		if err := query.Facet(f); err != nil {
			return nil, 0, err
		}
		aggs[f] = object{"terms": object{"field": "k." + f, "size": facetSize, "order": []any{object{"_count": "desc"}, object{"_key": "asc"}}}}
	}
	if len(aggs) > 0 {
		body["aggs"] = aggs
	}
	return body, limit, nil
}

func facets(res *searchAnswer, fields []string) map[string][]index.Count {
	if len(fields) == 0 {
		return nil
	}
	out := map[string][]index.Count{}
	for _, f := range fields {
		counts := []index.Count{}
		for _, b := range res.Aggregations[f].Buckets {
			counts = append(counts, index.Count{Value: b.Key, N: b.DocCount})
		}
		out[f] = counts
	}
	return out
}

func (s *Store) siteOf(h hit) (*index.Site, error) {
	var d siteDoc
	if err := json.Unmarshal(h.Source, &d); err != nil {
		return nil, fmt.Errorf("site %s: %w", h.ID, err)
	}
	site, err := s.pack.docToSite(&d)
	if err != nil {
		return nil, fmt.Errorf("site %s: %w", h.ID, err)
	}
	return site, nil
}

// EachSite streams whole sites.
func (s *Store) EachSite(ctx context.Context, q query.Expr, fn func(*index.Site) error) error {
	dsl, err := query.DSL(query.Visible(q), s.now())
	if err != nil {
		return fmt.Errorf("reading sites: %w", err)
	}
	return s.each(ctx, scan{index: s.names.sites, query: object{"bool": object{"filter": []any{dsl}}}, by: "k.host", page: sitePage, parts: wholeParts()},
		func(h hit) error {
			site, err := s.siteOf(h)
			if err != nil {
				return fmt.Errorf("reading sites: %w", err)
			}
			return fn(site)
		})
}

// EachMember streams what grouping needs.
func (s *Store) EachMember(ctx context.Context, fn func(*index.Member) error) error {
	return s.each(ctx, scan{index: s.names.sites, query: object{"exists": object{"field": "last_live"}}, by: "k.host", page: memberPage, parts: memberParts()},
		func(h hit) error {
			var d siteDoc
			err := json.Unmarshal(h.Source, &d)
			var m *index.Member
			if err == nil {
				m, err = s.pack.docToMember(&d)
			}
			if err != nil {
				return fmt.Errorf("reading site %s: %w", h.ID, err)
			}
			return fn(m)
		})
}

// each calls fn for every document; fn's error comes back as it is.
func (s *Store) each(ctx context.Context, sc scan, fn func(hit) error) error {
	if err := s.seen(ctx, &s.unread.sites, s.names.sites); err != nil {
		return fmt.Errorf("reading sites: %w", err)
	}
	var stopped error
	err := s.c.scan(ctx, sc, func(hits []hit) error {
		for _, h := range hits {
			if stopped = ctx.Err(); stopped != nil {
				return stopped
			}
			if stopped = fn(h); stopped != nil {
				return stopped
			}
		}
		return nil
	})
	if stopped != nil {
		return stopped
	}
	if err != nil {
		return fmt.Errorf("reading sites: %w", err)
	}
	return nil
}

// Captures gives a host's records.
func (s *Store) Captures(ctx context.Context, host string, n int) ([]index.CaptureRecord, error) {
	n = min(n, index.MaxHits)
	if n <= 0 {
		return []index.CaptureRecord{}, nil
	}
	res, err := s.c.search(ctx, s.names.captures, object{"size": n, "track_total_hits": false, "query": object{"term": object{"host": host}},
		"sort": []any{object{"sequence": "desc"}, object{"profile": "asc"}}, "_source": []string{"record"}})
	if err != nil {
		return nil, fmt.Errorf("captures of %s: %w", host, err)
	}
	out := make([]index.CaptureRecord, 0, len(res.Hits.Hits))
	for _, h := range res.Hits.Hits {
		var d captureDoc
		if err := json.Unmarshal(h.Source, &d); err != nil || d.Record == nil {
			return nil, fmt.Errorf("captures of %s: document %s cannot be read: %w", host, h.ID, err)
		}
		out = append(out, *d.Record)
	}
	return out, nil
}
