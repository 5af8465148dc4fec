package elastic

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"time"

	"scamatlas/index"
)

// object is a piece of a request's JSON.
type object = map[string]any

// hit is one document that a search found.
type hit struct {
	ID     string              `json:"_id"`
	Source json.RawMessage     `json:"_source"`
	Fields map[string][]string `json:"fields"`
	Sort   json.RawMessage     `json:"sort"`
	place
}

type searchAnswer struct {
	PIT      string `json:"pit_id"`
	TimedOut bool   `json:"timed_out"`
	Shards   struct{ Failed int }
	Hits     struct {
		Total struct{ Value int64 }
		Hits  []hit
	}
	Aggregations map[string]struct {
		DocCount int64 `json:"doc_count"`
		Buckets  []struct {
			Key      string
			DocCount int64 `json:"doc_count"`
		}
	}
}

// search runs one search; name "" searches the body's point in time. Half an answer is an error.
func (c *client) search(ctx context.Context, name string, body object) (*searchAnswer, error) {
	b, err := json.Marshal(body)
	if err != nil {
		return nil, err
	}
	path := "/_search"
	if name != "" {
		path = "/" + name + path
	}
	var out searchAnswer
	if err := c.do(ctx, request{method: "POST", path: path, body: b, out: &out}); err != nil {
		return nil, err
	}
	if out.TimedOut || out.Shards.Failed > 0 {
		return nil, fmt.Errorf("%w: elasticsearch %s could search only a part of the data", index.ErrUnavailable, c.address)
	}
	return &out, nil
}

// pit is a frozen view of an index, so that pages fit each other while others write.
type pit struct {
	c  *client
	id string
}

func (c *client) openPIT(ctx context.Context, name string) (*pit, error) {
	var out struct{ ID string }
	err := c.do(ctx, request{method: "POST", path: "/" + name + "/_pit", query: url.Values{"keep_alive": {keepAlive}}, out: &out})
	return &pit{c, out.ID}, err
}

func (p *pit) search(ctx context.Context, body object) (*searchAnswer, error) {
	body["pit"] = object{"id": p.id, "keep_alive": keepAlive}
	out, err := p.c.search(ctx, "", body)
	if err == nil && out.PIT != "" {
		p.id = out.PIT
	}
	return out, err
}

// close frees the view on the server; should that fail, it goes by itself after keepAlive.
func (p *pit) close(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
	defer cancel()
	body, err := json.Marshal(object{"id": p.id})
	if err == nil {
		_ = p.c.do(ctx, request{method: "DELETE", path: "/_pit", body: body, tries: 1})
	}
}

// scan reads all documents that match, without limit, ordered by a keyword field of which no two have the same value.
type scan struct {
	index string
	query object // nil: all
	by    string
	page  int
	parts []string // of the documents; nil: all
	// fields, when set, are read from the columns instead of the documents.
	fields []string
}

// scan calls fn for each page.
func (c *client) scan(ctx context.Context, sc scan, fn func([]hit) error) error {
	p, err := c.openPIT(ctx, sc.index)
	if err != nil {
		return err
	}
	defer p.close(ctx)
	body := object{"size": sc.page, "seq_no_primary_term": true, "track_total_hits": false, "sort": []any{object{sc.by: object{"order": "asc", "unmapped_type": "keyword"}}}}
	if sc.query != nil {
		body["query"] = sc.query
	}
	switch {
	case sc.fields != nil:
		body["_source"], body["docvalue_fields"] = false, sc.fields
	case sc.parts != nil:
		body["_source"] = sc.parts
	}
	for {
		res, err := p.search(ctx, body)
		if err != nil {
			return err
		}
		hits := res.Hits.Hits
		if len(hits) == 0 {
			return nil
		}
		if err := fn(hits); err != nil {
			return err
		}
		if len(hits) < sc.page {
			return nil
		}
		body["search_after"] = hits[len(hits)-1].Sort
	}
}
