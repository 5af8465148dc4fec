package index

import (
	"maps"
	"slices"
	"strings"
	"time"

	"scamatlas/crawler"
	"scamatlas/extractors"
)

// NewVisit makes what SaveVisit takes from what a visit saw and what was found in it. next is when the host is due again.
func NewVisit(l Lease, c *crawler.Capture, f *extractors.Findings, v extractors.Verdict, next time.Time) Visit {
	visit := Visit{Lease: l, Target: c.Target, Refused: c.Refusals, Caps: c.Caps, Findings: *f, Verdict: v, Next: next.UTC()}
	visit.Record = NewRecord(l.Sequence, c, f)
	for i := range c.Pages {
		visit.Pages = append(visit.Pages, c.Pages[i].FinalURL)
	}
	if c.Rendered != nil {
		visit.Caps = append(visit.Caps[:len(visit.Caps):len(visit.Caps)], c.Rendered.Caps...)
		for i := range c.Rendered.Views {
			visit.Pages = append(visit.Pages, c.Rendered.Views[i].FinalURL)
		}
		slices.Sort(visit.Caps)
		visit.Caps = slices.Compact(visit.Caps)
	}
	visit.Pages = distinct(visit.Pages)
	if len(c.Pages) > 0 {
		visit.Hops = c.Pages[0].Hops
	}
	return visit
}

// distinct drops repeats; the first of each stays in its place.
func distinct(list []string) []string {
	var out []string
	for _, s := range list {
		if !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}

// NewRecord makes the record of what one profile saw, and was asked to pay to.
func NewRecord(sequence int64, c *crawler.Capture, f *extractors.Findings) CaptureRecord {
	r := CaptureRecord{ID: CaptureID(c.Host, sequence, c.Profile), Host: c.Host, Sequence: sequence, Profile: c.Profile,
		Started: c.Started.UTC(), Ended: c.Ended.UTC(), Outcome: c.Outcome, Reason: c.Reason, FinalURL: c.FinalURL,
		Pages: len(c.Pages), Assets: len(c.Assets), Network: c.Network, Rendered: c.Rendered != nil, Deposits: deposits(f.Indicators)}
	if c.Robots != nil {
		robots := *c.Robots
		robots.Body = robots.Body[:min(len(robots.Body), MaxRobotsKept)]
		r.Robots = &robots
	}
	for i := range c.Pages {
		r.addBody(&c.Pages[i].Response)
	}
	if len(c.Pages) > 0 {
		r.Status = c.Pages[0].Status
	}
	for i := range c.Assets {
		r.addBody(&c.Assets[i].Response)
	}
	return r
}

// deposits gathers payee wallets by the page they stood on, in order of the pages' addresses.
func deposits(all []extractors.Indicator) []Deposit {
	byPage := map[string][]string{}
	for _, i := range all {
		if i.Payee() {
			page, _, _ := strings.Cut(i.Page, "?")
			page, _, _ = strings.Cut(page, "#")
			byPage[page] = append(byPage[page], i.Key())
		}
	}
	var out []Deposit
	for _, page := range slices.Sorted(maps.Keys(byPage)) {
		slices.Sort(byPage[page])
		out = append(out, Deposit{Page: page, Wallets: slices.Compact(byPage[page])})
		if len(out) == MaxDeposits {
			break
		}
	}
	return out
}

// Records gives the visit's records, that of the profile that saw most first.
func (v *Visit) Records() []*CaptureRecord {
	out := []*CaptureRecord{&v.Record}
	for i := range v.Further {
		out = append(out, &v.Further[i])
	}
	return out
}

func (r *CaptureRecord) addBody(b *crawler.Response) {
	r.Bytes += int64(len(b.Body))
	r.Bodies = append(r.Bodies, BodyRef{URL: b.FinalURL, SHA256: b.SHA256, Size: len(b.Body), Status: b.Status, Truncated: b.Truncated})
}
