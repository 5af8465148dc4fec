package query

import (
	"fmt"
	"strings"
	"time"
	"unicode/utf8"
)

// SQL compiles e for the embedded store's schema: a condition over the table site (id, first_seen, last_visit, last_live,
// registered in milliseconds or NULL, visits, wallets, points), the table key (field, value, site) that holds the values of Keyword
// fields, and the FTS5 table words (title, text, host). now is what "now" means.
func SQL(e Expr, now time.Time) (where string, args []any, err error) {
	c := sqlCompiler{now: now}
	if e == nil {
		return "1", nil, nil
	}
	if err := c.expr(e); err != nil {
		return "", nil, err
	}
	return c.out.String(), c.args, nil
}

type sqlCompiler struct {
	now  time.Time
	out  strings.Builder
	args []any
}

func (c *sqlCompiler) add(sql string, args ...any) {
	c.out.WriteString(sql)
	c.args = append(c.args, args...)
}

func (c *sqlCompiler) expr(e Expr) error {
	switch e := e.(type) {
	case And:
		return c.list(e.Of, " AND ", "1")
	case Or:
		return c.list(e.Of, " OR ", "0")
	case Not:
		c.add("NOT ")
		return c.expr(e.Of)
	case Word:
		c.word(e)
	case Phrase:
		c.match(e.Field, phrase(e.Words, false))
	case Term:
		f, ok := Lookup(e.Field)
		switch {
		case ok && f.Kind == Text:
			c.match(e.Field, phrase([]string{e.Value}, e.Prefix))
		case ok && f.Kind == Keyword:
			c.keys([]string{e.Field}, e.values(f), e.Prefix)
		default:
			return fmt.Errorf("field %q has no such values", e.Field)
		}
	case Range:
		f, s, err := e.resolve(c.now)
		if err != nil {
			return err
		}
		// A missing time must make the condition false, not NULL: NOT would lose the site.
		c.add("(site."+f.Column()+" IS NOT NULL AND site."+f.Column()+" >= ? AND site."+f.Column()+" < ?)", s.from, s.to)
	default:
		return fmt.Errorf("cannot compile %T", e)
	}
	return nil
}

func (c *sqlCompiler) list(of []Expr, by, empty string) error {
	if len(of) == 0 {
		c.add(empty)
		return nil
	}
	for i, e := range of {
		c.add([]string{by, "("}[b2i(i == 0)])
		if err := c.expr(e); err != nil {
			return err
		}
	}
	c.add(")")
	return nil
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

func (c *sqlCompiler) word(e Word) {
	c.add("(")
	if words := e.words(); len(words) > 0 {
		c.add("site.id IN (SELECT rowid FROM words WHERE words MATCH ?) OR ", phrase(words, e.Prefix))
	}
	c.keys(pasted[:], e.values(), e.Prefix)
	c.add(")")
}

// match searches one column of the FTS5 table.
func (c *sqlCompiler) match(column, phrase string) {
	c.add("site.id IN (SELECT rowid FROM words WHERE words MATCH ?)", "{"+column+"} : "+phrase)
}

// phrase writes an FTS5 phrase; words hold letters, digits and marks only, but a tree built by hand may hold anything.
func phrase(words []string, prefix bool) string {
	return `"` + strings.ReplaceAll(strings.Join(words, " "), `"`, `""`) + `"` + star(prefix)
}

// keys finds sites with one of values in one of fields.
func (c *sqlCompiler) keys(fields, values []string, prefix bool) {
	c.add("site.id IN (SELECT site FROM key WHERE field IN (")
	c.marks(fields)
	if !prefix {
		c.add(") AND value IN (")
		c.marks(values)
		c.add("))")
		return
	}
	c.add(") AND (")
	for i, v := range values {
		if i > 0 {
			c.add(" OR ")
		}
		c.add("value >= ?", v)
		if end, ok := after(v); ok {
			c.add(" AND value < ?", end)
		}
	}
	c.add("))")
}

func (c *sqlCompiler) marks(values []string) {
	for i, v := range values {
		c.add([]string{",?", "?"}[b2i(i == 0)], v)
	}
}

// after gives the first string in byte order that is greater than all with this prefix; false when there is none.
func after(prefix string) (string, bool) {
	for prefix != "" {
		r, n := utf8.DecodeLastRuneInString(prefix)
		prefix = prefix[:len(prefix)-n]
		if r++; r == 0xD800 {
			r = 0xE000
		}
		if r <= utf8.MaxRune {
			return prefix + string(r), true
		}
	}
	return "", false
}

// values gives the spellings of a Keyword value that the index may hold.
func (e Term) values(f Field) []string {
	if f.Fold {
		return []string{strings.ToLower(e.Value)}
	}
	return typedOrLower(e.Value)
}

func (e Word) values() []string { return typedOrLower(e.Value) }

func typedOrLower(v string) []string {
	if lower := strings.ToLower(v); lower != v {
		return []string{v, lower}
	}
	return []string{v}
}

// words gives what a Word searches for in title, text and host name; nothing for a prefix that is not a single word.
func (e Word) words() []string {
	if e.Prefix && !oneWord(e.Value) {
		return nil
	}
	return Words(e.Value)
}
