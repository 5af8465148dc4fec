package archive

import "time"

// Bounds of what is written and of what is read back.
const (
	MaxObject = 1 << 30  // bytes of one object
	MaxLine   = 1 << 20  // bytes of one line of the chain
	maxURI    = 4 << 10  // bytes of an address in a WARC header or an index
	maxOf     = 512      // bytes of what an Object says it shows
	maxHead   = 64 << 10 // bytes of the header of one WARC record

	maxSegment  = 4 << 20 // bytes of a chain file before the next one is begun
	maxSegments = 99_999_999
	maxNamed    = 1000    // objects named by one retention entry
	maxLinks    = 10_000  // lines from the last entry of a bundle to the head that go with it
	maxRecords  = 100_000 // of one visit's WARC
	maxUnpacked = 4 << 30 // bytes of their blocks together
	maxNotes    = 1000    // of one kind that Verify reports singly

	indexBlock = 300 // lines of one compressed block of a bundle's index

	lockFirst = 2 * time.Millisecond // between tries for the lock; doubles to lockLast
	lockLast  = 50 * time.Millisecond
)
