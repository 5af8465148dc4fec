package render

import (
	"maps"
	"math"
	"net"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/chromedp/cdproto"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/target"

	"scamatlas/crawler"
)

// netlog is the network part of a recorder: requests by their id, in the order they began.
type netlog struct {
	entries []*entry
	byID    map[network.RequestID]*entry
	sockets []*socket
	bySock  map[network.RequestID]*socket
	bytes   int // of bodies kept
	bodies  chan *entry
	reading int // bodies asked for and not there yet
}

// entry is one request with all its hops.
type entry struct {
	crawler.Answer
	id      network.RequestID
	session target.SessionID
	loader  cdp.LoaderID
	main    bool // the document of the page itself
	began   time.Time
	start   cdp.MonotonicTime
	asked   []network.Headers // as they went over the wire, one for each hop
	got     []extra           // the same for answers
	settled bool
}

type extra struct {
	headers network.Headers
	text    string
}

// socket is one WebSocket.
type socket struct {
	crawler.Socket
	opened time.Time
	came   int
}

func (n *netlog) init() {
	n.byID, n.bySock = map[network.RequestID]*entry{}, map[network.RequestID]*socket{}
	n.bodies = make(chan *entry, crawler.MaxAnswers) // never full: each entry goes through it once
}

func (r *recorder) network(m *cdproto.Message) {
	switch m.Method {
	case "Network.requestWillBeSent":
		on(r, m, r.requested)
	case "Network.requestWillBeSentExtraInfo":
		on(r, m, func(_ target.SessionID, e *network.EventRequestWillBeSentExtraInfo) {
			if a := r.byID[e.RequestID]; a != nil && len(a.asked) <= crawler.MaxHops {
				a.asked = append(a.asked, e.Headers)
			}
		})
	case "Network.responseReceived":
		on(r, m, r.responded)
	case "Network.responseReceivedExtraInfo":
		on(r, m, func(_ target.SessionID, e *network.EventResponseReceivedExtraInfo) {
			if a := r.byID[e.RequestID]; a != nil && len(a.got) <= crawler.MaxHops {
				a.got = append(a.got, extra{e.Headers, e.HeadersText})
			}
		})
	case "Network.loadingFinished":
		on(r, m, func(s target.SessionID, e *network.EventLoadingFinished) { r.finished(s, e.RequestID, e.Timestamp, "") })
	case "Network.loadingFailed":
		on(r, m, func(s target.SessionID, e *network.EventLoadingFailed) {
			why := e.ErrorText
			if e.BlockedReason != "" {
				why += " (" + string(e.BlockedReason) + ")"
			}
			r.finished(s, e.RequestID, e.Timestamp, clip(why, 200))
		})
	default:
		r.socketEvent(m)
	}
}

func (r *recorder) requested(s target.SessionID, e *network.EventRequestWillBeSent) {
	r.activity = time.Now()
	if e.Request == nil || strings.HasPrefix(e.Request.URL, "data:") {
		return
	}
	to := clip(e.Request.URL, crawler.MaxURL)
	if a := r.byID[e.RequestID]; a != nil {
		if e.RedirectResponse != nil && len(a.Hops) < crawler.MaxHops {
			a.Hops = append(a.Hops, crawler.Hop{URL: a.FinalURL, Status: int(e.RedirectResponse.Status), To: to})
		}
		a.FinalURL = to
		return
	}
	if len(r.entries) >= crawler.MaxAnswers {
		r.over["answers"] = true
		return
	}
	a := &entry{id: e.RequestID, session: s, loader: e.LoaderID, start: e.Timestamp, began: time.Now()}
	a.main = e.Type == network.ResourceTypeDocument && s == r.root && string(e.FrameID) == string(r.rootID)
	a.URL, a.FinalURL, a.Method, a.Type = to, to, e.Request.Method, kind(e.Type)
	a.Request, a.Page, a.At = fields(e.Request.Headers), clip(e.DocumentURL, crawler.MaxURL), wall(e.WallTime)
	for _, part := range e.Request.PostDataEntries {
		a.Sent = append(a.Sent, part.Bytes[:min(len(part.Bytes), crawler.MaxSent-len(a.Sent))]...)
	}
	r.sent = r.sent && !a.main
	r.entries = append(r.entries, a)
	r.byID[e.RequestID] = a
	r.busy[a] = true
}

func (r *recorder) responded(_ target.SessionID, e *network.EventResponseReceived) {
	r.activity = time.Now()
	a := r.byID[e.RequestID]
	if a == nil || e.Response == nil {
		return
	}
	if a.Type == "other" {
		a.Type = kind(e.Type)
	}
	a.Status, a.Protocol = int(e.Response.Status), e.Response.Protocol
	a.Header = fields(e.Response.Headers)
	a.ContentType = header(a.Header, "Content-Type")
	if e.Type == network.ResourceTypeEventSource || e.Type == network.ResourceTypeMedia {
		delete(r.busy, a) // goes on for as long as the page likes
	}
}

// finished ends a request; the body of one that went well is read by another goroutine.
func (r *recorder) finished(s target.SessionID, id network.RequestID, at cdp.MonotonicTime, failure string) {
	r.activity = time.Now()
	a := r.byID[id]
	if a == nil || a.settled {
		return
	}
	a.settled = true
	delete(r.busy, a)
	a.TookMS = int64(math.Max(0, (float64(at)-float64(a.start))*1000))
	a.Err = failure
	if failure == "" && a.Status != 0 {
		a.session = s
		r.reading++
		r.bodies <- a
	}
}

