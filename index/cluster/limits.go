package cluster

// Front ends. The figures were chosen on labelled sets of edited copies of public themes, and hold over a wide range there.
const (
	// DefaultKitCut is the mean similarity at which kit families are cut. Groups are right from 0.35 to 0.5; below, sites with a
	// common ancestor (one theme author, one stock page) flow together, above, heavily edited copies fall out.
	DefaultKitCut = 0.40
	// copies is the mean similarity of near copies, which count as one holder when tokens are weighed.
	copies = 0.6
	// lone is the similarity a single signal must reach to count without a second one beside it.
	lone = 0.8
	// loneScript is the same for what scripts are made of: names of one's own, which nobody hits upon by chance.
	loneScript = 0.35
	// agrees is the similarity from which a signal counts as a second one.
	agrees = 0.1
	// related is the score from which a pair is shown as related though it may not be grouped.
	related = 0.1

	// leastWeight is what a token weighs at least while near copies are looked for: where a kit makes up most of the store, its tokens
	// are common until its copies are known to be one.
	leastWeight = 1.0

	maxKept    = 128 // smallest hashes of a set that are compared, a power of two; larger sets are sketches, which are off by 0.04 in the middle
	minTags    = 12  // element 5-grams a front end has at least
	minAssets  = 2   // or files
	minScript  = 20  // or routes, keys and the like in its scripts
	background = 30  // sites imagined beside the store's own, so that weights mean something in a store of five
	// beyond is how many sites are imagined beside a new one's neighbours: most of these may be of one kit, whose tokens are rare in
	// the store they come from. With 100 loosely edited copies fall out, with 1000 what sites everywhere have in common joins.
	beyond = 300
	likest = 16 // sites of a family that a new one is compared with: those it is most like
)

// Honest sites on the public design that a kit was made from.
const (
	tying       = 0.5  // base weight of what ties a site to others that show wallets
	minCopies   = 2    // sites that show wallets, or are tied to such, for a family to be a kit's
	minStock    = 5    // clean sites for a family to be one of a public design
	guestShare  = 0.8  // of the copies' likeness to each other that a clean site must reach in one signal to be one of them
	guestHeads  = 16   // copies that it is compared with
	sameWords   = 0.05 // likeness of texts from which sites say something in common
	minWords    = 30   // 3-grams of words from which a site says something
	telling     = 0.2  // likeness of copies from which a signal can tell
	publicShare = 20   // one in so many clean sites holds a token of the public design
)

// Pairs looked at. All pairs of a million sites would take years.
const (
	alwaysSampled   = 500  // holders up to which a token leads to candidates in any store
	sampledShare    = 0.01 // of the store: holders up to which it does in a large one
	filesShare      = 0.2  // the same for files: the frames of a large kit are known by little else
	sampleTokens    = 24   // tokens of one set looked up for candidates
	weightSteps     = 10   // in which the weight of a sampled token is counted
	weighsOf        = 20   // of what a site's sampled tokens weigh, one part in so many it has to share with another
	likeness        = 0.6  // of the cut: what the samples have to say of two sites for them to be compared
	bandTrust       = 0.9  // how far LSH bands in common go towards that
	maxPostings     = 64   // sites found through one token or band
	maxListed       = 32   // sites of one component that others are compared with to see whether they belong to it
	maxCompared     = 8    // candidates that turn out to be unlike before a search is given up
	maxLinked       = 1000 // sites linked pair by pair; larger components are condensed first
	maxCopiesLinked = 250  // the same when only near copies are looked for
	headsTried      = 64   // heads that a site of a huge component without one of its own is compared with
	maxTreed        = 200  // sites of one family whose ties are its maximum spanning tree
	fanned          = 16   // sites of a larger family that the others are tied to
	block           = 1024 // sites searched for at the same time
	recentRoom      = 64   // places for each of them in the table of what they have sampled
	MaxJoined       = 100  // neighbours that a new site is grouped with at once
	fewRows         = 24   // sites from which all pairs are compared token by token
	aside           = 64   // sites of a component from which its rows, not components, are shared among processors
)

// People. An identifier alone joins when it weighs exclusive or more, several from different groups when they sum to joined.
const (
	exclusive = 0.8
	joined    = 1.0
	rounding  = 1e-6

	weightWallet  = 1.0
	weightBackend = 0.9
	weightTracker = 0.8
	weightCert    = 0.8
	weightContact = 0.7
	weightAddress = 0.4
	weightOrigin  = 0.3 // an address that may be the server behind a CDN
	weightBirth   = 0.2 // name servers, registrar and day of registration together
	// Claims and backends never join alone, whatever they weigh: they are copied with the kit.
	weightCompany = 0.5
	weightLicence = 0.4
	weightPostal  = 0.3
	// unsure lowers an account or contact that was read with less than high confidence, so that it needs a second witness.
	unsure = 0.8
	// weightAgreed is what an account or contact weighs that sites of several kits with equal wallets share: the operator's own.
	weightAgreed = 0.95
	// weightKitwide is what an identifier weighs that a whole kit carries and nobody else: the kit's author may have left it there.
	weightKitwide = 0.4

	kitwide          = 0.8 // share of a kit's sites that makes an identifier one of the kit
	fewHolders       = 20  // sites up to which an identifier is as telling as one of two sites
	maxWalletHolders = 500 // sites above which a wallet no longer joins alone: an exchange, a processor, a joke
	maxPaired        = 100 // holders of an identifier that are looked at pair by pair
	crowd            = 4   // unconnected parties behind one address or certificate that make it shared hosting
	maxTiesPerEdge   = 6   // reasons kept for one pair of sites
	maxImitators     = 100 // sites named that look like an honest one
	maxNamed         = 10  // other hosts in a certificate; one with more is a server's of many customers
	maxLineage       = 50  // events kept of one cluster

	alarmJoin   = 20 // sites above which two clusters are not joined without being asked
	alarmGrowth = 10 // times its size, at least alarmJoin, that a cluster may grow to
	maxAlarmed  = 20 // clusters named in one alarm
)
