package jobs

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"scamatlas/crawler"
	"scamatlas/extractors"
	"scamatlas/index"
	"scamatlas/index/local"
)

// crawl is a Crawler made of a function: a site's answer without a network.
type crawl func(ctx context.Context, t crawler.Target) (*crawler.Capture, error)

func (c crawl) Crawl(ctx context.Context, t crawler.Target) (*crawler.Capture, error) {
	return c(ctx, t)
}

func (c crawl) Enter(ctx context.Context, seen *crawler.Capture, p *crawler.Profile) (*crawler.Capture, error) {
	got, err := c(ctx, seen.Target)
	if got != nil {
		got.Profile, got.Visitor = p.Name, p
	}
	return got, err
}

func (c crawl) Render(context.Context, *crawler.Capture, *crawler.Profile, string, int) error {
	return crawler.ErrNoBrowser
}

func page(ctx context.Context, t crawler.Target) (*crawler.Capture, error) {
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	now := time.Now().UTC()
	r := crawler.Response{URL: "http://" + t.Host + "/", FinalURL: "http://" + t.Host + "/", Status: 200, ContentType: "text/html", Body: []byte("<title>" + t.Host + "</title>")}
	return &crawler.Capture{Target: t, Host: t.Host, Profile: "desktop", Started: now, Ended: now, Outcome: crawler.OK, Pages: []crawler.Page{{Response: r}}}, nil
}

type titles struct{}

func (titles) Name() string { return "titles" }
func (titles) Extract(in *extractors.Input, f *extractors.Findings) {
	f.Title = in.Docs[0].Title
	if strings.HasPrefix(f.Title, "panic") {
		panic("bad page") // as an extractor with a fault would: the visit must outlive it
	}
}

func visitor(t *testing.T, c Crawler, workers int) (*Visitor, *local.Store) {
	t.Helper()
	st, err := local.Open(t.Context(), t.TempDir(), local.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { st.Close() })
	return &Visitor{Store: st, Crawler: c, Extractors: []extractors.Extractor{titles{}}, Owner: "me", Workers: workers,
		Revisit: Revisit{New: 24 * time.Hour, Live: 24 * time.Hour, Changed: 24 * time.Hour, Parked: 7 * 24 * time.Hour, Dead: 6 * time.Hour, Failing: 6 * time.Hour, Longest: 14 * 24 * time.Hour}, Log: slog.New(slog.DiscardHandler)}, st
}

func queue(t *testing.T, st index.Queue, hosts ...string) []crawler.Target {
	t.Helper()
	var targets []crawler.Target
	for _, h := range hosts {
		targets = append(targets, crawler.Target{Host: h, Source: "test"})
	}
	if _, err := st.AddTargets(t.Context(), targets, time.Now().UTC().Add(-time.Minute)); err != nil {
		t.Fatal(err)
	}
	return targets
}

func hosts(n int) []string {
	var out []string
	for i := range n {
		out = append(out, fmt.Sprintf("h%03d.example", i))
	}
	return out
}

func TestDueVisitsAllOnceWithinItsWorkers(t *testing.T) {
	var now, most atomic.Int32
	v, st := visitor(t, crawl(func(ctx context.Context, tg crawler.Target) (*crawler.Capture, error) {
		n := now.Add(1)
		defer now.Add(-1)
		for m := most.Load(); n > m && !most.CompareAndSwap(m, n); m = most.Load() {
		}
		return page(ctx, tg)
	}), 5)
	queue(t, st, hosts(60)...)
	reported := map[string]int{}
	n, err := v.Due(t.Context(), func(r Result) { reported[r.Host]++ })
	if n != 60 || err != nil || len(reported) != 60 {
		t.Fatalf("visited %d, reported %d, %v", n, len(reported), err)
	}
	if most.Load() > 5 {
		t.Errorf("%d visits at once with 5 workers", most.Load())
	}
	s, err := st.Site(t.Context(), "h007.example")
	if err != nil || s.Visits != 1 || s.Findings.Title != "h007.example" || s.Verdict.Label != "unclear" || s.NextVisit.Before(time.Now().Add(23*time.Hour)) {
		t.Errorf("%+v %v", s, err)
	}
	if n, err := v.Due(t.Context(), nil); n != 0 || err != nil {
		t.Errorf("%d visited again, %v", n, err)
	}
}

func TestStoppingGivesLeasesBack(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	started := make(chan struct{}, 10)
	v, st := visitor(t, crawl(func(ctx context.Context, tg crawler.Target) (*crawler.Capture, error) {
		started <- struct{}{}
		<-ctx.Done()
		return nil, ctx.Err()
	}), 4)
	queue(t, st, hosts(10)...)
	go func() {
		for range 4 {
			<-started
		}
		stop()
	}()
	if n, err := v.Due(ctx, nil); n != 0 || !errors.Is(err, context.Canceled) {
		t.Errorf("visited %d, %v", n, err)
	}
	due, held, err := st.Due(t.Context(), time.Now().UTC())
	if due != 10 || held != 0 || err != nil {
		t.Errorf("due %d held %d %v, want all 10 due again", due, held, err)
	}
}

func TestAPageThatPanicsAnExtractorIsStillStored(t *testing.T) {
	v, st := visitor(t, crawl(page), 2)
	queue(t, st, "panic.example", "calm.example")
	if n, err := v.Due(t.Context(), nil); n != 2 || err != nil {
		t.Fatal(n, err)
	}
	if s, err := st.Site(t.Context(), "panic.example"); err != nil || s.Outcome != crawler.OK {
		t.Errorf("%+v %v", s, err)
	}
}

