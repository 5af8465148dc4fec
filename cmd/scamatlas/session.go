package main

import (
	"context"
	"fmt"
	"log/slog"

	"scamatlas/configs"
	"scamatlas/crawler/egress"
)

// session is what a command works with: checked settings, the way out, the store.
type session struct {
	settings *configs.Settings
	guard    *egress.Guard
	store    *openedStore
	log      *slog.Logger
}

// open loads the settings and opens the store; write is for commands that change it. The caller closes the session.
func (a *app) open(ctx context.Context, write bool) (*session, error) {
	s, err := a.settings()
	if err != nil {
		return nil, err
	}
	g, err := newGuard(s)
	if err != nil {
		return nil, err
	}
	log := a.logger(false)
	st, err := a.openStore(ctx, s, g, write, log)
	if err != nil {
		return nil, err
	}
	return &session{settings: s, guard: g, store: st, log: log}, nil
}

// close reports what is left undelivered: nothing may get lost in silence.
func (s *session) close(a *app) {
	h := s.store.Health(context.Background())
	if h.Queued > 0 {
		fmt.Fprintf(a.stderr, "%s not yet delivered to %s; they are kept in %s and sent by the next command that writes\n",
			plural(int(h.Queued), "visit is", "visits are"), s.settings.Store, s.settings.Elasticsearch.Outbox)
	}
	if err := s.store.Close(); err != nil {
		fmt.Fprintf(a.stderr, "closing the store: %v\n", err)
	}
}

// reading runs fn on a store opened for reading.
func (a *app) reading(ctx context.Context, fn func(*session) error) error {
	return a.with(ctx, false, fn)
}

// writing runs fn on a store opened for writing.
func (a *app) writing(ctx context.Context, fn func(*session) error) error {
	return a.with(ctx, true, fn)
}

func (a *app) with(ctx context.Context, write bool, fn func(*session) error) error {
	s, err := a.open(ctx, write)
	if err != nil {
		return err
	}
	defer s.close(a)
	return fn(s)
}
