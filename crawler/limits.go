package crawler

import "time"

// Bounds on what one visit takes from a site. Values come from measurements of hostile pages: a body of 5 MiB holds every real
// page seen, a parser needs 3 s at most for it, and a browser gives up on headers at the same size.
const (
	MaxURL         = 2048    // bytes of an address, ours or a site's
	MaxBody        = 5 << 20 // decoded bytes of one response
	MaxRatio       = 200     // decoded to encoded bytes, looked at past RatioFrom
	RatioFrom      = 1 << 20 // decoded bytes before the ratio counts
	MaxHeaderBytes = 256 << 10
	MaxInterim     = 5        // 1xx answers before the real one
	MaxHops        = 10       // redirects of one request
	MaxLinks       = 5000     // links read from one page
	MaxAssets      = 120      // scripts, styles, icons, images of one site
	MaxAssetBytes  = 12 << 20 // of all assets of one site
	MaxRobots      = 512 << 10
	MaxCookies     = 50
	MaxCookieBytes = 16 << 10
	MaxTitle       = 1024
	MaxRefusals    = 50 // refused connections kept for one visit
	MaxDialTries   = 4  // addresses tried for one connection
	MaxRecords     = 50 // DNS records of one type kept
	MaxCNAMEs      = 10
	MaxWire        = MaxBody + MaxHeaderBytes // bytes of one answer kept as sent
	MaxDOM         = 4 << 20                  // bytes of one rendered page
	MaxViews       = 24                       // states of pages looked at with one profile
	MaxAnswers     = 600                      // requests of one rendered visit kept
	MaxAnswerBytes = 48 << 20                 // their bodies together
	MaxSent        = 64 << 10                 // bytes of a request's body
	MaxSockets     = 20
	MaxFrames      = 200      // of one socket
	MaxFrame       = 64 << 10 // bytes of one message
	MaxStored      = 500      // keys of a site's storage
	MaxShotHeight  = 8000     // CSS pixels of a full-page picture
	MaxShots       = 60       // pictures of one rendered visit
	MaxCursor      = 64 << 10 // bytes in which a source of targets remembers where it was
	MaxProblems    = 50       // told of one batch of targets
	MaxNoted       = 50       // dialogs, popups, downloads, permissions kept, each

	DialTimeout     = 5 * time.Second
	TLSTimeout      = 5 * time.Second
	HeaderTimeout   = 10 * time.Second
	FetchTimeout    = 20 * time.Second // one request with its body
	QuestionTimeout = 5 * time.Second  // one question with its retries
	ProbeTimeout    = 15 * time.Second // all questions of one site
	VisitTimeout    = 3 * time.Minute  // one site, all pages and assets
	ViewTimeout     = 30 * time.Second // one page in a browser, closing counted
	RenderTimeout   = 90 * time.Second // one site in a browser with one profile
)
