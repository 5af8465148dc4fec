package fetch

import (
	"errors"
	"net/http"
	"net/url"
	"strings"

	"scamatlas/crawler"
	"scamatlas/crawler/judge"
	"scamatlas/crawler/markup"
)

// enter fetches the entry page and sets outcome, entry and final address.
func (w *walk) enter() {
	starts := w.entrances()
	if len(starts) == 0 {
		w.c.Outcome, w.c.Reason = crawler.HTTPError, "the target's address cannot be read"
		return
	}
	var err error
	for _, start := range starts {
		w.c.EntryURL = start.String()
		if w.f.obeyRobots {
			w.askRobots(start)
			if w.robots.denies(start) {
				w.c.Outcome, w.c.Reason = crawler.RobotsDenied, "robots.txt forbids the entry page"
				return
			}
		}
		var answer crawler.Response
		answer, err = w.get(ask{u: start, document: true, limit: w.f.limits.body})
		if answer.Status != 0 || len(answer.Hops) > 0 {
			w.welcome(&answer, err)
			w.enterAtRoot(start, &answer)
			return
		}
		var none *noConnection
		if !errors.As(err, &none) {
			break // something is there; the other scheme is for when nothing is
		}
	}
	w.c.Outcome, w.c.Reason = w.f.judge.Failure(err)
}

// entrances are the addresses to try until one answers: the target's own scheme first where it has an address, else https.
func (w *walk) entrances() []*url.URL {
	start := &url.URL{Scheme: "https", Host: w.c.Host, Path: "/"}
	if w.c.Target.URL != "" {
		u, err := url.Parse(w.c.Target.URL)
		if err != nil {
			return nil
		}
		if start = resolve(u, ""); start == nil {
			return nil
		}
	}
	if start.Port() != "" {
		return []*url.URL{start} // a port speaks one of the two
	}
	other := *start
	other.Scheme = "https"
	if start.Scheme == "https" {
		other.Scheme = "http"
	}
	return []*url.URL{start, &other}
}

// welcome takes the entry page in: outcome, scope, first links.
func (w *walk) welcome(a *crawler.Response, err error) {
	w.c.FinalURL = a.FinalURL
	w.c.Pages = append(w.c.Pages, crawler.Page{Response: *a})
	w.pageBytes += len(a.Body)
	w.learn(a, err)
	if err != nil {
		w.c.Outcome, w.c.Reason = w.f.judge.Failure(err)
		if n := len(a.Hops); n > 0 {
			w.c.Reason = "redirects to " + shortened(a.Hops[n-1].To) + ": " + w.c.Reason
		}
		return
	}
	final, perr := url.Parse(a.FinalURL)
	if perr != nil {
		w.c.Outcome, w.c.Reason = crawler.HTTPError, "the final address cannot be read"
		return
	}
	if markup.Is(a.ContentType) {
		w.entry = markup.Read(a.Body)
	}
	w.c.Outcome, w.c.Reason = w.f.judge.Document(a, &w.entry)
	w.frontier.know(final)
	if asked, err := url.Parse(a.URL); err == nil {
		w.frontier.know(asked)
	}
	w.widen(final, "redirects to ")
	if a.Truncated == cutTime {
		w.stopped = true
		w.cap(capTime)
	}
	if !w.c.Outcome.Alive() || w.stopped {
		return
	}
	if to := resolve(final, w.entry.Refresh); w.entry.Refresh != "" && to != nil && w.entry.Text <= judge.LittleText {
		w.widen(to, "refreshes to ")
	}
	w.addLinks(&w.entry, final, 0)
}

// widen lets the walk go on at the site the entry page leads to, unless that is a site everyone knows.
func (w *walk) widen(to *url.URL, how string) {
	if w.scope.holds(to) {
		return
	}
	note := how + "another site: " + to.Hostname()
	if w.c.Reason != "" {
		note = w.c.Reason + "; " + note
	}
	w.c.Reason = note
	if w.f.judge.Famous(to) != "" {
		w.stopped = how == "redirects to "
		return
	}
	w.scope = append(w.scope, crawler.RegistrableDomain(to.Hostname()))
}

// enterAtRoot looks whether the site still stands when the page we were sent to is gone.
func (w *walk) enterAtRoot(start *url.URL, first *crawler.Response) {
	if start.Path == "/" || first.Status != http.StatusNotFound && first.Status != http.StatusGone || w.f.pages < 2 || w.over() {
		return
	}
	root := *start
	root.Path, root.RawPath, root.RawQuery = "/", "", ""
	answer, err := w.get(ask{u: &root, document: true, limit: w.f.limits.body})
	if err == nil && answer.Status < 400 {
		gone := w.c.Reason
		w.welcome(&answer, nil)
		w.c.Reason = strings.Trim("the address given "+gone+"; "+w.c.Reason, "; ")
	}
}

// askRobots reads robots.txt of the site at u and records it. No answer at all leaves everything allowed: then the entry page
// gives none either, and says why.
func (w *walk) askRobots(u *url.URL) {
	at := &url.URL{Scheme: u.Scheme, Host: u.Host, Path: "/robots.txt"}
	answer, err := w.get(ask{u: at, limit: crawler.MaxRobots, follow: w.scope.holds})
	if w.learn(&answer, err); err != nil {
		return
	}
	w.robotsOf = u.Host
	w.robots = robotsFor(answer.Status, answer.Body)
	w.c.Robots = &crawler.Robots{Status: answer.Status, Denies: w.robots.denies(u), Obeyed: w.f.obeyRobots}
	if answer.Status < 300 {
		w.c.Robots.Body = answer.Body
	}
}

// shortened is an address within a sentence.
func shortened(address string) string {
	const enough = 80
	if address = judge.Line(address); len(address) > enough {
		return strings.ToValidUTF8(address[:enough], "") + "…"
	}
	return address
}
