package local

import "time"

const (
	maxGroup    = 64               // writes that share one commit
	maxReaders  = 8                // connections that read
	busyTimeout = 10 * time.Second // waited for a lock that another program holds on the file
	chunk       = 64               // sites read in one step of a stream
	upgradeTold = 256 * chunk      // sites brought up to date between two lines of the log
	keyRows     = 16               // rows of one INSERT of keys
	maxText     = 64 << 20         // bytes of one stored text, a bound for damaged files
	facetTop    = 20               // values of a facet
	defaultHits = 100
)
