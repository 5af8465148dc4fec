package jarm

import "time"

const (
	hellos   = 10
	atOnce   = 2               // connections to one server
	answer   = 1484            // bytes read of an answer, as the reference does
	helloAge = 5 * time.Second // one connection with its answer
)
