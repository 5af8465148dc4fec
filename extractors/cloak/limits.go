package cloak

// Thresholds of likeness. They were set so that honest sites with rotating, personal or localised parts stay one site, and decoys do not.
const (
	sameText   = 0.45 // words alone
	sameFew    = 0.6  // words alone, where there are few
	sameDOM    = 0.55 // build alone: another language, the same page
	likelyText = 0.25 // words and build together
	likelyDOM  = 0.30

	fewWords  = 12 // below which words say little
	fewTokens = 12
	muchMore  = 40 // words beyond twice as many that make a view the one to look at

	maxWords    = 20_000
	longestWord = 40
	maxSteps    = 14  // lines of a card
	maxLine     = 300 // bytes of one line of it
	maxAddress  = 500 // bytes of an address on it
	maxProbes   = 3
)
