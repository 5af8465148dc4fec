package ct

import (
	"math"
	"time"
)

const (
	MaxTree       = 1 << 40   // entries of a log: static-ct writes an entry's index in 40 bits
	MaxHead       = 64 << 10  // bytes of a checkpoint or tree head
	MaxProof      = 64 << 10  // bytes of a consistency proof
	MaxTile       = 16 << 20  // unpacked bytes of one data tile, 256 entries
	MaxAnswer     = 32 << 20  // bytes of one answer to get-entries
	MaxList       = 16 << 20  // bytes of a log list
	MaxLogs       = 1000      // logs of one list
	MaxNames      = 10_000    // names of one certificate
	MaxCompanions = 20        // names of a certificate up to which all are somebody's own
	MaxText       = 120       // bytes kept of what a log says, in problems
	MaxMessage    = 1 << 20   // bytes of one certstream message
	MaxCached     = 64        // hash tiles kept of one reading
	MaxBatch      = 1_000_000 // entries of one batch, whatever Options.Batch says
	DefaultBatch  = 8192      // entries between two points to resume from
	AskEntries    = 1000      // of get-entries in one request; servers send what they like
	TilesAhead    = 4         // data tiles asked for before they are needed
	StreamBatch   = 1000      // names of a certstream batch
	StreamSeconds = 2         // or as many seconds

	MaxTries       = 6                // of one request: refused, overloaded, broken off
	HeadTries      = 3                // when a tree head is smaller than the last: a log's servers may not all be up to date
	FirstPause     = time.Second      // before the second try, doubled for each further one
	LongestPause   = time.Minute      // of those, and of a Retry-After that is waited for
	RequestTimeout = 2 * time.Minute  // one request with its body
	StreamSilence  = 90 * time.Second // without a message: a certstream server says something every 30 s
	QuietStream    = 15 * time.Minute // without a batch, the time between two readings included
	StreamPing     = 30 * time.Second
	StreamTries    = 10 // connections in a row on which nothing came

	DefaultSince = time.Hour // how far back a log is read that was never read
	Everything   = time.Duration(math.MaxInt64)
	Horizon      = 400 * 24 * time.Hour // a log for certificates that expire later than this does not matter yet
	StaleHead    = 24 * time.Hour       // the maximum merge delay of today's logs: an older tree head means that the log stands still
	ListEvery    = 24 * time.Hour       // a log list is asked for again
	ListRetry    = 15 * time.Minute     // or sooner where that failed
	QuietLog     = 6 * time.Hour        // a writable log without one entry
)
