// Package query turns a line of search language into an expression tree, and the tree into SQL for the embedded store and into
// Elasticsearch DSL: both compiled from one tree, so both stores give the same sites.
//
// The language is a small part of Lucene's: words, "phrases", field:value, prefix*, ranges ([a TO b], >=, <, now-7d), AND OR NOT, parentheses.
// Fields and their meaning are listed by Fields. The package does not know what the stores hold beyond those fields.
package query

// Expr is a parsed query. A nil Expr matches everything.
type Expr interface{ expr() }
