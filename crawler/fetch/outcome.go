package fetch

import (
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"syscall"
	"unicode"

	"scamatlas/crawler"
)

// judge says how the visit ended, by the answer for the entry page. The reason is one line for people.
func (list signs) judge(a *crawler.Response, d *document) (crawler.Outcome, string) {
	if a.Err == errRedirectCap {
		return crawler.HTTPError, fmt.Sprintf("redirect_cap: more than %d redirects", crawler.MaxHops)
	}
	if s := list.find(a, d); s != nil {
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
	if d.useless(a.Truncated) {
		return judgeEmpty(a)
	}
	if a.Truncated != "" {
		return crawler.OK, "the entry page is not whole: " + a.Truncated
	}
	return crawler.OK, ""
}

// useless reports a page with nothing in it. What broke off may have had it further on; what was too much or could not be
// decoded must at least be markup.
func (d *document) useless(cut string) bool {
	switch cut {
	case "":
		return d.empty()
	case cutSize, cutRatio, cutEncoding:
		return d.elements == 0 || d.empty()
	default:
		return d.elements == 0 && d.text == 0
	}
}

// someElements is how many elements a page needs to be something without text: a drawing in plain styled boxes.
const someElements = 20

// empty reports a page without text, script, or anything to see or follow. A shell that scripts fill is not empty.
func (d *document) empty() bool {
	return d.elements < someElements && d.text == 0 && d.scripts == 0 && d.media == 0 && len(d.links) == 0 && d.refresh == ""
}

func judgeEmpty(a *crawler.Response) (crawler.Outcome, string) {
	switch a.Truncated {
	case cutSize, cutRatio:
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

// judgeFailure says why no answer came at all.
func judgeFailure(err error) (crawler.Outcome, string) {
	var refusal *crawler.Refusal
	var dns *net.DNSError
	var shake *handshakeError
	var protocol protocolError
	switch {
	case errors.As(err, &refusal):
		return crawler.Blocked, "our guard refused " + note(refusal)
	case errors.Is(err, syscall.ECONNREFUSED):
		return crawler.Unreachable, "connection refused"
	case errors.As(err, &dns):
		return crawler.Unreachable, "no address: " + note(dns)
	case errors.As(err, &shake):
		return crawler.Unreachable, note(shake)
	case errors.As(err, &protocol):
		return crawler.HTTPError, note(protocol)
	case cutOf(err) == cutTime:
		return crawler.Unreachable, "no answer in time"
	case errors.Is(err, io.EOF), errors.Is(err, syscall.ECONNRESET):
		return crawler.Unreachable, "the connection was closed without an answer"
	case strings.Contains(err.Error(), "net/http: ") || strings.Contains(err.Error(), "http: "):
		return crawler.HTTPError, "not HTTP: " + note(err) // net/http has no types for these
	default:
		return crawler.Unreachable, note(err)
	}
}

// note is an error as one line that may be stored and shown.
func note(err error) string { return line(err.Error()) }

// line is text from outside as one line of at most maxNote bytes, without what terminals act on or what is not seen.
func line(text string) string {
	text = strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return -1
		}
		return r
	}, text[:min(len(text), maxNote)])
	return strings.ToValidUTF8(text, "")
}

// shortened is an address within a sentence.
func shortened(address string) string {
	const enough = 80
	if address = line(address); len(address) > enough {
		return strings.ToValidUTF8(address[:enough], "") + "…"
	}
	return address
}
