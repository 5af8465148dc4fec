package archive

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"strings"
	"syscall"
)

// Objects keeps contents under their SHA-256 (64 lower-case hex digits). Folder is one; an object store could be another.
type Objects interface {
	// Put keeps content and gives its name; it is durable on return. What is there already and whole is not written again.
	Put(ctx context.Context, content []byte) (sum string, err error)
	// Open gives a content; a missing one is an error that matches fs.ErrNotExist. Whether it is what its name says is for the caller
	// to check.
	Open(ctx context.Context, sum string) (io.ReadCloser, error)
	Has(ctx context.Context, sum string) (bool, error)
	// Remove takes a content away; one that is not there is no error.
	Remove(ctx context.Context, sum string) error
	// Each calls do for everything that is stored, in order of names; what has no name of an object comes with the name it has.
	Each(ctx context.Context, do func(name string) error) error
}

// Folder keeps objects as files objects/ab/abcdef… of a root.
type Folder struct{ root *os.Root }

func objectPath(sum string) string { return "objects/" + sum[:2] + "/" + sum }

// Put writes to a temporary file, syncs it, gives it its name and syncs the folder.
func (f *Folder) Put(ctx context.Context, content []byte) (string, error) {
	if err := ctx.Err(); err != nil {
		return "", err
	}
	if len(content) > MaxObject {
		return "", fmt.Errorf("keeping an object: %d bytes are more than %d", len(content), MaxObject)
	}
	sum := hexSum(content)
	if f.whole(sum, content) {
		return sum, nil
	}
	dir := path.Dir(objectPath(sum))
	switch err := f.root.Mkdir(dir, 0o700); {
	case err == nil:
		if err := syncDir(f.root, "objects"); err != nil {
			return "", err
		}
	case !errors.Is(err, fs.ErrExist):
		return "", fmt.Errorf("keeping an object: %w", err)
	}
	if err := writeFile(f.root, objectPath(sum), "objects/tmp", content); err != nil {
		return "", fmt.Errorf("keeping an object: %w", err)
	}
	return sum, syncDir(f.root, dir)
}

// whole reports whether the object is there and as it should be. One that is damaged gets written again.
func (f *Folder) whole(sum string, content []byte) bool {
	have, err := readRegular(f.root, objectPath(sum), int64(len(content)))
	return err == nil && bytes.Equal(have, content)
}

// Open gives the file; it follows no symbolic link.
func (f *Folder) Open(_ context.Context, sum string) (io.ReadCloser, error) {
	if !isSum(sum) {
		return nil, fmt.Errorf("opening an object: %w: %.80q is no SHA-256", ErrDamaged, sum)
	}
	return openRegular(f.root, objectPath(sum))
}

// Has reports whether there is a file of that name.
func (f *Folder) Has(_ context.Context, sum string) (bool, error) {
	if !isSum(sum) {
		return false, nil
	}
	_, err := f.root.Lstat(objectPath(sum))
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil, err
}

// Remove deletes the file.
func (f *Folder) Remove(_ context.Context, sum string) error {
	if !isSum(sum) {
		return nil
	}
	if err := f.root.Remove(objectPath(sum)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("removing an object: %w", err)
	}
	return nil
}

// Each walks the folder.
func (f *Folder) Each(ctx context.Context, do func(name string) error) error {
	return fs.WalkDir(f.root.FS(), "objects", func(p string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return fmt.Errorf("listing objects: %w", err)
		case ctx.Err() != nil:
			return ctx.Err()
		case d.IsDir():
			return nil
		}
		if sum := path.Base(p); isSum(sum) && p == objectPath(sum) {
			return do(sum)
		}
		return do(strings.TrimPrefix(p, "objects/"))
	})
}

// openRegular opens a file that is no symbolic link, pipe or device.
func openRegular(root *os.Root, name string) (*os.File, error) {
	info, err := root.Lstat(name)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%w: %s is no regular file", ErrDamaged, name)
	}
	return root.OpenFile(name, os.O_RDONLY|syscall.O_NOFOLLOW, 0)
}

// readRegular reads a file of at most limit bytes.
func readRegular(root *os.Root, name string, limit int64) ([]byte, error) {
	f, err := openRegular(root, name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return readAll(f, limit)
}

func readAll(r io.Reader, limit int64) ([]byte, error) {
	b, err := io.ReadAll(io.LimitReader(r, limit+1))
	if err == nil && int64(len(b)) > limit {
		return nil, fmt.Errorf("%w: longer than %d bytes", ErrDamaged, limit)
	}
	return b, err
}

// writeFile writes name by way of a file in the folder temp: whoever reads it sees all of it or nothing. The folder of name is for
// the caller to sync.
func writeFile(root *os.Root, name, temp string, content []byte) error {
	tmp := temp + "/" + rand.Text()
	f, err := root.OpenFile(tmp, os.O_WRONLY|os.O_CREATE|os.O_EXCL|syscall.O_NOFOLLOW, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(content)
	if err == nil {
		err = f.Sync()
	}
	if e := f.Close(); err == nil {
		err = e
	}
	if err == nil {
		err = root.Rename(tmp, name)
	}
	if err != nil {
		root.Remove(tmp)
	}
	return err
}

// syncDir makes the names in a folder durable.
func syncDir(root *os.Root, name string) error {
	d, err := root.Open(name)
	if err != nil {
		return fmt.Errorf("syncing %s: %w", name, err)
	}
	defer d.Close()
	if err := d.Sync(); err != nil {
		return fmt.Errorf("syncing %s: %w", name, err)
	}
	return nil
}

// clearTemp removes what a crash left half written. The caller holds the lock.
func clearTemp(root *os.Root) error {
	left, err := fs.ReadDir(root.FS(), "objects/tmp")
	if err != nil {
		return fmt.Errorf("clearing temporary files: %w", err)
	}
	for _, d := range left {
		if err := root.Remove("objects/tmp/" + d.Name()); err != nil {
			return fmt.Errorf("clearing temporary files: %w", err)
		}
	}
	return nil
}

// sumOf hashes what r gives, and counts it.
func sumOf(ctx context.Context, r io.Reader) (sum string, size int64, err error) {
	h := sha256.New()
	size, err = io.Copy(h, &ending{ctx, r})
	return hex.EncodeToString(h.Sum(nil)), size, err
}

// ending is a reader that stops when its context ends.
type ending struct {
	ctx context.Context
	r   io.Reader
}

func (e *ending) Read(p []byte) (int, error) {
	if err := e.ctx.Err(); err != nil {
		return 0, err
	}
	return e.r.Read(p)
}

// readObject gives a content that is what its name says. Errors wrap ErrDamaged, or match fs.ErrNotExist.
func (a *Archive) readObject(ctx context.Context, o Object) ([]byte, error) {
	r, err := a.objects.Open(ctx, o.SHA256)
	if err != nil {
		return nil, fmt.Errorf("reading object %s: %w", o.SHA256, err)
	}
	defer r.Close()
	b, err := readAll(&ending{ctx, r}, min(o.Size, MaxObject))
	if err != nil {
		return nil, fmt.Errorf("reading object %s: %w", o.SHA256, err)
	}
	if hexSum(b) != o.SHA256 {
		return nil, fmt.Errorf("reading object %s: %w: its content is another", o.SHA256, ErrDamaged)
	}
	return b, nil
}
