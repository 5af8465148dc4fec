package tracker

const (
	maxPerDocument = 500    // indicators kept of one document
	maxToken       = 128    // bytes of a run that is looked at; longer ones are data
	maxAddress     = 512    // bytes read of a link behind its host
	maxGap         = 40     // bytes between a name and the value it is given
	maxNear        = 400    // bytes looked at on each side for the vendor's name
	maxNearLooks   = 20_000 // such looks in one document
	maxTXT         = 50     // DNS records read
)
