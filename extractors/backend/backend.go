// Package backend turns the scripts, data and attributes of a site into the hosts its front end talks to: interfaces, upload and
// image stores, web sockets, configuration. Many front ends with one backend are one operator, or one seller of kits.
//
// It knows addresses that stand whole in a string, not those that a program puts together; nor does it know who runs a host.
// Well-known public services are left out by a list. Addresses that nothing calls or names as a backend are links, and none of ours.
package backend

import (
	"net/url"
	"strings"

	"scamatlas/crawler"
	"scamatlas/extractors"
)

// Types of backends.
const (
	API       = "api"
	Upload    = "upload" // stores for files and images
	WebSocket = "websocket"
	Config    = "config" // where the front end reads its settings
)

// Extractor finds backends in all documents of a capture.
type Extractor struct{}

// New makes the extractor; it has no settings and no state.
func New() *Extractor { return &Extractor{} }

// Name is "backend".
func (*Extractor) Name() string { return "backend" }

// Extract adds the backends of every document, but for the host of the site itself. Other hosts under the site's own domain are given.
func (*Extractor) Extract(in *extractors.Input, f *extractors.Findings) {
	own := ownHosts(in.Capture)
	for _, d := range in.Docs {
		for _, i := range ReadDocument(d) {
			host, _, _ := strings.Cut(i.Value, ":")
			if !own[strings.TrimPrefix(host, "www.")] {
				f.Add(i)
			}
		}
	}
}

// ownHosts are the host asked for and those that the visit ended at.
func ownHosts(c *crawler.Capture) map[string]bool {
	own := map[string]bool{}
	if c == nil {
		return own
	}
	own[strings.TrimPrefix(c.Host, "www.")] = true
	for n := range c.Pages {
		if u, err := url.Parse(c.Pages[n].FinalURL); err == nil {
			own[strings.TrimPrefix(strings.ToLower(u.Hostname()), "www.")] = true
		}
	}
	return own
}

// ReadDocument gives the backends of one document, each once, in the order of extractors.Unite; the site's own host is among them, as
// a document does not know it. Values: the host in A-labels, lower case, with its port when unusual, and "/bucket" for shared stores.
func ReadDocument(d *extractors.Document) []extractors.Indicator {
	r := &reader{doc: d}
	for n := range d.Pieces {
		p := &d.Pieces[n]
		switch p.Where {
		case extractors.InScript, extractors.InJSON:
			r.literals(&view{s: p.Text, where: p.Where, base: p.Offset, exact: true})
		case extractors.InAttr:
			r.attribute(p)
		}
	}
	return extractors.Unite(r.out)
}

// view is one piece of text.
type view struct {
	s     string
	where string
	base  int
	exact bool // positions in s are positions in the document
}

type reader struct {
	doc  *extractors.Document
	out  []extractors.Indicator
	last evidence // of the address before, and where it ended: a list of addresses has one key
	end  int
}

func (r *reader) add(v *view, at int, where string, a address, e evidence) {
	if len(r.out) >= maxPerDocument {
		return
	}
	offset := v.base
	if v.exact {
		offset += at
	}
	r.out = append(r.out, extractors.Indicator{Kind: extractors.KindBackend, Type: e.kind, Value: a.value, Seen: []string{a.raw[:min(len(a.raw), maxSeen)]},
		Confidence: e.confidence, Where: where, Offset: offset, Page: r.doc.URL})
}
