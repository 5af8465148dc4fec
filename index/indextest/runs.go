package indextest

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"scamatlas/index"
)

func run(job, owner string, due time.Time) index.Run {
	return index.Run{Job: job, Due: due, Owner: owner, Started: due, Until: due.Add(time.Hour), Missed: 2}
}

var runTests = []test{
	{"of many claims one succeeds", func(s *suite) {
		var won atomic.Int32
		var wg sync.WaitGroup
		for i := range 8 {
			wg.Go(func() {
				ok, err := s.ClaimRun(ctx, run("visit", fmt.Sprint("m", i), t0), t0)
				if err != nil {
					s.Error(err)
				}
				if ok {
					won.Add(1)
				}
			})
		}
		wg.Wait()
		if won.Load() != 1 {
			s.Errorf("%d machines run the job", won.Load())
		}
	}},
	{"a finished run is not run again", func(s *suite) {
		r := run("visit", "m1", t0)
		s.claim(true, r, t0)
		r.Finished, r.Note, r.Err = hour(0).Add(time.Minute), "visited 3", "one failed"
		s.ok(s.FinishRun(ctx, r))
		s.claim(false, run("visit", "m2", t0), hour(5))
		got, err := s.LastRun(ctx, "visit")
		if err != nil || *got != r {
			s.Errorf("%+v %v, want %+v", got, err, r)
		}
	}},
	{"an expired claim may be taken over and cannot be renewed then", func(s *suite) {
		r1, r2 := run("visit", "m1", t0), run("visit", "m2", t0)
		r2.Started, r2.Until = hour(1), hour(2)
		s.claim(true, r1, t0)
		s.claim(false, r2, t0.Add(time.Hour-time.Millisecond))
		s.claim(true, r2, hour(1))
		if err := s.RenewRun(ctx, r1, hour(9)); !errors.Is(err, index.ErrLeased) {
			s.Errorf("RenewRun by the first owner: %v", err)
		}
		r1.Finished = hour(1)
		if err := s.FinishRun(ctx, r1); err != nil && !errors.Is(err, index.ErrLeased) {
			s.Errorf("FinishRun by the first owner: %v", err)
		}
		got, err := s.LastRun(ctx, "visit")
		if err != nil || got.Owner != "m2" || !got.Finished.IsZero() {
			s.Errorf("the first owner ended the second one's run: %+v %v", got, err)
		}
	}},
	{"RenewRun moves the end of a claim", func(s *suite) {
		r := run("visit", "m1", t0)
		s.claim(true, r, t0)
		s.ok(s.RenewRun(ctx, r, hour(3)))
		s.claim(false, run("visit", "m2", t0), hour(2))
		got, err := s.LastRun(ctx, "visit")
		if err != nil || !got.Until.Equal(hour(3)) {
			s.Errorf("%+v %v", got, err)
		}
	}},
	{"an unfinished run blocks the next one of the same job only", func(s *suite) {
		r := run("visit", "m1", t0)
		s.claim(true, r, t0)
		next := run("visit", "m2", t0.Add(30*time.Minute))
		s.claim(false, next, next.Due)
		s.claim(true, run("cluster", "m2", next.Due), next.Due)
		r.Finished = next.Due
		s.ok(s.FinishRun(ctx, r))
		s.claim(true, next, next.Due)
	}},
	{"an expired run does not block the next one", func(s *suite) {
		s.claim(true, run("visit", "m1", t0), t0)
		s.claim(true, run("visit", "m2", hour(1)), hour(1))
	}},
	{"LastRun and RecentRuns go by due time", func(s *suite) {
		if _, err := s.LastRun(ctx, "visit"); !errors.Is(err, index.ErrNotFound) {
			s.Errorf("no run yet: %v", err)
		}
		for i := range 4 {
			for _, job := range []string{"cluster", "visit"} {
				r := run(job, "m1", hour(i))
				s.claim(true, r, hour(i))
				r.Finished = hour(i).Add(time.Minute)
				r.Note = strings.Repeat("n", 2*index.MaxRunNote)
				s.ok(s.FinishRun(ctx, r))
			}
		}
		got, err := s.RecentRuns(ctx, 5)
		s.ok(err)
		if len(got) != 5 || !got[0].Due.Equal(hour(3)) || !got[2].Due.Equal(hour(2)) || !got[4].Due.Equal(hour(1)) || len(got[0].Note) > index.MaxRunNote {
			s.Errorf("%+v", got)
		}
		last, err := s.LastRun(ctx, "cluster")
		if err != nil || !last.Due.Equal(hour(3)) || last.Job != "cluster" {
			s.Errorf("%+v %v", last, err)
		}
	}},
}

func (s *suite) claim(want bool, r index.Run, now time.Time) {
	s.Helper()
	got, err := s.ClaimRun(ctx, r, now)
	if err != nil || got != want {
		s.Errorf("ClaimRun(%s %s by %s at %s) = %v, %v; want %v", r.Job, r.Due.Format(time.TimeOnly), r.Owner, now.Format(time.TimeOnly), got, err, want)
	}
}