func TestHostsReportsWhatOthersHold(t *testing.T) {
	v, st := visitor(t, crawl(page), 2)
	targets := queue(t, st, "a.example", "b.example")
	if _, err := st.LeaseHost(t.Context(), "other", "a.example", time.Now().UTC(), time.Hour); err != nil {
		t.Fatal(err)
	}
	got := map[string]error{}
	n, err := v.Hosts(t.Context(), targets, func(r Result) { got[r.Host] = r.Err })
	if n != 1 || err != nil || !errors.Is(got["a.example"], index.ErrLeased) || got["b.example"] != nil {
		t.Errorf("%d %v %v", n, err, got)
	}
}

func TestRevisit(t *testing.T) {
	day := 24 * time.Hour
	r := Revisit{New: 6 * time.Hour, Live: day, Changed: 12 * time.Hour, Parked: 7 * day, Dead: 2 * day, Failing: 6 * time.Hour, Longest: 20 * day}
	at := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	old := at.AddDate(-1, 0, 0)
	for _, tc := range []struct {
		name string
		s    index.Site
		want time.Duration
	}{
		{"new", index.Site{Outcome: crawler.OK, FirstSeen: at.Add(-time.Hour), Visits: 1}, 6 * time.Hour},
		{"new and changed", index.Site{Outcome: crawler.Gated, FirstSeen: at.Add(-time.Hour), Visits: 2}, 6 * time.Hour},
		{"known, visited for the first time", index.Site{Outcome: crawler.OK, FirstSeen: old, Visits: 1}, day},
		{"changed", index.Site{Outcome: crawler.OK, FirstSeen: old, Visits: 9}, 12 * time.Hour},
		{"as before", index.Site{Outcome: crawler.OK, FirstSeen: old, Visits: 9, Steady: 2}, 54 * time.Hour},
		{"as ever", index.Site{Outcome: crawler.OK, FirstSeen: old, Visits: 99, Steady: 90}, 20 * day},
		{"parked", index.Site{Outcome: crawler.Parked, FirstSeen: old, Failures: 3}, 7 * day},
		{"parked for long", index.Site{Outcome: crawler.Suspended, FirstSeen: old, Failures: 3, Steady: 1}, 252 * time.Hour},
		{"unreachable", index.Site{Outcome: crawler.Unreachable, FirstSeen: old, Failures: 1}, 6 * time.Hour},
		{"unreachable again", index.Site{Outcome: crawler.Unreachable, FirstSeen: old, Failures: 3}, day},
		{"dead", index.Site{Outcome: crawler.Dead, FirstSeen: old, Failures: 2}, 4 * day},
		{"dead for long", index.Site{Outcome: crawler.Dead, FirstSeen: old, Failures: 60}, 20 * day},
		{"our resolver failed", index.Site{Outcome: crawler.DNSTimeout, FirstSeen: old, Failures: 9}, 6 * time.Hour},
	} {
		tc.s.Host, tc.s.LastVisit = "x.example", at
		if got := r.Next(&tc.s).Sub(at); got < tc.want || got > tc.want+tc.want/10 {
			t.Errorf("%s: %s, want %s and up to a tenth more", tc.name, got, tc.want)
		}
	}
	a, b := index.Site{Host: "a.example", Outcome: crawler.OK, LastVisit: at}, index.Site{Host: "b.example", Outcome: crawler.OK, LastVisit: at}
	if r.Next(&a).Equal(r.Next(&b)) {
		t.Error("all hosts get the same shift")
	}
}

func TestExportLeavesTheOldFileWhenWritingFails(t *testing.T) {
	file := filepath.Join(t.TempDir(), "deep", "list.txt")
	ok := func(text string, err error) Exporter {
		return Exporter{Files: []ExportFile{{File: file, Write: func(_ context.Context, w io.Writer) (int, error) {
			io.WriteString(w, text)
			return 1, err
		}}}}
	}
	good, bad := ok("new\n", nil), ok("half", errors.New("no"))
	if note, err := good.Job(t.Context(), time.Time{}); err != nil || note != "1 files, 1 lines" {
		t.Fatal(note, err)
	}
	if _, err := bad.Job(t.Context(), time.Time{}); err == nil {
		t.Error("no error")
	}
	b, _ := os.ReadFile(file)
	if entries, _ := os.ReadDir(filepath.Dir(file)); string(b) != "new\n" || len(entries) != 1 {
		t.Errorf("%q, %d files", b, len(entries))
	}
}

// A visit that ends just as the server is told to stop is saved, not thrown away.
func TestAFinishedVisitIsSavedWhileStopping(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		st, err := local.Open(t.Context(), dir, local.Options{})
		if err != nil {
			t.Fatal(err)
		}
		defer st.Close()
		ctx, stop := context.WithCancel(t.Context())
		v := &Visitor{Store: st, Owner: "me", Workers: 1, Log: slog.New(slog.DiscardHandler), Revisit: Revisit{Live: time.Hour},
			Crawler: crawl(func(_ context.Context, tg crawler.Target) (*crawler.Capture, error) {
				c, err := page(context.Background(), tg)
				stop()
				return c, err
			})}
		queue(t, st, "a.example")
		v.Due(ctx, nil)
		if s, err := st.Site(t.Context(), "a.example"); err != nil || s.Visits != 1 {
			t.Errorf("%+v %v", s, err)
		}
	})
}
