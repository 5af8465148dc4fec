package feed

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"
)

// csv reads one column of a table with a header line. Comma, semicolon and tab separate. Some feeds write the header as their last
// comment; that is taken when it names the column.
func (c *collector) csv(r io.Reader, column string) error {
	in := newLineReader(r)
	comment := ""
	for range MaxComments {
		line, long, err := in.next()
		if errors.Is(err, io.EOF) {
			return fmt.Errorf("%w: no header line", ErrDrift)
		}
		if err != nil {
			return err
		}
		switch {
		case strings.TrimSpace(line) == "":
			continue
		case strings.HasPrefix(line, "#"):
			comment = strings.TrimSpace(strings.TrimLeft(line, "#"))
			continue
		case long:
			return fmt.Errorf("%w: header line longer than %d bytes", ErrDrift, MaxLine)
		}
		if sep, at := header(line, column); at >= 0 {
			return c.rows(in.r, sep, at, in.n)
		}
		if sep, at := header(comment, column); at >= 0 {
			first := io.MultiReader(strings.NewReader(line+"\n"), in.r)
			return c.rows(first, sep, at, in.n-1)
		}
		return fmt.Errorf("%w: no column %q in %.200q", ErrDrift, column, line)
	}
	return fmt.Errorf("%w: no header in %d lines", ErrDrift, MaxComments)
}

// header finds column in a header line; at is -1 when it is not there.
func header(line, column string) (sep rune, at int) {
	for _, sep := range ",;\t" {
		r := csv.NewReader(strings.NewReader(line))
		r.Comma, r.LazyQuotes = sep, true
		names, err := r.Read()
		if err != nil {
			continue
		}
		for n, name := range names {
			if strings.EqualFold(strings.TrimSpace(name), strings.TrimSpace(column)) {
				return sep, n
			}
		}
	}
	return 0, -1
}

// rows reads the records; line is the number of the line before the first.
func (c *collector) rows(in io.Reader, sep rune, at, line int) error {
	r := csv.NewReader(in)
	r.Comma, r.LazyQuotes, r.FieldsPerRecord, r.ReuseRecord, r.Comment = sep, true, -1, true, '#'
	for {
		record, err := r.Read()
		var broken *csv.ParseError
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case errors.As(err, &broken) && !errors.Is(err, ErrTooLarge):
			c.bad(line+broken.StartLine, "", broken.Err.Error())
			continue
		case err != nil:
			return err
		}
		n, _ := r.FieldPos(0)
		if at >= len(record) {
			c.bad(line+n, strings.Join(record, string(sep)), "row has no such column")
			continue
		}
		if err := c.entry(line+n, record[at]); err != nil {
			return err
		}
	}
}
