package jobs

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"scamatlas/index"
)

// Discoverer asks sources for targets and queues the new ones.
type Discoverer struct {
	Queue   index.Queue
	Sources []Source
	Log     *slog.Logger
}

// Found is what one source gave.
type Found struct {
	Source   string `json:"source"`
	Targets  int    `json:"targets"`
	New      int    `json:"new"`
	Rejected int    `json:"rejected"`
	Error    string `json:"error,omitempty"`
}

// Discover runs every source, one after the other. A source that fails does not keep the others from running; errors are joined.
func (d *Discoverer) Discover(ctx context.Context) ([]Found, error) {
	var all []Found
	var errs []error
	for _, s := range d.Sources {
		if ctx.Err() != nil {
			return all, ctx.Err()
		}
		found := Found{Source: s.Name()}
		targets, rejected, err := s.Targets(ctx)
		found.Targets, found.Rejected = len(targets), rejected
		if err == nil && len(targets) > 0 {
			found.New, err = d.Queue.AddTargets(ctx, targets, time.Now().UTC())
		}
		if err != nil {
			found.Error = err.Error()
			errs = append(errs, fmt.Errorf("source %s: %w", s.Name(), err))
		}
		d.Log.Info("source read", "source", s.Name(), "targets", found.Targets, "new", found.New, "rejected", rejected, "err", found.Error)
		all = append(all, found)
	}
	return all, errors.Join(errs...)
}

// Job is the scheduled form.
func (d *Discoverer) Job(ctx context.Context, _ time.Time) (string, error) {
	found, err := d.Discover(ctx)
	added := 0
	for _, f := range found {
		added += f.New
	}
	return fmt.Sprintf("%d sources, %d new hosts", len(found), added), err
}
