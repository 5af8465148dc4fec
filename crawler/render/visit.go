package render

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"time"

	cdpbrowser "github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/target"

	"scamatlas/crawler"
	"scamatlas/crawler/render/inpage"
)

// How a visit breaks off.
var (
	errCrash  = errors.New("crash")
	errMemory = errors.New("memory")
	errTime   = errors.New("time")
	errStuck  = errors.New("the page does not answer")
)

// noAnswer begins the error of a view whose address let us wait for nothing.
const noAnswer = "no answer within "

// mainnet is the chain the inert wallet says it is on: Ethereum.
const mainnet = "0x1"

// visit is one site looked at by one visitor.
type visit struct {
	o   *Options
	b   *browser
	c   *crawler.Capture
	who *crawler.Profile
	out *crawler.Rendered

	home cdp.BrowserContextID
	page session     // the page itself
	root target.ID   // and its target, whose id is the main frame's, too
	fail func(error) // ends the visit

	rec   *recorder
	world world // where our scripts run

	stood standing // the page that was read last, as it was just before
	pace  float64  // 1 or more: so many times slower than usual is the machine now
	stuck int      // times a script had to be ended
	views int      // looked at, at most
	shots int      // pictures taken
}

// visit looks at one site. healthy reports whether the browser may be used for another; the error is ctx's.
func (p *Pool) visit(ctx context.Context, b *browser, c *crawler.Capture, who *crawler.Profile, views int) (healthy bool, err error) {
	out := &crawler.Rendered{Browser: b.product, Began: time.Now().UTC()}
	c.Rendered = out
	defer func() { out.Ended = time.Now().UTC() }()
	way, err := p.o.Forward(ctx, who)
	if err != nil {
		if ctx.Err() != nil {
			return true, p.ended(ctx)
		}
		out.Err = "no way out: " + err.Error()
		return true, nil
	}
	limited, cancel := context.WithTimeout(ctx, crawler.RenderTimeout)
	defer cancel()
	run, fail := context.WithCancelCause(limited)
	defer fail(nil)

	v := &visit{o: &p.o, b: b, c: c, who: who, out: out, fail: fail, views: p.o.Views}
	if views > 0 {
		v.views = min(v.views, views)
	}
	v.rec = newRecorder(v)
	broke := v.run(run, way.Addr())
	healthy = v.leave() && broke == nil
	v.conclude(way, v.why(limited, broke))
	if err := way.Close(); err != nil {
		p.o.Log.Warn("closing a visit's way out", "host", c.Host, "err", err)
	}
	if ctx.Err() != nil {
		return healthy, p.ended(ctx)
	}
	return healthy, nil
}

// run does the looking. Its error says how it broke off; what was seen until then is kept.
func (v *visit) run(ctx context.Context, way string) error {
	var wait sync.WaitGroup
	defer wait.Wait()
	over, done := context.WithCancel(ctx)
	defer done()
	wait.Go(func() {
		select {
		case <-v.b.lost:
			v.fail(errLost)
		case <-over.Done():
		}
	})
	for range maxBodiesAhead {
		wait.Go(func() { v.rec.readBodies(over) })
	}
	v.b.listen(v.event)
	if err := v.open(ctx, way); err != nil {
		return cause(ctx, err)
	}
	if err := v.look(ctx); err != nil {
		return cause(ctx, err)
	}
	v.rec.drain(ctx)
	if v.stuck > 0 || v.rec.capped() {
		return errStuck // everything was read; the browser is not trusted any more
	}
	return nil
}

// cause prefers the reason for which ctx ended.
func cause(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return err
}

// why is the line for Rendered.Err.
func (v *visit) why(ctx context.Context, broke error) string {
	switch {
	case v.b.fat.Load():
		return errMemory.Error()
	case broke == nil || errors.Is(broke, errStuck) && v.sawSomething():
		return ""
	case errors.Is(broke, errLost), errors.Is(broke, errCrash):
		return errCrash.Error()
	case ctx.Err() != nil, errors.Is(broke, context.DeadlineExceeded):
		return errTime.Error()
	}
	return broke.Error()
}

func (v *visit) sawSomething() bool { return len(v.out.Views) > 0 && len(v.out.Views[0].DOM) > 0 }

// open makes a browser context of the visit's own, with the way out as its only one, and a page in it that looks like the visitor.
func (v *visit) open(ctx context.Context, way string) error {
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	defer func(began time.Time) { v.pace = pace(time.Since(began)) }(time.Now())
	made, err := cdp.Call(ctx, v.b.self(), target.CreateBrowserContext, target.CreateBrowserContextParams{
		DisposeOnDetach: new(true), ProxyServer: "http://" + way, ProxyBypassList: "<-loopback>",
	})
	if err != nil {
		return err
	}
	v.home = made.BrowserContextID
	err = cdpCall(ctx, v.b.self(), cdpbrowser.SetDownloadBehavior, cdpbrowser.SetDownloadBehaviorParams{
		Behavior: cdpbrowser.SetDownloadBehaviorBehaviorDeny, BrowserContextID: v.home, EventsEnabled: new(true),
	})
	if err != nil {
		return err
	}
	created, err := cdp.Call(ctx, v.b.self(), target.CreateTarget, target.CreateTargetParams{
		URL: "about:blank", BrowserContextID: v.home, Width: int64(v.who.Width), Height: int64(v.who.Height), NewWindow: new(true),
	})
	if err != nil {
		return err
	}
	v.rec.own(created.TargetID)
	v.root = created.TargetID
	attached, err := cdp.Call(ctx, v.b.self(), target.AttachToTarget, target.AttachToTargetParams{TargetID: created.TargetID, Flatten: new(true)})
	if err != nil {
		return err
	}
	v.page = session{v.b.conn, attached.SessionID}
	v.rec.pageSession(attached.SessionID)
	return v.page.all(ctx, append(v.ears(true), v.looks(true)...))
}

