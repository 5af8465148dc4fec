package feed

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
)

// ReadLines reads a list as people keep it: one host or address at the beginning of a line, further columns, blank lines and lines
// that begin with '#' ignored, each host once. Lines of hosts files ("0.0.0.0 name") give the name. Targets get source, and
// reference with ":line" unless it is empty. An empty list is no error here.
func ReadLines(r io.Reader, source, reference string) (*Result, error) {
	c := newCollector(context.Background(), source, reference)
	c.numbered = true
	if err := c.lines(r); err != nil {
		return nil, err
	}
	return &c.res, nil
}

func (c *collector) lines(r io.Reader) error {
	in := newLineReader(r)
	for {
		line, long, err := in.next()
		if err == nil && in.n == 1 && markup(line) {
			return fmt.Errorf("%w: HTML or XML in place of lines", ErrDrift)
		}
		if err != nil {
			if errors.Is(err, io.EOF) {
				return nil
			}
			return err
		}
		text := firstField(line)
		switch {
		case text == "":
		case long:
			c.bad(in.n, text, "line too long")
		default:
			if err := c.entry(in.n, text); err != nil {
				return err
			}
		}
	}
}

// markup: a line begins a page, as servers send one in place of a list.
func markup(line string) bool {
	line = strings.ToLower(strings.TrimSpace(line))
	return strings.HasPrefix(line, "<!doctype") || strings.HasPrefix(line, "<html") || strings.HasPrefix(line, "<?xml")
}

// firstField is the host of a line, "" for a blank line or a comment.
func firstField(line string) string {
	fields := strings.FieldsFunc(line, func(c rune) bool {
		return c == ' ' || c == '\t' || c == ',' || c == ';' || c == '|' || c == '\r' || c == '\u00a0' || c == '\u3000'
	})
	if len(fields) == 0 || strings.HasPrefix(fields[0], "#") {
		return ""
	}
	if len(fields) > 1 && !strings.HasPrefix(fields[1], "#") {
		switch fields[0] {
		case "0.0.0.0", "127.0.0.1", "::", "::1":
			return fields[1]
		}
	}
	return fields[0]
}

// lineReader cuts a stream into lines and never holds more than MaxLine of one.
type lineReader struct {
	r *bufio.Reader
	n int // of the line given last, from 1
}

func newLineReader(r io.Reader) *lineReader { return &lineReader{r: bufio.NewReaderSize(r, MaxLine)} }

// next gives a line without its end; long: more than MaxLine bytes, line holds the first of them.
func (l *lineReader) next() (line string, long bool, err error) {
	b, long, err := l.r.ReadLine()
	if err != nil {
		return "", false, err
	}
	l.n++
	line = string(b)
	if l.n == 1 {
		line = strings.TrimPrefix(line, "\ufeff")
	}
	for more := long; more; {
		if _, more, err = l.r.ReadLine(); err != nil {
			if errors.Is(err, io.EOF) {
				err = nil
			}
			return line, true, err
		}
	}
	return line, long, nil
}
