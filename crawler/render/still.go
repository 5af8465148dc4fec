package render

import (
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/fetch"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/cdproto/target"
)

// gate says what becomes of the documents that a page asks for to take its own place.
//
//	ajar ─ hold ─> held ─ release ─> ajar           while a page is read they come later
//	ajar, held ─ halt ─> shut ─ leaving ─> ajar     past maxNavigations they do not come
//
// They are refused, not kept waiting: the browser lets nobody ask a page that is about to go.
type gate int

const (
	ajar gate = iota
	held
	shut
)

// documents are what a gate that is not ajar has the browser ask about before it fetches them.
var documents = fetch.EnableParams{Patterns: []*fetch.RequestPattern{{ResourceType: network.ResourceTypeDocument}}}

// hold keeps the page where it is until release. The browser does as it is told in order, so what is asked after this finds the page
// standing, or on its way to the last document it asked for before.
func (r *recorder) hold() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.gate == ajar {
		r.gate = held
		r.tellPage(fetch.Enable.Method, documents)
	}
}

// release lets the page go where it wanted to meanwhile.
func (r *recorder) release() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.gate != held {
		return
	}
	to := r.wanted
	r.unlock()
	if to != "" {
		r.sent, r.activity = true, time.Now()
		r.tellPage(runtime.Evaluate.Method, runtime.EvaluateParams{Expression: "location.href = " + quote(to), Silent: new(true)})
	}
}

// unlock lets all documents through. The lock is held.
func (r *recorder) unlock() {
	r.gate, r.wanted = ajar, ""
	r.tellPage(fetch.Disable.Method, cdp.Empty{})
}

// halt stops a page that goes from address to address without end: its scripts run no more, and it gets no other document. What
// stands, or is on its way, is its last. The lock is held.
func (r *recorder) halt(limit string) {
	r.tame(limit)
	if r.gate == ajar {
		r.tellPage(fetch.Enable.Method, documents)
	}
	r.gate, r.wanted = shut, ""
}

// restrain halts a page that did not come to rest because it went on and on, be it slower than maxNavigations tells.
func (r *recorder) restrain() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.moves > maxRestless {
		r.halt("navigations")
	}
}

// paused decides about a document that was asked for while the gate was not ajar. Frames go where they like.
func (r *recorder) paused(s target.SessionID, e *fetch.EventRequestPaused) {
	to := session{r.v.b.conn, s}
	if s != r.root || string(e.FrameID) != string(r.rootID) || r.gate == ajar {
		to.tell(fetch.ContinueRequest.Method, fetch.ContinueRequestParams{RequestID: e.RequestID})
		return
	}
	if q := e.Request; r.gate == held && q != nil && q.Method == "GET" && web(q.URL) {
		r.wanted = q.URL
	}
	// Called off by itself: the page that stands does not go for it.
	to.tell(fetch.FailRequest.Method, fetch.FailRequestParams{RequestID: e.RequestID, ErrorReason: network.ErrorReasonAborted})
}

// going reports whether the page waits for another document.
func (r *recorder) going() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.sent {
		return true
	}
	for a := range r.busy {
		if a.main && a.Status == 0 {
			return true
		}
	}
	return false
}

// stay calls off the document that the page waits for.
func (r *recorder) stay() { r.tellPage(page.StopLoading.Method, cdp.Empty{}) }

// stop ends the scripts of a page, see tame.
func (r *recorder) stop(limit string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.tame(limit)
}

func (r *recorder) tellPage(method string, params any) {
	session{r.v.b.conn, r.root}.tell(method, params)
}
