package local

import (
	"context"
	"database/sql"
	"fmt"

	"scamatlas/index"
)

// earlierSites stands for the table site when a store of schema 1 is opened for reading only: the columns that it lacks have no value.
const earlierSites = `(SELECT id, host, domain, sequence, visits, failures, wallets, 0 AS points, NULL AS registered, outcome, first_seen, last_visit, last_live,
	next_visit, kit, operator, sources, NULL AS review FROM site) AS site`

// toSchema2 adds what came with reviews and hosting over time. Stores of schema 1 have a table of links only when a program that knew
// links has written to them.
const toSchema2 = `
ALTER TABLE site ADD COLUMN points INTEGER NOT NULL DEFAULT 0;
ALTER TABLE site ADD COLUMN registered INTEGER;
ALTER TABLE site ADD COLUMN review TEXT;
CREATE TABLE IF NOT EXISTS link (id TEXT PRIMARY KEY, record BLOB NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE source (name TEXT PRIMARY KEY, record BLOB NOT NULL) STRICT;
`

// upgrade brings a store of schema 1 up to date, whole or not at all: it is one transaction. Sites are found by the new fields then, too.
func (s *Store) upgrade(ctx context.Context, sqlTx *sql.Tx) error {
	tx := &txn{Tx: sqlTx}
	if _, err := tx.ExecContext(ctx, toSchema2+fmt.Sprintf("PRAGMA user_version=%d;", schemaVersion)); err != nil {
		return err
	}
	s.log.Info("bringing the store up to date; this is done once", "store", s.dir, "schema", schemaVersion)
	for last, n := int64(0), 0; ; {
		ids, err := scanRows(ctx, tx, scanInt, "SELECT id FROM site WHERE id > ? AND last_visit IS NOT NULL ORDER BY id LIMIT ?", last, chunk)
		if err != nil {
			return err
		}
		for _, id := range ids {
			if err := s.upgradeSite(tx, id); err != nil {
				return err
			}
		}
		if n += len(ids); len(ids) < chunk {
			s.log.Info("the store is up to date", "sites", n)
			return nil
		}
		if n%upgradeTold == 0 {
			s.log.Info("still bringing the store up to date", "sites", n)
		}
		last = ids[len(ids)-1]
	}
}

func (s *Store) upgradeSite(tx *txn, id int64) error {
	_, x, err := s.scanSite(tx.QueryRow(selectSite+"WHERE site.id = ?", id))
	if err != nil {
		return err
	}
	index.Upgrade(x)
	state, err := stateOf(x)
	if err != nil {
		return err
	}
	if _, err := tx.Exec("UPDATE site SET points = ?, registered = ? WHERE id = ?", index.Points(x), toMS(index.Registered(x)), id); err != nil {
		return err
	}
	if _, err := tx.Exec("UPDATE finding SET state = ? WHERE site = ?", state, id); err != nil {
		return err
	}
	return s.writeKeys(tx, id, x)
}
