package fetch

import (
	"time"

	"scamatlas/crawler"
)

// Bounds of the walk itself; those of one answer stand in package crawler.
const (
	defaultPages      = 20
	defaultDepth      = 3
	defaultDelay      = 100 * time.Millisecond
	defaultPerDomain  = 2
	defaultPerAddress = 8

	maxPageBytes     = 32 << 20 // bodies of all pages of one visit: 16 workers on hostile sites stay under 512 MiB
	maxFrontier      = 2000     // addresses waiting; the least promising are dropped first
	maxSeen          = 20000    // addresses remembered as known in one visit
	maxVariants      = 3        // queries taken for one path
	maxPayVariants   = 10       // the same where the links speak of money: /deposit?coin=BTC shows another wallet than ?coin=TRX
	maxSegmentRepeat = 3        // times one path segment may occur: /a/a/a/a/ is a trap
	maxFailures      = 3        // requests of one visit that hang, then the walk ends; after the entry page at once
	maxTries         = 3        // requests for pages, as a multiple of the pages wanted
	maxErrorPages    = 3        // pages with an error status kept beside the entry page
	maxWireBytes     = 32 << 20 // answers of one visit kept as sent
	maxHeaderFields  = 1000     // header lines kept of one answer
	maxRobotsRules   = 5000
)

// limits are the bounds that tests shorten.
type limits struct {
	dial, tls, header, fetch time.Duration
	body                     int
}

func productLimits() limits {
	return limits{
		dial: crawler.DialTimeout, tls: crawler.TLSTimeout, header: crawler.HeaderTimeout, fetch: crawler.FetchTimeout,
		body: crawler.MaxBody,
	}
}
