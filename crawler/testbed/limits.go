package testbed

import "time"

// Bounds of what the server does for one peer. Endless answers end when the peer leaves or here.
const (
	maxEndless        = 512 << 20        // bytes of an answer without end
	maxBomb           = 512 << 20        // bytes that a compressed bomb unpacks to
	maxDrip           = 10 * time.Minute // of an answer at one byte a second
	maxInterim        = 1_000_000        // 103 answers before the real one
	maxDNSPacket      = 4096             // bytes of a UDP answer
	bigScriptSize     = 50_000_000       // bytes of a script in one line
	maxFloodAnswers   = 200              // addresses in one DNS answer
	bindTries         = 20               // ports tried until all addresses are free on one
	headerTimeout     = 10 * time.Second // for a peer's request
	shutdownTimeout   = 2 * time.Second  // for requests under way at Close
	maxRequestBody    = 64 << 10         // bytes of a request or message that rules look at
	maxSocket         = 2 * time.Minute  // of one WebSocket that speaks by itself
	maxSocketMessages = 1000             // answered on one WebSocket
	maxMarkNumber     = 1_000_000_000    // in marks
	maxFiller         = 2 << 20          // bytes of a script made up at reading
)
