package archive

import (
	"context"
	"encoding/json"
	"fmt"

	"scamatlas/crawler"
)

// Captures reads what Put kept of a visit, with all bodies, documents, pictures and bytes of the wire: equal to what was put, times
// in UTC. The error wraps ErrDamaged where an object is not what the entry says, and matches fs.ErrNotExist where one is gone.
func (a *Archive) Captures(ctx context.Context, e *Entry) ([]*crawler.Capture, error) {
	files, wanted, err := a.captureFiles(ctx, e)
	if err != nil {
		return nil, fmt.Errorf("reading entry %d: %w", e.Seq, err)
	}
	have := map[string][]byte{}
	for _, o := range e.Objects {
		if o.Kind != ObjectWARC && !wanted[o.SHA256] {
			continue
		}
		b, err := a.readObject(ctx, o)
		if err != nil {
			return nil, fmt.Errorf("reading entry %d: %w", e.Seq, err)
		}
		if o.Kind != ObjectWARC {
			have[o.SHA256] = b
			continue
		}
		found, err := readContents(b, wanted)
		if err != nil {
			return nil, fmt.Errorf("reading entry %d: object %s: %w", e.Seq, o.SHA256, err)
		}
		for sum, body := range found {
			have[sum] = body
		}
	}
	var out []*crawler.Capture
	for _, f := range files {
		c, err := decodeCapture(f, func(sum string) ([]byte, error) {
			if b, ok := have[sum]; ok {
				return b, nil
			}
			return nil, fmt.Errorf("%w: no content %.64q in the visit", ErrDamaged, sum)
		})
		if err != nil {
			return nil, fmt.Errorf("reading entry %d: %w", e.Seq, err)
		}
		out = append(out, c)
	}
	return out, nil
}

// captureFiles reads the captures' JSON and what it refers to.
func (a *Archive) captureFiles(ctx context.Context, e *Entry) (files [][]byte, wanted map[string]bool, err error) {
	wanted = map[string]bool{}
	for _, o := range e.Objects {
		if o.Kind != ObjectCapture {
			continue
		}
		b, err := a.readObject(ctx, o)
		if err != nil {
			return nil, nil, err
		}
		var f struct {
			Bodies []bodyAt `json:"bodies"`
		}
		if err := json.Unmarshal(b, &f); err != nil {
			return nil, nil, fmt.Errorf("%w: a capture: %w", ErrDamaged, err)
		}
		for _, r := range f.Bodies {
			wanted[r.SHA256] = true
		}
		files = append(files, b)
	}
	return files, wanted, nil
}
