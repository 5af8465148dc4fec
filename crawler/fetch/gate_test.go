package fetch

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// starts runs n requests of work each and gives the times of their starts since the beginning.
func starts(t *testing.T, g *gate, work time.Duration, keys ...[2]string) map[string][]time.Duration {
	t.Helper()
	begin := time.Now()
	got := map[string][]time.Duration{}
	var mu sync.Mutex
	var wg sync.WaitGroup
	for _, k := range keys {
		wg.Go(func() {
			leave, err := g.enter(t.Context(), k[0], k[1])
			if err != nil {
				t.Error(err)
				return
			}
			mu.Lock()
			got[k[0]] = append(got[k[0]], time.Since(begin))
			mu.Unlock()
			time.Sleep(work)
			leave()
		})
	}
	wg.Wait()
	for _, times := range got {
		slices.Sort(times)
	}
	return got
}

func TestGateSpacesOneDomain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGate(100*time.Millisecond, 2, 8)
		got := starts(t, g, time.Millisecond, slices.Repeat([][2]string{{"a.test", "1"}}, 5)...)
		for i, at := range got["a.test"] {
			if want := time.Duration(i) * 100 * time.Millisecond; at != want {
				t.Errorf("request %d at %v, want %v", i, at, want)
			}
		}
	})
}

func TestGateLetsTwoInAtATime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGate(100*time.Millisecond, 2, 8)
		got := starts(t, g, time.Second, slices.Repeat([][2]string{{"a.test", "1"}}, 4)...)
		want := []time.Duration{0, 100 * time.Millisecond, time.Second, 1100 * time.Millisecond}
		if !slices.Equal(got["a.test"], want) {
			t.Errorf("starts %v, want %v", got["a.test"], want)
		}
	})
}

func TestGateDoesNotMixDomains(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGate(time.Minute, 1, 8)
		var keys [][2]string
		for i := range 1000 {
			keys = append(keys, [2]string{fmt.Sprintf("s%d.test", i), fmt.Sprint(i)})
		}
		for domain, times := range starts(t, g, time.Hour, keys...) {
			if times[0] != 0 {
				t.Errorf("%s waited %v", domain, times[0])
			}
		}
	})
}

func TestGateSharesAnAddress(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGate(0, 2, 3)
		var keys [][2]string
		for i := range 6 {
			keys = append(keys, [2]string{fmt.Sprintf("s%d.test", i), "1"})
		}
		var all []time.Duration
		for _, times := range starts(t, g, time.Second, keys...) {
			all = append(all, times...)
		}
		slices.Sort(all)
		if want := []time.Duration{0, 0, 0, time.Second, time.Second, time.Second}; !slices.Equal(all, want) {
			t.Errorf("starts %v, want %v", all, want)
		}
	})
}

// TestGateForgets: a long run over many sites keeps nothing of those that are done, and yet no domain's delay is forgotten.
func TestGateForgets(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGate(time.Second, 2, 8)
		for i := range 2000 {
			leave, err := g.enter(t.Context(), fmt.Sprintf("s%d.test", i), "1")
			if err != nil {
				t.Fatal(err)
			}
			leave()
			time.Sleep(10 * time.Millisecond)
			if len(g.domains) > 101 || len(g.idle) > 101 {
				t.Fatalf("%d domains after %d visits", len(g.domains), i)
			}
		}
		begin := time.Now()
		for range 3 {
			leave, err := g.enter(t.Context(), "again.test", "")
			if err != nil {
				t.Fatal(err)
			}
			leave()
		}
		if took := time.Since(begin); took != 2*time.Second {
			t.Errorf("three requests one after the other in %v", took)
		}
	})
}

func TestGateGivesUpWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGate(time.Hour, 1, 1)
		leave, err := g.enter(t.Context(), "a.test", "1")
		if err != nil {
			t.Fatal(err)
		}
		for _, k := range [][2]string{{"a.test", "1"}, {"b.test", "1"}} {
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			if _, err := g.enter(ctx, k[0], k[1]); err == nil {
				t.Errorf("%s entered", k[0])
			}
			cancel()
		}
		leave()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := g.enter(ctx, "a.test", "1"); err == nil {
			t.Error("entered before the delay was over")
		}
		leave, err = g.enter(t.Context(), "b.test", "1")
		if err != nil {
			t.Fatal(err)
		}
		leave()
	})
}
