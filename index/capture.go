package index

import (
	"time"

	"scamatlas/crawler"
	"scamatlas/extractors"
)

// NewVisit makes what SaveVisit takes from what a visit saw and what was found in it. next is when the host is due again.
func NewVisit(l Lease, c *crawler.Capture, f *extractors.Findings, v extractors.Verdict, next time.Time) Visit {
	visit := Visit{Lease: l, Target: c.Target, Refused: c.Refusals, Caps: c.Caps, Findings: *f, Verdict: v, Next: next.UTC()}
	r := CaptureRecord{ID: CaptureID(c.Host, l.Sequence, c.Profile), Host: c.Host, Sequence: l.Sequence, Profile: c.Profile,
		Started: c.Started.UTC(), Ended: c.Ended.UTC(), Outcome: c.Outcome, Reason: c.Reason, FinalURL: c.FinalURL,
		Pages: len(c.Pages), Assets: len(c.Assets), Network: c.Network}
	if c.Robots != nil {
		robots := *c.Robots
		robots.Body = robots.Body[:min(len(robots.Body), MaxRobotsKept)]
		r.Robots = &robots
	}
	for i := range c.Pages {
		p := &c.Pages[i]
		visit.Pages = append(visit.Pages, p.FinalURL)
		r.addBody(&p.Response)
	}
	if len(c.Pages) > 0 {
		r.Status, visit.Hops = c.Pages[0].Status, c.Pages[0].Hops
	}
	for i := range c.Assets {
		r.addBody(&c.Assets[i].Response)
	}
	visit.Record = r
	return visit
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
