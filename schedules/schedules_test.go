package schedules

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"scamatlas/index"
	"scamatlas/index/local"
)

// openRuns opens a real embedded store; inside a synctest bubble its times are the bubble's.
func openRuns(t *testing.T, dir string) *local.Store {
	t.Helper()
	st, err := local.Open(t.Context(), dir, local.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return st
}

// counter is a job that counts its runs and remembers the due times.
type counter struct {
	takes time.Duration

	mu        sync.Mutex
	dues      []time.Time
	now, most int
}

func (c *counter) run(ctx context.Context, due time.Time) (string, error) {
	c.mu.Lock()
	c.now++
	c.most = max(c.most, c.now)
	c.dues = append(c.dues, due)
	c.mu.Unlock()
	defer func() {
		c.mu.Lock()
		c.now--
		c.mu.Unlock()
	}()
	select {
	case <-time.After(c.takes):
	case <-ctx.Done():
		return "", ctx.Err()
	}
	return "done", nil
}

// runs gives the due times so far.
func (c *counter) runs() []time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.dues)
}

func start(t *testing.T, runs index.Runs, owner string, jobs ...Job) (stop func()) {
	t.Helper()
	s, err := New(runs, jobs, Options{Owner: owner})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { defer close(done); s.Run(ctx) }()
	return func() { cancel(); <-done }
}

func TestRunsAtOnceThenOnSchedule(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		st := openRuns(t, dir)
		defer st.Close()
		c := &counter{}
		stop := start(t, st, "a", Job{"j", "@every 10m", c.run})
		time.Sleep(35 * time.Minute)
		stop()
		if len(c.runs()) != 4 {
			t.Fatalf("%d runs in 35 minutes of every 10: %v", len(c.runs()), c.runs())
		}
		for i, d := range c.runs()[1:] {
			if d.Sub(c.runs()[i]) != 10*time.Minute {
				t.Errorf("due times %v", c.runs())
			}
		}
	})
}

func TestMissedDueTimesAreCaughtUpOnce(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		st := openRuns(t, dir)
		defer st.Close()
		c := &counter{}
		job := Job{"j", "0 * * * *", c.run}
		stop := start(t, st, "a", job)
		time.Sleep(time.Minute)
		stop()
		time.Sleep(3*time.Hour + 30*time.Minute) // three due times pass while nothing runs
		before := len(c.runs())
		stop = start(t, st, "a", job)
		time.Sleep(time.Minute)
		stop()
		if len(c.runs())-before != 1 {
			t.Fatalf("%d runs after three missed ones, want 1", len(c.runs())-before)
		}
		last, err := st.LastRun(t.Context(), "j")
		if err != nil || last.Missed != 2 || !last.Due.Equal(c.runs()[len(c.runs())-1]) || last.Due.Minute() != 0 {
			t.Errorf("last run %+v %v: want the latest due time with two missed before it", last, err)
		}
	})
}

func TestAJobDoesNotOverlapItself(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		st := openRuns(t, dir)
		defer st.Close()
		c := &counter{takes: 25 * time.Minute}
		stopA := start(t, st, "a", Job{"j", "@every 10m", c.run})
		stopB := start(t, st, "b", Job{"j", "@every 10m", c.run})
		time.Sleep(2 * time.Hour)
		stopA()
		stopB()
		if c.most != 1 {
			t.Errorf("%d runs at once", c.most)
		}
		if len(c.runs()) < 4 || len(c.runs()) > 6 {
			t.Errorf("%d runs of 25 minutes in 2 hours", len(c.runs()))
		}
	})
}

func TestTwoMachinesRunEachDueTimeOnce(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		st := openRuns(t, dir)
		defer st.Close()
		a, b := &counter{}, &counter{}
		stopA := start(t, st, "a", Job{"j", "*/5 * * * *", a.run})
		stopB := start(t, st, "b", Job{"j", "*/5 * * * *", b.run})
		time.Sleep(62 * time.Minute)
		stopA()
		stopB()
		seen := map[time.Time]int{}
		for _, d := range append(a.runs(), b.runs()...) {
			if seen[d.UTC()]++; seen[d.UTC()] > 1 {
				t.Errorf("due time %s ran twice", d)
			}
		}
		if len(seen) < 12 {
			t.Errorf("%d due times ran in an hour of every 5 minutes", len(seen))
		}
	})
}

