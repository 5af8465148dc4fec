// Package schedules turns cron lines into runs of jobs: each due time is run once over all machines that share a store.
//
// Due times and runs live in the store (index.Runs); cron only ticks. A due time missed while nothing ran is caught up once, however many
// were missed. A job never overlaps itself. The package does not know what the jobs do; that is schedules/jobs.
package schedules

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"time"

	"github.com/robfig/cron/v3"

	"scamatlas/index"
)

// Job is one kind of scheduled work.
type Job struct {
	Name string
	Spec string // cron line (UTC unless CRON_TZ=Area/City stands in front) or "@every 10m"; "" = never
	// Run does the work due at a time and says in one line what it did. It returns soon after ctx ends.
	Run func(ctx context.Context, due time.Time) (note string, err error)
}

// Options of a Scheduler. All fields but Log are needed.
type Options struct {
	Owner string // of this process; the same again after a restart
	Log   *slog.Logger
}

// Scheduler runs jobs when they are due.
type Scheduler struct {
	runs  index.Runs
	jobs  []*scheduled
	owner string
	log   *slog.Logger
	wg    sync.WaitGroup
}

type scheduled struct {
	Job
	when cron.Schedule
	busy sync.Mutex // held while a run of this process is under way
}

// New checks all cron lines and gives a Scheduler; errors of several jobs are joined.
func New(runs index.Runs, jobs []Job, o Options) (*Scheduler, error) {
	s := &Scheduler{runs: runs, owner: o.Owner, log: o.Log}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	var errs []error
	for _, j := range jobs {
		if strings.TrimSpace(j.Spec) == "" {
			continue
		}
		when, err := parse(j.Spec)
		if err != nil {
			errs = append(errs, fmt.Errorf("schedule of %s: %w", j.Name, err))
			continue
		}
		s.jobs = append(s.jobs, &scheduled{Job: j, when: when})
	}
	return s, errors.Join(errs...)
}

// Check reports what is wrong with a cron line; an empty one means never and is fine.
func Check(spec string) error {
	if strings.TrimSpace(spec) == "" {
		return nil
	}
	_, err := parse(spec)
	return err
}

func parse(spec string) (when cron.Schedule, err error) {
	defer func() { // cron v3.0.1 panics on "TZ=" with nothing after it
		if recover() != nil {
			err = fmt.Errorf("%q is not a cron line", spec)
		}
	}()
	text := spec
	if !strings.HasPrefix(spec, "CRON_TZ=") && !strings.HasPrefix(spec, "TZ=") && !strings.HasPrefix(spec, "@every") {
		text = "CRON_TZ=UTC " + spec
	}
	when, err = cron.ParseStandard(text)
	if err != nil {
		return nil, fmt.Errorf("%q is not a cron line (five fields: minute hour day month weekday, or @every 10m): %v", spec, err)
	}
	if when.Next(time.Unix(0, 0)).IsZero() {
		return nil, fmt.Errorf("%q never comes", spec)
	}
	return when, nil
}

// Run ticks until ctx ends, then waits for the jobs that are running; they see ctx end too.
//
//	cron: one entry a job ─┐
//	sweep every 30 s ──────┼─▶ check: next due time after the store's last run ≤ now? ─▶ claim ─▶ goroutine: job, renewing its claim ─▶ finish
//	once at start ─────────┘
//
// The sweep takes over runs of machines that died and picks up due times that passed during a long run.
func (s *Scheduler) Run(ctx context.Context) error {
	ticker := cron.New(cron.WithLocation(time.UTC), cron.WithLogger(cron.DiscardLogger))
	for _, j := range s.jobs {
		ticker.Schedule(j.when, cron.FuncJob(func() { s.check(ctx, j) }))
	}
	sweep := func() {
		for _, j := range s.jobs {
			s.check(ctx, j)
		}
	}
	ticker.Schedule(cron.Every(sweepEvery), cron.FuncJob(sweep))
	for _, j := range s.jobs {
		s.giveBackOwn(ctx, j)
	}
	sweep()
	ticker.Start()
	<-ctx.Done()
	<-ticker.Stop().Done()
	s.wg.Wait()
	return nil
}

// giveBackOwn ends the claim that an earlier life of this process left when it was killed.
func (s *Scheduler) giveBackOwn(ctx context.Context, j *scheduled) {
	last, err := s.runs.LastRun(ctx, j.Name)
	if err != nil || !last.Finished.IsZero() || last.Owner != s.owner {
		return
	}
	if err := s.runs.RenewRun(ctx, *last, time.Now().UTC()); err != nil && !errors.Is(err, index.ErrLeased) {
		s.log.Warn("claim of an earlier run not given back", "job", j.Name, "err", err)
	}
}

