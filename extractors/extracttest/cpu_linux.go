// Package extracttest measures extractors for tests: what work costs, whatever else the machine does.
package extracttest

import (
	"runtime"
	"time"

	"golang.org/x/sys/unix"
)

// CPU gives the processor time that work takes on one thread, the least of three runs. Time on the clock would say how busy the machine
// is. Work must not hand its job to other goroutines.
func CPU(work func()) time.Duration {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	best := time.Duration(1<<63 - 1)
	for range 3 {
		before := used()
		work()
		best = min(best, used()-before)
	}
	return best
}

func used() time.Duration {
	var r unix.Rusage
	if err := unix.Getrusage(unix.RUSAGE_THREAD, &r); err != nil {
		return 0
	}
	return time.Duration(r.Utime.Nano() + r.Stime.Nano())
}
