package feed

import "time"

const (
	MaxFeed     = 64 << 20  // bytes of a feed as sent
	MaxUnpacked = 128 << 20 // bytes after gunzip
	MaxLine     = 16 << 10  // bytes of a line; the rest of a longer one is skipped and the line rejected
	MaxTargets  = 2_000_000 // hosts of one feed
	MaxRejected = 1000      // kept of one reading; all are counted
	MaxText     = 200       // bytes kept of a rejected entry
	MaxDepth    = 20        // steps of a JSON path
	MaxNesting  = 1000      // brackets within brackets in JSON
	MaxVersion  = 1 << 10   // bytes of an ETag or a date of a server
	MaxComments = 1000      // comment lines before a CSV header
	MaxProse    = 1 << 20   // bytes of one free text
	MaxFound    = 5000      // hosts of one free text
	maxUser     = 256       // bytes looked at before a name for a scheme and a user
	MaxYAML     = 8 << 20   // bytes of a YAML document, which has to be held
	MaxPage     = 32 << 20  // bytes of an HTML page
	MaxLetter   = 32 << 20  // bytes of a message
	MaxParts    = 200       // parts of a message
	MaxWithin   = 8         // messages within messages
	MaxCells    = 500       // cells of a table's row

	ReadTimeout = 5 * time.Minute // one feed, from request to last byte
)
