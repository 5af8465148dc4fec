// Package extractors turns a Capture into Findings: indicators (wallets, contacts, trackers), a fingerprint of the front end,
// and hosting facts, each with where it was seen and how sure.
//
// Extractors are pure: no network, no clock, no log, no state between calls. What was captured last year can be read again by
// today's extractors. They do not know other sites: whose kit or operator it is, the index finds out.
package extractors

import "scamatlas/crawler"

// Extractor reads one kind of thing.
type Extractor interface {
	// Name is the package's name, for messages.
	Name() string
	// Extract adds what it finds to f. It must not change in, keep it, or panic on any input; it bounds its own work.
	Extract(in *Input, f *Findings)
}

// Input is one capture cut into documents once, for all extractors.
type Input struct {
	Capture *crawler.Capture
	Docs    []*Document // entry page first, then pages, then assets with text in them
}

// NewInput parses the pages, scripts, styles and JSON of a capture.
func NewInput(c *crawler.Capture) *Input {
	in := &Input{Capture: c}
	for i := range c.Pages {
		p := &c.Pages[i]
		in.add(Parse(p.FinalURL, p.ContentType, p.Body), true)
	}
	for i := range c.Assets {
		a := &c.Assets[i]
		if a.Kind == crawler.Image || a.Kind == crawler.Icon {
			continue
		}
		in.add(Parse(a.FinalURL, a.ContentType, a.Body), false)
	}
	return in
}

func (in *Input) add(d *Document, page bool) {
	d.Page = page
	if len(d.Body) > 0 {
		in.Docs = append(in.Docs, d)
	}
}

// Extract runs every extractor of set, in order, over the capture.
func Extract(c *crawler.Capture, set []Extractor) *Findings {
	in, f := NewInput(c), &Findings{}
	for _, e := range set {
		e.Extract(in, f)
	}
	f.finish()
	return f
}
