package rule

import (
	"slices"
	"strings"

	"scamatlas/crawler"
	"scamatlas/extractors"
)

// fieldNames lists the fields a rule may name.
var fieldNames = []string{"title", "hostname", "html", "dom", "js", "css", "cookies", "headers", "requests"}

func known(field string) bool { return slices.Contains(fieldNames, field) }

// canonical gives our name of a field that later versions of the public form write otherwise.
func canonical(field string) string {
	switch field {
	case "url.hostname":
		return "hostname"
	case "cookie":
		return "cookies"
	case "header", "response.header":
		return "headers"
	}
	return field
}

// text is one value of a field, as it is and in lower case.
type text struct{ body, lower, url string }

// Fields is what rules look at. Each field is gathered when a rule first asks for it. Not for use by several goroutines at once.
type Fields struct {
	in    *extractors.Input
	ready map[string][]text

	set     *Set              // that is being tried; nil: each rule by itself
	seen    map[*pattern]bool // patterns of set that may fit
	scanned map[string]bool   // fields
}

// NewFields makes the fields of a capture. in is not changed.
func NewFields(in *extractors.Input) *Fields { return &Fields{in: in, ready: map[string][]text{}} }

func (f *Fields) texts(field string) []text {
	t, ok := f.ready[field]
	if !ok {
		t = f.gather(field)
		f.ready[field] = t
	}
	return t
}

// maybe reports whether a pattern is worth looking for in the texts of a field.
func (f *Fields) maybe(field string, texts []text, p *pattern) bool {
	if f.set == nil {
		return true
	}
	if !f.scanned[field] {
		f.scanned[field] = true
		f.set.scan(field, texts, f.seen)
	}
	return f.seen[p] || !f.set.marked[p]
}

func (f *Fields) gather(field string) []text {
	l := list{seen: map[string]bool{}}
	c := f.in.Capture
	switch field {
	case "title":
		for _, d := range f.in.Docs {
			if d.Page {
				l.add(strings.TrimSpace(d.Title), d.URL)
			}
		}
	case "hostname":
		l.add(c.Host, c.FinalURL)
		for i := range c.Pages {
			l.add(hostOf(c.Pages[i].FinalURL), c.Pages[i].FinalURL)
		}
	case "html", "dom":
		f.markup(&l, field == "dom")
	case "js":
		f.code(&l, extractors.JS, "script")
	case "css":
		f.code(&l, extractors.CSS, "style")
	case "cookies":
		l.cookies(c)
	case "headers":
		l.headers(c)
	case "requests":
		l.requests(c)
	}
	return l.texts
}

// markup gives pages as sent; with dom, pages as a browser showed them, and where none did, as sent.
func (f *Fields) markup(l *list, dom bool) {
	for _, d := range f.in.Docs {
		if d.Page && (d.View != nil) == dom {
			l.add(string(d.Body), d.URL)
		}
	}
	if dom && len(l.texts) == 0 {
		f.markup(l, false)
	}
}

// code gives files of a type, and what stands in elements of pages.
func (f *Fields) code(l *list, t extractors.Type, element string) {
	for _, d := range f.in.Docs {
		if d.Type == t {
			l.add(string(d.Body), d.URL)
			continue
		}
		for i := range d.Pieces {
			if p := &d.Pieces[i]; p.Tag == element && p.Attr == "" {
				l.add(p.Text, d.URL)
			}
		}
	}
}

// list gathers texts, each once.
type list struct {
	texts []text
	seen  map[string]bool
}

func (l *list) add(body, url string) {
	body = body[:min(len(body), maxText)]
	if body == "" || l.seen[body] || len(l.texts) >= maxTexts {
		return
	}
	l.seen[body] = true
	l.texts = append(l.texts, text{body, lower(body), url})
}

// responses calls use with every answer that the capture holds.
func responses(c *crawler.Capture, use func(*crawler.Response)) {
	for i := range c.Pages {
		use(&c.Pages[i].Response)
	}
	for i := range c.Assets {
		use(&c.Assets[i].Response)
	}
	if c.Rendered != nil {
		for i := range c.Rendered.Answers {
			use(&c.Rendered.Answers[i].Response)
		}
	}
}

func (l *list) cookies(c *crawler.Capture) {
	responses(c, func(r *crawler.Response) {
		for _, h := range r.Header {
			if strings.EqualFold(h.Name, "Set-Cookie") {
				pair, _, _ := strings.Cut(h.Value, ";")
				l.add(strings.TrimSpace(pair), r.FinalURL)
			}
		}
	})
	if c.Rendered != nil {
		for _, s := range c.Rendered.Storage {
			if s.Kind == "cookie" {
				l.add(s.Key+"=", c.FinalURL) // values are not kept
			}
		}
	}
}

func (l *list) headers(c *crawler.Capture) {
	responses(c, func(r *crawler.Response) {
		for _, h := range r.Header {
			l.add(h.Name+": "+h.Value, r.FinalURL)
		}
	})
}

func (l *list) requests(c *crawler.Capture) {
	responses(c, func(r *crawler.Response) {
		for _, hop := range r.Hops {
			l.add(hop.URL, r.URL)
		}
		l.add(r.URL, r.URL)
		l.add(r.FinalURL, r.URL)
	})
	if c.Rendered != nil {
		for _, s := range c.Rendered.Sockets {
			l.add(s.URL, s.Page)
		}
	}
}

func hostOf(address string) string {
	_, rest, ok := strings.Cut(address, "://")
	if !ok {
		return ""
	}
	host, _, _ := strings.Cut(rest, "/")
	host, _, _ = strings.Cut(host, ":")
	return strings.ToLower(host)
}