func TestARunOfADeadMachineIsTakenOver(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		st := openRuns(t, dir)
		defer st.Close()
		now := time.Now().UTC()
		won, err := st.ClaimRun(t.Context(), index.Run{Job: "j", Due: now, Owner: "dead", Started: now, Until: now.Add(claimFor)}, now)
		if !won || err != nil {
			t.Fatal(won, err)
		}
		c := &counter{}
		stop := start(t, st, "b", Job{"j", "0 0 1 1 *", c.run})
		time.Sleep(claimFor - time.Second)
		synctest.Wait()
		if len(c.runs()) != 0 {
			t.Error("taken over while its claim still held")
		}
		time.Sleep(sweepEvery + 2*time.Second)
		stop()
		if len(c.runs()) != 1 || !c.runs()[0].Equal(now.Truncate(time.Millisecond)) {
			t.Errorf("not taken over: %v", c.runs())
		}
	})
}

func TestAKilledServerTakesItsOwnRunUpAtOnce(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		st := openRuns(t, dir)
		defer st.Close()
		now := time.Now().UTC()
		st.ClaimRun(t.Context(), index.Run{Job: "j", Due: now, Owner: "a", Started: now, Until: now.Add(claimFor)}, now)
		c := &counter{}
		stop := start(t, st, "a", Job{"j", "0 0 1 1 *", c.run})
		time.Sleep(time.Second)
		stop()
		if len(c.runs()) != 1 {
			t.Errorf("%d runs, want the one that was killed", len(c.runs()))
		}
	})
}

func TestAStoppedRunIsNotCountedAsDone(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		st := openRuns(t, dir)
		defer st.Close()
		c := &counter{takes: time.Hour}
		stop := start(t, st, "a", Job{"j", "0 0 1 1 *", c.run})
		time.Sleep(time.Minute)
		stop()
		c.takes = 0
		stop = start(t, st, "b", Job{"j", "0 0 1 1 *", c.run})
		time.Sleep(time.Minute)
		stop()
		last, err := st.LastRun(t.Context(), "j")
		if len(c.runs()) != 2 || err != nil || last.Finished.IsZero() || last.Note != "done" {
			t.Errorf("%d runs, last %+v %v", len(c.runs()), last, err)
		}
	})
}

func TestFailuresAndPanicsAreRecorded(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		st := openRuns(t, dir)
		defer st.Close()
		stop := start(t, st, "a",
			Job{"fails", "@every 1h", func(context.Context, time.Time) (string, error) { return "", errors.New("no luck") }},
			Job{"panics", "@every 1h", func(context.Context, time.Time) (string, error) { panic("oh") }}) // what the scheduler must outlive
		time.Sleep(time.Second)
		stop()
		for job, want := range map[string]string{"fails": "no luck", "panics": "panicked: oh"} {
			last, err := st.LastRun(t.Context(), job)
			if err != nil || last.Finished.IsZero() || !strings.Contains(last.Err, want) {
				t.Errorf("%s: %+v %v", job, last, err)
			}
		}
	})
}

func TestCheck(t *testing.T) {
	for spec, ok := range map[string]bool{"": true, "*/5 * * * *": true, "@every 10m": true, "@daily": true, "CRON_TZ=Europe/Berlin 0 3 * * *": true,
		"often": false, "TZ=": false, "CRON_TZ=Nowhere/Land 0 3 * * *": false, "61 * * * *": false, "0 0 31 2 *": false, "* * * * * *": false} {
		if err := Check(spec); (err == nil) != ok {
			t.Errorf("Check(%q) = %v", spec, err)
		}
	}
}

func FuzzCheck(f *testing.F) {
	f.Add("TZ=")
	f.Add("CRON_TZ= ")
	f.Add("*/0 * * * *")
	f.Fuzz(func(t *testing.T, spec string) { Check(spec) })
}
