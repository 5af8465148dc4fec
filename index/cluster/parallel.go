package cluster

import (
	"runtime"
	"sync"
	"sync/atomic"
)

// parallel calls fn once for every i below n, on as many goroutines as there are processors, and waits for all. Each worker has a
// number, for scratch space of its own. What fn writes must depend on i alone, so that the outcome does not depend on the machine.
func parallel(n int, fn func(worker, i int)) {
	workers := min(runtime.GOMAXPROCS(0), n)
	if workers < 2 {
		for i := range n {
			fn(0, i)
		}
		return
	}
	var next atomic.Int64
	var wait sync.WaitGroup
	for w := range workers {
		wait.Go(func() {
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				fn(w, i)
			}
		})
	}
	wait.Wait()
}
