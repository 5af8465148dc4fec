package template

// Caps of the token sets. A set that outgrows its cap becomes a bottom-k sketch; at these sizes the estimate of a similarity of
// one half is off by less than 0.02 and the record of a large site stays under 40 KB of JSON.
const (
	MaxTagTokens    = 1024
	MaxClassTokens  = 512
	MaxAssetTokens  = 256
	MaxNameTokens   = 256
	MaxTextTokens   = 1024
	MaxScriptTokens = 512
	MaxMarkTokens   = 256
)

const (
	maxPages        = 12      // documents that make up the fingerprint
	maxLiterals     = 12      // pieces of markup read out of the scripts of a shell
	minLiteral      = 400     // bytes of a string before it is looked at as markup
	maxLiteral      = 1 << 20 // bytes of one decoded string
	maxScanned      = 8 << 20 // bytes of script searched for strings
	maxClass        = 100     // bytes of one class name
	maxWord         = 40      // bytes of one word
	maxLang         = 35      // RFC 5646 asks readers for no more
	minIdentity     = 3       // bytes of a string of a script that may be a route, key or name
	maxIdentity     = 80
	maxFields       = 100 // of one form
	minScreen       = 64  // pixels of a picture's side
	maxScreenPixels = 40 << 20
	minScreenBits   = 4        // of 64 that differ between neighbours before a picture shows something
	minBrand        = 4        // letters of a word before it can be the brand
	shellMaxTags    = 40       // body elements of an empty frame
	shellMaxText    = 200      // bytes of its visible text
	maxNormalise    = 1 << 20  // bytes of a script or style that are normalised; longer files count by their exact bytes
	maxWords        = 200_000  // words read of one site
	maxSeenText     = 20_000   // runs of text remembered to print each once
	maxTextPiece    = 20 << 10 // bytes of one run of text
)