// pace tells from how long an empty page took to open how much longer than usual everything takes.
func pace(opened time.Duration) float64 {
	return min(max(float64(opened)/float64(usualOpen), 1), maxPace)
}

// slow is a time that is waited for a page, on a machine as slow as it is now. The visit's own bounds stay as they are.
func (v *visit) slow(d time.Duration) time.Duration {
	return time.Duration(float64(d) * max(v.pace, 1))
}

// leave closes the site's page and browser context. It reports whether that went well.
func (v *visit) leave() bool {
	defer v.b.listen(nil)
	if v.home == "" || v.b.fat.Load() {
		return v.home != ""
	}
	// The visit's own context may have ended; letting go has its own time.
	ctx, cancel := context.WithTimeout(context.Background(), closeTimeout)
	defer cancel()
	return cdpCall(ctx, v.b.self(), target.DisposeBrowserContext, target.DisposeBrowserContextParams{BrowserContextID: v.home}) == nil
}

// conclude moves what was recorded into the capture, and says how the visit ended.
func (v *visit) conclude(way Forward, why string) {
	refused := way.Refusals()
	v.rec.give(v.out, refused)
	v.unseen()
	if way.Capped() {
		v.out.Caps = append(v.out.Caps, "bytes")
	}
	v.out.Err = why
	v.c.Refusals = append(v.c.Refusals, refused[:min(len(refused), max(0, crawler.MaxRefusals-len(v.c.Refusals)))]...)
	v.judge()
	if err := v.out.Err; err == errTime.Error() || err == errStuck.Error() || strings.HasPrefix(err, noAnswer) {
		v.out.Caps = append(v.out.Caps, "time")
	}
}

// judge sets the capture's outcome by its entry view. A browser that saw nothing says nothing about the site.
func (v *visit) judge() {
	if len(v.out.Views) == 0 {
		return
	}
	entry := &v.out.Views[0]
	if entry.Err != "" && entry.Status == 0 {
		if v.out.Err == "" {
			v.out.Err = entry.Err
		}
		return
	}
	if entry.Status == 0 && len(entry.DOM) == 0 {
		return
	}
	if entry.FinalURL != "" {
		v.c.FinalURL = entry.FinalURL
	}
	if v.c.EntryURL == "" {
		v.c.EntryURL = entry.URL
	}
	if v.o.Judge == nil || len(entry.DOM) == 0 && entry.Status < 400 { // an empty page has a DOM, too: this one was never read
		return
	}
	shown := crawler.Response{URL: entry.URL, FinalURL: entry.FinalURL, Status: entry.Status, ContentType: "text/html; charset=utf-8", Body: entry.DOM}
	if a := v.rec.entry(v.out); a != nil {
		shown.Header, shown.Hops = a.Header, a.Hops
	}
	if entry.Truncated {
		shown.Truncated = "size"
	}
	outcome, reason := v.o.Judge(&shown)
	if outcome == crawler.Blank && v.c.Outcome == crawler.OK && slices.Contains(v.out.Caps, "navigations") {
		return // a page that never stands still was read between two documents: what was sent counts
	}
	v.c.Outcome, v.c.Reason = outcome, reason
}

// autoAttach stops frames of other sites and workers until they are set up. Windows are not among them: the page that opens one would
// stand still until it is let go.
var autoAttach = target.SetAutoAttachParams{AutoAttach: true, WaitForDebuggerOnStart: true, Flatten: new(true), Filter: target.Filter{
	{Type: "page", Exclude: true}, {Type: "tab", Exclude: true}, {Type: "browser", Exclude: true}, {},
}}

// ears are the commands that let us hear a page, a frame of another site (page = false), or a worker.
func (v *visit) ears(page bool) []command {
	list := []command{
		do(network.Enable, network.EnableParams{
			MaxTotalBufferSize: new(int64(crawler.MaxAnswerBytes)), MaxResourceBufferSize: new(int64(crawler.MaxBody)),
			MaxPostDataSize: new(int64(crawler.MaxSent)),
		}),
		try(network.SetBypassServiceWorker, network.SetBypassServiceWorkerParams{Bypass: true}),
		try(target.SetAutoAttach, autoAttach),
		{"Runtime.enable", cdp.Empty{}, page},
	}
	if page {
		list = append(list, command{"Inspector.enable", cdp.Empty{}, false})
	}
	return list
}

// scripts run in every document before its own.
func (v *visit) scripts() []string {
	list := []string{inpage.OpenShadows(), fewWindows}
	if v.who.ChromeMajor() == 0 {
		list = append(list, hideHints)
	}
	if v.who.Wallet {
		list = append(list, inpage.Provider(mainnet))
	}
	return list
}