// check starts j when it is due and nobody runs it.
func (s *Scheduler) check(ctx context.Context, j *scheduled) {
	if ctx.Err() != nil || !j.busy.TryLock() {
		return
	}
	run, ok := s.claim(ctx, j)
	if !ok {
		j.busy.Unlock()
		return
	}
	s.wg.Go(func() {
		defer j.busy.Unlock()
		s.execute(ctx, j, run)
	})
}

func (s *Scheduler) claim(ctx context.Context, j *scheduled) (index.Run, bool) {
	now := time.Now().UTC()
	last, err := s.runs.LastRun(ctx, j.Name)
	if err != nil && !errors.Is(err, index.ErrNotFound) {
		s.log.Warn("schedule not read", "job", j.Name, "err", err)
		return index.Run{}, false
	}
	due, missed, ok := nextDue(j.when, last, now)
	if !ok {
		return index.Run{}, false
	}
	run := index.Run{Job: j.Name, Due: due, Missed: missed, Owner: s.owner, Started: now, Until: now.Add(claimFor)}
	won, err := s.runs.ClaimRun(ctx, run, now)
	if err != nil {
		s.log.Warn("run not claimed", "job", j.Name, "err", err)
		return index.Run{}, false
	}
	return run, won
}

// nextDue gives the latest due time that has come and was not run, and how many before it were missed.
// A job that was never run is due at once. An unfinished run whose claim has ended is due again.
func nextDue(when cron.Schedule, last *index.Run, now time.Time) (due time.Time, missed int, ok bool) {
	if last == nil {
		return now.Truncate(time.Second), 0, true
	}
	abandoned := last.Finished.IsZero() && !last.Until.After(now)
	due = when.Next(last.Due)
	if due.IsZero() || due.After(now) {
		return last.Due, last.Missed, abandoned
	}
	if every, isEvery := when.(cron.ConstantDelaySchedule); isEvery {
		n := int(now.Sub(due) / every.Delay)
		return due.Add(time.Duration(n) * every.Delay).UTC(), n, true
	}
	for range maxMissed {
		next := when.Next(due)
		if next.IsZero() || next.After(now) {
			break
		}
		due = next
		missed++
	}
	return due.UTC(), missed, true
}

// execute runs the job, keeps its claim alive and records the end.
func (s *Scheduler) execute(ctx context.Context, j *scheduled, run index.Run) {
	work, cancel := context.WithCancel(ctx)
	defer cancel()
	done := make(chan struct{})
	var renewing sync.WaitGroup
	renewing.Go(func() { s.renew(work, cancel, run, done) })

	note, err := s.guarded(work, j, run.Due)
	close(done)
	renewing.Wait()
	s.record(ctx, run, note, err)
}

// guarded turns a panic of a job into its error: one job must not end the server.
func (s *Scheduler) guarded(ctx context.Context, j *scheduled, due time.Time) (note string, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("job %s panicked: %v", j.Name, p)
		}
	}()
	return j.Run(ctx, due)
}

func (s *Scheduler) renew(ctx context.Context, cancel context.CancelFunc, run index.Run, done <-chan struct{}) {
	t := time.NewTicker(claimFor / 3)
	defer t.Stop()
	for {
		select {
		case <-done:
			return
		case <-ctx.Done():
			return
		case <-t.C:
		}
		err := s.runs.RenewRun(ctx, run, time.Now().UTC().Add(claimFor))
		if errors.Is(err, index.ErrLeased) {
			s.log.Warn("another machine has taken the run over", "job", run.Job)
			cancel()
			return
		}
		if err != nil {
			s.log.Warn("claim not renewed", "job", run.Job, "err", err)
		}
	}
}

// record writes the end of a run. A run that was stopped is given back, so that the next start takes it up again.
func (s *Scheduler) record(ctx context.Context, run index.Run, note string, err error) {
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), recordWithin)
	defer cancel()
	if ctx.Err() != nil {
		if err := s.runs.RenewRun(last, run, time.Now().UTC()); err != nil && !errors.Is(err, index.ErrLeased) {
			s.log.Warn("run not given back", "job", run.Job, "err", err)
		}
		return
	}
	run.Finished, run.Note = time.Now().UTC(), clip(note)
	if err != nil {
		run.Err = clip(err.Error())
		s.log.Error("job failed", "job", run.Job, "due", run.Due, "err", err)
	} else {
		s.log.Info("job done", "job", run.Job, "due", run.Due, "missed", run.Missed, "note", note, "took", run.Finished.Sub(run.Started).Round(time.Millisecond).String())
	}
	if err := s.runs.FinishRun(last, run); err != nil {
		s.log.Error("end of run not recorded", "job", run.Job, "err", err)
	}
}

func clip(s string) string {
	if len(s) > index.MaxRunNote {
		s = strings.ToValidUTF8(s[:index.MaxRunNote], "")
	}
	return s
}
