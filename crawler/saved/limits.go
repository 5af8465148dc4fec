package saved

import "scamatlas/crawler"

// Bounds on one saved file. A body inside a container is held to what a visit takes of one answer.
const (
	MaxFile    = 10 * crawler.MaxBody // bytes of a file that is itself the page
	MaxBody    = crawler.MaxBody      // decoded bytes of one entry
	MaxEntries = 200_000              // of one file
	MaxTotal   = 8 << 30              // bytes of one file, after gzip

	maxRaw      = 2*MaxBody + maxHead // bytes of one record or part before its decoding: base64 and chunks take more than they hold
	maxRatio    = crawler.MaxRatio    // decoded to encoded bytes
	ratioFrom   = crawler.RatioFrom
	maxSniff    = 64 << 10 // first bytes looked at to tell the format
	maxHead     = 64 << 10 // bytes of the header of one record, part or answer
	maxFields   = 1000     // lines of it
	maxLine     = 16 << 10 // bytes of one of them
	maxNested   = 4        // messages and multiparts within each other
	maxValue    = 64 << 20 // bytes of JSON of one HAR entry
	maxKey      = 1 << 10  // bytes of a JSON key
	maxMessages = 10_000   // web socket messages of one connection
	maxParams   = 1000     // fields of a posted form
	maxWindow   = 8 << 20  // of zstd: RFC 8878, 3.1.1.1.2
)
