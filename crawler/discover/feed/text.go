package feed

import (
	"errors"
	"fmt"
	"io"
	"strings"
)

// text reads prose line by line. Lines that name no host are no entries.
func (c *collector) text(r io.Reader) error {
	in := newLineReader(r)
	for {
		line, long, err := in.next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if in.n == 1 && markup(line) {
			return fmt.Errorf("%w: HTML or XML in place of text", ErrDrift)
		}
		if _, err := c.mentions(in.n, strings.ToValidUTF8(line, "?")); err != nil {
			return err
		}
		if long {
			c.bad(in.n, line, fmt.Sprintf("line too long: read to %d bytes", MaxLine))
		}
	}
}
