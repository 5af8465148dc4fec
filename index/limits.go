package index

const (
	MaxSources     = 20       // kept of one site
	MaxTies        = 2000     // kept of one cluster
	MaxBands       = 64       // of one front end
	MaxNear        = 200      // sites that a new one is compared with at once
	MaxNearHolders = 500      // sites above which an identifier or place does not lead from one to another
	MaxAliases     = 200      // kept of one cluster
	MaxHits        = 10_000   // of one search
	MaxTargets     = 500      // written in one step by AddTargets; longer lists are cut into such steps
	MaxLease       = 1000     // handed out in one call
	MaxRobotsKept  = 16 << 10 // bytes of robots.txt kept with a visit's record
	MaxRunNote     = 2000     // bytes kept of a run's message
	MaxKey         = 600      // bytes of a value one can search for exactly
	MaxKeysOfField = 200      // of one hosting field of one site
	MaxPast        = 200      // facts of hosting over time kept of one site
	MaxHappened    = 100      // changes kept of one site
	MaxNote        = 4000     // bytes of an analyst's note
	maxPastValues  = 20       // of one kind noted in one visit
	MaxDeposits    = 50       // pages with wallets kept of one capture
	MaxNamePast    = 40       // facts kept of a name that was not visited
	minStem        = 6        // letters of a name's stem
	maxName        = 253      // bytes of a host name (RFC 1035)
)
