package export

const (
	MaxListed   = 100  // wallets, contacts or addresses in one CSV cell
	MaxComment  = 300  // bytes of one value in a header comment
	MaxCell     = 8000 // bytes of one CSV cell; spreadsheets stop at 32,767 characters
	MaxReasons  = 50   // different reasons counted apart in Stats
	MaxGrounds  = 5    // reasons of a verdict in one row
	MaxEvidence = 120  // bytes of what a reason rests on
	MaxLabels   = 127  // names above a host that the safe list is asked for; no host has more labels
)
