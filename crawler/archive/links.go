package archive

import (
	"bytes"
	"context"
	"errors"
	"fmt"
)

// links gives the lines of the chain from the first of the entries on: theirs in full, those between and after only with what links
// them, so that no other site is named. It goes to the head, or to the last entry where that is more than maxLinks away.
func (a *Archive) links(ctx context.Context, entries []*Entry) (lines []byte, h head, err error) {
	first, last := entries[0].Seq, entries[len(entries)-1].Seq
	from, err := a.segmentOf(ctx, first)
	if err != nil {
		return nil, head{}, fmt.Errorf("reading the chain: %w", err)
	}
	full := map[int64]string{}
	for _, e := range entries {
		full[e.Seq] = e.Hash
	}
	end, _ := a.Head()
	if end-last > maxLinks {
		end = last
	}
	var out bytes.Buffer
	err = a.chain.each(ctx, from, func(w written) error {
		if w.torn {
			return nil
		}
		e, err := parseEntry(w.raw)
		switch {
		case err != nil && out.Len() == 0:
			return nil // before the first
		case err != nil:
			return fmt.Errorf("%s line %d: %w", w.file, w.n, err)
		case e.Seq < first:
			return nil
		case e.Seq > end:
			return errStop
		}
		h = head{e.Seq, e.Hash}
		if hash, ok := full[e.Seq]; ok {
			if hash != e.Hash {
				return fmt.Errorf("%w: entry %d is not the one that was asked for", ErrDamaged, e.Seq)
			}
			delete(full, e.Seq)
			out.Write(w.raw)
			return nil
		}
		fmt.Fprintf(&out, `{"seq":%d,"digest":"%s"%s%s%s%s%s`, e.Seq, e.Digest, prevMark, e.Prev, hashMark, e.Hash, lineEnd)
		return nil
	})
	if err != nil && !errors.Is(err, errStop) {
		return nil, head{}, fmt.Errorf("reading the chain: %w", err)
	}
	if len(full) > 0 {
		return nil, head{}, fmt.Errorf("reading the chain: %d entries: %w", len(full), ErrNoEntry)
	}
	return out.Bytes(), h, nil
}
