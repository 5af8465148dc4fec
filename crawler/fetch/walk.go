package fetch

import (
	"context"
	"errors"
	"net/netip"
	"slices"
	"strings"
	"sync"

	"github.com/gocolly/colly/v2"
	"scamatlas/crawler"
	"scamatlas/crawler/judge"
	"scamatlas/crawler/markup"
)

// Names of bounds in crawler.Capture.Caps.
const (
	capPages     = "pages"
	capDepth     = "depth"
	capLinks     = "links"
	capAssets    = "assets"
	capBytes     = "bytes" // of pages
	capAssetSize = "asset_bytes"
	capTime      = "time" // of the visit, or the site kept too many answers open
	capRedirects = "redirects"
	capURL       = "url"
	capPathLoop  = "path_loop"
	capVariants  = "query_variants"
	capRefusals  = "refusals"
	capWire      = "wire" // bytes kept as sent
	capRate      = "rate" // the site asked us to slow down
)

// walk is one visit:
//
//	enter:   the entry page over https, else http → outcome
//	explore: robots.txt → the entry page's scripts, styles, icons → pages, the weightiest links first → what those load → images
//
// Requests go out in rounds of at most perDomain; results are taken in the order asked, so that two visits of an unchanged
// site see the same. Each round's goroutines end with it.
type walk struct {
	ctx        context.Context
	f          *Fetcher
	c          *crawler.Capture
	visitor    *crawler.Profile
	transport  *transport
	collector  *colly.Collector
	robots     *robotsRules
	robotsOf   string // the host it was read from
	scope      scope
	entry      markup.Document
	frontier   *frontier
	assets     *assetQueue
	pageBytes  int
	errorPages int

	mu       sync.Mutex // guards what requests under way share: c.Caps, c.Refusals, failures
	failures int
	stopped  bool
}

func newWalk(ctx context.Context, f *Fetcher, c *crawler.Capture, p *crawler.Profile) *walk {
	w := &walk{ctx: ctx, f: f, c: c, visitor: p, transport: newTransport(f, p.ChromeMajor() > 0), frontier: newFrontier(), assets: newAssetQueue()}
	w.collector = newCollector(ctx, w.transport, newJar())
	w.scope = scope{crawler.RegistrableDomain(c.Host)}
	if known := parseAddrs(slices.Concat(c.Network.DNS.A, c.Network.DNS.AAAA)); len(known) > 0 {
		w.transport.setAddress(c.Host, known)
	}
	return w
}

// end closes what is open and hands over what was kept of it.
func (w *walk) end() {
	w.transport.close()
	if kept := w.transport.wire; kept != nil {
		kept.mu.Lock()
		defer kept.mu.Unlock()
		w.c.Wire = kept.all
		if kept.full {
			w.cap(capWire)
		}
	}
}

func parseAddrs(texts []string) []netip.Addr {
	var addrs []netip.Addr
	for _, text := range texts {
		if a, err := netip.ParseAddr(text); err == nil {
			addrs = append(addrs, a)
		}
	}
	return addrs
}

// cap notes a bound that was reached, once.
func (w *walk) cap(name string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if name != "" && !slices.Contains(w.c.Caps, name) {
		w.c.Caps = append(w.c.Caps, name)
	}
}

func (w *walk) noteRefusal(err error) {
	var r *crawler.Refusal
	if !errors.As(err, &r) {
		return
	}
	w.mu.Lock()
	full := len(w.c.Refusals) >= crawler.MaxRefusals
	if !full && !slices.Contains(w.c.Refusals, *r) {
		w.c.Refusals = append(w.c.Refusals, *r)
	}
	w.mu.Unlock()
	if full {
		w.cap(capRefusals)
	}
}

// over reports that no further request should be made.
func (w *walk) over() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.stopped || w.ctx.Err() != nil
}

// learn draws conclusions from an answer for the rest of the walk: a site that lets requests hang is left, one that asks
// for patience gets it.
func (w *walk) learn(a *crawler.Response, err error) {
	reason := ""
	w.mu.Lock()
	switch {
	case a.Status == 429 || a.Status == 503 && hasField(a.Header, "Retry-After"):
		reason, w.stopped = capRate, true
	case err != nil && judge.TimedOut(err), a.Truncated == cutTime:
		if w.failures++; w.failures >= maxFailures {
			reason, w.stopped = capTime, true
		}
	}
	w.mu.Unlock()
	w.cap(reason)
}

func hasField(fields []crawler.HeaderField, name string) bool {
	return slices.ContainsFunc(fields, func(f crawler.HeaderField) bool { return strings.EqualFold(f.Name, name) })
}

// standBefore sees whether all that the walk saw is the site's own wall.
func (w *walk) standBefore() {
	if w.c.Outcome != crawler.OK {
		return
	}
	pages := make([]*crawler.Response, len(w.c.Pages))
	for i := range w.c.Pages {
		pages[i] = &w.c.Pages[i].Response
	}
	if reason, walled := w.f.judge.Wall(pages); walled {
		w.c.Outcome, w.c.Reason = crawler.Gated, strings.Trim(reason+"; "+w.c.Reason, "; ")
	}
}
