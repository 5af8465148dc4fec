package probe

// Bounds of what is asked and kept of an answer; those of time and of record counts stand in package crawler.
const (
	maxTXT         = 2048 // bytes of one text record
	maxSANs        = 200  // names of one certificate
	maxName        = 256  // bytes of a certificate's subject, issuer or name
	maxVerifyError = 512  // bytes
	maxNetworks    = 4    // addresses of one site whose networks registries are asked about
)
