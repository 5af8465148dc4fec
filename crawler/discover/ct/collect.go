package ct

import (
	"fmt"
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

	batch  crawler.Batch
	seen   map[string]struct{} // hosts of this batch
	untold int                 // problems over MaxProblems
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
	found := false
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
}

// name takes one name as it stands in a certificate and reports whether it is a host. tell: it is a problem when it is not.
func (c *collector) name(e *entry, name []byte, tell bool) bool {
	host, why := appendHost(c.host[:0], name)
	c.host = host
	if why == "" {
		if _, old := c.seen[string(host)]; old {
			return true
		}
		s := string(host)
		if why = site(s); why == "" {
			c.seen[s] = struct{}{}
			c.candidate(e, s)
			return true
		}
	}
	if tell {
		c.problem("entry %d: name %.*q: %s", e.index, MaxText, name, why)
	}
	return false
}

func (c *collector) candidate(e *entry, host string) {
	score, reasons := c.score(host)
	if score < c.threshold {
		return
	}
	c.batch.Targets = append(c.batch.Targets, crawler.Target{
		Host: host, Source: c.source, Reference: c.reference + strconv.FormatInt(e.index, 10),
		Score: score, Reasons: reasons, FirstSeen: time.UnixMilli(e.ms).UTC(),
	})
}

// problem notes what was skipped; the last line of a batch that has too many says how many more there are.
func (c *collector) problem(format string, a ...any) {
	if len(c.batch.Problems) >= crawler.MaxProblems-1 {
		c.untold++
		return
	}
	c.batch.Problems = append(c.batch.Problems, strings.ToValidUTF8(fmt.Sprintf(format, a...), "\ufffd"))
}

// done gives the batch.
func (c *collector) done() crawler.Batch {
	if c.untold > 0 {
		c.batch.Problems = append(c.batch.Problems, fmt.Sprintf("%d more of the kind", c.untold))
	}
	return c.batch
}
