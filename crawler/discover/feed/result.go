package feed

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"scamatlas/crawler"
)

// Result is one reading of a feed. Lines == len(Targets) + Duplicates + Bad.
type Result struct {
	Targets    []crawler.Target // each host once, in the feed's order
	Rejected   []Rejected       // the first MaxRejected
	Lines      int              // entries; blank lines and comments are none
	Duplicates int              // entries whose host an earlier one had
	Bad        int              // all rejected entries

	ETag, LastModified string // of a URL, for the next Config
}

// Rejected is one entry that is no host.
type Rejected struct {
	Line int    // from 1; of JSON the number of the entry
	Text string // at most MaxText bytes, as it stood: hostile, escape it when shown
	Why  string
}

// collector turns entries into a Result.
type collector struct {
	ctx       context.Context
	source    string
	reference string
	numbered  bool // references get ":line"
	seen      map[string]bool
	res       Result
}

func newCollector(ctx context.Context, source, reference string) *collector {
	return &collector{ctx: ctx, source: source, reference: reference, seen: map[string]bool{}}
}

// entry takes one host or address as it stands in the feed.
func (c *collector) entry(line int, text string) error {
	c.res.Lines++
	if c.res.Lines%1000 == 0 && c.ctx.Err() != nil {
		return c.ctx.Err()
	}
	t, err := crawler.ParseTarget(text)
	if err != nil {
		c.reject(line, text, reason(err))
		return nil
	}
	if c.seen[t.Host] {
		c.res.Duplicates++
		return nil
	}
	if len(c.res.Targets) >= MaxTargets {
		return fmt.Errorf("%w: more than %d hosts", ErrTooLarge, MaxTargets)
	}
	c.seen[t.Host] = true
	t.Source, t.Reference = c.source, c.reference
	if c.numbered && c.reference != "" {
		t.Reference += ":" + strconv.Itoa(line)
	}
	c.res.Targets = append(c.res.Targets, t)
	return nil
}

// bad counts an entry that could not even be read.
func (c *collector) bad(line int, text, why string) {
	c.res.Lines++
	c.reject(line, text, why)
}

func (c *collector) reject(line int, text, why string) {
	c.res.Bad++
	if len(c.res.Rejected) >= MaxRejected {
		return
	}
	if len(text) > MaxText {
		text = strings.ToValidUTF8(text[:MaxText], "") + "…"
	}
	c.res.Rejected = append(c.res.Rejected, Rejected{Line: line, Text: text, Why: why})
}

// reason is the part of ParseTarget's error that does not repeat the text.
func reason(err error) string {
	if _, why, ok := strings.Cut(err.Error(), crawler.ErrBadTarget.Error()+": "); ok && errors.Is(err, crawler.ErrBadTarget) {
		return why
	}
	return err.Error()
}

// drift says why a reading that went well is of no use, nil when it is.
func (c *collector) drift() error {
	switch {
	case c.res.Lines == 0:
		return fmt.Errorf("%w: no entries", ErrDrift)
	case len(c.res.Targets) == 0:
		first := c.res.Rejected[0]
		return fmt.Errorf("%w: none of %d entries is a host (line %d: %s)", ErrDrift, c.res.Lines, first.Line, first.Why)
	}
	return nil
}
