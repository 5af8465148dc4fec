package render

import (
	"context"
	"errors"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"

	"scamatlas/crawler"
	"scamatlas/crawler/render/inpage"
)

// look goes to the entry page, reads it, and explores from there.
func (v *visit) look(ctx context.Context) error {
	first, err := v.enterSite(ctx)
	if first == nil {
		return err
	}
	if err == nil && first.Err == "" {
		err = v.explore(ctx)
	}
	if err == nil {
		v.lastWords(ctx)
	}
	return err
}

// enterSite shows the entry page. The view is nil when no address led anywhere.
func (v *visit) enterSite(ctx context.Context) (*crawler.View, error) {
	list, began := v.entries(), time.Now()
	for i, to := range list {
		view, err := v.show(ctx, to, v.who.Referrer)
		if err == nil && view.Err != "" && view.Status == 0 && i < len(list)-1 && time.Since(began) < enterTimeout {
			continue // the next spelling of the same site
		}
		if err == nil && view.Err == "" && v.views > hastyViews {
			err = v.await(ctx, view)
		}
		v.keep(view)
		return view, err
	}
	return nil, errors.New("no http or https address to begin with")
}

// entries are the addresses to try, in order.
func (v *visit) entries() []string {
	var list []string
	switch {
	case v.c.EntryURL != "":
		list = []string{v.c.EntryURL}
	case v.c.Target.URL != "":
		list = []string{v.c.Target.URL}
	default:
		list = []string{"https://" + v.c.Host + "/", "http://" + v.c.Host + "/"}
	}
	return slices.DeleteFunc(list, func(s string) bool { return !web(s) })
}

// web reports whether a browser may be sent there: files and pages of its own are none of a site's.
func web(s string) bool {
	u, err := url.Parse(s)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Hostname() != "" && u.User == nil && len(s) <= crawler.MaxURL
}

// show navigates to an address and reads what it shows. The error is one that ends the visit; the view holds what was seen.
func (v *visit) show(ctx context.Context, to, referrer string) (*crawler.View, error) {
	ctx, cancel := context.WithTimeout(ctx, crawler.ViewTimeout-closeTimeout)
	defer cancel()
	began := time.Now()
	view := &crawler.View{URL: to, FinalURL: to}
	defer func() { view.Took = time.Since(began).Milliseconds() }()
	if err := v.navigate(ctx, view, referrer); err != nil || view.Err != "" && view.Status == 0 {
		return view, err
	}
	return view, v.read(ctx, view)
}

// navigate sends the page to view.URL and waits until it came to rest.
func (v *visit) navigate(ctx context.Context, view *crawler.View, referrer string) error {
	v.rec.drain(ctx)
	v.rec.leaving()
	first, cancel := context.WithTimeout(ctx, enterTimeout)
	got, err := cdp.Call(first, v.page, page.Navigate, page.NavigateParams{URL: view.URL, Referrer: referrer})
	cancel()
	switch {
	case err != nil && ctx.Err() == nil && errors.Is(err, context.DeadlineExceeded):
		if !v.b.answers(ctx) {
			return errLost
		}
		v.page.tell(page.StopLoading.Method, cdp.Empty{})
		view.Err = noAnswer + enterTimeout.String()
		if view.Status = v.rec.status(); view.Status == 0 {
			return nil
		}
	case err != nil:
		view.Err = clip(err.Error(), 200)
		return err
	case got.IsDownload:
		view.Err = "a download"
		return nil
	}
	view.Err = got.ErrorText
	if err := v.settle(ctx); err != nil {
		view.Err = clip(err.Error(), 200)
		return err
	}
	view.Status = v.rec.status()
	return nil
}

// leaving forgets what the last page waited for.
func (r *recorder) leaving() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.moves, r.samedoc, r.loaded, r.ready, r.sent = 0, 0, false, time.Time{}, false
	r.busy, r.activity = map[*entry]bool{}, time.Now()
	if r.gate != ajar {
		r.unlock()
	}
}

func (v *visit) number(ctx context.Context, expression string) (int, error) {
	raw, err := v.ask(ctx, expression)
	if err != nil {
		return 0, v.fatal(ctx, err)
	}
	n, _ := strconv.Atoi(string(raw))
	return n, nil
}

// fatal passes on what ends a visit; that a question failed is not among it.
func (v *visit) fatal(ctx context.Context, err error) error {
	if errors.Is(err, errLost) || errors.Is(err, errStuck) || ctx.Err() != nil {
		return err
	}
	return nil
}

