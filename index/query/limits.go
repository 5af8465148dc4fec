package query

const (
	MaxQuery  = 8000      // bytes of a query
	MaxTerms  = 50        // words, values and ranges of one query; each becomes at most 14 clauses, Elasticsearch takes 1,024
	MaxDepth  = 25        // parentheses and NOTs within each other
	MaxValue  = 600       // bytes of one value
	MinPrefix = 2         // characters before the *
	MaxWord   = 64        // runes of a word; longer ones are cut, in texts and in queries alike
	MaxWords  = 40_000    // of one text
	MaxText   = 256 << 10 // bytes of one text looked at

	minYear   = 1000
	maxYear   = 9998
	maxOffset = 100 * 366 * 24 // hours that now- goes back
)
