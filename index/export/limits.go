package export

const (
	MaxListed  = 100  // wallets, contacts or addresses in one CSV cell
	MaxComment = 300  // bytes of one value in a header comment
	MaxCell    = 8000 // bytes of one CSV cell; spreadsheets stop at 32,767 characters
	MaxReasons = 50   // different reasons counted apart in Stats
)
