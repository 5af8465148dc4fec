package render

import "time"

// Bounds of the browser pool, beside those of one visit in package crawler.
const (
	startTimeout  = 15 * time.Second       // from the start of a process to its first answer
	callTimeout   = 5 * time.Second        // one question to a page, or one picture of it
	closeTimeout  = 3 * time.Second        // letting go of a site's browser context
	killTimeout   = 5 * time.Second        // until the last process of a killed browser is gone
	enterTimeout  = 12 * time.Second       // until a page answers with its first bytes
	settleTimeout = 8 * time.Second        // waiting for a page that answered to come to rest
	settleLongest = 12 * time.Second       // … on a slow machine
	quietTime     = 400 * time.Millisecond // without requests and new elements: at rest
	lookInterval  = 50 * time.Millisecond  // between two questions whether a page is at rest
	longRequest   = 3 * time.Second        // a request under way for longer is no reason to wait: long polling, a stream
	socketGrace   = 1500 * time.Millisecond
	hastyViews    = 3                       // a look at no more views does not wait for what comes late
	lateWait      = 1600 * time.Millisecond // on the entry page, for what timers show
	blankWait     = 4 * time.Second         // given to a blank page to show something
	stuckAfter    = 6 * time.Second         // a script that does not let go for so long is ended
	usualOpen     = 250 * time.Millisecond  // until an empty page is open, on a machine that has the time; the waiting above is for that
	maxPace       = 3                       // times the waiting on a slower machine, at most

	idleTime      = time.Minute     // a browser without work is ended
	firstBackoff  = 2 * time.Second // after a start that failed; doubles
	lastBackoff   = 2 * time.Minute
	watchInterval = 500 * time.Millisecond

	defaultRecycle = 50
	defaultAge     = 30 * time.Minute
	defaultMemory  = 3 << 29 // 1.5 GiB
	defaultUser    = 65534   // nobody
	defaultViews   = 12

	heapMiB             = 512      // of one page's scripts; then its process ends itself
	maxMessage          = 48 << 20 // bytes of one message of the browser; a longer one is dropped
	maxPrinted          = 16 << 10 // bytes kept of what a browser printed at its start
	maxFrames           = 24       // frames and workers of one site that are listened to; what is more stays as it began
	maxWorkers          = 6        // of them: each may keep a core busy for as long as the page stands
	maxNavigations      = 25       // documents of the page itself in one view
	maxRestless         = 4        // … in one that does not come to rest
	maxGone             = 2        // documents that came while a page was read, after which it is read again
	maxElements         = 50_000   // of a page that goes on making them; then its scripts are ended
	maxRestlessElements = 10_000   // … of one that does not come to rest
	maxSameDoc          = 300      // changes of the address without a new document
	maxDialogs          = 15       // boxes answered; the script that opens more is ended
	maxPopups           = 20
	maxLogs             = 2000             // lines printed to the console
	maxLogged           = 8 << 20          // bytes of them
	maxBodiesAhead      = 4                // bodies read at a time
	maxSaid             = 4 << 20          // bytes of all messages of sockets kept
	maxSteps            = 40               // steps taken from one page
	maxCodes            = 12               // pictures of possible codes of one view
	plainPixels         = 40               // pixels to a byte of a picture, at least, when it is of one colour: Chromium's fast PNG needs one for about 200
	codePixels          = 480              // of the shorter side of a picture of a code, about
	maxCodeScale        = 6                // small codes are drawn larger, not by more
	drainTimeout        = 3 * time.Second  // waiting for bodies before a page is left
	stepTimeout         = 20 * time.Second // one step of the exploration
)