func (r *recorder) socketEvent(m *cdproto.Message) {
	switch m.Method {
	case "Network.webSocketCreated":
		on(r, m, func(_ target.SessionID, e *network.EventWebSocketCreated) {
			if len(r.sockets) >= crawler.MaxSockets {
				r.over["sockets"] = true
				return
			}
			k := &socket{opened: time.Now()}
			k.URL, k.Page = clip(e.URL, crawler.MaxURL), r.address()
			r.sockets = append(r.sockets, k)
			r.bySock[e.RequestID] = k
		})
	case "Network.webSocketFrameReceived":
		on(r, m, func(_ target.SessionID, e *network.EventWebSocketFrameReceived) {
			r.frame(e.RequestID, e.Response, false)
		})
	case "Network.webSocketFrameSent":
		on(r, m, func(_ target.SessionID, e *network.EventWebSocketFrameSent) { r.frame(e.RequestID, e.Response, true) })
	case "Network.webSocketFrameError":
		on(r, m, func(_ target.SessionID, e *network.EventWebSocketFrameError) {
			if k := r.bySock[e.RequestID]; k != nil {
				k.Err, k.came = clip(e.ErrorMessage, 200), k.came+1
			}
		})
	case "Network.webSocketClosed":
		on(r, m, func(_ target.SessionID, e *network.EventWebSocketClosed) {
			if k := r.bySock[e.RequestID]; k != nil {
				k.came++
			}
		})
	}
}

// frame keeps a message of a socket that is text.
func (r *recorder) frame(id network.RequestID, f *network.WebSocketFrame, sent bool) {
	k := r.bySock[id]
	if k == nil || f == nil {
		return
	}
	if !sent {
		if k.came++; k.came <= 3 {
			r.activity = time.Now() // what a page shows may come with the first messages; a ticker never ends
		}
	}
	if len(k.Frames) >= crawler.MaxFrames {
		r.over["frames_of_socket"] = true
		return
	}
	if f.Opcode != 1 && (f.Opcode != 2 || !utf8.Valid(f.PayloadData)) {
		return
	}
	if n := min(len(f.PayloadData), crawler.MaxFrame); n > 0 {
		if r.said+n > maxSaid {
			r.over["bytes"] = true
			return
		}
		text := clip(string(f.PayloadData[:n]), crawler.MaxFrame)
		r.said += len(text)
		k.Frames = append(k.Frames, crawler.Frame{Sent: sent, Text: text})
	}
}

// address is the page shown; the lock is held.
func (r *recorder) address() string {
	for _, a := range slices.Backward(r.entries) {
		if a.main {
			return a.FinalURL
		}
	}
	return ""
}

// restless reports whether the page waits for an answer that is worth waiting for, and when something last came; the lock is held.
func (r *recorder) restless(now time.Time) (busy bool, last time.Time) {
	for a := range r.busy {
		if now.Sub(a.began) < longRequest || a.main && a.Status == 0 {
			return true, r.activity
		}
	}
	for _, k := range r.sockets {
		if k.came == 0 && now.Sub(k.opened) < socketGrace {
			return true, r.activity
		}
	}
	return false, r.activity
}

// kind spells a resource type as crawler.Answer does.
func kind(t network.ResourceType) string {
	switch k := strings.ToLower(string(t)); k {
	case "document", "script", "stylesheet", "xhr", "fetch", "image", "font", "media", "manifest", "websocket", "eventsource":
		return k
	}
	return "other"
}

// fields are headers in the order of their names: the browser reports them without one. Repeated ones come with a line break between.
func fields(h network.Headers) []crawler.HeaderField {
	var out []crawler.HeaderField
	for _, name := range slices.Sorted(maps.Keys(h)) {
		text, _ := h[name].(string)
		if strings.HasPrefix(name, ":") {
			continue // what HTTP/2 has for a request line
		}
		for value := range strings.SplitSeq(text, "\n") {
			out = append(out, crawler.HeaderField{Name: strings.ToValidUTF8(name, ""), Value: strings.ToValidUTF8(value, "\ufffd")})
		}
	}
	return out
}

// lines are the headers of a head as it went over the wire (HTTP/1.1), after its first line.
func lines(head string) []crawler.HeaderField {
	var out []crawler.HeaderField
	for line := range strings.SplitSeq(head, "\n") {
		name, value, ok := strings.Cut(strings.TrimRight(line, "\r"), ":")
		if ok && name != "" && !strings.ContainsAny(name, " \t/") {
			out = append(out, crawler.HeaderField{Name: strings.ToValidUTF8(name, ""), Value: strings.ToValidUTF8(strings.TrimSpace(value), "\ufffd")})
		}
	}
	return out
}

func header(list []crawler.HeaderField, name string) string {
	for _, f := range list {
		if strings.EqualFold(f.Name, name) {
			return f.Value
		}
	}
	return ""
}

// sameSite reports whether two addresses are of one registrable domain; addresses without one (IP) must be of one host.
func sameSite(a, b string) bool {
	x, err1 := url.Parse(a)
	y, err2 := url.Parse(b)
	if err1 != nil || err2 != nil || x.Hostname() == "" {
		return false
	}
	if x.Hostname() == y.Hostname() {
		return true
	}
	if net.ParseIP(x.Hostname()) != nil || net.ParseIP(y.Hostname()) != nil {
		return false
	}
	return crawler.RegistrableDomain(x.Hostname()) == crawler.RegistrableDomain(y.Hostname())
}

func wall(t cdp.TimeSinceEpoch) time.Time {
	s := float64(t)
	if !(s > 0 && s < 1<<33) {
		return time.Now().UTC()
	}
	return time.UnixMicro(int64(s * 1e6)).UTC()
}

func decimal(n int) string { return strconv.Itoa(n) }
