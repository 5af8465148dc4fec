package elastic

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"

	"scamatlas/index"
)

// op is one write. An index or update with at set happens only if the document still is at that place of its history.
type op struct {
	action string // "create", "index", "update", "delete"
	index  string
	id     string
	at     *place
	doc    any // "update": {"doc": …}
}

// place is where a document stands in its history; it changes with every write.
type place struct {
	SeqNo       int64 `json:"_seq_no"`
	PrimaryTerm int64 `json:"_primary_term"`
}

// write gives the op that puts doc where something was found, or creates it where nothing was.
func write(name, id string, at *place, doc any) op {
	if at == nil {
		return op{action: "create", index: name, id: id, doc: doc}
	}
	return op{action: "index", index: name, id: id, at: at, doc: doc}
}

func (o op) encode(to *bytes.Buffer) error {
	meta := map[string]any{"_index": o.index, "_id": o.id}
	if o.at != nil {
		meta["if_seq_no"], meta["if_primary_term"] = o.at.SeqNo, o.at.PrimaryTerm
	}
	e := json.NewEncoder(to) // ends each value with a line break
	e.SetEscapeHTML(false)
	if err := e.Encode(map[string]any{o.action: meta}); err != nil {
		return err
	}
	if o.action == "delete" {
		return nil
	}
	return e.Encode(o.doc)
}

// outcome is the server's answer to one op; nil: done.
type outcome = *serverError

func conflict(o outcome) bool { return o != nil && o.Status == http.StatusConflict }

// bulk sends ops in requests of at most MaxBulkBytes and gives one outcome each. After an error some may be done: all callers can
// repeat theirs.
func (c *client) bulk(ctx context.Context, ops []op, tries int) ([]outcome, error) {
	out := make([]outcome, 0, len(ops))
	var body bytes.Buffer
	start := 0
	flush := func(end int) error {
		if end == start {
			return nil
		}
		part, err := c.bulkRequest(ctx, body.Bytes(), end-start, tries)
		var refused *serverError
		if errors.As(err, &refused) && refused.Status == http.StatusRequestEntityTooLarge {
			part, err = c.halves(ctx, ops[start:end], refused, tries)
		}
		out = append(out, part...)
		start = end
		body.Reset()
		return err
	}
	for n, o := range ops {
		before := body.Len()
		if err := o.encode(&body); err != nil {
			return nil, fmt.Errorf("elasticsearch: %s %s: %w", o.action, o.id, err)
		}
		if body.Len() <= MaxBulkBytes || before == 0 {
			continue
		}
		last := bytes.Clone(body.Bytes()[before:])
		body.Truncate(before)
		if err := flush(n); err != nil {
			return nil, err
		}
		body.Write(last)
	}
	return out, flush(len(ops))
}

// halves sends again what was too large for one request; a single document that is too large has that as its outcome.
func (c *client) halves(ctx context.Context, ops []op, refused *serverError, tries int) ([]outcome, error) {
	if len(ops) == 1 {
		return []outcome{refused}, nil
	}
	left, err := c.bulk(ctx, ops[:len(ops)/2], tries)
	if err != nil {
		return nil, err
	}
	right, err := c.bulk(ctx, ops[len(ops)/2:], tries)
	return append(left, right...), err
}

func (c *client) bulkRequest(ctx context.Context, body []byte, n, tries int) ([]outcome, error) {
	var answer struct {
		Items []map[string]struct {
			Status int      `json:"status"`
			Error  docError `json:"error"`
		} `json:"items"`
	}
	// require_alias: an index that somebody has removed is not made anew without our mapping.
	err := c.do(ctx, request{method: "POST", path: "/_bulk", lines: true, body: body, out: &answer, tries: tries,
		query: url.Values{"require_alias": {"true"}, "filter_path": {"items.*.status,items.*.error"}}})
	if err != nil {
		return nil, err
	}
	if len(answer.Items) != n {
		return nil, fmt.Errorf("%w: elasticsearch %s answered for %d of %d documents", index.ErrUnavailable, c.address, len(answer.Items), n)
	}
	out := make([]outcome, n)
	for i, item := range answer.Items {
		for _, r := range item {
			if r.Status >= 300 {
				out[i] = &serverError{Status: r.Status, Type: r.Error.Type, Reason: r.Error.text()}
			}
		}
	}
	return out, nil
}

// key names a document; parts says what of it to read, nil for all.
type key struct {
	index, id string
	parts     []string
}

// found is a document as read.
type found struct {
	Found  bool            `json:"found"`
	Source json.RawMessage `json:"_source"`
	Error  *docError       `json:"error"`
	place
}

// at gives the place for a later write; nil when there was no document.
func (f *found) at() *place {
	if !f.Found {
		return nil
	}
	return &f.place
}

// get reads documents in their newest state, also those that searches do not see yet.
func (c *client) get(ctx context.Context, keys []key, tries int) ([]found, error) {
	var out []found
	for start := 0; start < len(keys); start += MaxGet {
		part := keys[start:min(start+MaxGet, len(keys))]
		docs := make([]map[string]any, len(part))
		for i, k := range part {
			docs[i] = map[string]any{"_index": k.index, "_id": k.id}
			if k.parts != nil {
				docs[i]["_source"] = k.parts
			}
		}
		body, err := json.Marshal(map[string]any{"docs": docs})
		if err != nil {
			return nil, err
		}
		var answer struct{ Docs []found }
		if err := c.do(ctx, request{method: "POST", path: "/_mget", body: body, out: &answer, tries: tries}); err != nil {
			return nil, err
		}
		if len(answer.Docs) != len(part) {
			return nil, fmt.Errorf("%w: elasticsearch %s answered for %d of %d documents", index.ErrUnavailable, c.address, len(answer.Docs), len(part))
		}
		for i := range answer.Docs {
			if e := answer.Docs[i].Error; e != nil {
				return nil, fmt.Errorf("reading %s: %w", part[i].index, &serverError{Status: http.StatusServiceUnavailable, Type: e.Type, Reason: e.text()})
			}
		}
		out = append(out, answer.Docs...)
	}
	return out, nil
}

// getOne reads one document into v; nil place when there is none.
func (c *client) getOne(ctx context.Context, k key, v any) (*place, error) {
	docs, err := c.get(ctx, []key{k}, 0)
	if err != nil || !docs[0].Found {
		return nil, err
	}
	if err := json.Unmarshal(docs[0].Source, v); err != nil {
		return nil, fmt.Errorf("elasticsearch: document %s/%s: %w", k.index, k.id, err)
	}
	return docs[0].at(), nil
}

// refresh lets searches see all that was written before.
func (c *client) refresh(ctx context.Context, names ...string) error {
	for _, n := range names {
		if err := c.do(ctx, request{method: "POST", path: "/" + n + "/_refresh"}); err != nil {
			return err
		}
	}
	return nil
}
