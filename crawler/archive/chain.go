package archive

import (
	"bufio"
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
	"syscall"
)

// chain is the append-only list of entries. Who writes holds the lock.
type chain struct {
	root *os.Root
	id   string
	tail tail
}

// tail is the end of the chain as of the last look at it.
type tail struct {
	segment int // 0: there is no file yet
	size    int64
	seq     int64
	hash    string
}

func segmentPath(n int) string { return fmt.Sprintf("chain/%08d.jsonl", n) }

// genesis is what the first line links to.
func (c *chain) genesis() string { return hexSum([]byte(c.id)) }

// segments lists the numbers of the chain's files in order.
func (c *chain) segments() ([]int, error) {
	files, err := fs.ReadDir(c.root.FS(), "chain")
	if err != nil {
		return nil, fmt.Errorf("listing the chain: %w", err)
	}
	var out []int
	for _, f := range files {
		if n := segmentNumber(f.Name()); n > 0 {
			out = append(out, n)
		}
	}
	return out, nil
}

// segmentNumber gives the number of a chain file, 0 for other names.
func segmentNumber(name string) int {
	digits, ok := strings.CutSuffix(name, ".jsonl")
	if !ok || len(digits) != 8 {
		return 0
	}
	n := 0
	for _, c := range []byte(digits) {
		if c < '0' || c > '9' {
			return 0
		}
		n = 10*n + int(c-'0')
	}
	return n
}

func (c *chain) readID(damagedToo bool) error {
	b, err := readRegular(c.root, "chain/ID", 64)
	if err == nil {
		c.id = strings.TrimSuffix(string(b), "\n")
		if raw, e := hex.DecodeString(c.id); e != nil || len(raw) != 16 || strings.ToLower(c.id) != c.id || len(b) != 33 {
			err = fmt.Errorf("%w: chain/ID is no id", ErrDamaged)
		}
	}
	if err != nil && !damagedToo {
		return fmt.Errorf("opening the chain: %w", err)
	}
	return nil
}

// create makes the id and the head of a new chain.
func (c *chain) create() error {
	err := c.readID(false)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	segments, listErr := c.segments()
	if listErr != nil {
		return listErr
	}
	if err != nil {
		if len(segments) > 0 {
			return fmt.Errorf("opening the chain: %w: chain/ID is missing", ErrDamaged)
		}
		raw := make([]byte, 16)
		rand.Read(raw)
		c.id = hex.EncodeToString(raw)
		if err := writeFile(c.root, "chain/ID", "objects/tmp", []byte(c.id+"\n")); err != nil {
			return fmt.Errorf("creating the chain: %w", err)
		}
	}
	if _, err := c.root.Lstat("chain/head"); errors.Is(err, fs.ErrNotExist) && len(segments) == 0 {
		if err := c.writeHead(head{0, c.genesis()}); err != nil {
			return err
		}
		return errors.Join(syncDir(c.root, "chain"), syncDir(c.root, "."))
	}
	return nil
}

func (c *chain) readHead() (head, error) {
	b, err := readRegular(c.root, "chain/head", 256)
	if err != nil {
		return head{}, fmt.Errorf("reading the chain's head: %w", err)
	}
	return parseHead(b)
}

func (c *chain) writeHead(h head) error {
	if err := writeFile(c.root, "chain/head", "objects/tmp", h.bytes()); err != nil {
		return fmt.Errorf("writing the chain's head: %w", err)
	}
	return nil
}

// append links e to the end of the chain; it is durable on return.
func (c *chain) append(a *Archive, e *Entry) error {
	if !c.current() {
		if _, err := c.settle(a); err != nil {
			return err
		}
	}
	return c.write(a, e)
}

// current reports whether nobody has written since the last look.
func (c *chain) current() bool {
	if c.tail.segment == 0 {
		return false
	}
	info, err := c.root.Lstat(segmentPath(c.tail.segment))
	if err != nil || info.Size() != c.tail.size {
		return false
	}
	_, err = c.root.Lstat(segmentPath(c.tail.segment + 1))
	return errors.Is(err, fs.ErrNotExist)
}

func (c *chain) write(a *Archive, e *Entry) error {
	t := c.tail
	e.Seq = t.seq + 1
	b, err := e.seal(t.hash)
	if err != nil {
		return err
	}
	flags := os.O_WRONLY | os.O_APPEND | syscall.O_NOFOLLOW
	if t.segment == 0 || t.size > 0 && t.size+int64(len(b)) > maxSegment {
		if t.segment++; t.segment > maxSegments {
			return fmt.Errorf("writing entry %d: the chain is full", e.Seq)
		}
		t.size = 0
		flags |= os.O_CREATE | os.O_EXCL
	}
	f, err := c.root.OpenFile(segmentPath(t.segment), flags, 0o600)
	if err != nil {
		return fmt.Errorf("writing entry %d: %w", e.Seq, err)
	}
	defer f.Close()
	if _, err = f.Write(b); err == nil {
		err = f.Sync()
	}
	if err == nil && t.size == 0 {
		err = syncDir(c.root, "chain")
	}
	if err != nil {
		c.tail = tail{} // look again before the next
		f.Truncate(t.size)
		return fmt.Errorf("writing entry %d: %w", e.Seq, err)
	}
	c.tail = tail{t.segment, t.size + int64(len(b)), e.Seq, e.Hash}
	if err := c.writeHead(head{e.Seq, e.Hash}); err != nil {
		a.o.Log.Warn("evidence: the chain's head stays behind until the next entry", "err", err) // the entry is durable
	}
	return nil
}

// written is one line of a chain file as found there.
type written struct {
	file string
	n    int    // line number, from 1
	raw  []byte // with the line feed; nil when it is longer than a line may be
	torn bool   // no line feed: the file ends in it
}

// each calls do for the lines from the file numbered from on. raw is valid during the call.
func (c *chain) each(ctx context.Context, from int, do func(written) error) error {
	segments, err := c.segments()
	if err != nil {
		return err
	}
	for _, n := range segments {
		if n < from {
			continue
		}
		if err := c.eachIn(ctx, segmentPath(n), do); err != nil {
			return err
		}
	}
	return nil
}

func (c *chain) eachIn(ctx context.Context, name string, do func(written) error) error {
	f, err := openRegular(c.root, name)
	if err != nil {
		return fmt.Errorf("reading the chain: %w", err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return fmt.Errorf("reading the chain: %w", err)
	}
	size := info.Size() // what is appended from now on is not looked at
	in := bufio.NewReaderSize(io.LimitReader(f, size), int(min(size+1, MaxLine)))
	for n := 1; ; n++ {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		raw, err := in.ReadSlice('\n')
		long := errors.Is(err, bufio.ErrBufferFull)
		for errors.Is(err, bufio.ErrBufferFull) {
			_, err = in.ReadSlice('\n')
		}
		if long {
			raw = nil
		}
		if err != nil && !errors.Is(err, io.EOF) {
			return fmt.Errorf("reading %s: %w", name, err)
		}
		if len(raw) == 0 && !long {
			return nil
		}
		if doErr := do(written{name, n, raw, err != nil}); doErr != nil || err != nil {
			return doErr
		}
	}
}
