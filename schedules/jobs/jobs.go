// Package jobs turns a tick of the schedule into work on the store: discover brings Targets in, visit crawls and saves what is due,
// cluster regroups, export writes lists. It knows the stages by the small interfaces below and builds none of them.
package jobs

import (
	"context"
	"time"

	"scamatlas/crawler"
	"scamatlas/crawler/archive"
)

// Crawler visits one target. The error is non-nil only when ctx ended; then nothing is known about the site.
type Crawler interface {
	Crawl(ctx context.Context, t crawler.Target) (*crawler.Capture, error)
	Enter(ctx context.Context, seen *crawler.Capture, p *crawler.Profile) (*crawler.Capture, error)
	Render(ctx context.Context, c *crawler.Capture, p *crawler.Profile, why string, views int) error
}

// Archive keeps what visits saw.
type Archive interface {
	// ID names the chain.
	ID() string
	// Put keeps one visit; durable on return.
	Put(ctx context.Context, v archive.Visit) (*archive.Entry, error)
	// Retain removes what only visits before a time refer to; the chain says so.
	Retain(ctx context.Context, before time.Time, dry bool) (archive.RetentionResult, error)
}
