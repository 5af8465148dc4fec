package rule

const (
	MaxRules = 10_000
	MaxFile  = 1 << 20 // bytes of one rule file

	maxValues    = 1000    // of one field of one selection
	maxDepth     = 50      // parentheses and nots of a condition
	maxNeeds     = 32      // pieces of which an expression needs one
	maxPattern   = 4 << 10 // bytes of one value
	maxText      = 1 << 20 // bytes of one text of a field that are searched
	maxTexts     = 400     // texts of one field
	maxEvidence  = 20
	aroundSeen   = 40 // bytes shown on either side of what fitted
	longestMatch = 120
)
