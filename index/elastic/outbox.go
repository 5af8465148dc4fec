package elastic

import (
	"context"
	"errors"
	"fmt"

	"scamatlas/index"
	"scamatlas/index/outbox"
)

// SaveVisit puts the visit into the outbox, from where it is sent in the background: it works while the server is away.
func (s *Store) SaveVisit(ctx context.Context, v index.Visit) error {
	if err := s.writable("saving a visit"); err != nil {
		return err
	}
	if s.box == nil {
		return errors.New("saving a visit: the store was opened without an outbox folder")
	}
	r := &v.Record
	if r.Host == "" {
		return errors.New("saving a visit: it names no host")
	}
	v = v.Stored()
	r = &v.Record
	body, err := s.pack.pack(&v)
	if err != nil {
		return fmt.Errorf("saving the visit of %s: %w", r.Host, err)
	}
	if err := s.box.Put(ctx, outbox.Item{ID: r.ID, Host: r.Host, Body: body}); err != nil {
		return fmt.Errorf("saving the visit of %s: %w", r.Host, err)
	}
	s.sender.wake()
	return nil
}

// Revise writes the revised site by compare-and-swap, at once: it does not go through the outbox, for nothing is lost when the
// server is away, and the evidence can be read again.
func (s *Store) Revise(ctx context.Context, r index.Revision) error {
	if err := s.writable("revising a site"); err != nil {
		return err
	}
	r = r.Stored()
	return s.changeSite(ctx, "revising "+r.Host, r.Host, func(old *index.Site) (*index.Site, error) {
		if site, ok := index.Revise(old, &r); ok {
			return site, nil
		}
		return nil, index.ErrStale
	})
}

// Flush waits until the outbox has sent what was saved so far, then lets searches see it. It fails when the server refused some of it
// for good, or when ctx ends first.
func (s *Store) Flush(ctx context.Context) error {
	if s.readOnly {
		return nil
	}
	var refused error
	if s.box != nil {
		n, err := s.flushBox(ctx)
		if err != nil {
			return fmt.Errorf("flushing: %w", err)
		}
		if n > 0 {
			refused = fmt.Errorf("flushing: the server refused %d visits for good; they are kept in the outbox with the reason", n)
		}
	}
	if err := s.c.refresh(ctx, s.names.sites, s.names.captures, s.names.clusters); err != nil {
		return errors.Join(fmt.Errorf("flushing: %w", err), refused)
	}
	return refused
}

// flushBox waits; refused counts the visits that the server has refused for good meanwhile.
func (s *Store) flushBox(ctx context.Context) (refused int64, err error) {
	before, err := s.box.Counts(ctx)
	if err != nil {
		return 0, err
	}
	s.sender.hurry()
	for {
		progress := s.sender.progress()
		waits, err := s.box.Waits(ctx, before.Last)
		if err != nil {
			return 0, err
		}
		if !waits {
			break
		}
		select {
		case <-progress:
		case <-s.sender.ended:
			return 0, errors.New("the store is closed")
		case <-ctx.Done():
			return 0, errors.Join(ctx.Err(), s.sender.stalled())
		}
	}
	after, err := s.box.Counts(ctx)
	return after.Dead - before.Dead, err
}

// Refused lists visits that the server refused for good, oldest first, at most n.
func (s *Store) Refused(ctx context.Context, n int) ([]outbox.Letter, error) {
	if s.box == nil {
		return nil, nil
	}
	return s.box.Letters(ctx, n)
}

// Resend puts the refused visits back into the queue, after the cause was mended.
func (s *Store) Resend(ctx context.Context) (int64, error) {
	if s.box == nil {
		return 0, nil
	}
	n, err := s.box.Revive(ctx)
	s.sender.wake()
	return n, err
}
