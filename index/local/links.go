package local

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"scamatlas/index"
)

// SaveLink is index.Grouper's.
func (s *Store) SaveLink(ctx context.Context, l index.Link) error {
	record, err := json.Marshal(l)
	if err != nil {
		return s.fail("save link", err)
	}
	return s.commit(ctx, "save link", func(tx *txn) error {
		_, err := tx.Exec("INSERT OR REPLACE INTO link (id, record) VALUES (?, ?)", l.Key(), record)
		return err
	})
}

// DeleteLink is index.Grouper's.
func (s *Store) DeleteLink(ctx context.Context, l index.Link) error {
	return s.commit(ctx, "delete link", func(tx *txn) error {
		res, err := tx.Exec("DELETE FROM link WHERE id = ?", l.Key())
		if err != nil {
			return err
		}
		n, err := res.RowsAffected()
		if err == nil && n == 0 {
			err = index.ErrNotFound
		}
		return err
	})
}

// Links is index.Grouper's.
func (s *Store) Links(ctx context.Context) ([]index.Link, error) {
	all, err := scanRows(ctx, s.read, scanJSON[index.Link], "SELECT record FROM link")
	if err != nil && strings.Contains(err.Error(), "no such table") {
		return nil, nil // opened for reading, and nothing has written since there are links
	}
	slices.SortFunc(all, index.CompareLinks)
	return all, s.fail("read links", err)
}
