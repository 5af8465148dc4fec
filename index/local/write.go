package local

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"scamatlas/index"
)

// op is one write that waits for the writer.
type op struct {
	ctx  context.Context
	do   func(*txn) error
	err  error
	done chan struct{}
}

// commit runs do in a transaction and returns when it is on disk. What do sets is valid only when commit returns nil. Once begun it is
// not cut short by ctx, so that the answer is always the truth.
func (s *Store) commit(ctx context.Context, doing string, do func(*txn) error) error {
	if s.readOnly {
		return fmt.Errorf("%s: %w", doing, index.ErrReadOnly)
	}
	o := &op{ctx: ctx, do: do, done: make(chan struct{})}
	select {
	case s.ops <- o:
	case <-ctx.Done():
		return fmt.Errorf("%s: %w", doing, ctx.Err())
	case <-s.closing:
		return fmt.Errorf("%s: %w", doing, errClosed)
	}
	<-o.done
	return s.fail(doing, o.err)
}

func (s *Store) writer() {
	defer close(s.stopped)
	for {
		select {
		case o := <-s.ops:
			s.group(o)
		case <-s.closing:
			return
		}
	}
}

// group writes first and whatever else waits in one transaction: the price of reaching the disk is paid once for all.
func (s *Store) group(first *op) {
	var all []*op
	tx, err := s.begin()
	for o := first; o != nil; o = s.waiting(len(all)) {
		all = append(all, o)
		if err != nil {
			break
		}
		o.err = guarded(tx, o)
		if breaks(o.err) {
			err = o.err
			break
		}
	}
	if err == nil {
		err = tx.writeWords()
	}
	if err == nil {
		err = tx.Commit()
	}
	if err != nil && tx != nil {
		// Commit may have failed half way; ErrTxDone only says that it is over.
		if e := tx.Rollback(); e != nil && !errors.Is(e, sql.ErrTxDone) {
			s.log.Error("rollback", "err", e)
		}
	}
	for _, o := range all {
		if o.err == nil {
			o.err = err
		}
		close(o.done)
	}
}

// waiting gives the next write that somebody waits for, nil when the group is full or nobody does.
func (s *Store) waiting(n int) *op {
	if n >= maxGroup {
		return nil
	}
	select {
	case o := <-s.ops:
		return o
	default:
		return nil
	}
}

// guarded runs one write so that its failure undoes nothing of the others.
func guarded(tx *txn, o *op) error {
	if err := o.ctx.Err(); err != nil {
		return err
	}
	if _, err := tx.Exec(savepoint); err != nil {
		return err
	}
	noted := len(tx.noted)
	err := o.do(tx)
	if err != nil {
		tx.noted = tx.noted[:noted]
	}
	switch {
	case err == nil:
		_, err = tx.Exec(release)
	case !breaks(err):
		_, undo := tx.Exec("ROLLBACK TO one; RELEASE one")
		err = errors.Join(err, undo)
	}
	return err
}
