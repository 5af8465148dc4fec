package feed

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"scamatlas/crawler"
)

// Result is one reading of a feed. Lines == len(Targets) + Duplicates + Bad + Low.
type Result struct {
	Targets    []crawler.Target // each host once, in the feed's order
	Rejected   []Rejected       // the first MaxRejected
	Lines      int              // entries; blank lines and comments are none
	Duplicates int              // entries whose host an earlier one had
	Bad        int              // all rejected entries
	Low        int              // hosts whose names score too little to be targets
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
	numbered  bool   // references get ":line"
	prose     bool   // entries are texts that may name hosts
	own       string // the feed's own domain: what prose says of it is no find
	skip      func(host string) string
	score     func(host string) (float64, []string) // nil: all are targets
	least     float64                               // and those that score less are none
	reasons   []string
	licence   string
	tlp       crawler.TLP
	seen      map[string]bool
	most      int // hosts
	res       Result
}

func newCollector(ctx context.Context, source, reference string) *collector {
	return &collector{ctx: ctx, source: source, reference: reference, seen: map[string]bool{}, most: MaxTargets}
}

// value takes what a feed has in the place it was told to look at: a host, an address, or prose.
func (c *collector) value(line int, text string) error {
	if !c.prose {
		return c.entry(line, text)
	}
	n, err := c.mentions(line, text)
	if n == 0 && err == nil {
		c.bad(line, text, "names no host")
	}
	return err
}

// mentions takes the hosts that a text names and says how many those are.
func (c *collector) mentions(line int, text string) (n int, err error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	for _, f := range ExtractHosts(text) {
		if f.Kind != Site {
			continue
		}
		n++
		name := f.Host
		if f.URL != "" {
			name = f.URL
		}
		if c.own != "" && crawler.RegistrableDomain(f.Host) == c.own {
			c.bad(line, name, "the feed's own site")
			continue
		}
		if err := c.entry(line, name); err != nil {
			return n, err
		}
	}
	return n, nil
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
	if c.skip != nil {
		if why := c.skip(t.Host); why != "" {
			c.reject(line, text, why)
			return nil
		}
	}
	if c.seen[t.Host] {
		c.res.Duplicates++
		return nil
	}
	if len(c.seen) >= c.most {
		return fmt.Errorf("%w: more than %d hosts", ErrTooLarge, c.most)
	}
	c.seen[t.Host] = true
	t.Source, t.Reference, t.Reasons, t.Licence, t.TLP = c.source, c.reference, c.reasons, c.licence, c.tlp
	if c.score != nil {
		var why []string
		if t.Score, why = c.score(t.Host); t.Score < c.least {
			c.res.Low++
			return nil
		}
		t.Reasons = slices.Concat(why, c.reasons)
	}
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
	case len(c.res.Targets)+c.res.Low == 0 && !c.prose: // a week's notices may name no site
		first := c.res.Rejected[0]
		return fmt.Errorf("%w: none of %d entries is a host (line %d: %s)", ErrDrift, c.res.Lines, first.Line, first.Why)
	}
	return nil
}
