package verdict

const (
	maxFile    = 1 << 20 // bytes of one data file
	maxFiles   = 64      // of lures
	maxPhrases = 50_000
	maxTerms   = 48 // of one phrase, and of one alternative in it
	maxFaults  = 100

	minGroups = 2   // of reasons that confirm a fake
	leastSide = 0.5 // log odds from which a group says something about a page of few words

	maxPages    = 60        // whose text is read
	maxText     = 512 << 10 // bytes of text read of one site
	maxScripts  = 4 << 20   // bytes of scripts read of one site
	maxEvidence = 200       // bytes of a reason's evidence
	maxRuleHits = 10        // kit rules that become reasons
	maxHitsCode = 12        // places of one reason that are looked at
	maxHits     = 4000      // phrases of one page
)
