package link

const (
	maxRead  = 20_000 // links of one site read
	maxHosts = 1000   // told apart before they are put in order
)
