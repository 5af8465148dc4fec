// Package extractors turns a Capture into Findings: indicators (wallets, contacts, trackers), a fingerprint of the front end,
// and hosting facts, each with where it was seen and how sure.
//
// Extractors are pure: no network, no clock, no log, no state between calls. What was captured last year can be read again by
// today's extractors. They do not know other sites: whose kit or operator it is, the index finds out.
package extractors

import (
	"strings"

	"scamatlas/crawler"
)

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
	Docs    []*Document // what a browser showed, entry page first; then pages as sent, entry page first; then assets and messages with text in them
}

// NewInput parses the views, pages, scripts, styles, JSON and WebSocket messages of a capture.
func NewInput(c *crawler.Capture) *Input {
	in := &Input{Capture: c}
	if c.Rendered != nil {
		in.addViews(c.Rendered.Views)
	}
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
	if c.Rendered != nil {
		in.addMessages(c.Rendered.Sockets)
	}
	return in
}

// addViews adds what was on the screen, once by content: a click often changes nothing.
func (in *Input) addViews(views []crawler.View) {
	seen := map[string]bool{}
	for i := range views {
		v := &views[i]
		if seen[v.SHA256] {
			continue
		}
		seen[v.SHA256] = true
		d := Parse(v.FinalURL, "text/html; charset=utf-8", v.DOM)
		d.View = v
		in.add(d, true)
	}
}

// addMessages adds what sockets carried to the page, each message a document at the socket's address.
func (in *Input) addMessages(sockets []crawler.Socket) {
	for i := range sockets {
		for _, f := range sockets[i].Frames {
			if kind := messageType(f.Text); !f.Sent && kind != "" {
				in.add(Parse(sockets[i].URL, kind, []byte(f.Text)), false)
			}
		}
	}
}

// messageType tells how to read a message; "" for those too short to say anything.
func messageType(text string) string {
	text = strings.TrimSpace(text)
	switch {
	case len(text) < shortestMessage:
		return ""
	case text[0] == '{' || text[0] == '[':
		return "application/json"
	}
	return "text/plain"
}

func (in *Input) add(d *Document, page bool) {
	d.Page = page
	if len(d.Body) > 0 {
		in.Docs = append(in.Docs, d)
	}
}

// Extract runs every extractor of set, in order, over the capture.
func Extract(c *crawler.Capture, set []Extractor) *Findings {
	_, f := Read(c, set)
	return f
}

// Read is Extract that also gives the documents, for who reads on.
func Read(c *crawler.Capture, set []Extractor) (*Input, *Findings) {
	in, f := NewInput(c), &Findings{}
	for _, e := range set {
		e.Extract(in, f)
	}
	f.finish()
	return in, f
}
