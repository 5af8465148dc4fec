package contact

const (
	maxPerDocument = 2000 // indicators kept of one document
	maxAddress     = 512  // bytes read of a link behind its host or scheme
	maxHost        = 40   // bytes of a host looked at; the longest known one is shorter
	maxLocal       = 64   // bytes of a mailbox name (RFC 5321, 4.5.3.1.1)
	maxDomain      = 253  // bytes of a mail domain
	maxEmail       = 254  // bytes of an address (RFC 5321, erratum 1690)
	maxSeen        = 200  // bytes kept of a spelling
	maxCFEmail     = 600  // hex digits of a Cloudflare-hidden address
	maxLine        = 300  // bytes looked back for the start of a comment
	minPhone       = 7    // digits of a number with country code
	maxWritten     = 32   // bytes of a number as people write it
	maxNumbers     = 1000 // numbers in the text of one document that are looked at by the rules of their country
	maxGroups      = 8    // groups of digits in it
	maxPieced      = 4 << 20
	maxSigns       = 2000      // signs of a script looked at for addresses put together
	maxOperands    = 6         // strings and names that may be joined on one side
	maxAssigned    = 256 << 10 // bytes of a script searched for what a name is set to
	maxPlaces      = 20        // places of the name looked at
	maxPhone       = 15        // digits (ITU-T E.164)
)
