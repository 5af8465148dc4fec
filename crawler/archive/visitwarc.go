package archive

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"

	"scamatlas/crawler"
)

// visitWARC writes one visit with all its profiles: what the own connections carried byte by byte, what browsers asked for, the
// documents they made of it, messages of sockets, and what DNS and TLS said. Pictures are objects of their own; a bundle puts them
// into a WARC for tools that look for them there. wanted are the byte strings that must be readable from the file.
func visitWARC(v *Visit, tool string, at time.Time, wanted map[string][]byte) ([]byte, error) {
	w := newWARC(fmt.Sprintf("%s\n%d\n%s", v.Host, v.Sequence, at.Format(stamp)))
	w.warcinfo(v, tool, at)
	for _, c := range v.Captures {
		w.capture(c)
	}
	for _, sum := range slices.Sorted(maps.Keys(wanted)) {
		if !w.have[sum] {
			w.resource("resource", "urn:sha256:"+sum, "application/octet-stream", at, wanted[sum])
		}
	}
	return w.bytes()
}

func (w *warcWriter) warcinfo(v *Visit, tool string, at time.Time) {
	var b bytes.Buffer
	writeField(&b, "software", tool)
	writeField(&b, "format", "WARC File Format 1.1")
	writeField(&b, "conformsTo", "http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/")
	writeField(&b, "host", v.Host)
	writeField(&b, "description", fmt.Sprintf("visit %d of %s", v.Sequence, v.Host))
	for _, c := range v.Captures {
		writeField(&b, "visitor-profile", c.Profile)
	}
	w.record(recordHead{kind: "warcinfo", media: "application/warc-fields", date: at}, b.Bytes())
}

func (w *warcWriter) capture(c *crawler.Capture) {
	w.facts(c)
	for i := range c.Wire {
		w.exchange(c, &c.Wire[i])
	}
	if len(c.Wire) == 0 { // the fetcher kept no bytes: what it reports of them
		for i := range c.Pages {
			w.reported(c, &c.Pages[i].Response)
		}
		for i := range c.Assets {
			if a := &c.Assets[i]; !a.Browser {
				w.reported(c, &a.Response)
			}
		}
	}
	if r := c.Rendered; r != nil {
		w.rendered(c, r)
	}
}

// facts writes what is known beside the contents.
func (w *warcWriter) facts(c *crawler.Capture) {
	b, err := json.Marshal(struct {
		Host    string            `json:"host"`
		Profile string            `json:"profile"`
		Visitor *crawler.Profile  `json:"visitor,omitempty"`
		Started time.Time         `json:"started"`
		Ended   time.Time         `json:"ended"`
		Outcome crawler.Outcome   `json:"outcome"`
		Reason  string            `json:"reason,omitempty"`
		Network crawler.Network   `json:"network"`
		Refused []crawler.Refusal `json:"refusals,omitempty"`
	}{c.Host, c.Profile, c.Visitor, c.Started, c.Ended, c.Outcome, c.Reason, c.Network, c.Refusals})
	if err != nil {
		w.err = fmt.Errorf("the facts of profile %q: %w", c.Profile, err)
		return
	}
	w.resource("metadata", safeURI("urn:facts:"+c.Profile+":"+c.Host), "application/json", c.Started, b)
}

func (w *warcWriter) exchange(c *crawler.Capture, e *crawler.Exchange) {
	h := recordHead{uri: safeURI(e.URL), date: orTime(e.At, c.Started), ip: ipOf(e.Address)}
	id := ""
	if len(e.Response) > 0 {
		answer := h
		answer.truncated = truncation(e.Truncated)
		id = w.response(answer, e.Response)
	}
	if len(e.Request) > 0 {
		h.concurrent = id
		w.request(h, e.Request)
	}
}

func (w *warcWriter) request(h recordHead, parts ...[]byte) {
	h.kind, h.media = "request", "application/http; msgtype=request"
	w.have[w.record(h, parts...)] = true
}

// reported writes an answer of which only head and decoded body are known.
func (w *warcWriter) reported(c *crawler.Capture, r *crawler.Response) {
	if r.Status <= 0 {
		return
	}
	h := recordHead{uri: safeURI(orText(r.FinalURL, r.URL)), date: c.Started, truncated: truncation(r.Truncated)}
	w.response(h, append(answerHead(r, ""), r.Body...))
}

func (w *warcWriter) rendered(c *crawler.Capture, r *crawler.Rendered) {
	began := orTime(r.Began, c.Started)
	for i := range r.Answers {
		w.answer(&r.Answers[i], began)
	}
	names := namer{}
	for i := range r.Views {
		v := &r.Views[i]
		if len(v.DOM) > 0 {
			w.resource("resource", names.urn("dom", v), "text/html; charset=utf-8", began, v.DOM)
		}
	}
	for i := range r.Sockets {
		b, err := json.Marshal(r.Sockets[i])
		if err != nil {
			w.err = fmt.Errorf("the messages of a socket: %w", err)
			return
		}
		w.resource("metadata", safeURI(r.Sockets[i].URL), "application/json", began, b)
	}
}

func (w *warcWriter) answer(a *crawler.Answer, began time.Time) {
	uri := safeURI(orText(a.FinalURL, a.URL))
	if !isWeb(uri) || a.Blocked {
		return // data:, blob: and what never left: in the capture
	}
	h := recordHead{uri: uri, date: orTime(a.At, began), ip: ipOf(a.Address)}
	id := ""
	if a.Status > 0 {
		answer := h
		answer.truncated = truncation(a.Truncated)
		id = w.response(answer, append(answerHead(&a.Response, a.Protocol), a.Body...))
	}
	h.concurrent = id
	w.request(h, requestHead(a, uri), a.Sent)
}

// namer gives views their addresses: urn:KIND:ADDRESS as browsertrix writes them, with #N where an address is shown again.
type namer map[string]int

func (n namer) urn(kind string, v *crawler.View) string {
	urn := "urn:" + kind + ":" + orText(v.FinalURL, v.URL)
	n[urn]++
	if n[urn] > 1 {
		urn += "#" + itoa(n[urn])
	}
	return safeURI(urn)
}

func orText(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

func orTime(a, b time.Time) time.Time {
	if a.IsZero() {
		return b
	}
	return a
}
