package archive

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// filesOf lists the files of a folder, the lock left out: nothing stands in it.
func filesOf(t testing.TB, dir string) []string {
	t.Helper()
	var out []string
	err := filepath.WalkDir(dir, func(p string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && d.Name() != "lock" {
			out = append(out, p)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func read(t testing.TB, file string) []byte {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func write(t testing.TB, file string, b []byte) {
	t.Helper()
	if err := os.WriteFile(file, b, 0o600); err != nil {
		t.Fatal(err)
	}
}

func chainFile(dir string) string { return filepath.Join(dir, "chain", "00000001.jsonl") }

// damaged says how many damages a look at the folder finds.
func damaged(t testing.TB, dir string) int {
	t.Helper()
	a, err := Open(dir, Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	s, err := a.Verify(t.Context(), func(Damage) {})
	if err != nil {
		t.Fatal(err)
	}
	return s.Damaged
}

// TestEveryByte flips each byte of each file of a small archive, and cuts each file at each length.
func TestEveryByte(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	a := opened(t, dir)
	put(t, a, small("a.example", 1))
	put(t, a, small("b.example", 2))
	if n := damaged(t, dir); n != 0 {
		t.Fatalf("%d damages in a whole archive", n)
	}
	bytesSeen := 0
	for _, file := range filesOf(t, dir) {
		whole := read(t, file)
		name := strings.TrimPrefix(file, dir)
		for i := range whole {
			bytesSeen++
			b := bytes.Clone(whole)
			b[i] ^= 1 << (i % 8)
			write(t, file, b)
			if damaged(t, dir) == 0 {
				t.Errorf("%s: byte %d changed from %q to %q, and not found", name, i, whole[i], b[i])
			}
		}
		for i := 0; i < len(whole); i += 29 {
			write(t, file, whole[:i])
			if damaged(t, dir) == 0 {
				t.Errorf("%s: cut at %d of %d, and not found", name, i, len(whole))
			}
		}
		write(t, file, whole)
	}
	if bytesSeen < 3000 || damaged(t, dir) != 0 {
		t.Errorf("%d bytes tried, %d damages left", bytesSeen, damaged(t, dir))
	}
}

// TestTampering moves, exchanges and deletes what a single flip does not.
func TestTampering(t *testing.T) {
	t.Parallel()
	lines := func(do func([][]byte) [][]byte) func(t *testing.T, dir string) {
		return func(t *testing.T, dir string) {
			l := bytes.SplitAfter(read(t, chainFile(dir)), []byte("\n"))
			write(t, chainFile(dir), bytes.Join(do(l[:len(l)-1]), nil))
		}
	}
	object := func(t *testing.T, dir, kind string, seq int64) string {
		e, err := reopened(t, dir).Entry(t.Context(), seq)
		if err != nil {
			t.Fatal(err)
		}
		for _, o := range e.Objects {
			if o.Kind == kind {
				return filepath.Join(dir, objectPath(o.SHA256))
			}
		}
		t.Fatalf("no %s in entry %d", kind, seq)
		return ""
	}
	for name, c := range map[string]struct {
		do   func(t *testing.T, dir string)
		want string // in one of the damages
	}{
		"first line gone":  {lines(func(l [][]byte) [][]byte { return l[1:] }), "entry 2 does not follow entry 0"},
		"middle line gone": {lines(func(l [][]byte) [][]byte { return append(l[:1:1], l[2:]...) }), "entry 3 does not follow entry 1"},
		"last line gone":   {lines(func(l [][]byte) [][]byte { return l[:2] }), "the chain ends at entry 2, but entry 3"},
		"all lines gone":   {lines(func(l [][]byte) [][]byte { return nil }), "the chain ends at entry 0, but entry 3"},
		"lines exchanged":  {lines(func(l [][]byte) [][]byte { return [][]byte{l[0], l[2], l[1]} }), "entry 3 does not follow entry 1"},
		"line twice":       {lines(func(l [][]byte) [][]byte { return append(l, l[2]) }), "entry 3 does not follow entry 3"},
		"line of blanks":   {lines(func(l [][]byte) [][]byte { return [][]byte{l[0], []byte("  \n"), l[1], l[2]} }), "not an entry"},
		"endless line":     {lines(func(l [][]byte) [][]byte { return append(l, bytes.Repeat([]byte("a"), 3*MaxLine), []byte("\n")) }), "not an entry"},
		"chain file gone":  {func(t *testing.T, dir string) { os.Remove(chainFile(dir)) }, "the chain ends at entry 0"},
		"head gone":        {func(t *testing.T, dir string) { os.Remove(filepath.Join(dir, "chain/head")) }, "head"},
		"id gone":          {func(t *testing.T, dir string) { os.Remove(filepath.Join(dir, "chain/ID")) }, "id cannot be read"},
		"id of another": {func(t *testing.T, dir string) {
			write(t, filepath.Join(dir, "chain/ID"), []byte(strings.Repeat("0", 32)+"\n"))
		}, "entry 1 does not follow"},
		"object gone":        {func(t *testing.T, dir string) { os.Remove(object(t, dir, ObjectWARC, 2)) }, "b.example: the object is missing (what b.example sent on"},
		"object replaced":    {func(t *testing.T, dir string) { write(t, object(t, dir, ObjectCapture, 1), []byte("{}")) }, "a.example: the object's content is not what it was"},
		"objects exchanged":  {func(t *testing.T, dir string) { swap(t, object(t, dir, ObjectWARC, 1), object(t, dir, ObjectWARC, 3)) }, "c.example"},
		"object is a link":   {func(t *testing.T, dir string) { relink(t, object(t, dir, ObjectHAR, 1)) }, "a.example"},
		"object is a folder": {func(t *testing.T, dir string) { f := object(t, dir, ObjectHAR, 1); os.Remove(f); os.Mkdir(f, 0o700) }, "a.example"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			a := opened(t, dir)
			for i, h := range []string{"a.example", "b.example", "c.example"} {
				put(t, a, small(h, int64(i+1)))
			}
			c.do(t, dir)
			damage, _, _ := findings(t, reopened(t, dir))
			if !strings.Contains(strings.Join(damage, "\n"), c.want) {
				t.Errorf("damage %q, want %q", damage, c.want)
			}
			// The next start goes on, and hides nothing.
			if strings.HasPrefix(name, "id ") {
				return
			}
			b, err := Open(dir, Options{})
			if err != nil {
				t.Fatal(err)
			}
			defer b.Close()
			put(t, b, small("later.example", 4))
			if damage, _, s := findings(t, b); len(damage) == 0 || s.Entries < 1 {
				t.Errorf("after the next start: %q", damage)
			}
		})
	}
}

func swap(t *testing.T, a, b string) {
	x, y := read(t, a), read(t, b)
	write(t, a, y)
	write(t, b, x)
}

// relink puts a symbolic link to the same content in a file's place.
func relink(t *testing.T, file string) {
	if err := os.Rename(file, file+"x"); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(filepath.Base(file)+"x", file); err != nil {
		t.Fatal(err)
	}
}

// TestUnnamed: what no entry names is a note, and so is a stranger's file.
func TestUnnamed(t *testing.T) {
	dir := t.TempDir()
	a := opened(t, dir)
	put(t, a, small("a.example", 1))
	if _, err := a.objects.Put(t.Context(), []byte("of a crash")); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, "chain", "notes.txt"), []byte("x"))
	write(t, filepath.Join(dir, "objects", "readme"), []byte("x"))
	write(t, filepath.Join(dir, "objects/tmp", "half"), []byte("x"))
	damage, notes, s := findings(t, reopened(t, dir))
	if len(damage) > 0 || len(notes) != 4 || s.Unnamed != 1 || s.Notes != 4 {
		t.Errorf("damage %q, notes %q", damage, notes)
	}
}

func TestRetention(t *testing.T) {
	dir := t.TempDir()
	a := opened(t, dir)
	same := small("a.example", 1)
	old, shared := put(t, a, small("old.example", 1)), put(t, a, same)
	border := put(t, a, same)
	dry, err := a.Retain(t.Context(), border.At, true)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := a.Captures(t.Context(), old); err != nil {
		t.Fatal("dry removed: ", err)
	}
	res, err := a.Retain(t.Context(), border.At, false)
	if err != nil || res != dry || res.Visits != 2 || res.Objects != 4 || res.Kept != 4 { // WARCs differ by their date, the settings are shared
		t.Errorf("%+v, dry %+v, error %v", res, dry, err)
	}
	damage, notes, s := findings(t, reopened(t, dir))
	if len(damage) > 0 || len(notes) != 2 || s.Removed != 4 || !strings.Contains(strings.Join(notes, "\n"), "old.example: 3 of its 4 objects were removed by retention on 2026-03-04") {
		t.Errorf("damage %q, notes %q, %+v", damage, notes, s)
	}
	if _, err := a.Captures(t.Context(), old); err == nil || !strings.Contains(err.Error(), "no such file") {
		t.Errorf("reading what was removed: %v", err)
	}
	if _, err := a.Captures(t.Context(), shared); err == nil {
		t.Error("the WARC of the older visit is still there")
	}
	got, err := a.Captures(t.Context(), border)
	if err != nil {
		t.Fatal(err)
	}
	mustEqual(t, got, same.Captures)
	again, err := a.Retain(t.Context(), border.At, false)
	if seq, _ := a.Head(); err != nil || again.Objects != 0 || seq != 4 {
		t.Errorf("again: %+v, %d entries, %v", again, seq, err)
	}
	// What was removed and comes again must be there from then on.
	back := put(t, a, small("old.example", 1))
	if err := os.Remove(filepath.Join(dir, objectPath(back.Objects[0].SHA256))); err != nil {
		t.Fatal(err)
	}
	if damage, _, _ := findings(t, a); len(damage) != 1 {
		t.Errorf("damage %q", damage)
	}
}

// TestRetentionCrash: the entry was written, the objects were not removed yet.
func TestRetentionCrash(t *testing.T) {
	dir := t.TempDir()
	a := opened(t, dir)
	e := put(t, a, small("a.example", 1))
	o := e.Objects[0]
	if err := a.locked(t.Context(), func() error {
		return a.chain.append(a, &Entry{Kind: KindRetention, At: day.Add(time.Hour), Before: day.Add(time.Hour), Objects: []Object{o}})
	}); err != nil {
		t.Fatal(err)
	}
	if damage, _, _ := findings(t, a); len(damage) > 0 {
		t.Errorf("damage %q", damage)
	}
	if res, err := a.Retain(t.Context(), day.Add(time.Hour), false); err != nil || res.Objects != len(e.Objects) {
		t.Errorf("%+v, %v", res, err)
	}
	if damage, _, s := findings(t, a); len(damage) > 0 || s.Objects != 0 {
		t.Errorf("damage %q, %+v", damage, s)
	}
}

// TestDamagedLine: one line that cannot be read keeps nobody from the others, but nothing is removed then.
func TestDamagedLine(t *testing.T) {
	dir := t.TempDir()
	a := opened(t, dir)
	for i, h := range []string{"a.example", "b.example", "c.example"} {
		put(t, a, small(h, int64(i)))
	}
	write(t, chainFile(dir), bytes.Replace(read(t, chainFile(dir)), []byte("b.example"), []byte("x.example"), 1))
	var hosts []string
	err := a.Each(t.Context(), func(e *Entry) error { hosts = append(hosts, e.Host); return nil })
	if !errors.Is(err, ErrDamaged) || !strings.Contains(err.Error(), "line 2") || strings.Join(hosts, " ") != "a.example c.example" {
		t.Errorf("%v, error %v", hosts, err)
	}
	if res, err := a.Retain(t.Context(), day.AddDate(1, 0, 0), false); !errors.Is(err, ErrDamaged) {
		t.Errorf("%+v, error %v", res, err)
	}
	if _, _, s := findings(t, a); s.Objects != 3*3+1 {
		t.Errorf("%d objects are left", s.Objects)
	}
	stop := errors.New("enough")
	if err := a.Each(t.Context(), func(*Entry) error { return stop }); err != stop {
		t.Errorf("error %v", err)
	}
}

// TestSegments: many entries in files that follow each other; a file lost or exchanged shows.
func TestSegments(t *testing.T) {
	dir := t.TempDir()
	a := opened(t, dir)
	big := strings.Repeat("x", MaxLine/2)
	for i := range 20 {
		if err := a.locked(t.Context(), func() error {
			return a.chain.append(a, &Entry{Kind: "test", At: day, Note: fmt.Sprint(i, big)})
		}); err != nil {
			t.Fatal(err)
		}
	}
	segments, err := a.chain.segments()
	if err != nil || len(segments) != 3 {
		t.Fatalf("files %v, %v", segments, err)
	}
	for _, seq := range []int64{1, 7, 8, 15, 20} {
		if e, err := reopened(t, dir).Entry(t.Context(), seq); err != nil || e.Seq != seq {
			t.Errorf("entry %d: %+v, %v", seq, e, err)
		}
	}
	if n := damaged(t, dir); n != 0 {
		t.Errorf("%d damages", n)
	}
	swap(t, filepath.Join(dir, "chain/00000001.jsonl"), filepath.Join(dir, "chain/00000002.jsonl"))
	if n := damaged(t, dir); n == 0 {
		t.Error("exchanged files are not found")
	}
	os.Remove(filepath.Join(dir, "chain/00000002.jsonl"))
	if n := damaged(t, dir); n == 0 {
		t.Error("a lost file is not found")
	}
}
