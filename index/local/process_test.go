package local

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"

	"go.uber.org/goleak"

	"scamatlas/index"
)

// childVar makes the test binary play another process: see TestKill and TestLock.
const childVar = "SCAMATLAS_LOCAL_TEST_CHILD"

func TestMain(m *testing.M) {
	if dir := os.Getenv(childVar); dir != "" {
		child(dir)
		return
	}
	goleak.VerifyTestMain(m)
}

// child saves visits with eight workers until it is killed, and prints each host after SaveVisit has returned.
func child(dir string) {
	ctx := context.Background()
	s, err := Open(ctx, dir, Options{})
	if err != nil {
		fmt.Println("error", err)
		os.Exit(1)
	}
	fmt.Println("ready")
	var wg sync.WaitGroup
	var mu sync.Mutex
	for w := range 8 {
		wg.Go(func() {
			for i := 0; ; i++ {
				host := fmt.Sprintf("w%d-%d.example", w, i)
				if err := s.SaveVisit(ctx, visit(host, 1)); err != nil {
					fmt.Println("error", err)
					os.Exit(1)
				}
				mu.Lock()
				fmt.Println(host)
				mu.Unlock()
			}
		})
	}
	wg.Wait()
}

// startChild starts the test binary as another process that writes to dir, and waits until it has the store open.
func startChild(t *testing.T, dir string) (*exec.Cmd, *bufio.Scanner) {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), childVar+"="+dir)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	if !lines.Scan() || lines.Text() != "ready" {
		t.Fatalf("child said %q", lines.Text())
	}
	return cmd, lines
}

func TestKillLosesNoSavedVisit(t *testing.T) {
	dir := t.TempDir()
	saved := 0
	for round := range 3 {
		cmd, lines := startChild(t, dir)
		var hosts []string
		for lines.Scan() {
			if hosts = append(hosts, lines.Text()); len(hosts) == 100*(round+1) {
				if err := cmd.Process.Kill(); err != nil {
					t.Fatal(err)
				}
			}
		}
		_ = cmd.Wait() // it was killed
		if h := open(t, dir, Options{ReadOnly: true}).Health(t.Context()); h.Err != nil || h.Sites < int64(len(hosts)) {
			t.Errorf("a reader after the kill: %+v", h)
		}
		s := open(t, dir, Options{})
		for _, h := range hosts {
			if x, err := s.Site(t.Context(), h); err != nil || x.Visits != 1 {
				t.Errorf("%s was saved before the kill: %+v %v", h, x, err)
			}
			if rs, err := s.Captures(t.Context(), h, 9); err != nil || len(rs) != 1 {
				t.Errorf("%s has records %v %v", h, rs, err)
			}
		}
		var verdict string
		if err := s.read.QueryRow("PRAGMA integrity_check").Scan(&verdict); err != nil || verdict != "ok" {
			t.Errorf("integrity: %s %v", verdict, err)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
		saved = max(saved, len(hosts))
	}
	if saved < 300 {
		t.Errorf("only %d visits saved before the last kill", saved)
	}
}

func TestOneWriter(t *testing.T) {
	dir := t.TempDir()
	cmd, lines := startChild(t, dir)
	_, err := Open(t.Context(), dir, Options{})
	if !errors.Is(err, index.ErrInUse) || !strings.Contains(err.Error(), fmt.Sprintf("process %d", cmd.Process.Pid)) {
		t.Errorf("a second writer: %v", err)
	}
	lines.Scan()
	host := lines.Text()
	r := open(t, dir, Options{ReadOnly: true})
	if _, err := r.Site(t.Context(), host); err != nil {
		t.Errorf("a reader beside the writer: %v", err)
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait() // it was killed
	open(t, dir, Options{})
	if _, err := Open(t.Context(), dir, Options{}); !errors.Is(err, index.ErrInUse) {
		t.Errorf("a second writer in one process: %v", err)
	}
}
