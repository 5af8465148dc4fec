package template

import (
	"net/url"
	"slices"
	"strings"

	"scamatlas/crawler"
	"scamatlas/extractors"
)

// markTokens gathers the small signs of a front end, each too weak or too few for a set of its own: element ids, paths of pages,
// signatures of forms, what is loaded from elsewhere, names of cookies.
func markTokens(in *extractors.Input, pages []*extractors.Document) extractors.TokenSet {
	s := newSet()
	site := crawler.RegistrableDomain(in.Capture.Host)
	for _, d := range pages {
		for i := range d.Elements {
			if id := d.Elements[i].ID; id != "" && len(id) <= maxClass && !drawing(&d.Elements[i]) {
				s.add("i:" + maskIDs(id))
			}
		}
		if p := pathShape(d.URL); p != "" {
			s.add("p:" + p)
		}
		forms(s, d)
		references(s, d, site)
	}
	for i := range in.Capture.Pages {
		cookieNames(s, in.Capture.Pages[i].Header)
	}
	if r := in.Capture.Rendered; r != nil {
		for _, k := range r.Storage {
			if k.Kind == "cookie" {
				s.add("c:" + maskIDs(k.Key))
			}
		}
	}
	return s.sketch(MaxMarkTokens)
}

// pathShape is the path of a page without its ending and ids; "" for the root.
func pathShape(address string) string {
	u, err := url.Parse(address)
	if err != nil || len(u.Path) > crawler.MaxURL {
		return ""
	}
	p := strings.ToLower(strings.Trim(u.Path, "/"))
	for _, ending := range []string{".html", ".htm", ".php", ".aspx", ".asp", ".jsp"} {
		p = strings.TrimSuffix(p, ending)
	}
	if p == "index" {
		return ""
	}
	return maskIDs(p)
}

// forms adds a signature for each form: where it sends to, and the names of its fields. Field names before any form count as one.
func forms(s *set, d *extractors.Document) {
	action, names := "", []string(nil)
	end := func() {
		if len(names) > 0 {
			slices.Sort(names)
			s.add("f:" + action + "|" + strings.Join(slices.Compact(names), ","))
		}
		names = nil
	}
	for i := range d.Pieces {
		p := &d.Pieces[i]
		if p.Where != extractors.InAttr || len(p.Text) > maxClass {
			continue
		}
		switch {
		case p.Tag == "form" && p.Attr == "action":
			end()
			action = pathShape(p.Text)
		case p.Attr == "name" && (p.Tag == "input" || p.Tag == "select" || p.Tag == "textarea") && len(names) < maxFields:
			names = append(names, maskIDs(p.Text))
		}
	}
	end()
}

// references adds host and path of what a page loads from other sites.
func references(s *set, d *extractors.Document, site string) {
	for i := range d.Pieces {
		p := &d.Pieces[i]
		if p.Where != extractors.InAttr || len(p.Text) > crawler.MaxURL {
			continue
		}
		if !(p.Attr == "src" && (p.Tag == "script" || p.Tag == "iframe" || p.Tag == "img") || p.Attr == "href" && p.Tag == "link") {
			continue
		}
		u, err := url.Parse(strings.TrimSpace(p.Text))
		if err != nil || u.Host == "" || crawler.RegistrableDomain(strings.ToLower(u.Hostname())) == site {
			continue
		}
		s.add("e:" + strings.ToLower(u.Hostname()) + maskIDs(u.Path))
	}
}

// cookieNames adds the names, not the values, of cookies.
func cookieNames(s *set, header []crawler.HeaderField) {
	for _, h := range header {
		if !strings.EqualFold(h.Name, "Set-Cookie") {
			continue
		}
		if name, _, ok := strings.Cut(h.Value, "="); ok && len(name) <= maxClass {
			s.add("c:" + maskIDs(strings.TrimSpace(name)))
		}
	}
}
