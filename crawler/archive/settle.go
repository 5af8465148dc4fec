package archive

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"syscall"
)

// last looks at the end of the chain: the last whole line, and how many bytes of a torn one follow it.
func (c *chain) last() (t tail, e *Entry, torn int64, err error) {
	segments, err := c.segments()
	if err != nil || len(segments) == 0 {
		return tail{}, nil, 0, err
	}
	for i := len(segments) - 1; i >= 0; i-- {
		b, err := readRegular(c.root, segmentPath(segments[i]), maxSegment+MaxLine)
		if err != nil {
			return tail{}, nil, 0, fmt.Errorf("reading the end of the chain: %w", err)
		}
		end := bytes.LastIndexByte(b, '\n') + 1
		if i == len(segments)-1 {
			t.segment, t.size, torn = segments[i], int64(end), int64(len(b)-end)
		}
		if end > 0 {
			e, err = parseEntry(b[bytes.LastIndexByte(b[:end-1], '\n')+1 : end])
			return t, e, torn, err
		}
	}
	return t, nil, torn, nil
}

// settle finds the end of the chain and repairs what a crash does to it: a torn last line, written but never finished, is cut, and a
// head that is behind is moved. An end that no crash explains stays as it is: a break entry in a file of its own says so for ever.
func (c *chain) settle(a *Archive) ([]Damage, error) {
	t, e, torn, lastErr := c.last()
	if lastErr != nil && !errors.Is(lastErr, ErrDamaged) {
		return nil, lastErr
	}
	h, headErr := c.readHead()
	seq, hash := int64(0), c.genesis()
	if e != nil {
		seq, hash = e.Seq, e.Hash
	}
	if why := endFault(lastErr, headErr, h, seq, hash); why != "" {
		return nil, c.breakOff(a, h, headErr, seq, hash, why)
	}
	c.tail = tail{t.segment, t.size, seq, hash}
	var notes []Damage
	if torn > 0 {
		if err := c.cut(c.tail); err != nil {
			return nil, err
		}
		a.o.Log.Warn("evidence: a line that a crash left unfinished was cut", "file", segmentPath(t.segment), "bytes", torn)
		notes = append(notes, Damage{Note: true, File: segmentPath(t.segment), What: fmt.Sprintf("a last line that a crash left unfinished (%d bytes) was cut when the archive was opened", torn), Means: "nothing: it was never reported as kept"})
	}
	if h.Seq != seq {
		return notes, c.writeHead(head{seq, hash})
	}
	return notes, nil
}

// endFault says what is wrong at the end of the chain; "" = nothing that a crash would not explain.
func endFault(lastErr, headErr error, h head, seq int64, hash string) string {
	switch {
	case lastErr != nil:
		return "the last line was damaged"
	case headErr != nil:
		return "chain/head was damaged or missing"
	case seq < h.Seq:
		return fmt.Sprintf("the chain ended at entry %d, but entry %d had been written", seq, h.Seq)
	case seq == h.Seq && hash != h.Hash:
		return fmt.Sprintf("entry %d was not the one that had been written", seq)
	}
	return ""
}

// breakOff writes a break entry into a new file, so that the damage before it stays to be seen and no number is used twice.
func (c *chain) breakOff(a *Archive, h head, headErr error, seq int64, hash, why string) error {
	if headErr == nil && h.Seq >= seq {
		seq, hash = h.Seq, h.Hash
	}
	segments, err := c.segments()
	if err != nil {
		return err
	}
	n := 0
	if len(segments) > 0 {
		n = segments[len(segments)-1]
	}
	a.o.Log.Error("evidence: the chain is damaged; it goes on in a new file", "why", why)
	c.tail = tail{n, maxSegment, seq, hash}
	return c.write(a, &Entry{Kind: KindBreak, At: a.o.Now(), Tool: a.o.Tool, Note: why})
}

// cut takes a torn line away.
func (c *chain) cut(t tail) error {
	f, err := c.root.OpenFile(segmentPath(t.segment), os.O_WRONLY|syscall.O_NOFOLLOW, 0)
	if err != nil {
		return fmt.Errorf("cutting a torn line: %w", err)
	}
	defer f.Close()
	if err := errors.Join(f.Truncate(t.size), f.Sync()); err != nil {
		return fmt.Errorf("cutting a torn line: %w", err)
	}
	return nil
}
