package cloak

import (
	"bytes"
	"net/url"
	"slices"
	"strings"

	"scamatlas/crawler"
	"scamatlas/crawler/judge"
	"scamatlas/extractors"
)

// kind is the manner of what a visitor was shown.
type kind int

const (
	nothing kind = iota // says nothing about the site: no answer, a bot check, a browser that broke, a limit of ours
	site                // a page, be it a wall
	standIn             // a dealer's, registrar's or hoster's page
	refused             // 401, 403, 404, …
	empty               // an answer with nothing in it
)

// seen is a page in one manner of looking.
type seen struct {
	kind    kind
	content *content // kind site: never nil
}

// look is what one visitor saw, reduced to what is compared.
type look struct {
	view    View
	name    string
	profile crawler.Profile
	coded   bool   // the address asked for holds a code
	sent    seen   // the entry page as the server sent it
	shown   seen   // as a browser showed it
	domain  string // registrable, of where the visitor ended
	own     bool   // that is the target's
	famous  bool   // that is a site everyone knows
	invited bool   // a wall that asks for an invitation
	payees  []extractors.Indicator
	keys    []string // of the payees, sorted
	claims  int
	states  map[string]bool // pages and states seen whole, by how and where; true: a payee stood there
}

// newLook reads one view. Its parts may be nil.
func newLook(v View, j *judge.Judge) *look {
	l := &look{view: v}
	if v.Capture == nil {
		l.view.Capture = &crawler.Capture{}
	}
	if v.Findings == nil {
		l.view.Findings = &extractors.Findings{}
	}
	c := l.view.Capture
	switch {
	case v.Profile != nil:
		l.profile = *v.Profile
	case c.Visitor != nil:
		l.profile = *c.Visitor
	default:
		l.profile = crawler.Profile{Name: c.Profile}
	}
	if l.name = l.profile.Name; l.name == "" {
		l.name = c.Profile
	}
	l.coded = coded(c.Target.URL)
	l.where(j)
	l.invited = c.Outcome == crawler.Gated && strings.Contains(c.Reason, "invitation")
	for _, i := range l.view.Findings.Indicators {
		switch {
		case i.Payee():
			l.payees = append(l.payees, i)
			l.keys = append(l.keys, i.Key())
		case i.Kind == extractors.KindClaim:
			l.claims++
		}
	}
	slices.Sort(l.keys)
	l.keys = slices.Compact(l.keys)
	l.sent, l.shown = sentPage(c), shownPage(c)
	l.visit()
	return l
}

// where notes the site that the visitor ended at.
func (l *look) where(j *judge.Judge) {
	c := l.view.Capture
	u, err := url.Parse(l.final())
	if err != nil || u.Hostname() == "" {
		l.own = true
		return
	}
	l.domain = crawler.RegistrableDomain(u.Hostname())
	l.own = l.domain == crawler.RegistrableDomain(c.Host)
	l.famous = j.Famous(u) != "" && !l.own
}

func (l *look) final() string {
	c := l.view.Capture
	if c.FinalURL == "" && len(c.Pages) > 0 {
		return c.Pages[0].FinalURL
	}
	return c.FinalURL
}

// main is the page in the manner that shows most.
func (l *look) main() seen {
	if l.shown.kind != nothing {
		return l.shown
	}
	return l.sent
}

// page is what main holds, an empty page where it holds none.
func (l *look) page() *content {
	if c := l.main().content; c != nil {
		return c
	}
	return &content{}
}

// status is that of the entry page.
func (l *look) status() int {
	c := l.view.Capture
	if c.Rendered != nil && len(c.Rendered.Views) > 0 && c.Rendered.Views[0].Status != 0 {
		return c.Rendered.Views[0].Status
	}
	if len(c.Pages) > 0 {
		return c.Pages[0].Status
	}
	return 0
}

// sentPage reads the entry page as the server sent it.
func sentPage(c *crawler.Capture) seen {
	if len(c.Pages) == 0 || c.Outcome == crawler.Challenge {
		return seen{}
	}
	p := &c.Pages[0]
	cut := p.Err != "" || p.Truncated != ""
	k := byStatus(p.Status)
	switch {
	case c.Rendered == nil:
		k = byOutcome(c.Outcome, p.Status)
	case c.Outcome == crawler.Parked || c.Outcome == crawler.Suspended:
		k = standIn
	case k == site && len(bytes.TrimSpace(p.Body)) == 0:
		k = empty
	}
	if k == empty && cut {
		k = nothing
	}
	return seen{k, contentOf(k, cut, p.FinalURL, p.ContentType, p.Body)}
}

// shownPage reads what a browser showed first. A browser that broke, or scripts that failed, say nothing when nothing was shown.
func shownPage(c *crawler.Capture) seen {
	r := c.Rendered
	if r == nil || len(r.Views) == 0 || c.Outcome == crawler.Challenge {
		return seen{}
	}
	v := &r.Views[0]
	broke := r.Err != "" || v.Err != "" || len(r.Caps) > 0 || v.Truncated
	k := byOutcome(c.Outcome, v.Status)
	if k == site && v.Blank != "" && len(bytes.TrimSpace(v.DOM)) == 0 {
		k = empty
	}
	var page *content
	if k == site {
		page = contentOf(k, broke, v.FinalURL, "text/html; charset=utf-8", v.DOM)
		if v.Blank != "" && page.words == 0 {
			k, page = empty, nil
		}
	}
	if k == empty && (broke || r.Errors > 0 || failed(r)) {
		return seen{}
	}
	return seen{k, page}
}

func contentOf(k kind, cut bool, address, contentType string, body []byte) *content {
	if k != site {
		return nil
	}
	page := read(address, contentType, body)
	page.partial = cut
	return page
}

// failed reports that something the page needs to draw itself did not come.
func failed(r *crawler.Rendered) bool {
	for i := range r.Answers {
		a := &r.Answers[i]
		needed := a.Type == "script" || a.Type == "xhr" || a.Type == "fetch"
		if needed && (a.Blocked || a.Err != "" || a.Status == 0 || a.Status >= 400) {
			return true
		}
	}
	return false
}

func byOutcome(o crawler.Outcome, status int) kind {
	switch o {
	case crawler.OK, crawler.Gated:
		return site
	case crawler.Parked, crawler.Suspended:
		return standIn
	case crawler.Denied:
		return refused
	case crawler.Blank:
		return empty
	case crawler.HTTPError:
		return byStatus(status)
	}
	return nothing
}

// byStatus tells refusals from pages; too many requests, timeouts and errors of the server are no answer to who asks.
func byStatus(status int) kind {
	switch {
	case status >= 200 && status < 300:
		return site
	case status == 408 || status == 425 || status == 429:
		return nothing
	case status >= 400 && status < 500:
		return refused
	}
	return nothing
}

// like compares what two visitors saw: by browser when both did, else as sent.
func like(a, b *look) likeness {
	x, y := a.shown, b.shown
	if x.kind == nothing || y.kind == nothing {
		x, y = a.sent, b.sent
	}
	l := likeness{unknown, -1, -1}
	switch {
	case x.kind == nothing || y.kind == nothing:
		return l
	case x.kind != y.kind:
		l.relation = other
		return l
	case x.kind != site:
		l.relation = alike
		return l
	}
	l = compare(x.content, y.content)
	if l.relation == alike && (a.hides(b) || b.hides(a)) {
		l.relation = other
	}
	if a.famous != b.famous && l.relation == unknown {
		l.relation = other
	}
	return l
}
