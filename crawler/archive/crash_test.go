package archive

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// TestMain is also the process that TestProcesses and TestKill start: it puts visits into a folder and says so.
func TestMain(m *testing.M) {
	dir := os.Getenv("ARCHIVE_TEST_PUT")
	if dir == "" {
		os.Exit(m.Run())
	}
	a, err := Open(dir, Options{Tool: "child"})
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	n := 0
	fmt.Sscan(os.Getenv("ARCHIVE_TEST_COUNT"), &n)
	for i := range n {
		e, err := a.Put(background(), small(fmt.Sprintf("p%d-%d.example", os.Getpid(), i), int64(i)))
		if err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		fmt.Println("kept", e.Seq, e.Hash)
	}
}

// child starts a process that puts n visits.
func child(t *testing.T, dir string, n int) (*exec.Cmd, *bufio.Scanner) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	c := exec.Command(self)
	c.Env = append(os.Environ(), "ARCHIVE_TEST_PUT="+dir, fmt.Sprintf("ARCHIVE_TEST_COUNT=%d", n))
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	return c, bufio.NewScanner(out)
}

// TestProcesses: three processes and this one append to one chain, and nothing is lost or doubled.
func TestProcesses(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	a := opened(t, dir)
	const each = 12
	var wg sync.WaitGroup
	for range 3 {
		c, out := child(t, dir, each)
		wg.Go(func() {
			for out.Scan() {
				if !strings.HasPrefix(out.Text(), "kept ") {
					t.Error(out.Text())
				}
			}
			if err := c.Wait(); err != nil {
				t.Error(err)
			}
		})
	}
	for i := range each {
		put(t, a, small("here.example", int64(i)))
	}
	wg.Wait()
	damage, notes, s := findings(t, reopened(t, dir))
	if len(damage)+len(notes) > 0 || s.Entries != 4*each || s.Seq != 4*each {
		t.Errorf("damage %q, notes %q, %+v", damage, notes, s)
	}
}

// TestKill kills a process that puts visits, again and again: what it said was kept is there, and no damage.
func TestKill(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	var kept []string
	for round := range 8 {
		c, out := child(t, dir, 1000)
		for n := 0; n < 3+round && out.Scan(); n++ {
			kept = append(kept, out.Text())
		}
		c.Process.Kill()
		for out.Scan() {
			kept = append(kept, out.Text())
		}
		c.Wait()
	}
	a := opened(t, dir)
	if damage, _, _ := findings(t, a); len(damage) > 0 {
		t.Errorf("damage %q", damage)
	}
	for _, line := range kept {
		var seq int64
		var hash string
		if _, err := fmt.Sscanf(line, "kept %d %s", &seq, &hash); err != nil || len(hash) != 64 {
			continue // cut by the kill
		}
		if e, err := a.Entry(t.Context(), seq); err != nil || e.Hash != hash {
			t.Errorf("entry %d: %v", seq, err)
		}
	}
	if len(kept) < 8*3 {
		t.Errorf("only %d visits were kept before the kills", len(kept))
	}
}

// TestTornLine leaves what a crash leaves between the steps of an append.
func TestTornLine(t *testing.T) {
	for name, leave := range map[string]func(t *testing.T, dir string, last []byte){
		"a line begun": func(t *testing.T, dir string, last []byte) {
			b := read(t, chainFile(dir))
			write(t, chainFile(dir), append(b, bytes.Replace(last, []byte(`"seq":2`), []byte(`"seq":3`), 1)[:len(last)/2]...))
		},
		"a line but its end": func(t *testing.T, dir string, last []byte) {
			b := read(t, chainFile(dir))
			write(t, chainFile(dir), append(b, last[:len(last)-1]...))
		},
		"a file half written": func(t *testing.T, dir string, _ []byte) {
			write(t, filepath.Join(dir, "objects/tmp/ABC"), []byte("half"))
		},
		"an empty chain file": func(t *testing.T, dir string, _ []byte) {
			write(t, filepath.Join(dir, "chain/00000002.jsonl"), nil)
		},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			a := opened(t, dir)
			put(t, a, small("a.example", 1))
			put(t, a, small("b.example", 2))
			l := bytes.SplitAfter(read(t, chainFile(dir)), []byte("\n"))
			leave(t, dir, l[1])
			if damage, _, s := findings(t, reopened(t, dir)); len(damage) > 0 || s.Entries != 2 {
				t.Errorf("before: damage %q, %+v", damage, s)
			}
			b := opened(t, dir)
			_, notes, _ := findings(t, b)
			if strings.HasPrefix(name, "a line") != (len(notes) == 1 && strings.Contains(notes[0], "was cut when the archive was opened")) {
				t.Errorf("notes %q", notes)
			}
			put(t, b, small("c.example", 3))
			put(t, a, small("d.example", 4)) // the other handle goes on too
			if damage, notes, s := findings(t, reopened(t, dir)); len(damage)+len(notes) > 0 || s.Entries != 4 {
				t.Errorf("after: damage %q, notes %q, %+v", damage, notes, s)
			}
		})
	}
}

