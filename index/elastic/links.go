package elastic

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"scamatlas/index"
)

// Links lie beside the clusters. They have no layer field, by which searches for clusters pass them over.

// SaveLink writes one link.
func (s *Store) SaveLink(ctx context.Context, l index.Link) error {
	if err := s.writable("saving a link"); err != nil {
		return err
	}
	d := clusterDoc{Linked: l.Key()}
	var err error
	if d.Blob, err = s.pack.pack(&l); err == nil {
		err = s.writeAll(ctx, []op{{action: "index", index: s.names.clusters, id: linkID(l), doc: &d}})
	}
	if err != nil {
		return fmt.Errorf("saving a link: %w", err)
	}
	return s.c.refresh(ctx, s.names.clusters)
}

func linkID(l index.Link) string { return "link@" + l.Key() }

// DeleteLink forgets one link.
func (s *Store) DeleteLink(ctx context.Context, l index.Link) error {
	if err := s.writable("deleting a link"); err != nil {
		return err
	}
	docs, err := s.c.get(ctx, []key{{s.names.clusters, linkID(l), []string{"linked"}}}, 0)
	if err == nil && !docs[0].Found {
		err = index.ErrNotFound
	}
	if err == nil {
		err = s.writeAll(ctx, []op{{action: "delete", index: s.names.clusters, id: linkID(l)}})
	}
	if err != nil {
		return fmt.Errorf("deleting a link: %w", err)
	}
	return s.c.refresh(ctx, s.names.clusters)
}

// Links reads all.
func (s *Store) Links(ctx context.Context) ([]index.Link, error) {
	if err := s.seen(ctx, &s.unread.clusters, s.names.clusters); err != nil {
		return nil, fmt.Errorf("reading links: %w", err)
	}
	var out []index.Link
	sc := scan{index: s.names.clusters, by: "linked", page: sitePage, parts: []string{"blob"}, query: object{"exists": object{"field": "linked"}}}
	err := s.c.scan(ctx, sc, func(hits []hit) error {
		for _, h := range hits {
			var d clusterDoc
			var l index.Link
			err := json.Unmarshal(h.Source, &d)
			if err == nil {
				err = s.pack.unpack(d.Blob, &l)
			}
			if err != nil {
				return fmt.Errorf("%s: %w", h.ID, err)
			}
			out = append(out, l)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("reading links: %w", err)
	}
	slices.SortFunc(out, index.CompareLinks)
	return out, nil
}
