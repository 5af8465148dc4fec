package hosting

const (
	maxNames  = 200 // addresses, names and SANs kept of one list
	maxHeader = 256 // bytes kept of a header value
	maxOrder  = 500 // header lines hashed

	maxOrigins = 30
	maxSPF     = 40 // terms of one SPF record looked at
	minOrigin4 = 24 // bits: wider ranges in an SPF record are a provider's
	minOrigin6 = 64
	maxAddress = 300 // bytes of an address looked at for its host
	jarmLength = 62

	maxTech        = 60       // technologies named of one site
	maxTechPages   = 50       // pages whose headers are looked at
	maxTechBytes   = 96 << 20 // of pages, scripts and styles that are looked through
	shortestMarker = 5        // bytes
)
