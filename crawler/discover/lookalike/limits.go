package lookalike

const (
	maxHost    = 253 // bytes of a host name, RFC 1035
	maxLabel   = 63  // bytes of a label
	maxWord    = 40  // bytes of a word of the rules
	maxLabels  = 6   // labels looked at: the domain's and those before it
	maxTyped   = 16  // tries for a misspelt word in a label
	maxReasons = 12  // kept of one name, the strongest
)
