package ct

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"scamatlas/crawler"
)

// collector turns entries into one crawler.Batch. Each host is scored once: a precertificate and its certificate have the same names.
type collector struct {
	source    string
	reference string // what stands before the index
	score     Scorer
	threshold float64
	watch     float64 // see Options.Watch

	worth  bool // a name of this entry scores as high as watch
	batch  crawler.Batch
	seen   map[string]bool // hosts of this batch; true: with a score as high as watch
	untold int             // problems over MaxProblems
	names  certNames
	host   []byte
}

// entry takes one entry of the log.
func (c *collector) entry(e *entry) {
	c.batch.Read++
	err := e.err
	if err == nil {
		err = c.names.read(e.der, e.precert)
	}
	if err != nil {
		c.batch.Rejected++
		c.problem("entry %d: %v", e.index, err)
		return
	}
	found, first := false, len(c.batch.Names)
	c.worth = false
	for n, name := range c.names.dns {
		if n == MaxNames {
			c.problem("entry %d: only %d of %d names looked at", e.index, n, len(c.names.dns))
			break
		}
		found = c.name(e, name, true) || found
	}
	if mayBeHost(c.names.common) { // where there are alternative names it must be one of them, and what is not a host is none
		found = c.name(e, c.names.common, len(c.names.dns) == 0) || found
	}
	if !found {
		c.batch.Rejected++
	}
	c.companions(first)
}

// companions drops what the entry has added to Names from first on, but for names that are worth keeping by themselves and, in a
// certificate of few names with such a one, all others: names of one certificate belong together.
func (c *collector) companions(first int) {
	added := c.batch.Names[first:]
	if c.worth && len(c.names.dns) <= MaxCompanions || c.watch < 0 {
		return
	}
	c.batch.Names = append(c.batch.Names[:first], slices.DeleteFunc(added, func(t crawler.Target) bool { return t.Score < c.watch })...)
}

// name takes one name as it stands in a certificate and reports whether it is a host. tell: it is a problem when it is not.
func (c *collector) name(e *entry, name []byte, tell bool) bool {
	host, why := appendHost(c.host[:0], name)
	c.host = host
	if why == "" {
		if worth, old := c.seen[string(host)]; old {
			c.worth = c.worth || worth
			return true
		}
		s := string(host)
		if why = site(s); why == "" {
			c.seen[s] = c.candidate(e, s)
			return true
		}
	}
	if tell {
		c.problem("entry %d: name %.*q: %s", e.index, MaxText, name, why)
	}
	return false
}

// candidate scores a host and reports whether that is as high as watch.
func (c *collector) candidate(e *entry, host string) bool {
	score, reasons := c.score(host)
	worth := score >= c.watch
	c.worth = c.worth || worth
	if score < c.threshold && c.watch == 0 {
		return worth
	}
	t := crawler.Target{
		Host: host, Source: c.source, Reference: c.reference + strconv.FormatInt(e.index, 10),
		Score: score, Reasons: reasons, FirstSeen: time.UnixMilli(e.ms).UTC(),
	}
	if score < c.threshold {
		c.batch.Names = append(c.batch.Names, t)
		return worth
	}
	c.batch.Targets = append(c.batch.Targets, t)
	return worth
}

// problem notes what was skipped; the last line of a batch that has too many says how many more there are.
func (c *collector) problem(format string, a ...any) {
	if len(c.batch.Problems) >= crawler.MaxProblems-1 {
		c.untold++
		return
	}
	c.batch.Problems = append(c.batch.Problems, strings.ToValidUTF8(fmt.Sprintf(format, a...), "\ufffd"))
}

// done gives the batch. Nearly every certificate names a site with "www." in front as well: where it stands without, too, that is one site.
func (c *collector) done() crawler.Batch {
	twice := func(t crawler.Target) bool {
		bare, www := strings.CutPrefix(t.Host, "www.")
		_, there := c.seen[bare]
		return www && there
	}
	c.batch.Targets = slices.DeleteFunc(c.batch.Targets, twice)
	c.batch.Names = slices.DeleteFunc(c.batch.Names, twice)
	if c.untold > 0 {
		c.batch.Problems = append(c.batch.Problems, fmt.Sprintf("%d more of the kind", c.untold))
	}
	return c.batch
}
