// Package judge turns one answer of a site into an Outcome: the site itself, or a bot check, a parking page, a closed account, a
// wall, nothing.
//
// It does not know how the answer was fetched, what the page says about wallets or people, or whether the site is a scam.
package judge

import (
	"fmt"
	"net/url"
	"strings"

	"scamatlas/crawler"
	"scamatlas/crawler/markup"
)

// RedirectCap is the Err of a crawler.Response that redirected more often than crawler.MaxHops.
const RedirectCap = "redirect_cap"

// Judge knows what pages that are not the site itself say of themselves. Its methods may be called by many goroutines.
type Judge struct {
	signs signs
	walls walls
}

// New reads the tables.
func New() *Judge { return &Judge{signs: newSigns(), walls: newWalls()} }

// Response says how a visit ended, by the answer for the entry page: status, header, final address, and body, as the server sent it
// or as a browser shows it. The reason is one line for people, "" where there is nothing to say.
func (j *Judge) Response(a *crawler.Response) (outcome crawler.Outcome, reason string) {
	var d markup.Document
	if markup.Is(a.ContentType) {
		d = markup.Read(a.Body)
	}
	return j.Document(a, &d)
}

// Document is Response for a body that was read already.
func (j *Judge) Document(a *crawler.Response, d *markup.Document) (outcome crawler.Outcome, reason string) {
	if a.Err == RedirectCap {
		return crawler.HTTPError, fmt.Sprintf("redirect_cap: more than %d redirects", crawler.MaxHops)
	}
	if s := j.signs.find(a, d); s != nil {
		return s.outcome, s.reason
	}
	switch {
	case a.Status == 401 || a.Status == 403 || a.Status == 407 || a.Status == 451:
		return crawler.Denied, fmt.Sprintf("answered %d", a.Status)
	case a.Status == 429:
		return crawler.HTTPError, "answered 429: too many requests"
	case a.Status >= 300 && a.Status < 400:
		return crawler.HTTPError, fmt.Sprintf("answered %d without a usable target", a.Status)
	case a.Status >= 400 || a.Status < 200:
		return crawler.HTTPError, fmt.Sprintf("answered %d", a.Status)
	}
	if useless(d, a.Truncated) {
		return judgeEmpty(a)
	}
	if a.Truncated != "" {
		return crawler.OK, "the entry page is not whole: " + a.Truncated
	}
	return crawler.OK, ""
}

// Famous names the well-known site that u belongs to, to which scam pages send unwanted visitors; "" for none.
func (j *Judge) Famous(u *url.URL) string { return j.signs.famous(u) }

// useless reports a page with nothing in it. What broke off may have had it further on; what was too much or could not be
// decoded must at least be markup.
func useless(d *markup.Document, cut string) bool {
	switch cut {
	case "":
		return empty(d)
	case "size", "ratio", "encoding":
		return d.Elements == 0 || empty(d)
	default:
		return d.Elements == 0 && d.Text == 0
	}
}

// empty reports a page without text, script, or anything to see or follow. A shell that scripts fill is not empty.
func empty(d *markup.Document) bool {
	return d.Elements < someElements && d.Text == 0 && d.Scripts == 0 && d.Media == 0 && len(d.Links) == 0 && d.Refresh == ""
}

func judgeEmpty(a *crawler.Response) (crawler.Outcome, string) {
	switch a.Truncated {
	case "size", "ratio":
		return crawler.TooLarge, "over the limit (" + a.Truncated + ") and nothing of use before it"
	case "":
		if a.Err != "" {
			return crawler.Blank, a.Err
		}
		if len(a.Body) == 0 {
			return crawler.Blank, "an empty answer"
		}
		return crawler.Blank, "no text, script, image or link"
	default:
		return crawler.HTTPError, "the answer broke off (" + a.Truncated + ") before anything of use"
	}
}

// Line is text from outside as one line of at most 200 bytes, without what terminals act on or what is not seen.
func Line(text string) string {
	return strings.ToValidUTF8(strings.Map(printable, text[:min(len(text), maxNote)]), "")
}
