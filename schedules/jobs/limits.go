package jobs

import "time"

const (
	leaseFor     = 16 * time.Minute    // a lease outlives the longest visit: crawl.timeout is at most 8 minutes, looking takes lookWithin
	saveWithin   = 5 * time.Second     // saving or giving back while stopping
	saveAtMost   = 2 * time.Minute     // saving while not
	lookWithin   = 6 * time.Minute     // one site, as all visitors, after the walk
	freshFor     = 72 * time.Hour      // since it was first named: a site is new
	rebornWithin = 90 * 24 * time.Hour // between a site that is gone and one of its kind that is news
	retainEvery  = 24 * time.Hour      // between two looks for evidence whose time is over
	joinEvery    = 5 * time.Second     // a visited site waits for its clusters, unless joinAtOnce wait before
	joinWithin   = 2 * time.Minute     // reading and joining joinAtOnce sites
	maxProblems  = 5                   // problems named in a run's note

	pivotOverlap  = 5 * time.Minute // visits may be saved so long after they ended
	resolveWithin = 4 * time.Second // one name beside targets
	sweepNames    = time.Hour       // between two looks for names whose time is over

	ownCertificate     = 20     // names up to which a certificate is an operator's own
	fewHolders         = 50     // sites or names up to which what they share leads from one to the others
	holdingsOfSite     = 60     // values of one site looked for on others
	placesOfSite       = 20     // addresses, or certificates, of one site
	pivotsOfSite       = 100    // hosts that one site leads to
	pivotsAtOnce       = 500    // sites pivoted from in one reading; the others wait for the next
	bloomLeast         = 64     // bytes
	bloomMost          = 48_000 // bytes: in base64 they fit a cursor
	bloomBits          = 10     // of each text
	bloomHashes        = 7
	maxPivots          = 1_000_000 // hosts remembered as named already in one reading
	countersOfOperator = 20        // rows of numbered names continued
	namesAhead         = 2
	longestCounter     = 6 // digits; longer numbers do not count

	maxShared       = 12 // wallets and numbers of one site looked for on others
	sourcesAtOnce   = 4  // read at the same time
	resolveAtOnce   = 64 // names beside targets
	joinAtOnce      = 64
	maxJoinsWaiting = 4096 // visited sites waiting for their clusters; more are left to the next grouping

	pictureViews   = 3         // of a site that plain HTTP has seen whole
	poorText       = 300       // bytes of visible text below which a site says hardly anything
	ownScript      = 20 << 10  // bytes: larger scripts are bundles and libraries, which ask about visitors everywhere
	searchedScript = 512 << 10 // bytes of one site's markup and scripts searched
)
