package jobs

import "time"

const (
	leaseFor    = 10 * time.Minute // a lease outlives the longest visit (crawl.timeout is at most that long)
	saveWithin  = 5 * time.Second  // saving or giving back while stopping
	maxProblems = 5                // problems named in a run's note
)
