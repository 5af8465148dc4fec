package render

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"net"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/network"

	"scamatlas/crawler"
)

// readBodies asks for the bodies of answers that came in whole, until ctx ends. It runs beside the reader of events: a body can be
// asked for only when all of it is there, and soon, because a page that goes takes its bodies with it.
func (r *recorder) readBodies(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case a := <-r.bodies:
			r.readBody(ctx, a)
		}
	}
}

func (r *recorder) readBody(ctx context.Context, a *entry) {
	r.mu.Lock()
	room, s := crawler.MaxAnswerBytes-r.bytes, session{r.v.b.conn, a.session}
	r.mu.Unlock()
	var got network.GetResponseBodyResult
	var err error
	if room > 0 {
		one, cancel := context.WithTimeout(ctx, callTimeout)
		got, err = cdp.Call(one, s, network.GetResponseBody, network.GetResponseBodyParams{RequestID: a.id})
		cancel()
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.reading--
	body := got.Body[:min(len(got.Body), crawler.MaxBody)]
	if err != nil && strings.Contains(err.Error(), "evicted") || len(body) < len(got.Body) {
		a.Truncated = "size"
	}
	if room = crawler.MaxAnswerBytes - r.bytes; len(body) > room {
		body = nil
	}
	if room <= 0 || body == nil && len(got.Body) > 0 {
		a.Truncated, r.over["bytes"] = "size", true
		return
	}
	a.Body = body
	r.bytes += len(body)
}

// drain waits until the bodies of what came so far are here.
func (r *recorder) drain(ctx context.Context) {
	until := time.Now().Add(drainTimeout)
	for time.Now().Before(until) && ctx.Err() == nil {
		r.mu.Lock()
		left := r.reading
		r.mu.Unlock()
		if left == 0 {
			return
		}
		_ = crawler.Sleep(ctx, 5*time.Millisecond)
	}
}

// give hands over what was recorded. refused are the connections that the way out did not make.
func (r *recorder) give(out *crawler.Rendered, refused []crawler.Refusal) {
	r.mu.Lock()
	defer r.mu.Unlock()
	no := map[string]bool{}
	for _, f := range refused {
		no[endpoint(f.Target)] = true
	}
	for _, a := range r.entries {
		a.complete()
		a.disown()
		a.Blocked = no[endpoint(a.FinalURL)] && (a.Err != "" || a.Status >= 400)
		out.Answers = append(out.Answers, a.Answer)
	}
	for _, k := range r.sockets {
		out.Sockets = append(out.Sockets, k.Socket)
	}
	out.Dialogs, out.Popups, out.Fetches, out.Errors = r.dialogs, r.popups, r.fetches, r.errors
	out.Caps = append(out.Caps, slices.Sorted(maps.Keys(r.over))...)
}

// complete fills in what is known only at the end.
func (a *entry) complete() {
	if !a.settled {
		a.Err = "not finished"
	}
	if n := len(a.Hops); len(a.asked) == n+1 {
		a.Request = fields(a.asked[n])
	}
	if n := len(a.Hops); len(a.got) == n+1 {
		if a.Header = lines(a.got[n].text); len(a.Header) == 0 {
			a.Header = fields(a.got[n].headers)
		}
	}
	if a.ContentType == "" {
		a.ContentType = header(a.Header, "Content-Type")
	}
	if a.Body != nil {
		a.SHA256 = sum(a.Body)
	}
	a.FromSite = a.main || sameSite(a.FinalURL, a.Page)
}

// What the way out says itself where it could not connect for a request over plain HTTP (over TLS, the browser has no answer then).
const notConnected = "not connected"

// disown makes an answer of the way out what it is: none of the site's.
func (a *entry) disown() {
	if strings.HasPrefix(a.FinalURL, "http://") && (a.Status == 403 || a.Status == 502) && strings.TrimSpace(string(a.Body)) == notConnected {
		a.Status, a.Header, a.ContentType, a.Body, a.SHA256, a.Err = 0, nil, "", nil, "", notConnected
	}
}

// unseen takes what the way out said off the views.
func (v *visit) unseen() {
	v.rec.mu.Lock()
	defer v.rec.mu.Unlock()
	for i := range v.out.Views {
		view := &v.out.Views[i]
		for _, a := range v.rec.entries {
			if a.main && a.Err == notConnected && a.FinalURL == bare(view.FinalURL) {
				*view = crawler.View{URL: view.URL, FinalURL: view.FinalURL, Steps: view.Steps, Took: view.Took, Err: notConnected}
			}
		}
	}
}

// entry is the answer of the first document that the page showed.
func (r *recorder) entry(out *crawler.Rendered) *crawler.Answer {
	r.mu.Lock()
	defer r.mu.Unlock()
	for i, e := range r.entries {
		if e.main && e.Status != 0 && i < len(out.Answers) && e.FinalURL == bare(out.Views[0].FinalURL) {
			return &out.Answers[i]
		}
	}
	return nil
}

// status is that of the document shown, with the requests it took; 0 where none answered.
func (r *recorder) status() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, a := range slices.Backward(r.entries) {
		if a.main && a.loader == r.loader {
			return a.Status
		}
	}
	return 0
}

// endpoint is the "host:port" of an address or of itself.
func endpoint(s string) string {
	if !strings.Contains(s, "://") {
		return strings.ToLower(s)
	}
	u, err := url.Parse(s)
	if err != nil {
		return s
	}
	port := u.Port()
	if port == "" {
		port = "80"
		if u.Scheme == "https" || u.Scheme == "wss" {
			port = "443"
		}
	}
	return strings.ToLower(net.JoinHostPort(u.Hostname(), port))
}

// bare is an address without its fragment.
func bare(s string) string {
	s, _, _ = strings.Cut(s, "#")
	return s
}

func sum(b []byte) string {
	h := sha256.Sum256(b)
	return hex.EncodeToString(h[:])
}
