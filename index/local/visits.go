package local

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"slices"

	"scamatlas/crawler"
	"scamatlas/index"
)

// SaveVisit is index.Visits'. On return the visit is on disk and can be read.
func (s *Store) SaveVisit(ctx context.Context, v index.Visit) error {
	v = v.Stored()
	r := &v.Record
	if r.Host == "" || r.Sequence < 1 {
		return errors.New("save visit: no host or no sequence in the record")
	}
	return s.commit(ctx, "save visit of "+r.Host, func(tx *txn) error {
		for _, c := range v.Records() {
			record, err := json.Marshal(c)
			if err != nil {
				return err
			}
			if _, err := tx.Exec(insertCapture, c.ID, r.Host, r.Sequence, record); err != nil {
				return err
			}
		}
		if err := s.applyVisit(tx, &v); err != nil {
			return err
		}
		// Also ends a lease that ran out before; one that somebody took later has a higher sequence.
		_, err := tx.Exec(endLease, r.Host, r.Sequence)
		return err
	})
}

// Revise is index.Visits'.
func (s *Store) Revise(ctx context.Context, r index.Revision) error {
	r = r.Stored()
	return s.commit(ctx, "revise "+r.Host, func(tx *txn) error {
		id, old, err := s.known(tx, r.Host)
		if err != nil {
			return err
		}
		x, ok := index.Revise(old, &r)
		if !ok {
			return index.ErrStale
		}
		return s.updateSite(tx, id, old, x)
	})
}

// Flush has nothing to wait for: a saved visit can be read at once.
func (s *Store) Flush(ctx context.Context) error { return ctx.Err() }

// applyVisit brings the site up to date.
func (s *Store) applyVisit(tx *txn, v *index.Visit) error {
	id, old, err := s.scanSite(tx.QueryRow(selectHost, v.Record.Host))
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
	return s.updateSite(tx, id, old, x)
}

// updateSite writes a site that the store has as old.
func (s *Store) updateSite(tx *txn, id int64, old, x *index.Site) error {
	sources, err := json.Marshal(x.Sources)
	if err != nil {
		return err
	}
	_, err = tx.Exec(updateSite,
		x.Sequence, x.Visits, x.Failures, index.WalletCount(x), index.Points(x), toMS(index.Registered(x)), string(x.Outcome), toMS(x.LastVisit), toMS(x.LastLive), toMS(x.NextVisit), string(sources), id)
	if err != nil {
		return err
	}
	if old.Findings.Title != x.Findings.Title || old.Findings.Text != x.Findings.Text {
		tx.noteWords(id, x, false)
	}
	return s.writeFindings(tx, id, x)
}

// insertSite writes a host that is new to the store, visited or not.
func (s *Store) insertSite(tx *txn, x *index.Site, t crawler.Target) error {
	for i := range x.Sources {
		x.Sources[i].Seen = index.Moment(x.Sources[i].Seen)
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
	review, err := reviewColumn(x.Review)
	if err != nil {
		return err
	}
	res, err := tx.Exec(insertSite, x.Host, x.RegDomain, x.Sequence, x.Visits, x.Failures, index.WalletCount(x), index.Points(x), toMS(index.Registered(x)),
		string(x.Outcome), x.FirstSeen.UnixMilli(), toMS(x.LastVisit), toMS(x.LastLive), toMS(x.NextVisit), string(sources), string(target), review)
	if err != nil {
		return err
	}
	id, err := res.LastInsertId()
	if err != nil {
		return err
	}
	tx.noteWords(id, x, true)
	if x.LastVisit.IsZero() {
		return s.writeKeys(tx, id, x)
	}
	return s.writeFindings(tx, id, x)
}

func (s *Store) writeFindings(tx *txn, id int64, x *index.Site) error {
	args, err := s.findingArgs(x)
	if err != nil {
		return err
	}
	_, err = tx.Exec(insertFinding, append([]any{id}, args...)...)
	if err != nil {
		return err
	}
	return s.writeKeys(tx, id, x)
}

type keyRow struct{ field, value string }

// writeKeys brings the site's rows in table key up to date; most visits change few of them.
func (s *Store) writeKeys(tx *txn, id int64, x *index.Site) error {
	stale := map[keyRow]bool{}
	rows, err := scanAll(tx, scanKey, selectKeys, id)
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
	for len(fresh)%(3*keyRows) != 0 {
		fresh = append(fresh, fresh[:3]...) // a row again is ignored
	}
	for part := range slices.Chunk(fresh, 3*keyRows) {
		if _, err := tx.Exec(insertKeys, part...); err != nil {
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
func scanAll[T any](tx *txn, scan func(scanner) (T, error), question string, args ...any) ([]T, error) {
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
