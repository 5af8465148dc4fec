package route

import "time"

const (
	maxFile      = 1 << 30 // bytes of one MMDB file
	sampled      = 500     // records looked at to tell what a file holds
	maxFields    = 12      // named of a file of the wrong kind
	maxAddresses = 8       // of one site
	maxName      = 128     // bytes of a network's name
	maxKnown     = 8192    // answers of Cymru kept
	keepKnown    = 24 * time.Hour
	keepUnknown  = time.Hour
)
