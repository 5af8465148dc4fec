package schedules

import "time"

const (
	sweepEvery   = 30 * time.Second // runs of dead machines are found within this after their claim ends
	claimFor     = 2 * time.Minute  // a run is claimed for this long, renewed at a third of it
	recordWithin = 5 * time.Second  // writing the end of a run while stopping
	maxMissed    = 100_000          // due times looked at when catching up
)
