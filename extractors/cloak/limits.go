package cloak

const (
	maxWords    = 30_000 // read of one page
	maxElements = 30_000 // of one page
	maxMarks    = 4000   // files, fields and addresses of one page
	maxWord     = 40     // bytes; longer ones are no words
	maxPiece    = 20 << 10
	maxPayees   = 8    // wallets of one visitor looked for in its pages
	maxPlaces   = 32   // pages and states of one visitor looked at for wallets
	maxViews    = 32   // visitors compared
	maxProbes   = 3    // further looks at one site
	maxSteps    = 16   // lines of a card
	maxLine     = 400  // bytes of a line of a card that holds no address,
	maxLongLine = 2400 // of one that does
	maxNamed    = 90   // bytes of a title within a line
	maxWallets  = 5    // named on a card
	maxClicks   = 6    // named on a card
	maxAgent    = 350  // bytes of a User-Agent
)

// What counts as the same page. Values were set on the generator of the tests; see TestRates.
const (
	fewPairs    = 12   // word pairs below which a page says little,
	fewElements = 25   // elements below which its layout does
	fewWords    = 4    // below which a page with scripts may be one that is still loading
	muchText    = 40   // words of a page that is something of its own
	manyPairs   = 60   // word pairs above which two pages in one language must share some
	manyMarks   = 10   // files, fields and addresses from which they tell
	alikeText   = 0.30 // share of word pairs of pages that say the same
	within      = 0.60 // share of the smaller page's word pairs that stand in the larger,
	partSize    = 0.25 // where that is no scrap of it,
	wholly      = 0.90 // or nearly all of them
	scrapSize   = 0.10 // of a scrap: what came late was not seen yet
	alikeDOM    = 0.60
	alikeMarks  = 0.55
	someText    = 0.12 // with someDOM: neither is enough alone
	someDOM     = 0.40
	foreignText = 0.04 // below it, pages with one layout say different things
)
