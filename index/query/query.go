// Package query turns a line of search language into an expression tree, and the tree into SQL for the embedded store and into
// Elasticsearch DSL: both compiled from one tree, so both stores give the same sites.
//
// The language is a small part of Lucene's: words, "phrases", field:value, prefix*, ranges ([a TO b], >=, <, now-7d), AND OR NOT -, parentheses.
// Fields and their meaning are listed by Fields. The package does not know what the stores hold beyond those fields.
package query

import (
	"fmt"
	"strings"
)

// Expr is a parsed query. A nil Expr matches everything. String gives query text that Parse reads back as the same tree.
type Expr interface {
	fmt.Stringer
	expr()
}

type (
	// And matches where all of its parts do.
	And struct{ Of []Expr }
	// Or matches where one of its parts does.
	Or struct{ Of []Expr }
	// Not matches where its part does not.
	Not struct{ Of Expr }
	// Word is text without a field, bare or "quoted". It matches its words, one after the other, in title, text or host name, and the
	// exact value (Prefix: the beginning) of what one would paste to pivot on, see pasted. Prefix looks at title, text and host name
	// only where Value is a single word.
	Word struct {
		Value  string
		Prefix bool
	}
	// Term matches one exact value (Prefix: the beginning) of a Keyword field, or one word of a Text field.
	// In Keyword fields that are not folded it matches the value as given and in lower case.
	Term struct {
		Field, Value string
		Prefix       bool
	}
	// Phrase matches words that stand one after the other in a Text field.
	Phrase struct {
		Field string
		Words []string
	}
	// Range matches Time and Number fields.
	Range struct {
		Field    string
		From, To Bound
	}
	// Bound is one end of a Range: a time or whole number as text, "" for no end. Open leaves the value itself out. A time without its
	// smaller parts means the whole day, minute or second: [2026-11-01 TO 2026-11-30] holds all of the 30th.
	Bound struct {
		Value string
		Open  bool
	}
)

func (And) expr()    {}
func (Or) expr()     {}
func (Not) expr()    {}
func (Word) expr()   {}
func (Term) expr()   {}
func (Phrase) expr() {}
func (Range) expr()  {}

// pasted lists the Keyword fields that text without a field is compared with.
var pasted = [...]string{"host", "wallet", "contact", "tracker", "ip", "kit", "operator", "cert", "spki", "favicon", "domhash"}

// wordFields lists where text without a field is searched: the Text fields and the words of the host name.
var wordFields = [...]string{"title", "text", "host"}

func (e And) String() string { return joined(e.Of, " ") }
func (e Or) String() string  { return joined(e.Of, " OR ") }
func (e Not) String() string { return "NOT " + inner(e.Of) }

func joined(of []Expr, by string) string {
	parts := make([]string, len(of))
	for i, e := range of {
		parts[i] = inner(e)
	}
	return strings.Join(parts, by)
}

// inner writes e as part of a larger expression.
func inner(e Expr) string {
	switch e.(type) {
	case And, Or:
		return "(" + e.String() + ")"
	}
	return e.String()
}

func (e Word) String() string { return quoted(e.Value, true) + star(e.Prefix) }
func (e Term) String() string { return e.Field + ":" + quoted(e.Value, false) + star(e.Prefix) }
func (e Phrase) String() string {
	return e.Field + ":" + quoted(strings.Join(e.Words, " "), false)
}

func (e Range) String() string {
	switch {
	case e.From.Value == "" && e.To.Value != "":
		return e.Field + ":<" + equals(e.To) + e.To.Value
	case e.To.Value == "" && e.From.Value != "":
		return e.Field + ":>" + equals(e.From) + e.From.Value
	}
	left, right := "[", "]"
	if e.From.Open {
		left = "{"
	}
	if e.To.Open {
		right = "}"
	}
	return e.Field + ":" + left + orAny(e.From.Value) + " TO " + orAny(e.To.Value) + right
}

func equals(b Bound) string {
	if b.Open {
		return ""
	}
	return "="
}

func orAny(v string) string {
	if v == "" {
		return "*"
	}
	return v
}

func star(prefix bool) string {
	if prefix {
		return "*"
	}
	return ""
}

// quoted gives v as it can stand in a query; bare says that no field stands before it.
func quoted(v string, bare bool) string {
	plain := v != "" && !(bare && (isOperator(v) || v[0] == '-' || strings.Contains(v, ":")))
	for i := 0; i < len(v) && plain; i++ {
		c := v[i]
		plain = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.IndexByte(".-_@+/:#=%", c) >= 0
	}
	if plain {
		return v
	}
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(v) + `"`
}

func isOperator(v string) bool { return v == "AND" || v == "OR" || v == "NOT" }

// NamesQueued reports whether the query names outcome:queued anywhere. Only then do hosts that were never visited belong to its answer.
func NamesQueued(e Expr) bool {
	switch e := e.(type) {
	case And:
		return anyQueued(e.Of)
	case Or:
		return anyQueued(e.Of)
	case Not:
		return NamesQueued(e.Of)
	case Term:
		return e.Field == "outcome" && e.Value == queued && !e.Prefix
	}
	return false
}

const queued = "queued"

func anyQueued(of []Expr) bool {
	for _, e := range of {
		if NamesQueued(e) {
			return true
		}
	}
	return false
}

// Visible gives the query that a store runs for e: e itself when it names outcome:queued, else e without hosts never visited.
func Visible(e Expr) Expr {
	if NamesQueued(e) {
		return e
	}
	visited := Not{Term{Field: "outcome", Value: queued}}
	switch e := e.(type) {
	case nil:
		return visited
	case And:
		return And{append(append([]Expr(nil), e.Of...), visited)}
	}
	return And{[]Expr{e, visited}}
}
