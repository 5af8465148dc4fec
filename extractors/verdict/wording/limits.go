package wording

const (
	maxFile     = 1 << 20   // bytes of a data file
	maxConcepts = 1000      // of a list
	maxTerms    = 100_000   // of a model
	maxBytes    = 512 << 10 // of text read of one site
	maxRun      = 64        // bytes of a word; longer ones are cut off
	maxTogether = 12        // concepts of one sentence that are paired
	maxSentence = 30        // tokens that short pieces are joined to
	shortPiece  = 6         // tokens: the cells of a table, the lines of a card
	maxSpan     = 60        // bytes of a term's evidence
	maxWords    = 5         // terms that are named
)
