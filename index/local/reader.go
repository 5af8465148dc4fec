package local

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"scamatlas/index"
	"scamatlas/index/query"
)

// Site is index.Reader's.
func (s *Store) Site(ctx context.Context, host string) (*index.Site, error) {
	_, x, err := s.scanSite(s.read.QueryRowContext(ctx, siteColumns+s.site+joinFinding+"WHERE host = ?", host))
	if errors.Is(err, sql.ErrNoRows) {
		err = index.ErrNotFound
	}
	return x, s.fail("read site "+host, err)
}

var orders = map[string]string{
	"":                  "host",
	index.SortHost:      "host",
	index.SortLastVisit: "last_visit DESC, host",
	index.SortFirstSeen: "first_seen DESC, host",
}

// Search is index.Reader's. Sites, count and facets are of one moment.
func (s *Store) Search(ctx context.Context, r index.SearchRequest) (*index.SearchResult, error) {
	order, ok := orders[r.Sort]
	if !ok {
		return nil, fmt.Errorf("search: unknown order %q; known are host, last_visit, first_seen", r.Sort)
	}
	for _, f := range r.Facets {
		if err := query.Facet(f); err != nil {
			return nil, fmt.Errorf("search: %w", err)
		}
	}
	limit := r.Limit
	if limit <= 0 {
		limit = defaultHits
	}
	where, args, err := query.SQL(query.Visible(r.Query), s.now())
	if err != nil {
		return nil, fmt.Errorf("search: %w", err)
	}
	tx, err := s.read.BeginTx(ctx, nil)
	if err != nil {
		return nil, s.fail("search", err)
	}
	defer tx.Rollback()
	res := &index.SearchResult{}
	if err := tx.QueryRowContext(ctx, "SELECT count(*) FROM "+s.site+" WHERE "+where, args...).Scan(&res.Total); err != nil {
		return nil, s.fail("search", err)
	}
	ids, err := scanRows(ctx, tx, scanInt, "SELECT id FROM "+s.site+" WHERE "+where+" ORDER BY "+order+" LIMIT ?", append(slices.Clone(args), min(limit, index.MaxHits))...)
	if err != nil {
		return nil, s.fail("search", err)
	}
	if res.Sites, err = s.load(ctx, tx, ids); err != nil {
		return nil, s.fail("search", err)
	}
	res.Facets, err = facets(ctx, tx, s.site, r.Facets, where, args)
	return res, s.fail("count facets", err)
}

func facets(ctx context.Context, tx *sql.Tx, site string, fields []string, where string, args []any) (map[string][]index.Count, error) {
	if len(fields) == 0 {
		return nil, nil
	}
	out := map[string][]index.Count{}
	for _, f := range fields {
		counts, err := scanRows(ctx, tx, scanCount, "SELECT value, count(*) FROM key WHERE field = ? AND site IN (SELECT id FROM "+site+" WHERE "+where+
			") GROUP BY value ORDER BY 2 DESC, value LIMIT ?", append(append([]any{f}, args...), facetTop)...)
		if err != nil {
			return nil, err
		}
		out[f] = counts
	}
	return out, nil
}

func scanCount(row scanner) (index.Count, error) {
	var c index.Count
	err := row.Scan(&c.Value, &c.N)
	return c, err
}

// load reads sites in the order of their ids.
func (s *Store) load(ctx context.Context, tx *sql.Tx, ids []int64) ([]*index.Site, error) {
	out := make([]*index.Site, 0, len(ids))
	if len(ids) == 0 {
		return out, nil
	}
	one, err := tx.PrepareContext(ctx, siteColumns+s.site+joinFinding+"WHERE site.id = ?")
	if err != nil {
		return nil, err
	}
	defer one.Close()
	for _, id := range ids {
		_, x, err := s.scanSite(one.QueryRowContext(ctx, id))
		if err != nil {
			return nil, err
		}
		out = append(out, x)
	}
	return out, nil
}

// EachSite is index.Reader's. The set of hosts is that of the call; each site is read when its turn comes.
func (s *Store) EachSite(ctx context.Context, q query.Expr, fn func(*index.Site) error) error {
	where, args, err := query.SQL(query.Visible(q), s.now())
	if err != nil {
		return fmt.Errorf("read sites: %w", err)
	}
	ids, err := scanRows(ctx, s.read, scanInt, "SELECT id FROM "+s.site+" WHERE "+where+" ORDER BY host", args...)
	if err != nil {
		return s.fail("read sites", err)
	}
	for part := range slices.Chunk(ids, chunk) {
		sites, err := s.loadChunk(ctx, part)
		if err != nil {
			return s.fail("read sites", err)
		}
		for _, x := range sites {
			if err := fn(x); err != nil {
				return err
			}
		}
	}
	return nil
}

// loadChunk reads some sites and lets the connection go, so that the caller may use the store between chunks.
func (s *Store) loadChunk(ctx context.Context, ids []int64) ([]*index.Site, error) {
	tx, err := s.read.BeginTx(ctx, nil)
	if err != nil {
		return nil, err
	}
	defer tx.Rollback()
	return s.load(ctx, tx, ids)
}

// Captures is index.Reader's.
func (s *Store) Captures(ctx context.Context, host string, n int) ([]index.CaptureRecord, error) {
	out, err := scanRows(ctx, s.read, scanJSON[index.CaptureRecord], "SELECT record FROM capture WHERE host = ? ORDER BY sequence DESC, id LIMIT ?", host, max(n, 0))
	return out, s.fail("read captures of "+host, err)
}

func scanJSON[T any](row scanner) (T, error) {
	var v T
	var b []byte
	if err := row.Scan(&b); err != nil {
		return v, err
	}
	err := json.Unmarshal(b, &v)
	return v, err
}
