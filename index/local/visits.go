package local

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"slices"
	"strings"

	"scamatlas/crawler"
	"scamatlas/index"
	"scamatlas/index/query"
)

// SaveVisit is index.Visits'. On return the visit is on disk and can be read.
func (s *Store) SaveVisit(ctx context.Context, v index.Visit) error {
	v = trimVisit(v)
	r := &v.Record
	if r.Host == "" || r.Sequence < 1 {
		return errors.New("save visit: no host or no sequence in the record")
	}
	record, err := json.Marshal(r)
	if err != nil {
		return s.fail("save visit of "+r.Host, err)
	}
	return s.commit(ctx, "save visit of "+r.Host, func(tx *sql.Tx) error {
		if _, err := tx.Exec("INSERT OR IGNORE INTO capture (id, host, sequence, record) VALUES (?, ?, ?, ?)", r.ID, r.Host, r.Sequence, record); err != nil {
			return err
		}
		if err := s.applyVisit(tx, &v); err != nil {
			return err
		}
		// Also ends a lease that ran out before; one that somebody took later has a higher sequence.
		_, err := tx.Exec(`UPDATE site SET lease_owner = NULL, lease_at = NULL, lease_until = NULL, lease_sequence = ?2
			WHERE host = ?1 AND lease_sequence <= ?2`, r.Host, r.Sequence)
		return err
	})
}

// Flush has nothing to wait for: a saved visit can be read at once.
func (s *Store) Flush(ctx context.Context) error { return ctx.Err() }

// applyVisit brings the site up to date.
func (s *Store) applyVisit(tx *sql.Tx, v *index.Visit) error {
	id, old, err := s.scanSite(tx.QueryRow(selectSite+"WHERE host = ?", v.Record.Host))
	if errors.Is(err, sql.ErrNoRows) {
		old = nil
	} else if err != nil {
		return err
	}
	x, changed := index.Apply(old, v)
	switch {
	case !changed:
		return nil
	case old == nil:
		return s.insertSite(tx, x, v.Target)
	}
	sources, err := json.Marshal(x.Sources)
	if err != nil {
		return err
	}
	_, err = tx.Exec(`UPDATE site SET sequence = ?, visits = ?, failures = ?, wallets = ?, outcome = ?, last_visit = ?, last_live = ?, next_visit = ?, sources = ? WHERE id = ?`,
		x.Sequence, x.Visits, x.Failures, index.WalletCount(x), string(x.Outcome), toMS(x.LastVisit), toMS(x.LastLive), toMS(x.NextVisit), string(sources), id)
	if err != nil {
		return err
	}
	if old.Findings.Title != x.Findings.Title || old.Findings.Text != x.Findings.Text {
		if err := s.writeWords(tx, id, x); err != nil {
			return err
		}
	}
	return s.writeFindings(tx, id, x)
}

// insertSite writes a host that is new to the store, visited or not.
func (s *Store) insertSite(tx *sql.Tx, x *index.Site, t crawler.Target) error {
	for i := range x.Sources {
		x.Sources[i].Seen = trim(x.Sources[i].Seen)
	}
	sources, err := json.Marshal(x.Sources)
	if err != nil {
		return err
	}
	t.Host = x.Host
	target, err := json.Marshal(t)
	if err != nil {
		return err
	}
	res, err := tx.Exec(`INSERT INTO site (host, domain, sequence, visits, failures, wallets, outcome, first_seen, last_visit, last_live, next_visit, sources, target)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, x.Host, x.RegDomain, x.Sequence, x.Visits, x.Failures, index.WalletCount(x), string(x.Outcome),
		x.FirstSeen.UnixMilli(), toMS(x.LastVisit), toMS(x.LastLive), toMS(x.NextVisit), string(sources), string(target))
	if err != nil {
		return err
	}
	id, err := res.LastInsertId()
	if err != nil {
		return err
	}
	if err := s.writeWords(tx, id, x); err != nil {
		return err
	}
	if x.LastVisit.IsZero() {
		return s.writeKeys(tx, id, x)
	}
	return s.writeFindings(tx, id, x)
}

func (s *Store) writeFindings(tx *sql.Tx, id int64, x *index.Site) error {
	args, err := s.findingArgs(x)
	if err != nil {
		return err
	}
	_, err = tx.Exec("INSERT OR REPLACE INTO finding (site, state, indicators, hosting, fingerprint, text) VALUES (?, ?, ?, ?, ?, ?)", append([]any{id}, args...)...)
	if err != nil {
		return err
	}
	return s.writeKeys(tx, id, x)
}

func (s *Store) writeWords(tx *sql.Tx, id int64, x *index.Site) error {
	words := func(text string) string { return strings.Join(query.Words(text), " ") }
	_, err := tx.Exec("INSERT OR REPLACE INTO words (rowid, title, text, host) VALUES (?, ?, ?, ?)", id, words(x.Findings.Title), words(x.Findings.Text), words(x.Host))
	return err
}

type keyRow struct{ field, value string }

// writeKeys brings the site's rows in table key up to date; most visits change few of them.
func (s *Store) writeKeys(tx *sql.Tx, id int64, x *index.Site) error {
	stale := map[keyRow]bool{}
	rows, err := scanAll(tx, scanKey, "SELECT field, value FROM key WHERE site = ?", id)
	if err != nil {
		return err
	}
	for _, k := range rows {
		stale[k] = true
	}
	var fresh []any
	for field, values := range index.Keys(x) {
		for _, v := range values {
			if k := (keyRow{field, v}); stale[k] {
				delete(stale, k)
			} else {
				fresh = append(fresh, field, v, id)
			}
		}
	}
	for k := range stale {
		if _, err := tx.Exec("DELETE FROM key WHERE field = ? AND value = ? AND site = ?", k.field, k.value, id); err != nil {
			return err
		}
	}
	for part := range slices.Chunk(fresh, 3*maxRows) {
		marks := strings.Repeat(", (?, ?, ?)", len(part)/3)[2:]
		if _, err := tx.Exec("INSERT OR IGNORE INTO key (field, value, site) VALUES "+marks, part...); err != nil {
			return err
		}
	}
	return nil
}

func scanKey(row scanner) (keyRow, error) {
	var k keyRow
	err := row.Scan(&k.field, &k.value)
	return k, err
}

func scanString(row scanner) (string, error) {
	var v string
	err := row.Scan(&v)
	return v, err
}

func scanInt(row scanner) (int64, error) {
	var v int64
	err := row.Scan(&v)
	return v, err
}

type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// scanAll reads all rows of a question within a transaction.
func scanAll[T any](tx *sql.Tx, scan func(scanner) (T, error), question string, args ...any) ([]T, error) {
	return scanRows(context.Background(), tx, scan, question, args...)
}

func scanRows[T any](ctx context.Context, q querier, scan func(scanner) (T, error), question string, args ...any) ([]T, error) {
	rows, err := q.QueryContext(ctx, question, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out := []T{}
	for rows.Next() {
		v, err := scan(rows)
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, rows.Err()
}
