package archive

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

// TestRoundTrip: what was put is what is read, of a fresh handle, hostile texts and all.
func TestRoundTrip(t *testing.T) {
	dir := t.TempDir()
	a := opened(t, dir)
	first, v := put(t, a, small("plain.example", 1)), full()
	e := put(t, a, v)
	if first.Seq != 1 || e.Seq != 2 || e.Prev != first.Hash {
		t.Errorf("entries %d, %d", first.Seq, e.Seq)
	}
	b := reopened(t, dir)
	read, err := b.Entry(t.Context(), 2)
	if err != nil {
		t.Fatal(err)
	}
	if read.Hash != e.Hash || read.Host != "vault.example" || read.Sequence != 7 || len(read.Objects) != len(e.Objects) || read.Tool != "scamatlas test" || !read.At.Equal(e.At) {
		t.Errorf("entry %+v, want %+v", read, e)
	}
	got, err := b.Captures(t.Context(), read)
	if err != nil {
		t.Fatal(err)
	}
	mustEqual(t, got, v.Captures)
	if seq, hash := b.Head(); seq != 2 || hash != e.Hash {
		t.Errorf("head %d %s", seq, hash)
	}
	if damage, notes, s := findings(t, b); len(damage)+len(notes) > 0 || s.Visits != 2 || s.Objects != 4+8 {
		t.Errorf("damage %q, notes %q, %+v", damage, notes, s)
	}
	if _, err := b.Put(t.Context(), v); !errors.Is(err, ErrReadOnly) {
		t.Errorf("put into a read-only archive: %v", err)
	}
	if _, err := b.Entry(t.Context(), 3); !errors.Is(err, ErrNoEntry) {
		t.Errorf("entry 3: %v", err)
	}
}

func TestMissingFolder(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "none")
	if _, err := Open(dir, Options{ReadOnly: true}); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("error %v", err)
	}
	if _, err := os.Stat(dir); !errors.Is(err, fs.ErrNotExist) {
		t.Error("reading made a folder")
	}
}
