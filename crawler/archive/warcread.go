package archive

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/klauspost/compress/gzip"
)

// warcRecord is one record as read back.
type warcRecord struct {
	offset, length int64             // of its gzip member
	head           map[string]string // names in lower case
	block          []byte
}

// readWARC calls do for each record of a file that this package wrote. Errors wrap ErrDamaged.
func readWARC(b []byte, do func(*warcRecord) error) error {
	in := bytes.NewReader(b)
	z := new(gzip.Reader)
	total := int64(0)
	for n := 1; in.Len() > 0; n++ {
		if n > maxRecords {
			return fmt.Errorf("%w: more than %d records", ErrDamaged, maxRecords)
		}
		r := &warcRecord{offset: int64(len(b) - in.Len())}
		if err := z.Reset(in); err != nil {
			return fmt.Errorf("%w: record %d: %w", ErrDamaged, n, err)
		}
		z.Multistream(false)
		if err := r.read(z, min(MaxObject, maxUnpacked-total)); err != nil {
			return fmt.Errorf("%w: record %d: %w", ErrDamaged, n, err)
		}
		total += int64(len(r.block))
		r.length = int64(len(b)-in.Len()) - r.offset
		if err := do(r); err != nil {
			return err
		}
	}
	return nil
}

func (r *warcRecord) read(z io.Reader, room int64) error {
	in := bufio.NewReaderSize(z, 16<<10)
	if err := r.readHead(in); err != nil {
		return err
	}
	size, err := strconv.ParseInt(r.head["content-length"], 10, 64)
	if err != nil || size < 0 || size > room {
		return fmt.Errorf("a block of %.40q bytes", r.head["content-length"])
	}
	var block bytes.Buffer
	if _, err := io.CopyN(&block, in, size); err != nil {
		return err
	}
	r.block = block.Bytes()
	end, err := io.ReadAll(io.LimitReader(in, 5))
	if err != nil {
		return err
	}
	if string(end) != "\r\n\r\n" {
		return fmt.Errorf("the record ends with %q", end)
	}
	return nil
}

func (r *warcRecord) readHead(in *bufio.Reader) error {
	r.head = map[string]string{}
	first, room := true, maxHead
	for {
		line, err := in.ReadString('\n')
		if room -= len(line); room < 0 {
			return fmt.Errorf("its header is longer than %d bytes", maxHead)
		}
		if err != nil {
			return fmt.Errorf("its header: %w", err)
		}
		line = strings.TrimSuffix(line, "\r\n")
		switch {
		case first && line != "WARC/1.1":
			return fmt.Errorf("it begins with %.40q", line)
		case first:
			first = false
		case line == "":
			return nil
		default:
			name, value, _ := strings.Cut(line, ": ")
			r.head[strings.ToLower(name)] = value
		}
	}
}

// contents gives every byte string that the records of a visit hold, by SHA-256, of those that are wanted.
type contents struct {
	wanted map[string]bool
	found  map[string][]byte
	bodies map[string][]byte // by record id: for revisits
}

// readContents reads what is wanted of a visit's WARC.
func readContents(warc []byte, wanted map[string]bool) (map[string][]byte, error) {
	c := &contents{wanted: wanted, found: map[string][]byte{}, bodies: map[string][]byte{}}
	return c.found, readWARC(warc, func(r *warcRecord) error {
		c.record(r)
		return nil
	})
}

func (c *contents) record(r *warcRecord) {
	block := r.block
	switch r.head["warc-type"] {
	case "revisit":
		block = append(block[:len(block):len(block)], c.bodies[r.head["warc-refers-to"]]...)
		c.offer(block)
	case "response":
		m := parseMessage(block)
		c.bodies[r.head["warc-record-id"]] = m.body
		c.offer(block)
		c.offer(m.body)
		if body := m.decoded(); len(body) > 0 {
			c.offer(body)
		}
	default:
		c.offer(block)
	}
}

func (c *contents) offer(b []byte) {
	if sum := hexSum(b); c.wanted[sum] {
		c.found[sum] = b
	}
}
