package elastic

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"scamatlas/index"
)

// nameDoc is a name: Keys and Last are searched, Blob holds the whole of it.
type nameDoc struct {
	Host string   `json:"host"`
	Keys []string `json:"keys"`
	Last string   `json:"last"`
	Blob []byte   `json:"blob"`
}

// SaveNames is index.Names'.
func (s *Store) SaveNames(ctx context.Context, names []index.Name) error {
	if err := s.writable("saving names"); err != nil {
		return err
	}
	left, err := index.StoredNames(names)
	if err == nil && len(left) > 0 {
		err = s.ensureNamed(ctx)
	}
	wait := backoff{first: FirstWait, most: MaxWait}
	for round := 0; err == nil && len(left) > 0; round++ {
		if round == MaxConflicts {
			err = fmt.Errorf("%w: %d names are changed by others all the time", index.ErrUnavailable, len(left))
			break
		}
		again, e := s.saveNames(ctx, left)
		var refused *serverError
		if errors.As(e, &refused) && refused.outage() && pause(ctx, wait.next()) { // another has just made the index
			continue
		}
		left, err = again, e
	}
	s.unread.named.Store(true)
	if err != nil {
		return fmt.Errorf("saving names: %w", err)
	}
	return nil
}

// ensureNamed makes the index of names, which most stores never need.
func (s *Store) ensureNamed(ctx context.Context) error {
	if s.hasNamed.Load() {
		return nil
	}
	err := s.ensureIndex(ctx, s.names.named, "names")
	s.hasNamed.Store(err == nil)
	return err
}

// unnamed reports that nobody has saved a name yet.
func unnamed(err error) bool {
	var refused *serverError
	return errors.As(err, &refused) && refused.Status == http.StatusNotFound
}

// saveNames writes names and gives back those that somebody else has changed meanwhile.
func (s *Store) saveNames(ctx context.Context, names []index.Name) (again []index.Name, err error) {
	keys := make([]key, len(names))
	for i, n := range names {
		keys[i] = key{index: s.names.named, id: n.Host}
	}
	docs, err := s.c.get(ctx, keys, 0)
	if err != nil {
		return nil, err
	}
	ops := make([]op, len(names))
	for i, n := range names {
		var old *index.Name
		if docs[i].Found {
			if old, err = s.nameOf(docs[i].Source); err != nil {
				return nil, fmt.Errorf("%s: %w", n.Host, err)
			}
		}
		n = n.Unite(old)
		d := nameDoc{Host: n.Host, Keys: n.Keys(), Last: stamp(n.Last)}
		if d.Blob, err = s.pack.pack(&n); err != nil {
			return nil, fmt.Errorf("%s: %w", n.Host, err)
		}
		ops[i] = write(s.names.named, n.Host, docs[i].at(), &d)
	}
	answers, err := s.c.bulk(ctx, ops, 0)
	if err != nil {
		return nil, err
	}
	for i, a := range answers {
		switch {
		case conflict(a):
			again = append(again, names[i])
		case a != nil:
			return nil, fmt.Errorf("%s: %w", names[i].Host, a)
		}
	}
	return again, nil
}

func (s *Store) nameOf(source []byte) (*index.Name, error) {
	var d nameDoc
	var n index.Name
	if err := json.Unmarshal(source, &d); err != nil {
		return nil, err
	}
	return &n, s.pack.unpack(d.Blob, &n)
}

// NamesWith is index.Names'.
func (s *Store) NamesWith(ctx context.Context, key string, n int) ([]index.Name, int64, error) {
	some, all, err := s.namesWith(ctx, key, min(max(n, 0), index.MaxHits))
	if unnamed(err) {
		return []index.Name{}, 0, nil
	}
	if err != nil {
		return nil, 0, fmt.Errorf("reading names: %w", err)
	}
	return some, all, nil
}

func (s *Store) namesWith(ctx context.Context, key string, n int) ([]index.Name, int64, error) {
	if err := s.seen(ctx, &s.unread.named, s.names.named); err != nil {
		return nil, 0, err
	}
	res, err := s.c.search(ctx, s.names.named, object{"size": n, "track_total_hits": true, "query": object{"term": object{"keys": key}}, "_source": []string{"blob"},
		"sort": []any{object{"last": "desc"}, object{"host": "asc"}}})
	if err != nil {
		return nil, 0, err
	}
	out := []index.Name{}
	for _, h := range res.Hits.Hits {
		one, err := s.nameOf(h.Source)
		if err != nil {
			return nil, 0, fmt.Errorf("%s: %w", h.ID, err)
		}
		out = append(out, *one)
	}
	return out, res.Hits.Total.Value, nil
}

// ForgetNames is index.Names'. A name that comes again meanwhile stays.
func (s *Store) ForgetNames(ctx context.Context, before time.Time) (forgotten int64, err error) {
	if err := s.writable("forgetting names"); err != nil {
		return 0, err
	}
	if err := s.c.refresh(ctx, s.names.named); unnamed(err) {
		return 0, nil
	} else if err != nil {
		return 0, fmt.Errorf("forgetting names: %w", err)
	}
	sc := scan{index: s.names.named, by: "host", page: keyPage, parts: []string{"host"}, query: object{"range": object{"last": object{"lt": stamp(before)}}}}
	err = s.c.scan(ctx, sc, func(hits []hit) error {
		ops := make([]op, len(hits))
		for i, h := range hits {
			ops[i] = op{action: "delete", index: s.names.named, id: h.ID, at: &h.place}
		}
		answers, err := s.c.bulk(ctx, ops, 0)
		for _, a := range answers {
			switch {
			case a == nil:
				forgotten++
			case a.outage():
				err = errors.Join(err, a)
			}
		}
		return err
	})
	s.unread.named.Store(true)
	if err != nil {
		return forgotten, fmt.Errorf("forgetting names: %w", err)
	}
	return forgotten, nil
}
