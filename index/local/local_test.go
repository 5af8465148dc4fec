package local

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"scamatlas/crawler"
	"scamatlas/index"
	"scamatlas/index/indextest"
)

func open(t *testing.T, dir string, o Options) *Store {
	t.Helper()
	s, err := Open(context.Background(), dir, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func TestContract(t *testing.T) {
	indextest.Run(t, func(t *testing.T) index.Store { return open(t, t.TempDir(), Options{}) })
}

func TestAReaderFindsWhatTheWriterDoes(t *testing.T) {
	s := open(t, t.TempDir(), Options{})
	indextest.Load(t, s)
	indextest.Same(t, s, open(t, s.dir, Options{ReadOnly: true}), indextest.Queries(2, 30))
}

func visit(host string, sequence int64) index.Visit {
	at := time.Date(2024, 3, 1, 12, 0, 0, 0, time.UTC)
	return index.Visit{Record: index.CaptureRecord{Host: host, Sequence: sequence, Profile: "desktop", Started: at, Ended: at, Outcome: crawler.OK}, Next: at.AddDate(0, 0, 1)}
}

func TestReadOnly(t *testing.T) {
	dir := t.TempDir()
	if _, err := Open(t.Context(), dir, Options{ReadOnly: true}); !errors.Is(err, index.ErrNotFound) {
		t.Errorf("an empty folder: %v", err)
	}
	w := open(t, dir, Options{})
	r := open(t, dir, Options{ReadOnly: true})
	if err := w.SaveVisit(t.Context(), visit("a.example", 1)); err != nil {
		t.Fatal(err)
	}
	if x, err := r.Site(t.Context(), "a.example"); err != nil || x.Visits != 1 {
		t.Errorf("the reader sees %+v %v", x, err)
	}
	_, lease := r.LeaseDue(t.Context(), "w", time.Now(), time.Hour, 1)
	_, add := r.AddTargets(t.Context(), []crawler.Target{{Host: "b.example"}}, time.Now())
	for _, err := range []error{lease, add, r.SaveVisit(t.Context(), visit("b.example", 1)), r.SaveClusters(t.Context(), nil)} {
		if !errors.Is(err, index.ErrReadOnly) {
			t.Errorf("writing: %v", err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Site(t.Context(), "a.example"); err != nil {
		t.Errorf("after the writer left: %v", err)
	}
}

func TestLeasesOfADeadProcessAreGivenBack(t *testing.T) {
	dir, now := t.TempDir(), time.Date(2024, 3, 1, 12, 0, 0, 0, time.UTC)
	s := open(t, dir, Options{})
	if _, err := s.AddTargets(t.Context(), []crawler.Target{{Host: "a.example"}}, now); err != nil {
		t.Fatal(err)
	}
	first, err := s.LeaseHost(t.Context(), "w", "a.example", now, time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = open(t, dir, Options{})
	l, err := s.LeaseDue(t.Context(), "other", now, time.Hour, 1)
	if err != nil || len(l) != 1 || l[0].Sequence <= first.Sequence {
		t.Errorf("%+v %v after %+v", l, err, first)
	}
}

func TestOpenRefuses(t *testing.T) {
	made := func(t *testing.T, change string) string {
		dir := t.TempDir()
		s := open(t, dir, Options{})
		if _, err := s.write.Exec(change); err != nil {
			t.Fatal(err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		return dir
	}
	file := func(t *testing.T, content string) string {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, fileName), []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
		return dir
	}
	for name, tc := range map[string]struct {
		dir  func(*testing.T) string
		is   error
		says string
	}{
		"a newer schema":     {func(t *testing.T) string { return made(t, "PRAGMA user_version=99") }, index.ErrVersion, "use a newer scamatlas"},
		"a foreign database": {func(t *testing.T) string { return made(t, "PRAGMA application_id=1") }, nil, "not made by scamatlas"},
		"not a database":     {func(t *testing.T) string { return file(t, strings.Repeat("hello ", 2000)) }, nil, "restore a copy"},
		"a damaged schema": {func(t *testing.T) string {
			return made(t, "PRAGMA writable_schema=1; UPDATE sqlite_schema SET sql='CREATE TABLE site (' WHERE name='site'")
		}, nil, "restore a copy"},
		"a file instead of a folder": {func(t *testing.T) string { return filepath.Join(file(t, "x"), fileName) }, nil, "not a directory"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Open(t.Context(), tc.dir(t), Options{})
			if err == nil || !strings.Contains(err.Error(), tc.says) || tc.is != nil && !errors.Is(err, tc.is) {
				t.Errorf("%v", err)
			}
		})
	}
}

func TestDamagedPagesAreNamed(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir, Options{})
	for i := range 200 {
		if err := s.SaveVisit(t.Context(), visit(fmt.Sprintf("h%d.example", i), 1)); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, fileName)
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for i := len(b) / 4; i < len(b); i++ {
		b[i] ^= 0x5a
	}
	if err := os.WriteFile(file, b, 0o644); err != nil {
		t.Fatal(err)
	}
	s, err = Open(t.Context(), dir, Options{})
	if err == nil {
		defer s.Close()
		err = s.EachSite(t.Context(), nil, func(*index.Site) error { return nil })
	}
	if err == nil || !strings.Contains(err.Error(), "is damaged") || !strings.Contains(err.Error(), "restore a copy") {
		t.Errorf("%v", err)
	}
}

func TestClosedStoreAnswers(t *testing.T) {
	s := open(t, t.TempDir(), Options{})
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := s.SaveVisit(t.Context(), visit("a.example", 1)); !errors.Is(err, index.ErrUnavailable) {
		t.Errorf("SaveVisit: %v", err)
	}
	if _, err := s.Site(t.Context(), "a.example"); !errors.Is(err, index.ErrUnavailable) {
		t.Errorf("Site: %v", err)
	}
	if h := s.Health(t.Context()); h.Err == nil {
		t.Error("healthy")
	}
}

func TestCancelledWriteIsNotDone(t *testing.T) {
	s := open(t, t.TempDir(), Options{})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.SaveVisit(ctx, visit("a.example", 1)); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	if err := s.SaveVisit(t.Context(), visit("b.example", 1)); err != nil {
		t.Error(err)
	}
	if _, err := s.Site(t.Context(), "a.example"); !errors.Is(err, index.ErrNotFound) {
		t.Errorf("%v", err)
	}
}

func TestOneFailedWriteUndoesNoOther(t *testing.T) {
	s := open(t, t.TempDir(), Options{})
	var wg sync.WaitGroup
	for i := range 20 {
		wg.Go(func() {
			_, err := s.AddTargets(t.Context(), []crawler.Target{{Host: fmt.Sprintf("h%d.example", i)}, {Host: strings.Repeat("x", i%2)}}, time.Now())
			if bad := i%2 == 0; bad != (err != nil) {
				t.Errorf("%d: %v", i, err)
			}
		})
	}
	wg.Wait()
	if h := s.Health(t.Context()); h.Sites != 11 {
		t.Errorf("%d sites, want the ten of good lists and x", h.Sites)
	}
}
