package jobs

import (
	"context"
	"testing"
	"testing/synctest"
	"time"
)

// TestOutlast holds what saves a finished visit to its times: long while the server runs, short once it is told to stop.
func TestOutlast(t *testing.T) {
	for name, c := range map[string]struct{ stopAfter, want time.Duration }{
		"the server runs":      {0, saveAtMost},
		"it is told to stop":   {10 * time.Second, 10*time.Second + saveWithin},
		"it was told before":   {1, saveWithin + 1},
		"it stops at the last": {saveAtMost - time.Second, saveAtMost},
	} {
		synctest.Test(t, func(t *testing.T) {
			ctx, stop := context.WithCancel(t.Context())
			defer stop()
			if c.stopAfter > 0 {
				time.AfterFunc(c.stopAfter, stop)
			}
			began := time.Now()
			long, cancel := outlast(ctx)
			<-long.Done()
			cancel()
			if got := time.Since(began); got != c.want {
				t.Errorf("%s: ended after %s, want %s", name, got, c.want)
			}
			synctest.Wait()
		})
	}
}
