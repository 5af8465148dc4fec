// Package archive turns what visits saw into evidence that outlives the site and that an outsider can check. It does not know stores
// or findings.
//
// An archive is one folder:
//
//	objects/ab/abcdef…     contents, named by their SHA-256; written once, never changed
//	chain/ID               the random id of this chain, 32 hex digits
//	chain/00000001.jsonl   the entries, one JSON line each, in files that follow each other
//	chain/head             number and hash of the newest entry: lines lost at the end show
//	chain/lock             held by the process that writes
//
// How a line is hashed stands at Entry; what the objects of a visit are stands at Put.
package archive

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"time"

	"scamatlas/crawler"
)

// Options of Open.
type Options struct {
	ReadOnly bool             // nothing is created, repaired or written
	Tool     string           // name and version, kept in every entry: "scamatlas 1.2"
	Log      *slog.Logger     // nil: silent
	Now      func() time.Time // nil: time.Now
}

// Archive is an open folder of evidence. It is safe for use by many goroutines; many processes may have the same folder open, and
// append one after the other.
type Archive struct {
	o       Options
	root    *os.Root
	objects Objects
	chain   *chain

	mu     sync.Mutex // one writer within this process; between processes the lock file
	closed bool
	notes  []Damage // what was repaired when opened
}

// ErrReadOnly is what writing to an archive opened with ReadOnly gives.
var ErrReadOnly = errors.New("the archive was opened for reading only")

// ErrDamaged is what errors wrap that come from evidence that is not as it was written.
var ErrDamaged = errors.New("evidence is damaged")

// Open opens the archive in dir, and creates it where there is none. What a crash left behind is cleared: files half written, and a
// last line that was never whole. With ReadOnly a missing folder is an error that matches fs.ErrNotExist.
func Open(dir string, o Options) (*Archive, error) {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if !o.ReadOnly {
		if err := makeDir(dir); err != nil {
			return nil, fmt.Errorf("creating the evidence folder: %w", err)
		}
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("opening the evidence folder: %w", err)
	}
	a := &Archive{o: o, root: root, objects: &Folder{root: root}, chain: &chain{root: root}}
	if err := a.open(); err != nil {
		root.Close()
		return nil, err
	}
	return a, nil
}

// makeDir makes a folder, and its name durable.
func makeDir(dir string) error {
	if _, err := os.Stat(dir); err == nil {
		return nil
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	parent, err := os.OpenRoot(filepath.Dir(filepath.Clean(dir)))
	if err != nil {
		return err
	}
	defer parent.Close()
	return syncDir(parent, ".")
}

func (a *Archive) open() error {
	if a.o.ReadOnly {
		if _, err := a.root.Lstat("chain"); err != nil {
			if _, e := a.root.Lstat("objects"); e == nil {
				return fmt.Errorf("opening the evidence folder: %w: there are objects, but no chain", ErrDamaged)
			}
			return fmt.Errorf("opening the evidence folder: %w", err)
		}
		return a.chain.readID(true)
	}
	for _, d := range []string{"objects", "objects/tmp", "chain"} {
		if err := a.root.Mkdir(d, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
			return fmt.Errorf("creating the evidence folder: %w", err)
		}
	}
	return a.locked(context.Background(), func() error {
		if err := a.chain.create(); err != nil {
			return err
		}
		if err := clearTemp(a.root); err != nil {
			return err
		}
		repaired, err := a.chain.settle(a)
		a.notes = append(a.notes, repaired...)
		return err
	})
}

// locked runs do while no other goroutine or process writes.
func (a *Archive) locked(ctx context.Context, do func() error) error {
	if a.o.ReadOnly {
		return ErrReadOnly
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.closed {
		return fmt.Errorf("writing evidence: %w", os.ErrClosed)
	}
	unlock, err := lockFile(ctx, a.root, "chain/lock")
	if err != nil {
		return fmt.Errorf("waiting for the evidence folder: %w", err)
	}
	defer unlock()
	return do()
}

// ID is the random id of the chain, 32 hex digits.
func (a *Archive) ID() string { return a.chain.id }

// Head gives number and hash of the newest entry, whichever process wrote it; 0 and the hash of the chain's id while there is none.
func (a *Archive) Head() (seq int64, hash string) {
	h, err := a.chain.readHead()
	if err != nil {
		return 0, ""
	}
	return h.Seq, h.Hash
}

// Close waits for a write under way and closes the folder.
func (a *Archive) Close() error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.closed {
		return nil
	}
	a.closed = true
	return a.root.Close()
}

// Visit is what goes into the archive at once: one site, seen with one or more visitor profiles.
type Visit struct {
	Host     string
	Sequence int64 // of the visit, as the store counts
	Captures []*crawler.Capture
	Settings map[string]string // what decided how it was looked at; no secrets
}
