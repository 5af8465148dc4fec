package elastic

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"scamatlas/index"
)

// Every job has one head document: its newest claim. Machines claim by compare-and-swap of the head, so two of them never hold runs of
// one job, not even for different due times. Beside it, every due time has its own run document for the history.

func headID(job string) string { return "head@" + job }

func runID(job string, due time.Time) string { return "run@" + job + "@" + stamp(due) }

// ClaimRun takes the run if the job is free and the due time was not run.
func (s *Store) ClaimRun(ctx context.Context, r index.Run, now time.Time) (bool, error) {
	if err := s.writable("claiming job " + r.Job); err != nil {
		return false, err
	}
	ok, err := s.claim(ctx, r, now)
	if err != nil {
		return false, fmt.Errorf("claiming job %s: %w", r.Job, err)
	}
	return ok, nil
}

func (s *Store) claim(ctx context.Context, r index.Run, now time.Time) (bool, error) {
	mine := runToDoc(&r)
	mine.Finished, mine.Err, mine.Note = "", "", ""
	docs, err := s.c.get(ctx, []key{{s.names.runs, headID(r.Job), nil}, {s.names.runs, runID(r.Job, r.Due), nil}}, 0)
	if err != nil {
		return false, err
	}
	var head, same runDoc
	for i, d := range []*runDoc{&head, &same} {
		if !docs[i].Found {
			continue
		}
		if err := json.Unmarshal(docs[i].Source, d); err != nil {
			return false, err
		}
	}
	if same.Finished != "" || (head.Job != "" && head.Finished == "" && moment(head.Until).After(now)) {
		return false, nil
	}
	mine.Head = true
	won, err := s.swap(ctx, headID(r.Job), docs[0].at(), mine)
	if err != nil || !won {
		return false, err
	}
	mine.Head = false
	return s.swap(ctx, runID(r.Job, r.Due), docs[1].at(), mine)
}

// swap writes one document; false when another was faster.
func (s *Store) swap(ctx context.Context, id string, at *place, d runDoc) (bool, error) {
	results, err := s.c.bulk(ctx, []op{write(s.names.runs, id, at, d)}, 0)
	switch {
	case err != nil:
		return false, err
	case conflict(results[0]):
		// Where an answer was lost, the retry meets our own write.
		var now runDoc
		_, err := s.c.getOne(ctx, key{index: s.names.runs, id: id}, &now)
		return err == nil && now == d, err
	case results[0] != nil:
		return false, results[0]
	}
	return true, nil
}

// RenewRun moves the claim's end.
func (s *Store) RenewRun(ctx context.Context, r index.Run, until time.Time) error {
	err := s.change(ctx, r, func(d *runDoc) { d.Until = stamp(until) })
	if err != nil {
		return fmt.Errorf("renewing the claim of job %s: %w", r.Job, err)
	}
	return nil
}

// FinishRun records the end; index.ErrLeased when somebody else has taken the run over.
func (s *Store) FinishRun(ctx context.Context, r index.Run) error {
	end := runToDoc(&r)
	if end.Finished == "" {
		end.Finished = stamp(s.now())
	}
	err := s.change(ctx, r, func(d *runDoc) { d.Finished, d.Err, d.Note, d.Missed = end.Finished, end.Err, end.Note, end.Missed })
	if err != nil {
		return fmt.Errorf("recording the end of job %s: %w", r.Job, err)
	}
	return nil
}

// change edits the run's document, then the head if it still is this run's.
func (s *Store) change(ctx context.Context, r index.Run, edit func(*runDoc)) error {
	if err := s.writable("recording a run"); err != nil {
		return err
	}
	ids := []string{runID(r.Job, r.Due), headID(r.Job)}
	for n, id := range ids {
		err := s.changeOne(ctx, id, r, edit)
		if n == 1 && (errors.Is(err, index.ErrLeased) || errors.Is(err, index.ErrNotFound)) {
			return nil // a newer run's head
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (s *Store) changeOne(ctx context.Context, id string, r index.Run, edit func(*runDoc)) error {
	for range MaxConflicts {
		var d runDoc
		at, err := s.c.getOne(ctx, key{index: s.names.runs, id: id}, &d)
		switch {
		case err != nil:
			return err
		case at == nil:
			return index.ErrNotFound
		case d.Owner != r.Owner || d.Due != stamp(r.Due):
			return fmt.Errorf("%w: %s", index.ErrLeased, d.Owner)
		}
		edit(&d)
		if won, err := s.swap(ctx, id, at, d); won || err != nil {
			return err
		}
	}
	return fmt.Errorf("%w: others change it all the time", index.ErrUnavailable)
}

// LastRun gives the job's run with the latest due time.
func (s *Store) LastRun(ctx context.Context, job string) (*index.Run, error) {
	runs, err := s.runs(ctx, []any{object{"term": object{"job": job}}}, 1)
	if err == nil && len(runs) == 0 {
		err = index.ErrNotFound
	}
	if err != nil {
		return nil, fmt.Errorf("last run of job %s: %w", job, err)
	}
	return &runs[0], nil
}

// RecentRuns gives the latest runs of all jobs.
func (s *Store) RecentRuns(ctx context.Context, n int) ([]index.Run, error) {
	if n <= 0 {
		return []index.Run{}, nil
	}
	runs, err := s.runs(ctx, nil, min(n, index.MaxHits))
	if err != nil {
		return nil, fmt.Errorf("recent runs: %w", err)
	}
	return runs, nil
}

func (s *Store) runs(ctx context.Context, filter []any, n int) ([]index.Run, error) {
	if err := s.c.refresh(ctx, s.names.runs); err != nil && !errors.Is(err, index.ErrReadOnly) {
		return nil, err
	}
	body := object{"size": n, "track_total_hits": false, "sort": []any{object{"due": "desc"}, object{"job": "asc"}},
		"query": object{"bool": object{"filter": append(filter, object{"exists": object{"field": "job"}}), "must_not": []any{object{"term": object{"head": true}}}}}}
	res, err := s.c.search(ctx, s.names.runs, body)
	if err != nil {
		return nil, err
	}
	out := make([]index.Run, len(res.Hits.Hits))
	for i, h := range res.Hits.Hits {
		var d runDoc
		if err := json.Unmarshal(h.Source, &d); err != nil {
			return nil, fmt.Errorf("run %s: %w", h.ID, err)
		}
		out[i] = docToRun(&d)
	}
	return out, nil
}
