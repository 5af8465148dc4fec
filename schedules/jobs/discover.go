package jobs

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"scamatlas/crawler"
	"scamatlas/index"
)

// Source yields targets. It retries nothing itself beyond a request.
type Source interface {
	// Name is what its targets and its state are filed under.
	Name() string
	// Read gives what came since cursor, nil for the first time, batch by batch. emit returns once a batch is durable, targets and
	// cursor; its error ends the reading and is returned as is. Where nothing is new there is no batch, and no error.
	Read(ctx context.Context, cursor []byte, emit func(crawler.Batch) error) error
	// Expect is how long the source may give nothing before somebody should look why; 0 = for ever.
	Expect() time.Duration
}

// Discoverer asks sources for targets and queues the new ones.
type Discoverer struct {
	Queue   index.Queue
	States  index.Sources                               // where each source was; nil: every reading starts anew
	Sources func(ctx context.Context) ([]Source, error) // asked anew for each reading
	Passive *Passive                                    // keeps the names beside targets; nil: nobody does
	Log     *slog.Logger
}

// Found is what one source gave in one reading.
type Found struct {
	Source   string   `json:"source"`
	Read     int      `json:"read"` // entries looked at
	Targets  int      `json:"targets"`
	New      int      `json:"new"`
	Kept     int      `json:"kept,omitempty"` // names beside targets of which is known now where they are
	Rejected int      `json:"rejected"`
	Problems []string `json:"problems,omitempty"` // the first of them
	Error    string   `json:"error,omitempty"`
	Alarm    string   `json:"alarm,omitempty"` // silent for longer than it should be
}

// Discover reads every source, a few at once. One that fails does not keep the others from being read; errors are joined.
//
//	sources ─▶ sourcesAtOnce × (Read ─▶ batch ─▶ AddTargets ─▶ cursor saved) ─▶ found, in the order of the sources
//
// A crash between targets and cursor repeats a batch, which adds nothing: at least once.
func (d *Discoverer) Discover(ctx context.Context) ([]Found, error) {
	states, err := d.states(ctx)
	if err != nil {
		return nil, err
	}
	sources, err := d.Sources(ctx)
	if err != nil {
		return nil, fmt.Errorf("listing the sources: %w", err)
	}
	all, errs := make([]Found, len(sources)), make([]error, len(sources))
	var g errgroup.Group
	g.SetLimit(sourcesAtOnce)
	for n, s := range sources {
		g.Go(func() error {
			all[n], errs[n] = d.read(ctx, s, states[s.Name()])
			return nil
		})
	}
	g.Wait()
	if d.Passive != nil {
		errs = append(errs, d.Passive.sweep(ctx, time.Now().UTC()))
	}
	return all, errors.Join(errs...)
}

func (d *Discoverer) states(ctx context.Context) (map[string]index.SourceState, error) {
	by := map[string]index.SourceState{}
	if d.States == nil {
		return by, nil
	}
	all, err := d.States.SourceStates(ctx)
	if err != nil {
		return nil, fmt.Errorf("reading where the sources were: %w", err)
	}
	for _, s := range all {
		by[s.Source] = s
	}
	return by, nil
}

// read reads one source from where it was.
func (d *Discoverer) read(ctx context.Context, s Source, state index.SourceState) (Found, error) {
	found := Found{Source: s.Name()}
	if ctx.Err() != nil {
		found.Error = ctx.Err().Error()
		return found, ctx.Err()
	}
	now := time.Now().UTC()
	state.Source = s.Name()
	if state.Since.IsZero() {
		state.Since = now
	}
	err := s.Read(ctx, state.Cursor, func(b crawler.Batch) error { return d.take(ctx, b, &found, &state) })
	state.Read, state.Err = now, ""
	if err != nil && ctx.Err() == nil {
		err = fmt.Errorf("source %s: %w", s.Name(), err)
		found.Error = err.Error()
		state.Err = clip(found.Error, index.MaxRunNote)
	}
	found.Alarm = Silent(state, s.Expect(), now)
	save, cancel := outlast(ctx)
	defer cancel()
	if d.States != nil {
		if serr := d.States.SaveSource(save, state); serr != nil {
			err = errors.Join(err, fmt.Errorf("remembering where source %s was: %w", s.Name(), serr))
		}
	}
	level := slog.LevelInfo
	if found.Read == 0 && found.Targets == 0 && found.Error == "" {
		level = slog.LevelDebug // logs are asked once a minute
	}
	d.Log.Log(ctx, level, "source read", "source", s.Name(), "entries", found.Read, "targets", found.Targets, "new", found.New, "kept", found.Kept, "rejected", found.Rejected, "err", found.Error)
	if found.Alarm != "" {
		d.Log.Warn("source is silent", "source", s.Name(), "why", found.Alarm)
	}
	return found, err
}

// take makes one batch durable.
func (d *Discoverer) take(ctx context.Context, b crawler.Batch, found *Found, state *index.SourceState) error {
	if len(b.Cursor) > crawler.MaxCursor {
		return fmt.Errorf("its cursor has %d bytes, %d are the most", len(b.Cursor), crawler.MaxCursor)
	}
	now := time.Now().UTC()
	for targets := range slices.Chunk(b.Targets, index.MaxTargets) {
		added, err := d.Queue.AddTargets(ctx, targets, now)
		if err != nil {
			return fmt.Errorf("queueing targets: %w", err)
		}
		found.New += added
		state.New += int64(added)
	}
	if d.Passive != nil {
		kept, err := d.Passive.keep(ctx, b.Names, now)
		found.Kept += kept
		if err != nil {
			return err
		}
	}
	found.Read += b.Read
	found.Targets += len(b.Targets)
	found.Rejected += b.Rejected
	found.Problems = append(found.Problems, b.Problems...)
	found.Problems = found.Problems[:min(len(found.Problems), crawler.MaxProblems)]
	state.Targets += int64(len(b.Targets))
	state.Cursor = b.Cursor
	if b.Read > 0 || len(b.Targets) > 0 {
		state.Yielded = now
	}
	if d.States == nil {
		return nil
	}
	return d.States.SaveSource(ctx, *state)
}

// Silent says that a source has given nothing for longer than expected, "" when it has, or when nothing is expected of it.
func Silent(s index.SourceState, expect time.Duration, now time.Time) string {
	last := s.Yielded
	if last.IsZero() {
		last = s.Since
	}
	quiet := now.Sub(last)
	if expect <= 0 || last.IsZero() || quiet <= expect {
		return ""
	}
	what := "it last gave something"
	if s.Yielded.IsZero() {
		what = "it has given nothing since it was first asked"
	}
	text := fmt.Sprintf("%s %s ago, expected at least every %s", what, quiet.Round(time.Minute), expect)
	if s.Err != "" {
		text += ": " + s.Err
	}
	return text
}

// Job is the scheduled form.
func (d *Discoverer) Job(ctx context.Context, _ time.Time) (string, error) {
	found, err := d.Discover(ctx)
	added, alarms := 0, []string(nil)
	for _, f := range found {
		added += f.New
		if f.Alarm != "" {
			alarms = append(alarms, "alarm: "+f.Source+": "+f.Alarm)
		}
	}
	note := fmt.Sprintf("%d sources, %d new hosts", len(found), added)
	for _, a := range alarms[:min(len(alarms), maxProblems)] {
		note += "; " + a
	}
	return note, err
}

// clip cuts text to n bytes, whole characters.
func clip(s string, n int) string {
	if len(s) <= n {
		return s
	}
	return strings.ToValidUTF8(s[:n], "")
}
