package claim

const (
	maxPerDocument = 300      // indicators kept of one document
	maxWord        = 32       // bytes of a word that is compared with a label
	maxGap         = 60       // bytes between a label and its value
	maxGapWords    = 6        // words that may stand between them
	maxSeen        = 200      // bytes kept of a spelling
	maxAddress     = 200      // bytes of a postal address
	maxReturns     = 300      // promised returns looked at in one document
	maxPercents    = 5000     // percentages looked at in one document
	maxPhrase      = 90       // bytes of a promise around its percentage
	maxContext     = 160      // bytes on each side that may say what a percentage is about
	maxPlanWindow  = 280      // bytes on each side of a promise that may hold its plan's amounts
	maxLabel       = 40       // bytes before an amount that may say "minimum"
	maxMoney       = 24       // amounts looked at in such a window
	maxJSON        = 1 << 20  // bytes of structured data that are parsed
	maxJSONDepth   = 12       // levels of it that are walked
	maxJSONNodes   = 20_000   // values of it that are walked
	maxCode        = 16 << 20 // bytes of scripts and data read in one document
	firstYear      = 1850     // of founding years
	lastYear       = 2099
)
