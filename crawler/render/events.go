package render

import (
	"strings"
	"sync"
	"time"

	"github.com/chromedp/cdproto"
	cdpbrowser "github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/cdp"
	jsonv2 "github.com/chromedp/cdproto/cdp/jsonv2"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"

	"scamatlas/crawler"
)

// recorder keeps what the browser reports during one visit. The reading goroutine of the conn writes it, the visit reads it.
type recorder struct {
	said int // bytes of sockets' messages kept
	v    *visit

	mu       sync.Mutex
	rootID   target.ID
	root     target.SessionID
	refused  int                // workers that stay as they began
	sessions int                // frames and workers listened to
	workers  []target.SessionID // of them
	over     map[string]bool

	loader   cdp.LoaderID // of the document shown
	loaded   bool         // its load event came
	ready    time.Time    // when its elements were complete
	failed   string       // address that the browser shows its own error page for
	moves    int          // documents since the last navigation of ours
	samedoc  int
	busy     map[*entry]bool // requests under way
	activity time.Time       // when something last came or went
	gate     gate
	wanted   string // address the page asked for while it was held
	sent     bool   // it was let go there, and has not asked again yet

	netlog

	dialogs []crawler.Dialog
	boxes   int
	popups  []string
	windows int
	fetches []string
	errors  int
	logs    int
	logged  int // bytes
	tamed   time.Time
}

func newRecorder(v *visit) *recorder {
	r := &recorder{v: v, over: map[string]bool{}, busy: map[*entry]bool{}, activity: time.Now()}
	r.netlog.init()
	return r
}

func (r *recorder) own(id target.ID) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.rootID = id
}

func (r *recorder) pageSession(id target.SessionID) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.root = id
}

