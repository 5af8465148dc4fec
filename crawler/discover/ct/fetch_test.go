package ct

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"testing/iotest"
	"testing/synctest"
	"time"

	"scamatlas/crawler/discover/ct/cttest"
)

// script answers one request after the other, the last answer for ever.
type script struct {
	answers answers
	asked   int
}

func (s *script) Do(r *http.Request) (*http.Response, error) {
	f := s.answers[min(s.asked, len(s.answers)-1)]
	s.asked++
	return f(r)
}

func answer(status int, body string, header ...string) func(*http.Request) (*http.Response, error) {
	return func(*http.Request) (*http.Response, error) {
		h := http.Header{}
		for i := 0; i+1 < len(header); i += 2 {
			h.Set(header[i], header[i+1])
		}
		return &http.Response{StatusCode: status, Header: h, Body: io.NopCloser(strings.NewReader(body)), ContentLength: -1}, nil
	}
}

func brokenOff(*http.Request) (*http.Response, error) {
	body := iotest.TimeoutReader(iotest.OneByteReader(strings.NewReader("data")))
	return &http.Response{StatusCode: 200, Header: http.Header{}, Body: io.NopCloser(body), ContentLength: 4}, nil
}

func broken(*http.Request) (*http.Response, error) { return nil, errors.New("connection reset") }

type answers = []func(*http.Request) (*http.Response, error)

// TestRequests: what is asked for again, how often, and after what time.
func TestRequests(t *testing.T) {
	good := answer(200, "data")
	busy := answer(429, "slow down", "Retry-After", "7")
	page := answer(200, "\n<!DOCTYPE html><h1>Maintenance</h1>")
	bomb := cttest.Pack(make([]byte, 5000))
	cases := []struct {
		name     string
		answers  answers
		asked    int
		min, max time.Duration
		err      string
	}{
		{"at once", answers{good}, 1, 0, 0, ""},
		{"after a refusal as long as it says", answers{busy, busy, good}, 3, 14 * time.Second, 15 * time.Second, ""},
		{"after faults", answers{answer(500, ""), broken, answer(502, ""), good}, 4, 3500 * time.Millisecond, 7 * time.Second, ""},
		{"after a body that broke off", answers{brokenOff, good}, 2, 500 * time.Millisecond, time.Second, ""},
		{"after a page for people", answers{page, good}, 2, 500 * time.Millisecond, time.Second, ""},
		{"packed", answers{answer(200, string(cttest.Pack([]byte("data"))), "Content-Encoding", "gzip")}, 1, 0, 0, ""},
		{"never: it is always busy", answers{answer(503, "no backend")}, MaxTries, 15 * time.Second, 31 * time.Second, "answered 503 Service Unavailable: \"no backend\" (asked 6 times)"},
		{"never: always a page", answers{page, page, page, page, page, answer(200, "<p>x", "Content-Type", "text/html; charset=utf-8")}, MaxTries, 15 * time.Second, 31 * time.Second, "a web page came instead of data: \"<p>x\""},
		{"never: it is not there", answers{answer(404, "")}, 1, 0, 0, "answered 404 Not Found"},
		{"never: not today", answers{answer(429, "", "Retry-After", "86400")}, 1, 0, 0, "answered 429 Too Many Requests, ask again in 24h0m0s"},
		{"never: too long", answers{answer(200, strings.Repeat("x", 101))}, 1, 0, 0, "answer too large: more than 100 bytes"},
		{"never: too long unpacked", answers{answer(200, string(bomb), "Content-Encoding", "gzip")}, 1, 0, 0, "answer too large: more than 100 bytes"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				began := time.Now()
				s := &script{answers: c.answers}
				data, err := (&getter{client: s}).body(t.Context(), "http://log.example/x", "thing", 100)
				if took := time.Since(began); s.asked != c.asked || took < c.min || took > c.max {
					t.Errorf("asked %d times in %v, want %d in %v to %v", s.asked, took, c.asked, c.min, c.max)
				}
				if c.err == "" && (err != nil || string(data) != "data") || c.err != "" && (err == nil || !strings.Contains(err.Error(), c.err)) {
					t.Errorf("%q, %v, want error %q", data, err, c.err)
				}
			})
		})
	}
}

func TestRetryAfterDate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for value, want := range map[string]time.Duration{
			"": 0, "x": 0, "-3": 0, "3": 3 * time.Second, "99999999999999999999": 0,
			time.Now().Add(90 * time.Second).UTC().Format(http.TimeFormat): 90 * time.Second,
			time.Now().Add(-time.Hour).UTC().Format(http.TimeFormat):       0,
		} {
			if got := retryAfter(value); got != want {
				t.Errorf("%q: %v, want %v", value, got, want)
			}
		}
	})
}

// TestRequestEnds: waiting ends with the context.
func TestRequestEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
		defer cancel()
		began := time.Now()
		_, err := (&getter{client: &script{answers: answers{answer(429, "", "Retry-After", "30")}}}).body(ctx, "http://log.example/x", "thing", 100)
		if !errors.Is(err, context.DeadlineExceeded) || time.Since(began) != 3*time.Second {
			t.Errorf("%v after %v", err, time.Since(began))
		}
	})
}

// TestBusyLog reads a log that refuses every third request.
func TestBusyLog(t *testing.T) {
	l := logOf(700)
	l.Publish(-1, time.Now())
	for kind, handler := range kinds {
		synctest.Test(t, func(t *testing.T) {
			var n atomic.Int64
			h := handler(l)
			pipe := newPipeServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if n.Add(1)%3 == 0 {
					w.Header().Set("Retry-After", "5")
					http.Error(w, "slow down", http.StatusTooManyRequests)
					return
				}
				h.ServeHTTP(w, r)
			}))
			defer pipe.Close()
			s, err := New(Options{
				Log:    Log{Name: "test", Kind: kind, URL: "http://log.example/", Origin: origin, Key: l.PublicKey()},
				Client: pipe.client, Score: fake, Threshold: 0.5, Since: Everything, Batch: 256,
			})
			if err != nil {
				t.Fatal(err)
			}
			var g got
			if err := g.readOn(t, s, 0); err != nil {
				t.Fatal(err)
			}
			g.has(t, wanted(0, 700), 700)
		})
	}
}
