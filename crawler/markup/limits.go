package markup

// Bounds on what is kept of one page; crawler.MaxLinks and crawler.MaxTitle are others.
const (
	maxAnchor  = 120      // bytes of link text looked at
	maxAttrs   = 64       // attributes read of one tag
	maxSample  = 16 << 10 // bytes of visible text kept
	maxRefresh = 30       // how long a <meta refresh> may wait and still count as a redirect, in seconds
)
