package registry

import "time"

// Bounds of asking registries. Their rates are those that registries say they put up with from one address, with room to spare.
const (
	rdapGap  = 500 * time.Millisecond // least time between two questions to one RDAP server
	whoisGap = time.Second            // likewise of a WHOIS server: these ban for less
	maxWait  = 10 * time.Second       // for a server's turn; who would wait longer is told so at once
	maxTries = 2                      // of one question that a server answers with "later"

	defaultHold = time.Minute      // a server that says "later" without saying when is left alone this long
	maxHold     = time.Hour        // a server cannot ask for more
	failHold    = 30 * time.Second // a server that does not answer is left alone this long, so that visits do not wait for it in turn

	keepKnown   = 24 * time.Hour   // a record
	keepUnknown = time.Hour        // that there is no such record
	keepFailure = 10 * time.Minute // a failure, so that a dead server is not asked by every visit
	keepServers = 7 * 24 * time.Hour

	maxEntries = 8192    // registrations kept
	maxTLDs    = 2048    // WHOIS servers kept
	maxServers = 4096    // servers whose turns are kept
	maxBody    = 2 << 20 // bytes of one answer; IANA's list of RDAP servers has 0.1 MiB
	maxWhois   = 128 << 10
	maxLines   = 4000 // of one WHOIS answer
	maxLine    = 1024 // bytes read of one line

	requestTime = 8 * time.Second // one request to an RDAP server with its answer; less than a visit's crawler.ProbeTimeout
	whoisTime   = 8 * time.Second // one WHOIS question

	maxURLs     = 2   // servers of one top-level domain tried
	maxEntities = 200 // looked at in one record
	maxNested   = 6   // levels of entities
	maxList     = 50  // values kept of one kind
	maxText     = 256 // bytes of a name
	maxErr      = 300 // bytes of a failure
)
