package wallet

import "scamatlas/extractors"

const (
	minToken   = 14  // shortest address of any form read here: a two-byte witness program
	maxToken   = 140 // longest: a Litecoin MWEB address; longer runs are blobs
	maxUnified = 400 // but Zcash's unified addresses: four receivers
	hexZeros   = 4   // zeros that may be left away from the start of an Aptos account
	minJoinLen = 26  // shorter pieces cannot hold an address put together from parts

	beforeWindow = 200 // bytes before an address that may name its chain
	hashWindow   = 64  // bytes before 64 hex digits, mostly a hash, that must name NEAR
	nameWindow   = 80  // bytes before a name or a number that must name its chain
	afterWindow  = 72  // bytes after it
	tagWindow    = 160 // bytes after it that may hold its destination tag
	roleWindow   = 28  // bytes before it that may say "contract" or "e.g."
	urlWindow    = 160 // bytes before it in which the host of its link must begin
	contextReach = 40  // pieces of any kind to look through for them
	contextSteps = 6   // pieces to walk back, or on, for these windows
	maxWordRun   = 24  // letters and digits in a row; what is longer is no word and may be an address
	pageWords    = 256 << 10

	maxFound     = extractors.MaxIndicators // different addresses of one document
	maxSightings = 200                      // of one address in one document that are looked at
	listRun      = 5                        // more addresses than this in one array are a list
	listTotal    = 40                       // more payees than this in one script or reply are a list, however it is written
	maxRepeat    = 4                        // times a digit follows itself in what is still random
	maxLiteral   = 400                      // bytes of a script literal that is decoded
	minCodes     = 3*minJoinLen - 1         // bytes of a list of as many character codes
	escapeGap    = 64                       // bytes without an escape that end an escaped text
	maxChain     = 64                       // literals put together
	minPart      = 4                        // of an address broken over lines: its first line
	maxLines     = 4
	minGroups    = 4 // blank-separated groups put together
	maxGroupLen  = 10
)

// blanks are what may stand around a part of an address.
const blanks = " \t\r\n\f\u00a0"