// on decodes an event and gives it to f under the recorder's lock.
func on[E any](r *recorder, m *cdproto.Message, f func(s target.SessionID, e *E)) {
	e := new(E)
	if jsonv2.Unmarshal(m.Params, e, chromedp.DefaultUnmarshalOptions) != nil {
		return // a browser newer than our tables; the event is lost, nothing else
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	f(m.SessionID, e)
}

// event is called by the reader for every event, in order. It waits for nothing.
func (v *visit) event(m *cdproto.Message) {
	r := v.rec
	switch m.Method {
	case "Target.attachedToTarget":
		on(r, m, r.attached)
	case "Target.targetCreated":
		on(r, m, r.created)
	case "Target.targetCrashed":
		on(r, m, func(_ target.SessionID, e *target.EventTargetCrashed) { r.crashed(e.TargetID == r.rootID) })
	case "Inspector.targetCrashed":
		on(r, m, func(s target.SessionID, _ *struct{}) { r.crashed(s == r.root) })
	case "Page.javascriptDialogOpening":
		on(r, m, r.dialog)
	case "Page.windowOpen":
		on(r, m, func(_ target.SessionID, e *page.EventWindowOpen) { r.popup(e.URL) })
	case "Browser.downloadWillBegin":
		on(r, m, r.download)
	case "Runtime.consoleAPICalled":
		on(r, m, func(_ target.SessionID, e *struct {
			Type string `json:"type"`
		}) {
			r.printed(e.Type, len(m.Params))
		})
	case "Runtime.exceptionThrown":
		on(r, m, func(target.SessionID, *struct{}) { r.errors++ })
	case "Page.frameNavigated":
		on(r, m, r.navigated)
	case "Page.navigatedWithinDocument":
		on(r, m, r.moved)
	case "Fetch.requestPaused":
		on(r, m, r.paused)
	case "Page.domContentEventFired":
		on(r, m, func(s target.SessionID, _ *struct{}) {
			if s == r.root {
				r.ready = time.Now()
			}
		})
	case "Page.loadEventFired":
		on(r, m, func(s target.SessionID, _ *struct{}) {
			if s == r.root {
				r.loaded, r.activity = true, time.Now()
			}
		})
	default:
		if strings.HasPrefix(string(m.Method), "Network.") {
			r.network(m)
		}
	}
}

// attached sets up a frame of another site, or a worker, before it runs. What is too much stays paused.
func (r *recorder) attached(_ target.SessionID, e *target.EventAttachedToTarget) {
	s := session{r.v.b.conn, e.SessionID}
	switch kind := e.TargetInfo.Type; {
	case kind == "page": // ours; others are not attached to
		return
	case kind != "iframe" && kind != "worker" && kind != "shared_worker" && kind != "service_worker":
	case r.sessions >= maxFrames, kind != "iframe" && len(r.workers) >= maxWorkers:
		if r.over["frames"] = true; kind != "iframe" {
			r.fire()
		}
		return
	default:
		r.sessions++
		if kind != "iframe" {
			r.workers = append(r.workers, e.SessionID)
		}
		list := append(r.v.ears(false), r.v.workerLooks()...)
		if kind == "iframe" {
			list = append(r.v.ears(false), r.v.looks(false)...)
		}
		for _, c := range list {
			s.tell(c.method, c.params)
		}
	}
	s.tell(runtime.RunIfWaitingForDebugger.Method, cdp.Empty{})
}

// fire ends what the page's workers do once it asks for too many; each keeps a core busy for as long as it likes.
func (r *recorder) fire() {
	if r.refused++; r.refused != maxFrames {
		return
	}
	for _, s := range r.workers {
		session{r.v.b.conn, s}.tell(runtime.TerminateExecution.Method, cdp.Empty{})
	}
}

// created closes every window that a page of this visit opens.
func (r *recorder) created(_ target.SessionID, e *target.EventTargetCreated) {
	t := e.TargetInfo
	if t.Type != "page" || t.BrowserContextID != r.v.home || r.rootID == "" || t.TargetID == r.rootID {
		return
	}
	r.v.b.self().tell(target.CloseTarget.Method, target.CloseTargetParams{TargetID: t.TargetID})
	if r.windows++; r.windows > maxPopups {
		r.tame("popups")
	}
}

func (r *recorder) popup(url string) {
	if len(r.popups) < crawler.MaxNoted {
		r.popups = append(r.popups, clip(url, crawler.MaxURL))
	}
}

func (r *recorder) crashed(ours bool) {
	if ours {
		r.v.fail(errCrash)
	}
}

// printed counts what goes to the console; a page that floods it holds up everything else.
func (r *recorder) printed(kind string, bytes int) {
	if kind == "error" {
		r.errors++
	}
	r.logs++
	r.logged += bytes
	if r.logs > maxLogs || r.logged > maxLogged {
		r.tame("console")
		session{r.v.b.conn, r.root}.tell(runtime.Disable.Method, cdp.Empty{})
	}
}

// dialog says no to what a page asks. Only the question whether to leave a page is answered with yes: staying would hold us.
func (r *recorder) dialog(s target.SessionID, e *page.EventJavascriptDialogOpening) {
	r.activity = time.Now()
	if len(r.dialogs) < crawler.MaxNoted {
		r.dialogs = append(r.dialogs, crawler.Dialog{Kind: string(e.Type), Text: clip(e.Message, crawler.MaxTitle)})
	}
	if r.boxes++; r.boxes > maxDialogs {
		r.tame("dialogs")
	}
	session{r.v.b.conn, s}.tell(page.HandleJavaScriptDialog.Method, page.HandleJavaScriptDialogParams{Accept: e.Type == "beforeunload"})
}

// tame ends the scripts of a page that does too much of something, and lets no more run. What stands on it can still be read.
func (r *recorder) tame(limit string) {
	p := session{r.v.b.conn, r.root}
	if now := time.Now(); r.over[limit] && now.Sub(r.tamed) < lookInterval {
		return
	}
	if !r.over[limit] {
		p.tell(emulation.SetScriptExecutionDisabled.Method, emulation.SetScriptExecutionDisabledParams{Value: true})
	}
	r.over[limit], r.tamed = true, time.Now()
	p.tell(runtime.TerminateExecution.Method, cdp.Empty{})
}

func (r *recorder) download(_ target.SessionID, e *cdpbrowser.EventDownloadWillBegin) {
	if len(r.fetches) < crawler.MaxNoted {
		line := clip(e.URL, crawler.MaxURL)
		if e.SuggestedFilename != "" {
			line += " " + clip(e.SuggestedFilename, 200)
		}
		r.fetches = append(r.fetches, line)
	}
}

func (r *recorder) navigated(s target.SessionID, e *page.EventFrameNavigated) {
	if s != r.root || e.Frame == nil || e.Frame.ParentID != "" {
		return
	}
	r.loader, r.failed = e.Frame.LoaderID, e.Frame.UnreachableURL
	r.loaded, r.ready, r.sent, r.activity = false, time.Time{}, false, time.Now()
	if r.moves++; r.moves > maxNavigations {
		r.halt("navigations")
	}
}

func (r *recorder) moved(s target.SessionID, _ *page.EventNavigatedWithinDocument) {
	if s != r.root {
		return
	}
	if r.samedoc++; r.samedoc > maxSameDoc {
		r.halt("navigations")
	}
}

// capped reports whether the page had to be tamed.
func (r *recorder) capped() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.over["dialogs"] || r.over["popups"] || r.over["navigations"] || r.over["frames"] || r.over["console"]
}

// clip cuts text of a site at n bytes, at a letter, and makes it valid UTF-8.
func clip(s string, n int) string {
	if len(s) > n {
		s = s[:n]
	}
	return strings.ToValidUTF8(s, "")
}
