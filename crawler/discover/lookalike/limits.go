package lookalike

const (
	maxHost  = 253 // bytes of a host name, RFC 1035
	maxLabel = 63  // bytes of a label
)
