package feed

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// html reads columns of each table whose header row has them; without columns the page's visible text is prose.
func (c *collector) html(r io.Reader, column string) error {
	r = &capped{r: r, left: MaxPage}
	if column == "" {
		text, err := visible(r, false)
		if err != nil {
			return err
		}
		return c.text(strings.NewReader(text))
	}
	t := tables{c: c, columns: columnsOf(column)}
	z := html.NewTokenizer(r)
	z.SetMaxBuf(MaxProse)
	for {
		kind := z.Next()
		if kind == html.ErrorToken {
			if err := z.Err(); err != io.EOF {
				return unread(err)
			}
			break
		}
		if err := t.token(kind, z.Token()); err != nil {
			return err
		}
	}
	if err := t.endRow(); err != nil {
		return err
	}
	if !t.found {
		return fmt.Errorf("%w: no table with the columns %q", ErrDrift, column)
	}
	return nil
}

// tables follows the tables of a page. A table within a cell is part of the cell's text.
type tables struct {
	c       *collector
	columns []string
	found   bool // a table with the columns was there

	depth int   // tables open
	at    []int // places of the columns in this table
	row   []string
	cell  strings.Builder
	open  bool // within a cell
	span  int  // columns that the cell takes
	quiet atom.Atom
	rows  int
}

func (t *tables) token(kind html.TokenType, k html.Token) error {
	if t.quiet != 0 {
		if kind == html.EndTagToken && k.DataAtom == t.quiet {
			t.quiet = 0
		}
		return nil
	}
	switch kind {
	case html.TextToken:
		if t.open && t.cell.Len() < MaxProse {
			t.cell.WriteString(k.Data)
		}
	case html.StartTagToken, html.SelfClosingTagToken:
		return t.start(k)
	case html.EndTagToken:
		return t.end(k)
	}
	return nil
}

func (t *tables) start(k html.Token) error {
	switch k.DataAtom {
	case atom.Script, atom.Style:
		t.quiet = k.DataAtom
	case atom.Table:
		if t.depth++; t.depth == 1 {
			t.at, t.row = nil, nil
		}
	case atom.Tr:
		if t.depth == 1 {
			return t.endRow()
		}
	case atom.Td, atom.Th:
		if t.depth == 1 {
			t.endCell()
			t.open, t.span = true, 1
			for _, a := range k.Attr {
				if n, err := strconv.Atoi(a.Val); a.Key == "colspan" && err == nil && n > 0 {
					t.span = min(n, MaxCells)
				}
			}
		}
	}
	if t.open && block(k.DataAtom) {
		t.cell.WriteByte('\n')
	}
	return nil
}

func (t *tables) end(k html.Token) error {
	switch {
	case k.DataAtom == atom.Table && t.depth > 0:
		if t.depth--; t.depth == 0 {
			err := t.endRow()
			t.at = nil
			return err
		}
	case t.depth == 1 && k.DataAtom == atom.Tr:
		return t.endRow()
	case t.depth == 1 && (k.DataAtom == atom.Td || k.DataAtom == atom.Th):
		t.endCell()
	}
	if t.open && block(k.DataAtom) {
		t.cell.WriteByte('\n')
	}
	return nil
}

func (t *tables) endCell() {
	if !t.open {
		return
	}
	text := strings.TrimSpace(t.cell.String())
	t.cell.Reset()
	t.open = false
	for range t.span {
		if len(t.row) < MaxCells {
			t.row = append(t.row, text)
		}
	}
}

// endRow takes the row for the header or for data.
func (t *tables) endRow() error {
	t.endCell()
	row := t.row
	t.row = nil
	if len(row) == 0 {
		return nil
	}
	if t.at == nil {
		t.at = places(row, t.columns)
		t.found = t.found || t.at != nil
		return nil
	}
	t.rows++
	for _, n := range t.at {
		if n >= len(row) {
			t.c.bad(t.rows, strings.Join(row, " "), "row has no such column")
			return t.c.ctx.Err()
		}
	}
	return t.c.cells(t.rows, row, t.at)
}

// block: text before and after the element is not one word.
func block(a atom.Atom) bool {
	switch a {
	case atom.Br, atom.P, atom.Div, atom.Li, atom.Ul, atom.Ol, atom.Tr, atom.Td, atom.Th, atom.Table, atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6,
		atom.Section, atom.Article, atom.Header, atom.Footer, atom.Option, atom.Dt, atom.Dd, atom.Blockquote, atom.Pre, atom.Hr, atom.Figure:
		return true
	}
	return false
}

// visible gives a page's text; with links, also where its links lead.
func visible(r io.Reader, links bool) (string, error) {
	var b strings.Builder
	var quiet atom.Atom
	z := html.NewTokenizer(r)
	z.SetMaxBuf(MaxProse)
	for {
		kind := z.Next()
		if kind == html.ErrorToken {
			if err := z.Err(); err != io.EOF {
				return "", unread(err)
			}
			return b.String(), nil
		}
		k := z.Token()
		switch {
		case quiet != 0:
			if kind == html.EndTagToken && k.DataAtom == quiet {
				quiet = 0
			}
		case kind == html.TextToken:
			b.WriteString(k.Data)
		case kind == html.StartTagToken && (k.DataAtom == atom.Script || k.DataAtom == atom.Style):
			quiet = k.DataAtom
		case block(k.DataAtom):
			b.WriteByte('\n')
		}
		if !links || kind != html.StartTagToken || k.DataAtom != atom.A {
			continue
		}
		for _, a := range k.Attr {
			if a.Key == "href" && strings.HasPrefix(strings.ToLower(a.Val), "http") {
				b.WriteString(" <" + a.Val + "> ")
			}
		}
	}
}

// unread says what is wrong with a page that could not be cut into tokens.
func unread(err error) error {
	if err == html.ErrBufferExceeded {
		return fmt.Errorf("%w: a token of more than %d bytes", ErrDrift, MaxProse)
	}
	return err
}
