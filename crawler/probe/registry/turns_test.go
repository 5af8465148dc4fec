package registry

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

func TestTurns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		turns := newTurns(time.Second)
		start := time.Now()
		var mu sync.Mutex
		at := map[time.Duration]int{}
		var wg sync.WaitGroup
		for range 5 {
			wg.Go(func() {
				if err := turns.take(t.Context(), "a"); err != nil {
					t.Error(err)
				}
				mu.Lock()
				at[time.Since(start)]++
				mu.Unlock()
			})
		}
		wg.Wait()
		for s := range 5 {
			if at[time.Duration(s)*time.Second] != 1 {
				t.Errorf("turns at %v", at)
			}
		}
		if err := turns.take(t.Context(), "b"); err != nil || time.Since(start) != 4*time.Second {
			t.Errorf("another server waited: %v after %v", err, time.Since(start))
		}
	})
}

// TestTurnsNotTaken: who cannot wait is told so at once, and the turn stays free for others.
func TestTurnsNotTaken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		turns := newTurns(4 * time.Second)
		start := time.Now()
		short, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		var busy *busyError
		if err := turns.take(t.Context(), "a"); err != nil {
			t.Error(err)
		}
		if err := turns.take(short, "a"); !errors.As(err, &busy) || time.Since(start) != 0 {
			t.Errorf("%v after %v", err, time.Since(start))
		}
		if err := turns.take(t.Context(), "a"); err != nil || time.Since(start) != 4*time.Second {
			t.Errorf("%v after %v", err, time.Since(start))
		}
		turns.hold("a", time.Minute)
		if err := turns.take(t.Context(), "a"); !errors.As(err, &busy) {
			t.Errorf("a server that wants quiet is asked: %v", err)
		}
		time.Sleep(time.Minute)
		if err := turns.take(t.Context(), "a"); err != nil {
			t.Error(err)
		}
	})
}

// later is a server that answers 429 so often before it answers.
type later struct {
	times int
	after string
	at    []time.Duration
	start time.Time
}

func (l *later) RoundTrip(req *http.Request) (*http.Response, error) {
	l.at = append(l.at, time.Since(l.start))
	resp := &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: io.NopCloser(strings.NewReader("{}")), Request: req}
	if l.times--; l.times >= 0 {
		resp.StatusCode = http.StatusTooManyRequests
		if l.after != "" {
			resp.Header.Set("Retry-After", l.after)
		}
	}
	return resp, nil
}

func TestRetryAfter(t *testing.T) {
	for _, c := range []struct {
		times int
		after string
		asked []time.Duration
		ok    bool
	}{
		{0, "", []time.Duration{0}, true},
		{1, "3", []time.Duration{0, 3 * time.Second}, true},
		{2, "3", []time.Duration{0, 3 * time.Second}, false},
		{1, "3600", []time.Duration{0}, false}, // longer than a visit waits
		{1, "", []time.Duration{0}, false},
		{1, "soon", []time.Duration{0}, false},
		{1, "DATE", []time.Duration{0, 5 * time.Second}, true},
	} {
		t.Run(fmt.Sprint(c.times, c.after), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				after := c.after
				if after == "DATE" {
					after = time.Now().Add(5 * time.Second).UTC().Format(http.TimeFormat)
				}
				server := &later{times: c.times, after: after, start: time.Now()}
				p := &polite{server, newTurns(time.Second)}
				req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://rdap.example/domain/x", nil)
				if err != nil {
					t.Fatal(err)
				}
				resp, err := p.RoundTrip(req)
				if (err == nil) != c.ok || fmt.Sprint(server.at) != fmt.Sprint(c.asked) {
					t.Errorf("%v, asked at %v, want %v", err, server.at, c.asked)
				}
				var busy *busyError
				if err != nil && !errors.As(err, &busy) {
					t.Errorf("%v is not a *busyError", err)
				}
				if resp != nil {
					resp.Body.Close()
				}
			})
		})
	}
}

func TestHoldIsBounded(t *testing.T) {
	if d := retryAfter("99999999999999999", time.Now()); d != maxHold {
		t.Errorf("%v", d)
	}
	if d := retryAfter("Fri, 31 Dec 9999 23:59:59 GMT", time.Now()); d != maxHold {
		t.Errorf("%v", d)
	}
	turns := newTurns(time.Second)
	for i := range 2 * maxServers {
		turns.hold(fmt.Sprint(i), time.Hour)
	}
	if len(turns.of) > maxServers {
		t.Errorf("%d servers remembered", len(turns.of))
	}
}

// silent is a server that never answers.
type silent struct{ asked int }

func (s *silent) RoundTrip(req *http.Request) (*http.Response, error) {
	s.asked++
	<-req.Context().Done()
	return nil, req.Context().Err()
}

// TestSilentServer: the first visit waits its time for a dead server, the next does not wait at all.
func TestSilentServer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server, start := &silent{}, time.Now()
		p := &polite{server, newTurns(time.Second)}
		for range 3 {
			req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://rdap.example/domain/x", nil)
			if err != nil {
				t.Fatal(err)
			}
			if resp, err := p.RoundTrip(req); err == nil {
				resp.Body.Close()
				t.Error("an answer")
			}
		}
		if took := time.Since(start); server.asked != 1 || took != requestTime {
			t.Errorf("asked %d times in %v", server.asked, took)
		}
	})
}
