//go:build !linux

// Package extracttest measures extractors for tests: what work costs, whatever else the machine does.
package extracttest

import "time"

// CPU gives the least time that work takes of three runs. Only Linux tells the time of one thread.
func CPU(work func()) time.Duration {
	best := time.Duration(1<<63 - 1)
	for range 3 {
		start := time.Now()
		work()
		best = min(best, time.Since(start))
	}
	return best
}
