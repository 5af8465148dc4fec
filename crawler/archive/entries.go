package archive

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
)

// ErrNoEntry says that the chain has no entry of that number.
var ErrNoEntry = errors.New("no such entry")

// errStop ends a walk over the chain.
var errStop = errors.New("stop")

// Each calls do for every entry in order; an error of do ends it. Entries that cannot be read are passed over: then the error, after
// all others came, wraps ErrDamaged and names the first. Verify says more.
func (a *Archive) Each(ctx context.Context, do func(*Entry) error) error {
	var damage error
	err := a.chain.each(ctx, 1, func(w written) error {
		if w.torn {
			return nil // being written, or what a crash left
		}
		e, err := parseEntry(w.raw)
		if err == nil {
			return do(e)
		}
		if damage == nil {
			damage = fmt.Errorf("%s line %d: %w", w.file, w.n, err)
		}
		return nil
	})
	if err != nil {
		return err
	}
	return damage
}

// Entry gives the entry of that number. The error wraps ErrNoEntry or ErrDamaged.
func (a *Archive) Entry(ctx context.Context, seq int64) (*Entry, error) {
	from, err := a.segmentOf(ctx, seq)
	if err != nil {
		return nil, fmt.Errorf("reading entry %d: %w", seq, err)
	}
	var found *Entry
	mark := fmt.Appendf(nil, `{"seq":%d,`, seq)
	err = a.chain.each(ctx, from, func(w written) error {
		if w.torn || !bytes.HasPrefix(w.raw, mark) {
			return nil
		}
		if found, err = parseEntry(w.raw); err != nil {
			return err
		}
		return errStop
	})
	switch {
	case found != nil:
		return found, nil
	case err != nil:
		return nil, fmt.Errorf("reading entry %d: %w", seq, err)
	}
	return nil, fmt.Errorf("entry %d: %w", seq, ErrNoEntry)
}

// segmentOf gives the last chain file whose first line has no number after seq.
func (a *Archive) segmentOf(ctx context.Context, seq int64) (int, error) {
	segments, err := a.chain.segments()
	if err != nil {
		return 0, err
	}
	for i := len(segments) - 1; i > 0; i-- {
		first := int64(0)
		err := a.chain.eachIn(ctx, segmentPath(segments[i]), func(w written) error {
			if e, err := parseEntry(w.raw); err == nil {
				first = e.Seq
			}
			return errStop
		})
		if err != nil && !errors.Is(err, errStop) && !errors.Is(err, fs.ErrNotExist) {
			return 0, err
		}
		if first > 0 && first <= seq {
			return segments[i], nil
		}
	}
	return 1, nil
}
