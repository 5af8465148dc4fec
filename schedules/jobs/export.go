package jobs

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"
)

// ExportFile is one list that the export job keeps up to date.
type ExportFile struct {
	File  string
	Write func(ctx context.Context, w io.Writer) (lines int, err error)
}

// Exporter writes its files, each whole or not at all.
type Exporter struct{ Files []ExportFile }

// Job is the scheduled form.
func (e *Exporter) Job(ctx context.Context, _ time.Time) (string, error) {
	var errs []error
	lines := 0
	for _, f := range e.Files {
		n, err := writeWhole(f.File, func(w io.Writer) (int, error) { return f.Write(ctx, w) })
		lines += n
		if err != nil {
			errs = append(errs, fmt.Errorf("writing %s: %w", f.File, err))
		}
	}
	return fmt.Sprintf("%d files, %d lines", len(e.Files)-len(errs), lines), errors.Join(errs...)
}

// writeWhole puts the new content in place by a rename, so that a reader never sees half a list.
func writeWhole(file string, write func(io.Writer) (int, error)) (n int, err error) {
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return 0, err
	}
	tmp, err := os.CreateTemp(filepath.Dir(file), "."+filepath.Base(file)+"-*")
	if err != nil {
		return 0, err
	}
	defer os.Remove(tmp.Name())
	n, err = write(tmp)
	if err == nil {
		err = tmp.Chmod(0o644)
	}
	if err == nil {
		err = tmp.Sync()
	}
	if cerr := tmp.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		return n, err
	}
	return n, os.Rename(tmp.Name(), file)
}
