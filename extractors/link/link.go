// Package link turns a Capture into the hosts of others that the site's pages lead a visitor to: links, forms, frames. It does not know
// which of them are everybody's, such as messengers and shops of apps: the index counts who else leads there.
package link

import (
	"slices"
	"strings"

	"scamatlas/crawler"
	"scamatlas/extractors"
)

// Extractor implements extractors.Extractor.
type Extractor struct{}

// New gives the extractor. It holds no state.
func New() *Extractor { return &Extractor{} }

// Name implements extractors.Extractor.
func (*Extractor) Name() string { return "link" }

// Extract fills f.Links.
func (*Extractor) Extract(in *extractors.Input, f *extractors.Findings) {
	own := crawler.RegistrableDomain(in.Capture.Host)
	seen := map[string]bool{}
	room := maxRead
	for _, d := range in.Docs {
		if !d.Page {
			continue
		}
		for i := range d.Pieces {
			p := &d.Pieces[i]
			if !leads(p) {
				continue
			}
			if room--; room < 0 {
				break
			}
			if host := outside(p.Text, own); host != "" && len(seen) < maxHosts {
				seen[host] = true
			}
		}
	}
	f.Links = nil
	for host := range seen {
		f.Links = append(f.Links, host)
	}
	slices.Sort(f.Links)
	f.Links = f.Links[:min(len(f.Links), extractors.MaxLinks)]
}

// leads reports an attribute by which a visitor gets to another page.
func leads(p *extractors.Piece) bool {
	if p.Where != extractors.InAttr {
		return false
	}
	switch p.Tag {
	case "a", "area":
		return p.Attr == "href"
	case "form":
		return p.Attr == "action"
	case "iframe", "frame":
		return p.Attr == "src"
	}
	return false
}

// outside gives the host that an address names, "" for the site's own and for what is no address of another.
func outside(address, own string) string {
	address = strings.TrimSpace(address)
	if len(address) > crawler.MaxURL {
		return ""
	}
	if strings.HasPrefix(address, "//") {
		address = "https:" + address
	}
	if scheme, _, ok := strings.Cut(address, "://"); !ok || !strings.EqualFold(scheme, "http") && !strings.EqualFold(scheme, "https") {
		return ""
	}
	t, err := crawler.ParseTarget(address)
	if err != nil || crawler.RegistrableDomain(t.Host) == own {
		return ""
	}
	return t.Host
}
