package local

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"slices"
	"strings"

	"scamatlas/extractors"
	"scamatlas/index"
)

// Review is index.Reviews'.
func (s *Store) Review(ctx context.Context, host string, r *index.Review) error {
	r = r.Stored()
	if r != nil {
		if err := r.Check(); err != nil {
			return s.fail("review "+host, err)
		}
	}
	return s.commit(ctx, "review "+host, func(tx *txn) error {
		id, x, err := s.known(tx, host)
		if err != nil {
			return err
		}
		x.Review = r
		record, err := reviewColumn(r)
		if err != nil {
			return err
		}
		if _, err := tx.Exec("UPDATE site SET review = ? WHERE id = ?", record, id); err != nil {
			return err
		}
		return s.writeKeys(tx, id, x)
	})
}

// reviewColumn gives NULL where there is none.
func reviewColumn(r *index.Review) (any, error) {
	if r == nil {
		return nil, nil
	}
	b, err := json.Marshal(r)
	return string(b), err
}

// Rejudge is index.Visits'.
func (s *Store) Rejudge(ctx context.Context, host string, sequence int64, v extractors.Verdict) error {
	return s.commit(ctx, "judge "+host+" again", func(tx *txn) error {
		id, old, err := s.known(tx, host)
		if err != nil {
			return err
		}
		x, ok := index.Rejudge(old, sequence, v)
		if !ok {
			return index.ErrStale
		}
		state, err := stateOf(x)
		if err != nil {
			return err
		}
		if _, err := tx.Exec("UPDATE site SET points = ? WHERE id = ?", index.Points(x), id); err != nil {
			return err
		}
		if _, err := tx.Exec("UPDATE finding SET state = ? WHERE site = ?", state, id); err != nil {
			return err
		}
		return s.writeKeys(tx, id, x)
	})
}

// Happen is index.Visits'.
func (s *Store) Happen(ctx context.Context, host string, h index.Happening) error {
	return s.commit(ctx, "note what happened to "+host, func(tx *txn) error {
		id, old, err := s.known(tx, host)
		if err != nil {
			return err
		}
		x, ok := index.Happen(old, h)
		if !ok {
			return nil
		}
		state, err := stateOf(x)
		if err != nil {
			return err
		}
		if _, err := tx.Exec("UPDATE finding SET state = ? WHERE site = ?", state, id); err != nil {
			return err
		}
		return s.writeKeys(tx, id, x)
	})
}

// known reads one host for a change; index.ErrNotFound when the store has none of that name.
func (s *Store) known(tx *txn, host string) (int64, *index.Site, error) {
	id, x, err := s.scanSite(tx.QueryRow(selectHost, host))
	if errors.Is(err, sql.ErrNoRows) {
		err = index.ErrNotFound
	}
	return id, x, err
}

// SaveSource is index.Sources'.
func (s *Store) SaveSource(ctx context.Context, state index.SourceState) error {
	state, err := state.Stored()
	if err != nil {
		return s.fail("save source", err)
	}
	record, err := json.Marshal(state)
	if err != nil {
		return s.fail("save source "+state.Source, err)
	}
	return s.commit(ctx, "save source "+state.Source, func(tx *txn) error {
		_, err := tx.Exec("INSERT OR REPLACE INTO source (name, record) VALUES (?, ?)", state.Source, record)
		return err
	})
}

// SourceStates is index.Sources'.
func (s *Store) SourceStates(ctx context.Context) ([]index.SourceState, error) {
	if s.schema < 2 {
		return nil, nil
	}
	all, err := scanRows(ctx, s.read, scanJSON[index.SourceState], "SELECT record FROM source")
	slices.SortFunc(all, func(a, b index.SourceState) int { return strings.Compare(a.Source, b.Source) })
	return all, s.fail("read sources", err)
}
