package elastic

import "time"

// Bounds on what is asked of the server, and how long.
const (
	RequestTimeout = 30 * time.Second // one request with its retries
	MaxTries       = 4                // of one request, within RequestTimeout
	FirstWait      = 200 * time.Millisecond
	MaxWait        = 5 * time.Second // between tries of one request
	SendFirstWait  = 250 * time.Millisecond
	SendMaxWait    = 30 * time.Second // between deliveries while the server is away
	CloseGrace     = 5 * time.Second  // for the delivery under way at Close

	MaxAnswer     = 256 << 20 // bytes of one answer
	MaxErrorText  = 400       // bytes kept of a server's explanation
	MaxBulkBytes  = 5 << 20   // of one bulk request; a single larger document goes alone
	MaxBatch      = 200       // visits of one delivery
	MaxBatchBytes = 5 << 20   // of one delivery, as they stand in the outbox
	MaxGet        = 50        // documents read in one request
	MaxConflicts  = 8         // rounds against others who change the same documents
	MaxBlob       = 64 << 20  // bytes of one packed part of a document, unpacked

	MaxLeaseRounds = 8     // searches of one LeaseDue, when others take its candidates
	MaxCandidates  = 2000  // looked at in one round
	MaxHeldBack    = 10000 // hosts with a visit in our own outbox that LeaseDue leaves out

	MaxListed  = 100      // wallets of a site listed for readers of the raw index
	MaxPrefix  = 100      // bytes of the index prefix
	MaxKeyFile = 16 << 10 // bytes of an API key file
	MaxCAFile  = 1 << 20  // bytes of a CA file

	keepAlive  = "10m" // of a scan between two pages
	sitePage   = 100   // sites read at once, with all they hold
	memberPage = 200
	keyPage    = 2000 // documents of which only keys are read
	facetSize  = 20
	defaultHit = 100
)
