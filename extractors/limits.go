package extractors

const (
	MaxIndicators = 5000     // of one site
	MaxSpellings  = 8        // kept of one indicator
	MaxSearchText = 64 << 10 // bytes of visible text kept for search
	MaxPieces     = 200_000  // of one document
	MaxTags       = 200_000  // element names of one document
	MaxAttrs      = 500      // of one element
	MaxReasons    = 40       // of one verdict
	MaxLinks      = 100      // hosts that one site leads to

	shortestMessage = 12 // bytes of a socket's message that is worth reading: heartbeats are shorter

	firstTags = 4096 // room made for the elements and pieces of a document before they are counted
)
