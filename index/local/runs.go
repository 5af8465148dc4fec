package local

import (
	"context"
	"database/sql"
	"errors"
	"strings"
	"time"

	"scamatlas/index"
)

// ClaimRun is index.Runs'.
func (s *Store) ClaimRun(ctx context.Context, r index.Run, now time.Time) (bool, error) {
	claimed := false
	err := s.commit(ctx, "claim run of "+r.Job, func(tx *txn) error {
		var taken bool
		err := tx.QueryRow(`SELECT EXISTS (SELECT 1 FROM run WHERE job = ?1 AND (due = ?2 AND finished IS NOT NULL OR finished IS NULL AND until > ?3))`,
			r.Job, r.Due.UnixMilli(), now.UnixMilli()).Scan(&taken)
		if err != nil || taken {
			return err
		}
		_, err = tx.Exec(`INSERT OR REPLACE INTO run (job, due, missed, owner, started, until, finished, error, note) VALUES (?, ?, ?, ?, ?, ?, NULL, '', '')`,
			r.Job, r.Due.UnixMilli(), r.Missed, r.Owner, toMS(r.Started), r.Until.UnixMilli())
		claimed = err == nil
		return err
	})
	return claimed && err == nil, err
}

// RenewRun is index.Runs'.
func (s *Store) RenewRun(ctx context.Context, r index.Run, until time.Time) error {
	return s.commit(ctx, "renew run of "+r.Job, func(tx *txn) error {
		return changeRun(tx, r, "UPDATE run SET until = ?4 WHERE job = ?1 AND due = ?2 AND owner = ?3", until.UnixMilli())
	})
}

// FinishRun is index.Runs'; ErrLeased when somebody else has taken the run over, whose record then stays as it is.
func (s *Store) FinishRun(ctx context.Context, r index.Run) error {
	return s.commit(ctx, "finish run of "+r.Job, func(tx *txn) error {
		return changeRun(tx, r, "UPDATE run SET finished = ?4, error = ?5, note = ?6 WHERE job = ?1 AND due = ?2 AND owner = ?3", toMS(r.Finished), clip(r.Err), clip(r.Note))
	})
}

// changeRun runs an update of one run that r's owner must hold.
func changeRun(tx *txn, r index.Run, update string, args ...any) error {
	res, err := tx.Exec(update, append([]any{r.Job, r.Due.UnixMilli(), r.Owner}, args...)...)
	if err != nil {
		return err
	}
	if n, err := res.RowsAffected(); err != nil || n > 0 {
		return err
	}
	var known bool
	if err := tx.QueryRow("SELECT EXISTS (SELECT 1 FROM run WHERE job = ? AND due = ?)", r.Job, r.Due.UnixMilli()).Scan(&known); err != nil {
		return err
	}
	if known {
		return index.ErrLeased
	}
	return index.ErrNotFound
}

func clip(text string) string {
	if len(text) <= index.MaxRunNote {
		return text
	}
	return strings.ToValidUTF8(text[:index.MaxRunNote], "")
}

const selectRun = "SELECT job, due, missed, owner, started, until, finished, error, note FROM run "

// LastRun is index.Runs'.
func (s *Store) LastRun(ctx context.Context, job string) (*index.Run, error) {
	r, err := scanRun(s.read.QueryRowContext(ctx, selectRun+"WHERE job = ? ORDER BY due DESC LIMIT 1", job))
	if errors.Is(err, sql.ErrNoRows) {
		err = index.ErrNotFound
	}
	if err != nil {
		return nil, s.fail("read last run of "+job, err)
	}
	return &r, nil
}

// RecentRuns is index.Runs'.
func (s *Store) RecentRuns(ctx context.Context, n int) ([]index.Run, error) {
	out, err := scanRows(ctx, s.read, scanRun, selectRun+"ORDER BY due DESC, job LIMIT ?", max(n, 0))
	return out, s.fail("read runs", err)
}

func scanRun(row scanner) (index.Run, error) {
	var r index.Run
	var due, started, until, finished sql.NullInt64
	err := row.Scan(&r.Job, &due, &r.Missed, &r.Owner, &started, &until, &finished, &r.Err, &r.Note)
	r.Due, r.Started, r.Until, r.Finished = fromMS(due), fromMS(started), fromMS(until), fromMS(finished)
	return r, err
}
