package egress

import (
	"time"

	"scamatlas/crawler"
)

// Bounds of this package; those it shares with the rest of a visit stand in package crawler.
const (
	maxServers     = 3                       // resolvers asked, as in resolv.conf(5)
	maxTries       = 3                       // times one question is sent
	tryTimeout     = 1500 * time.Millisecond // of one try; three of them fit crawler.QuestionTimeout
	udpSize        = 1232                    // bytes of a UDP answer that pass everywhere unfragmented (DNS flag day 2020)
	maxTold        = 2048                    // answers remembered in one visit
	secondWait     = 300 * time.Millisecond  // for the other address family once one has answered
	minTryTime     = time.Second             // a connect gets at least this much of crawler.DialTimeout
	maxOwn         = 4096                    // addresses of our own interfaces
	ownEvery       = time.Minute             // between two looks at our interfaces
	minAllow4      = 8                       // bits; a shorter Allow prefix would switch the guard off
	minAllow6      = 7                       // bits; fc00::/7 is the widest that makes sense
	maxProxyHeader = 16 << 10                // bytes of an upstream proxy's answer
	clientTimeout  = 2 * time.Minute         // one request of Client with its body
	idleTimeout    = 30 * time.Second        // of a kept connection
	maxIdle        = 32                      // kept connections

	forwardConns  = 256                  // of one browser visit at a time
	forwardBytes  = 160 << 20            // from servers in one browser visit
	forwardIdle   = 2 * time.Minute      // of a connection that carries nothing
	forwardLife   = 10 * time.Minute     // of one visit's proxy
	forwardAnswer = crawler.FetchTimeout // until the head of an answer: pages poll for long
)
