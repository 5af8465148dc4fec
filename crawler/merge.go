package crawler

import "strings"

// merge adds what only a browser asked for to the pages and assets, once by content: extractors read those whoever fetched them.
func (c *Capture) merge() {
	known := map[string]bool{}
	for i := range c.Pages {
		known[c.Pages[i].SHA256] = true
	}
	for i := range c.Assets {
		known[c.Assets[i].SHA256] = true
	}
	room := MaxAssetBytes
	for i := range c.Rendered.Answers {
		a := &c.Rendered.Answers[i]
		kind, wanted := a.kind()
		if !wanted || len(a.Body) == 0 || known[a.SHA256] || len(a.Body) > room {
			continue
		}
		known[a.SHA256] = true
		room -= len(a.Body)
		if kind == "" {
			c.Pages = append(c.Pages, Page{Response: a.Response})
		} else {
			c.Assets = append(c.Assets, Asset{Response: a.Response, Kind: kind, Browser: true})
		}
	}
}

// kind tells what an answer is used for; "" = a document. wanted is false for what no extractor reads.
func (a *Answer) kind() (kind AssetKind, wanted bool) {
	switch a.Type {
	case "document":
		return "", a.FromSite && a.Status < 400 // frames of other sites are theirs
	case "script":
		return Script, a.FromSite // libraries from elsewhere tell nothing of the site, and hold addresses of their own
	case "stylesheet":
		return Style, a.FromSite
	case "image":
		return Image, a.FromSite
	case "xhr", "fetch", "manifest", "eventsource":
		return Data, true
	case "other":
		return OtherAsset, strings.Contains(a.ContentType, "json") || strings.HasPrefix(a.ContentType, "text/")
	}
	return "", false
}
