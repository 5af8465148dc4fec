package backend

const (
	maxPerDocument = 200 // indicators kept of one document
	maxURL         = 512 // bytes read of an address
	maxHost        = 253
	maxKey         = 60  // bytes of a key looked at
	maxNear        = 120 // bytes on each side that may show a request being made
	maxSeen        = 200 // bytes kept of a spelling
	maxBase64      = 400 // characters of an encoded address
	maxLiterals    = 1_000_000
)
