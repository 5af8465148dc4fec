package jobs

import "time"

const (
	leaseFor    = 16 * time.Minute // a lease outlives the longest visit: crawl.timeout is at most 8 minutes, looking takes lookWithin
	saveWithin  = 5 * time.Second  // saving or giving back while stopping
	saveAtMost  = 2 * time.Minute  // saving while not
	lookWithin  = 6 * time.Minute  // one site, as all visitors, after the walk
	freshFor    = 72 * time.Hour   // since it was first named: a site is new
	retainEvery = 24 * time.Hour   // between two looks for evidence whose time is over
	joinEvery   = 5 * time.Second  // a visited site waits for its clusters, unless joinAtOnce wait before
	joinWithin  = 2 * time.Minute  // reading and joining joinAtOnce sites
	maxProblems = 5                // problems named in a run's note

	ownCertificate     = 20        // names up to which a certificate is an operator's own
	pivotsOfSite       = 40        // hosts that one site leads to
	maxPivots          = 1_000_000 // hosts remembered as named already in one reading
	countersOfOperator = 20        // rows of numbered names continued
	namesAhead         = 2
	longestCounter     = 6 // digits; longer numbers do not count

	maxShared       = 12 // wallets and numbers of one site looked for on others
	sourcesAtOnce   = 4  // read at the same time
	joinAtOnce      = 64
	maxJoinsWaiting = 4096 // visited sites waiting for their clusters; more are left to the next grouping

	pictureViews   = 3         // of a site that plain HTTP has seen whole
	poorText       = 300       // bytes of visible text below which a site says hardly anything
	ownScript      = 20 << 10  // bytes: larger scripts are bundles and libraries, which ask about visitors everywhere
	searchedScript = 512 << 10 // bytes of one site's markup and scripts searched
)