// TestHeadBehind: the line was written, the head was not moved.
func TestHeadBehind(t *testing.T) {
	dir := t.TempDir()
	a := opened(t, dir)
	put(t, a, small("a.example", 1))
	before := read(t, filepath.Join(dir, "chain/head"))
	put(t, a, small("b.example", 2))
	write(t, filepath.Join(dir, "chain/head"), before)
	if n := damaged(t, dir); n != 0 {
		t.Errorf("%d damages", n)
	}
	b := opened(t, dir)
	if seq, _ := b.Head(); seq != 2 {
		t.Errorf("head at %d", seq)
	}
}

// TestBreak: damage at the end is told by an entry for ever, and no number is used twice.
func TestBreak(t *testing.T) {
	dir := t.TempDir()
	a := opened(t, dir)
	for i := range 3 {
		put(t, a, small("a.example", int64(i)))
	}
	l := bytes.SplitAfter(read(t, chainFile(dir)), []byte("\n"))
	write(t, chainFile(dir), l[0])
	b := opened(t, dir)
	e := put(t, b, small("b.example", 9))
	if e.Seq != 5 {
		t.Errorf("entry %d: number 2 to 4 are taken, by what was lost and by the break", e.Seq)
	}
	damage, _, _ := findings(t, reopened(t, dir))
	if len(damage) != 1 || !strings.Contains(damage[0], "the chain was found broken on 2026-03-04: the chain ended at entry 1, but entry 3 had been written") {
		t.Errorf("damage %q", damage)
	}
	if _, err := b.Entry(t.Context(), 2); !errors.Is(err, ErrNoEntry) {
		t.Errorf("entry 2: %v", err)
	}
}

// TestDamagedObjectIsWrittenAgain: what is put again heals.
func TestDamagedObjectIsWrittenAgain(t *testing.T) {
	dir := t.TempDir()
	a := opened(t, dir)
	e := put(t, a, small("a.example", 1))
	f := filepath.Join(dir, objectPath(e.Objects[0].SHA256))
	write(t, f, []byte("rot"))
	put(t, a, small("a.example", 1))
	if n := damaged(t, dir); n != 0 {
		t.Errorf("%d damages", n)
	}
}

// TestLockWaits: who writes waits for the lock as long as its context lasts.
func TestLockWaits(t *testing.T) {
	dir := t.TempDir()
	a, b := opened(t, dir), opened(t, dir)
	unlock, err := lockFile(t.Context(), a.root, "chain/lock")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Millisecond)
	defer cancel()
	if _, err := b.Put(ctx, small("a.example", 1)); !errors.Is(err, ctx.Err()) || err == nil {
		t.Errorf("error %v", err)
	}
	unlock()
	put(t, b, small("a.example", 1))
}

// TestModes: nobody else reads what sites sent.
func TestModes(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "evidence")
	put(t, opened(t, dir), small("a.example", 1))
	for _, f := range filesOf(t, dir) {
		file, err := os.Stat(f)
		if err != nil {
			t.Fatal(err)
		}
		folder, err := os.Stat(filepath.Dir(f))
		if err != nil {
			t.Fatal(err)
		}
		if file.Mode().Perm() != 0o600 || folder.Mode().Perm() != 0o700 {
			t.Errorf("%s: %v in %v", f, file.Mode(), folder.Mode())
		}
	}
}
