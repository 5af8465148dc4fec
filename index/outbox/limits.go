package outbox

import "time"

const (
	MaxWaiting = 500_000  // items; at a visit a second that is almost six days without a server
	MaxReason  = 2000     // bytes kept of why an item is dead
	MaxJournal = 64 << 20 // bytes the write-ahead log keeps on disk

	lockWait = 500 * time.Millisecond // for the other process that may be ending just now
)
