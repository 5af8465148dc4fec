package feed

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// csv reads columns of a table with a header line. Comma, semicolon and tab separate. Some feeds write the header as their last
// comment; that is taken when it names the column.
func (c *collector) csv(r io.Reader, column string) error {
	columns := columnsOf(column)
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
		if sep, at := header(line, columns); at != nil {
			return c.rows(in.r, sep, at, in.n)
		}
		if sep, at := header(comment, columns); at != nil {
			first := io.MultiReader(strings.NewReader(line+"\n"), in.r)
			return c.rows(first, sep, at, in.n-1)
		}
		return fmt.Errorf("%w: no column %q in %.200q", ErrDrift, column, line)
	}
	return fmt.Errorf("%w: no header in %d lines", ErrDrift, MaxComments)
}

// columnsOf cuts a setting that may name several columns: "subject | narrative".
func columnsOf(setting string) []string {
	columns := strings.Split(setting, "|")
	for i := range columns {
		columns[i] = strings.Join(strings.Fields(columns[i]), " ")
	}
	return columns
}

// places gives where columns stand in a header, nil when one is missing.
func places(names, columns []string) []int {
	var at []int
	for _, column := range columns {
		n := slices.IndexFunc(names, func(name string) bool { return strings.EqualFold(strings.Join(strings.Fields(name), " "), column) })
		if n < 0 {
			return nil
		}
		at = append(at, n)
	}
	return at
}

// header finds columns in a header line; at is nil when one is not there.
func header(line string, columns []string) (sep rune, at []int) {
	for _, sep := range ",;\t" {
		r := csv.NewReader(strings.NewReader(line))
		r.Comma, r.LazyQuotes = sep, true
		names, err := r.Read()
		if err != nil {
			continue
		}
		if at := places(names, columns); at != nil {
			return sep, at
		}
	}
	return 0, nil
}

// rows reads the records; line is the number of the line before the first.
func (c *collector) rows(in io.Reader, sep rune, at []int, line int) error {
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
		if slices.Max(at) >= len(record) {
			c.bad(line+n, strings.Join(record, string(sep)), "row has no such column")
			continue
		}
		if err := c.cells(line+n, record, at); err != nil {
			return err
		}
	}
}

// cells takes a row's fields at the places: prose of one row is one text.
func (c *collector) cells(line int, row []string, at []int) error {
	if c.prose {
		texts := make([]string, len(at))
		for i, n := range at {
			texts[i] = row[n]
		}
		return c.value(line, strings.Join(texts, "\n"))
	}
	for _, n := range at {
		if err := c.value(line, row[n]); err != nil {
			return err
		}
	}
	return nil
}