// read takes what the page shows into view, once more when it shows nothing at first.
func (v *visit) read(ctx context.Context, view *crawler.View) error {
	if err := v.readOnce(ctx, view); err != nil || view.Err != "" || len(view.DOM) == 0 {
		return err
	}
	n, err := v.number(ctx, letters)
	if err != nil {
		return err
	}
	if n > 0 {
		view.Blank = "" // few letters are nearly one colour
		return nil
	}
	if n, err = v.awaitText(ctx); err != nil {
		return err
	}
	if err = v.readAgain(ctx, view); n > 0 {
		view.Blank = ""
	}
	return err
}

// letters counts those that are on the screen or could be scrolled to.
const letters = `(document.body ? document.body.innerText.trim().length : 0)`

// awaitText gives a blank page some time to show something, and says how many letters it shows then.
func (v *visit) awaitText(ctx context.Context) (int, error) {
	until := time.Now().Add(v.slow(blankWait))
	for ctx.Err() == nil {
		over := time.Now().After(until)
		n, err := v.number(ctx, letters)
		if err != nil {
			return 0, err
		}
		if n > 0 {
			return n, v.settle(ctx)
		}
		if over {
			break
		}
		_ = crawler.Sleep(ctx, 3*lookInterval)
	}
	return 0, nil
}

// readAgain reads a page that has changed since view was taken of it.
func (v *visit) readAgain(ctx context.Context, view *crawler.View) error {
	v.unread(view)
	return v.readOnce(ctx, view)
}

func (v *visit) unread(view *crawler.View) {
	v.shots -= len(view.Pictures)
	view.Pictures, view.Err = nil, ""
	if status := v.rec.status(); status != 0 {
		view.Status = status
	}
}

// readOnce reads the page while it is held where it is. One that goes all the same, to a document that was on its way, is read there.
func (v *visit) readOnce(ctx context.Context, view *crawler.View) error {
	v.rec.hold()
	defer v.rec.release()
	document := v.rec.document()
	err := v.readStill(ctx, view)
	for range maxGone {
		now := v.rec.document()
		if err != nil || now == document {
			break
		}
		document = now
		if err = v.settle(ctx); err == nil {
			v.unread(view)
			err = v.readStill(ctx, view)
		}
	}
	return err
}

func (v *visit) readStill(ctx context.Context, view *crawler.View) error {
	if v.rec.failedPage() {
		if view.Err == "" {
			view.Err = "the browser shows an error page of its own"
		}
		return nil
	}
	var err error
	if v.stood, err = v.stands(ctx); err != nil {
		return err
	}
	raw, err := v.ask(ctx, inpage.ReadPage(crawler.MaxDOM))
	if err != nil {
		view.Err = clip(err.Error(), 200)
		return v.fatal(ctx, err)
	}
	p, err := inpage.ParsePage(raw)
	if err != nil {
		view.Err = clip(err.Error(), 200)
		return nil
	}
	v.fill(view, p)
	v.askWallet(ctx)
	return v.shoot(ctx, view, p.Text)
}

func (v *visit) fill(view *crawler.View, p inpage.Page) {
	view.DOM = []byte(strings.ToValidUTF8(p.HTML, "\ufffd"))
	view.SHA256, view.Truncated, view.Title = sum(view.DOM), p.Truncated, clip(p.Title, crawler.MaxTitle)
	if p.URL != "" {
		view.FinalURL = clip(p.URL, crawler.MaxURL)
	}
	if p.Truncated {
		v.rec.cap("dom")
	}
}

// askWallet notes what the page asked the inert wallet for; the wallet of the next document knows nothing of it.
func (v *visit) askWallet(ctx context.Context) {
	if !v.who.Wallet {
		return
	}
	raw, err := v.ask(ctx, inpage.WalletCalls())
	if err != nil {
		return
	}
	names, _ := inpage.ParseNames(raw)
	for _, n := range names {
		if !slices.Contains(v.out.Wallet, n) && len(v.out.Wallet) < crawler.MaxNoted {
			v.out.Wallet = append(v.out.Wallet, n)
		}
	}
}

func (r *recorder) failedPage() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.failed != ""
}

func (r *recorder) cap(limit string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.over[limit] = true
}

func (v *visit) keep(view *crawler.View) { v.out.Views = append(v.out.Views, *view) }

// lastWords reads what the site left in the browser.
func (v *visit) lastWords(ctx context.Context) {
	if raw, err := v.ask(ctx, inpage.Storage()); err == nil {
		if keys, err := inpage.ParseStorage(raw); err == nil {
			v.out.Storage = keys[:min(len(keys), crawler.MaxStored)]
		}
	}
	one, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	if got, err := cdp.Call(one, v.page, network.GetCookies, network.GetCookiesParams{}); err == nil {
		for _, k := range got.Cookies[:min(len(got.Cookies), crawler.MaxCookies)] {
			v.out.Storage = append(v.out.Storage, crawler.Stored{Kind: "cookie", Key: clip(k.Name, 200)})
		}
	}
}
