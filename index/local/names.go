package local

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"scamatlas/index"
)

// namesSchema makes what stores of this schema may lack: they are made when a program that knows names first writes.
const namesSchema = `
CREATE TABLE IF NOT EXISTS name (host TEXT PRIMARY KEY, last INTEGER NOT NULL, record BLOB NOT NULL) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS name_last ON name (last);
CREATE TABLE IF NOT EXISTS name_key (key TEXT NOT NULL, host TEXT NOT NULL, PRIMARY KEY (key, host)) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS name_key_host ON name_key (host);
`

// SaveNames is index.Names'.
func (s *Store) SaveNames(ctx context.Context, names []index.Name) error {
	names, err := index.StoredNames(names)
	if err != nil {
		return fmt.Errorf("save names: %w", err)
	}
	return s.commit(ctx, "save names", func(tx *txn) error {
		for _, n := range names {
			if err := saveName(tx, n); err != nil {
				return fmt.Errorf("%s: %w", n.Host, err)
			}
		}
		return nil
	})
}

func saveName(tx *txn, n index.Name) error {
	old, err := scanJSON[index.Name](tx.QueryRow("SELECT record FROM name WHERE host = ?", n.Host))
	switch {
	case err == nil:
		n = n.Unite(&old)
	case !errors.Is(err, sql.ErrNoRows):
		return err
	}
	record, err := json.Marshal(n)
	if err != nil {
		return err
	}
	if _, err := tx.Exec("INSERT OR REPLACE INTO name (host, last, record) VALUES (?, ?, ?)", n.Host, n.Last.UnixMilli(), record); err != nil {
		return err
	}
	if _, err := tx.Exec("DELETE FROM name_key WHERE host = ?", n.Host); err != nil {
		return err
	}
	for _, k := range n.Keys() {
		if _, err := tx.Exec("INSERT INTO name_key (key, host) VALUES (?, ?)", k, n.Host); err != nil {
			return err
		}
	}
	return nil
}

// NamesWith is index.Names'.
func (s *Store) NamesWith(ctx context.Context, key string, n int) ([]index.Name, int64, error) {
	var there bool
	if err := s.read.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM sqlite_schema WHERE name = 'name_key')").Scan(&there); err != nil || !there {
		return []index.Name{}, 0, s.fail("read names", err)
	}
	var all int64
	if err := s.read.QueryRowContext(ctx, "SELECT count(*) FROM name_key WHERE key = ?", key).Scan(&all); err != nil {
		return nil, 0, s.fail("count names", err)
	}
	some, err := scanRows(ctx, s.read, scanJSON[index.Name], "SELECT record FROM name_key JOIN name USING (host) WHERE key = ? ORDER BY last DESC, host LIMIT ?", key, max(n, 0))
	return some, all, s.fail("read names", err)
}

// ForgetNames is index.Names'. It goes in steps, so that other writers get their turn.
func (s *Store) ForgetNames(ctx context.Context, before time.Time) (forgotten int64, err error) {
	for {
		n := 0
		err := s.commit(ctx, "forget names", func(tx *txn) error {
			hosts, err := scanAll(tx, scanString, "SELECT host FROM name WHERE last < ? LIMIT ?", index.Moment(before).UnixMilli(), chunk)
			if err != nil {
				return err
			}
			for _, h := range hosts {
				if _, err := tx.Exec("DELETE FROM name_key WHERE host = ?", h); err != nil {
					return err
				}
				if _, err := tx.Exec("DELETE FROM name WHERE host = ?", h); err != nil {
					return err
				}
			}
			n = len(hosts)
			return nil
		})
		forgotten += int64(n)
		if err != nil || n < chunk {
			return forgotten, err
		}
	}
}
