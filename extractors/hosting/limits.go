package hosting

const (
	maxNames  = 200 // addresses, names and SANs kept of one list
	maxHeader = 256 // bytes kept of a header value
	maxOrder  = 500 // header lines hashed
)
