package elastic

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"scamatlas/crawler"
	"scamatlas/extractors"
	"scamatlas/index"
)

func TestMain(m *testing.M) {
	if os.Getenv(childVar) != "" {
		os.Exit(child())
	}
	goleak.VerifyTestMain(m)
}

// noon is when the tests' visits happen.
var noon = time.Date(2026, 11, 2, 12, 0, 0, 0, time.UTC)

func host(n int) string { return fmt.Sprintf("site-%04d.example", n) }

// visitOf makes a live visit with a wallet.
func visitOf(host string, sequence int64) index.Visit {
	at := noon.Add(time.Duration(sequence) * time.Hour)
	return index.Visit{
		Record: index.CaptureRecord{ID: index.CaptureID(host, sequence, "desktop"), Host: host, Sequence: sequence, Profile: "desktop", Started: at,
			Ended: at.Add(time.Second), Outcome: crawler.OK, FinalURL: "https://" + host + "/", Status: 200, Pages: 1},
		Target: crawler.Target{Host: host, Source: "cli"},
		Findings: extractors.Findings{Title: "Welcome", Text: "guaranteed profit", Indicators: []extractors.Indicator{{Kind: extractors.KindWallet, Chain: "btc",
			Value: "1" + host, Role: extractors.Payee, Confidence: extractors.High, Where: extractors.InText}}},
		Next: at.Add(24 * time.Hour),
	}
}

// saveMany saves a first visit of n hosts from several workers.
func saveMany(t *testing.T, s *Store, n int) {
	t.Helper()
	var all sync.WaitGroup
	for w := range 8 {
		all.Go(func() {
			for i := w; i < n; i += 8 {
				if err := s.SaveVisit(t.Context(), visitOf(host(i), 1)); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
}

// balanced checks that n hosts were visited once each: one site, one record, one place in the queue, nothing waits, nothing is dead.
func balanced(t *testing.T, s *Store, n int) {
	t.Helper()
	ctx := t.Context()
	if err := s.Flush(ctx); err != nil {
		t.Fatal(err)
	}
	if h := s.Health(ctx); h.Err != nil || h.Queued != 0 || h.Dead != 0 || h.Sites != int64(n) {
		t.Errorf("health %+v, want %d sites and nothing else", h, n)
	}
	seen := 0
	err := s.EachSite(ctx, nil, func(site *index.Site) error {
		if site.Host != host(seen) || site.Visits != 1 || site.Sequence != 1 {
			t.Errorf("site %d is %s, %d visits, sequence %d", seen, site.Host, site.Visits, site.Sequence)
		}
		seen++
		return nil
	})
	if err != nil || seen != n {
		t.Errorf("%d sites, %v; want %d", seen, err, n)
	}
	if records, err := s.count(ctx, s.names.captures); err != nil || records != int64(n) {
		t.Errorf("%d records, %v; want %d", records, err, n)
	}
	if due, held, err := s.Due(ctx, noon.AddDate(0, 1, 0)); err != nil || due != int64(n) || held != 0 {
		t.Errorf("%d due, %d held, %v; want %d due", due, held, err, n)
	}
}

// link is a dialer whose connections a test can cut.
type link struct {
	down  atomic.Bool
	mu    sync.Mutex
	conns []net.Conn
}

func (l *link) dial(ctx context.Context, network, address string) (net.Conn, error) {
	if l.down.Load() {
		return nil, errors.New("connection refused")
	}
	c, err := (&net.Dialer{}).DialContext(ctx, network, address)
	l.mu.Lock()
	defer l.mu.Unlock()
	if err == nil {
		l.conns = append(l.conns, c)
	}
	return c, err
}

func (l *link) cut() {
	l.down.Store(true)
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, c := range l.conns {
		_ = c.Close()
	}
	l.conns = nil
}

func (l *link) mend() { l.down.Store(false) }

// proxy stands before the server and lets a test answer in its place.
type proxy struct {
	*httptest.Server
	rule atomic.Pointer[rule]
}

// rule answers a request itself (true) or lets it pass. body is what the client sent.
type rule func(w http.ResponseWriter, r *http.Request, body []byte) bool

func newProxy(t *testing.T, server string) *proxy {
	t.Helper()
	u, err := url.Parse(server)
	if err != nil {
		t.Fatal(err)
	}
	pass := httputil.NewSingleHostReverseProxy(u)
	pass.Transport = &http.Transport{DisableKeepAlives: true}
	pass.ErrorHandler = func(w http.ResponseWriter, _ *http.Request, _ error) { w.WriteHeader(http.StatusBadGateway) }
	p := &proxy{}
	p.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		if rule := p.rule.Load(); rule != nil && (*rule)(w, r, body) {
			return
		}
		pass.ServeHTTP(w, r)
	}))
	t.Cleanup(p.Close)
	return p
}

func (p *proxy) set(r rule) { p.rule.Store(&r) }
func (p *proxy) clear()     { p.rule.Store(nil) }

// answer writes as Elasticsearch would.
func answer(w http.ResponseWriter, status int, body string) {
	w.Header().Set("X-Elastic-Product", "Elasticsearch")
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, body)
}

// stalls waits until the sender has met trouble.
func stalls(t *testing.T, s *Store) error {
	t.Helper()
	for {
		progress := s.sender.progress()
		if err := s.sender.stalled(); err != nil {
			return err
		}
		select {
		case <-progress:
		case <-t.Context().Done():
			t.Fatal("the sender never met trouble")
		case <-time.After(20 * time.Second):
			t.Fatal("the sender met no trouble within 20 s")
		}
	}
}

func newBody(b []byte) io.Reader { return bytes.NewReader(b) }
