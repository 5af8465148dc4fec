package archive

import (
	"archive/zip"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"strings"
	"syscall"
	"time"
)

// sink takes the files of a bundle.
type sink interface {
	// add writes one file. packed is false for what is compressed already, and for what replay tools read in pieces.
	add(name string, packed bool, body []byte) error
	close() error
}

// zipSink writes a ZIP file, all times the same.
type zipSink struct {
	z  *zip.Writer
	at time.Time
}

func newZip(w io.Writer, at time.Time) *zipSink { return &zipSink{zip.NewWriter(w), at.UTC()} }

func (s *zipSink) add(name string, packed bool, body []byte) error {
	h := &zip.FileHeader{Name: name, Modified: s.at, Method: zip.Store}
	if packed {
		h.Method = zip.Deflate
	}
	w, err := s.z.CreateHeader(h)
	if err == nil {
		_, err = w.Write(body)
	}
	if err != nil {
		return fmt.Errorf("writing %s: %w", name, err)
	}
	return nil
}

func (s *zipSink) close() error { return s.z.Close() }

// dirSink writes files into a folder of its own.
type dirSink struct {
	root *os.Root
	at   time.Time
}

func newDir(dir string, at time.Time) (*dirSink, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("creating the bundle's folder: %w", err)
	}
	there, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("creating the bundle's folder: %w", err)
	}
	if len(there) > 0 {
		return nil, fmt.Errorf("creating the bundle's folder: %s is not empty", dir)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("creating the bundle's folder: %w", err)
	}
	return &dirSink{root, at}, nil
}

func (s *dirSink) add(name string, _ bool, body []byte) error {
	if dir := path.Dir(name); dir != "." {
		if err := s.root.Mkdir(dir, 0o700); err != nil && !errors.Is(err, os.ErrExist) {
			return fmt.Errorf("writing %s: %w", name, err)
		}
	}
	f, err := s.root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL|syscall.O_NOFOLLOW, 0o600)
	if err != nil {
		return fmt.Errorf("writing %s: %w", name, err)
	}
	_, err = f.Write(body)
	if err = errors.Join(err, f.Close()); err == nil {
		err = s.root.Chtimes(name, s.at, s.at)
	}
	if err != nil {
		return fmt.Errorf("writing %s: %w", name, err)
	}
	return nil
}

func (s *dirSink) close() error { return s.root.Close() }

// fileName makes a part of a file's name of a text: lower-case letters, digits, hyphens.
func fileName(s string) string {
	name := strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9':
			return r
		case r >= 'A' && r <= 'Z':
			return r + 'a' - 'A'
		}
		return '-'
	}, s[:min(len(s), 40)])
	return orText(strings.Trim(name, "-"), "x")
}
