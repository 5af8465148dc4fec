package main

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"scamatlas/configs"
	"scamatlas/crawler/egress"
)

// drainFor bounds the delivery of waiting visits when a command ends.
const drainFor = 4 * time.Second

// session is what a command works with: checked settings, the way out, the store.
type session struct {
	settings *configs.Settings
	guard    *egress.Guard
	store    *openedStore
	log      *slog.Logger
	honest   func() (*honest, error) // read when first asked for
}

func newSession(s *configs.Settings, g *egress.Guard, st *openedStore, log *slog.Logger) *session {
	return &session{settings: s, guard: g, store: st, log: log, honest: sync.OnceValues(newHonest)}
}

// access is what a command does with the store. An embedded store has one writer at a time; on Elasticsearch only visiting
// takes something for itself, the outbox.
type access int

const (
	toRead  access = iota
	toWrite        // queue, group
	toVisit        // save visits
)

// open loads the settings and opens the store. The caller closes the session.
func (a *app) open(ctx context.Context, how access) (*session, error) {
	s, err := a.settings()
	if err != nil {
		return nil, err
	}
	g, err := newGuard(s)
	if err != nil {
		return nil, err
	}
	log := a.logger(false)
	st, err := a.openStore(ctx, s, g, how, log)
	if err != nil {
		return nil, err
	}
	return newSession(s, g, st, log), nil
}

// close delivers what waits, for a while, and reports what is left: nothing may get lost in silence.
func (s *session) close(a *app) {
	ctx, cancel := context.WithTimeout(context.Background(), drainFor)
	defer cancel()
	if err := s.store.Flush(ctx); err != nil {
		s.log.Warn("not all visits delivered", "err", err)
	}
	h := s.store.Health(ctx)
	if h.Queued > 0 {
		fmt.Fprintf(a.stderr, "%s not yet delivered to %s; they are kept in %s and sent by the next command that writes\n",
			plural(int(h.Queued), "visit is", "visits are"), s.settings.Store, s.settings.Elasticsearch.Outbox)
	}
	if h.Dead > 0 {
		fmt.Fprintf(a.stderr, "the server has refused %s for good; they are kept in %s, and `scamatlas doctor --resend` tries them again\n",
			plural(int(h.Dead), "visit", "visits"), s.settings.Elasticsearch.Outbox)
	}
	if err := s.store.Close(); err != nil {
		fmt.Fprintf(a.stderr, "closing the store: %v\n", err)
	}
}

// with runs fn on an opened store.
func (a *app) with(ctx context.Context, how access, fn func(*session) error) error {
	s, err := a.open(ctx, how)
	if err != nil {
		return err
	}
	defer s.close(a)
	return fn(s)
}
