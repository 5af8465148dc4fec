package render

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"scamatlas/crawler"
	"scamatlas/crawler/testbed/browsertest"
)

// script is a browser that is none, in a folder of ownTemp.
func script(t *testing.T, body string) string {
	t.Helper()
	path := filepath.Join(os.TempDir(), "browser")
	if err := os.WriteFile(path, []byte("#!/bin/sh\n"+body+"\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	return path
}

func folders(t *testing.T) []string {
	t.Helper()
	left, err := filepath.Glob(filepath.Join(os.TempDir(), "scamatlas-browser-*"))
	if err != nil {
		t.Fatal(err)
	}
	return left
}

// ownTemp gives the test a folder for temporary files that the browser's user may enter.
func ownTemp(t *testing.T) {
	t.Helper()
	dir, err := os.MkdirTemp("", "render-test-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("TMPDIR", dir)
}

func TestNoBrowserIsInstalled(t *testing.T) {
	w := newTown(t, pages{})
	_, err := New(Options{Browser: "/nowhere/chromium", Forward: w.forward})
	if !errors.Is(err, crawler.ErrNoBrowser) {
		t.Errorf("New: %v", err)
	}
	t.Setenv("PATH", t.TempDir())
	if _, err = New(Options{Forward: w.forward}); !errors.Is(err, crawler.ErrNoBrowser) {
		t.Errorf("New: %v", err)
	}
	if _, err = New(Options{}); err == nil {
		t.Error("a browser without a way out was accepted")
	}
}

// A browser that does not start is an error that says so, and is not started again at once.
func TestBrowserThatDoesNotStart(t *testing.T) {
	for name, tc := range map[string]struct {
		body, says string
		patience   time.Duration
	}{
		"fails":        {`echo "cannot open display" >&2; exit 1`, "cannot open display", patience},
		"ends at once": {`exit 0`, "the browser is gone", patience},
		"sleeps":       {`sleep 1000`, "deadline", time.Second},
		"talks":        {`while true; do echo nonsense >&4 || exit; done`, "deadline", time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			ownTemp(t)
			count := filepath.Join(os.TempDir(), "count")
			if err := os.WriteFile(count, nil, 0o666); err != nil {
				t.Fatal(err)
			}
			_ = os.Chmod(count, 0o666)
			p, err := New(Options{Browser: script(t, `echo x >> `+count+"\n"+tc.body), Forward: newTown(t, pages{}).forward})
			if err != nil {
				t.Fatal(err)
			}
			p.patience, p.backoff = tc.patience, lastBackoff
			defer p.Close()
			for range 5 {
				err = p.Render(t.Context(), &crawler.Capture{Host: "a.example"}, desktop, 0)
				if !errors.Is(err, crawler.ErrNoBrowser) || !strings.Contains(err.Error(), tc.says) {
					t.Fatalf("Render: %v", err)
				}
			}
			if n, _ := os.ReadFile(count); strings.Count(string(n), "x") > 1 {
				t.Errorf("started %d times", strings.Count(string(n), "x"))
			}
			if left := folders(t); len(left) != 0 {
				t.Errorf("folders are left: %v", left)
			}
		})
	}
}

func TestNothingIsLeft(t *testing.T) {
	before := goleak.IgnoreCurrent()
	ownTemp(t)
	w := newTown(t, pages{"/": control})
	o := Options{Browser: browsertest.Path(t), Tabs: 2, Forward: w.forward, Recycle: 2}
	p, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	pids := map[int]bool{}
	for i := range 5 {
		shows(t, glance(t, p, fmt.Sprintf("s%d.example", i)).Rendered, "An ordinary page.")
		for _, m := range tree(os.Getpid()) {
			pids[m.pid] = m.pid != os.Getpid()
		}
	}
	if len(pids) < 4 {
		t.Errorf("processes %v", pids)
	}
	if err := p.Close(); err != nil {
		t.Fatal(err)
	}
	for pid, browser := range pids {
		if _, there := readStat(pid); there && browser {
			t.Errorf("process %d is left", pid)
		}
	}
	if left := folders(t); len(left) != 0 {
		t.Errorf("folders are left: %v", left)
	}
	if err := p.Render(t.Context(), &crawler.Capture{Host: "a.example"}, desktop, 0); err == nil {
		t.Error("a closed pool renders")
	}
	w.shut()
	goleak.VerifyNone(t, before)
}

// Every process of a browser that root started is another user's, and none gave up its sandbox.
func TestRootGivesTheBrowserAnotherUser(t *testing.T) {
	if !isRoot() {
		t.Skip("needs root, who gives browsers another user: sudo -E env PATH=\"$PATH\" go test ./crawler/render -run TestRootGivesTheBrowserAnotherUser")
	}
	p := newTestPool(t, newTown(t, pages{"/": control}), nil)
	var seen atomic.Int32
	err := p.with(t.Context(), func(_ context.Context, b *browser) bool {
		for _, m := range tree(b.cmd.Process.Pid) {
			status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", m.pid))
			if err != nil {
				continue
			}
			line, _ := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", m.pid))
			if !strings.Contains(string(status), "\nUid:\t65534\t65534\t65534\t65534\n") || strings.Contains(string(line), "--no-sandbox") {
				t.Errorf("process %d: %s", m.pid, strings.ReplaceAll(string(line), "\x00", " "))
			}
			if strings.Contains(string(status), "\nGroups:\t \n") || strings.Contains(string(status), "\nGroups:\t\n") {
				seen.Add(1)
			}
		}
		return true
	})
	if err != nil || seen.Load() < 2 {
		t.Errorf("%d processes without further groups, %v", seen.Load(), err)
	}
}
