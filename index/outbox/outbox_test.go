package outbox

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"scamatlas/index"
)

func open(t *testing.T, folder string) *Box {
	t.Helper()
	b, err := Open(folder)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = b.Close() })
	return b
}

func put(t *testing.T, b *Box, ids ...string) {
	t.Helper()
	for _, id := range ids {
		if err := b.Put(t.Context(), Item{ID: id, Host: "host-of-" + id, Body: []byte("body of " + id)}); err != nil {
			t.Fatal(err)
		}
	}
}

func ids(t *testing.T, b *Box, count, bytes int) string {
	t.Helper()
	items, err := b.Next(t.Context(), count, bytes)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, i := range items {
		if string(i.Body) != "body of "+i.ID {
			t.Errorf("item %s came back with body %q", i.ID, i.Body)
		}
		out = append(out, i.ID)
	}
	return strings.Join(out, " ")
}

func TestNextIsBounded(t *testing.T) {
	b := open(t, t.TempDir())
	put(t, b, "a", "b", "c", "b")
	size := len("body of a")
	for _, tc := range []struct {
		count, bytes int
		want         string
	}{
		{10, 1000, "a b c"},
		{2, 1000, "a b"},
		{10, 2 * size, "a b"},
		{10, 1, "a"}, // one always, else a large item would block the queue
	} {
		if got := ids(t, b, tc.count, tc.bytes); got != tc.want {
			t.Errorf("Next(%d, %d) = %q, want %q", tc.count, tc.bytes, got, tc.want)
		}
	}
}

func TestSettling(t *testing.T) {
	ctx, b := t.Context(), open(t, t.TempDir())
	put(t, b, "a", "b", "c")
	items, err := b.Next(ctx, 10, 1000)
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)
	if err := errors.Join(b.Done(ctx, []int64{items[0].Seq}), b.Bury(ctx, items[1].Seq, "no such field", at)); err != nil {
		t.Fatal(err)
	}
	if got := ids(t, b, 10, 1000); got != "c" {
		t.Errorf("waiting = %q, want c", got)
	}
	if c, _ := b.Counts(ctx); c != (Counts{Waiting: 1, Dead: 1, Last: items[2].Seq}) {
		t.Errorf("Counts = %+v", c)
	}
	letters, err := b.Letters(ctx, 10)
	if want := []Letter{{ID: "b", Host: "host-of-b", Reason: "no such field", At: at}}; err != nil || !slices.Equal(letters, want) {
		t.Errorf("Letters = %+v, %v", letters, err)
	}
	if hosts, _ := b.Hosts(ctx, 10); !slices.Equal(hosts, []string{"host-of-c"}) {
		t.Errorf("Hosts = %v: dead and delivered work holds no host", hosts)
	}
	if n, err := b.Revive(ctx); n != 1 || err != nil {
		t.Errorf("Revive = %d, %v", n, err)
	}
	if got := ids(t, b, 10, 1000); got != "b c" {
		t.Errorf("waiting after Revive = %q", got)
	}
	if waits, _ := b.Waits(ctx, items[0].Seq); waits {
		t.Error("the delivered item still waits")
	}
}

func TestReopenKeepsItemsAndOwner(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "with space", "50%")
	b := open(t, folder)
	put(t, b, "a", "b")
	owner := b.Owner()
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	b = open(t, folder)
	if b.Owner() != owner || owner == "" {
		t.Errorf("owner was %q, is %q", owner, b.Owner())
	}
	if got := ids(t, b, 10, 1000); got != "a b" {
		t.Errorf("waiting = %q", got)
	}
}

func TestConcurrentPutsAllStay(t *testing.T) {
	b := open(t, t.TempDir())
	var all sync.WaitGroup
	for w := range 8 {
		all.Go(func() {
			for n := range 25 {
				if err := b.Put(t.Context(), Item{ID: fmt.Sprint(w, "-", n), Host: "h", Body: []byte("x")}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	if c, err := b.Counts(t.Context()); c.Waiting != 200 || err != nil {
		t.Errorf("Counts = %+v, %v", c, err)
	}
}

// A second process gets index.ErrInUse; what a killed process put is there, and its lock is gone.
func TestOtherProcess(t *testing.T) {
	if folder := os.Getenv("OUTBOX_TEST_FOLDER"); folder != "" {
		child(folder)
		return
	}
	folder := t.TempDir()
	run := func() string {
		cmd := exec.Command(os.Args[0], "-test.run=^TestOtherProcess$")
		cmd.Env = append(os.Environ(), "OUTBOX_TEST_FOLDER="+folder)
		out, _ := cmd.CombinedOutput() // it kills itself
		return string(out)
	}
	b := open(t, folder)
	if out := run(); !strings.Contains(out, index.ErrInUse.Error()) || !strings.Contains(out, "outbox folder of its own") {
		t.Errorf("a second process on the folder says %q", out)
	}
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	if out := run(); !strings.Contains(out, "saved") {
		t.Fatalf("the child says %q", out)
	}
	if got := ids(t, open(t, folder), 10, 1000); got != "survivor" {
		t.Errorf("after kill -9: waiting = %q, want survivor", got)
	}
}

func child(folder string) {
	b, err := Open(folder)
	if err == nil {
		err = b.Put(context.Background(), Item{ID: "survivor", Host: "h", Body: []byte("body of survivor")})
	}
	if err != nil {
		fmt.Println(err)
		os.Exit(3)
	}
	fmt.Println("saved")
	p, _ := os.FindProcess(os.Getpid())
	_ = p.Kill()
	select {}
}
