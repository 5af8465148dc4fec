package fetch

import (
	"bytes"
	"net/url"
	"slices"
	"strings"
	"sync"

	"scamatlas/crawler"
	"scamatlas/crawler/markup"
)

// explore walks the site from its entry page.
func (w *walk) explore() {
	final, err := url.Parse(w.c.FinalURL)
	if err != nil || w.over() {
		return
	}
	if w.robotsOf != final.Host {
		w.askRobots(final)
	}
	if w.f.obeyRobots && w.robots.denies(final) {
		w.c.Outcome, w.c.Reason = crawler.RobotsDenied, "robots.txt forbids the page the entry leads to"
		return
	}
	w.assets.add(assetItem{crawler.Icon, &url.URL{Scheme: final.Scheme, Host: final.Host, Path: "/favicon.ico"}, w.c.FinalURL, true}, 0)
	w.fetchAssets(w.assets.files)
	w.fetchPages()
	w.fetchAssets(w.assets.files)
	w.fetchAssets(w.assets.images)
}

type answered struct {
	answer crawler.Response
	err    error
}

// round does all asks at the same time and waits for them.
func (w *walk) round(asks []ask) []answered {
	results := make([]answered, len(asks))
	var wg sync.WaitGroup
	for i := range asks {
		wg.Go(func() { results[i].answer, results[i].err = w.get(asks[i]) })
	}
	wg.Wait()
	for i := range results {
		w.learn(&results[i].answer, results[i].err)
	}
	return results
}

// fetchPages visits what the frontier holds until there are enough pages, or enough tries: dead links and copies of pages that
// are there already take no page's place, but are tried only so often.
func (w *walk) fetchPages() {
	for tries := maxTries * w.f.pages; !w.over(); {
		room := min(w.f.perDomain, w.f.pages-len(w.c.Pages), tries)
		batch := w.frontier.next(room)
		left := maxPageBytes - w.pageBytes
		switch {
		case len(batch) == 0:
			if w.frontier.size > 0 {
				w.cap(capPages)
			}
			return
		case left <= 0:
			w.cap(capBytes)
			return
		}
		tries -= len(batch)
		batch = w.allowed(batch)
		asks := make([]ask, len(batch))
		for i, l := range batch {
			asks[i] = ask{u: l.u, from: l.from, document: true, limit: min(w.f.limits.body, left/len(batch)), follow: w.followPage(l.u)}
		}
		for i, r := range w.round(asks) {
			w.takePage(batch[i], &r.answer)
		}
	}
}

// allowed drops links that robots.txt forbids where it binds.
func (w *walk) allowed(batch []link) []link {
	if !w.f.obeyRobots {
		return batch
	}
	kept := batch[:0]
	for _, l := range batch {
		if !w.robots.denies(l.u) {
			kept = append(kept, l)
		}
	}
	return kept
}

// followPage goes where a page redirects unless that page is visited anyway or belongs to another site; then the redirect
// itself is what was learnt. frontier is not written while a round is under way.
func (w *walk) followPage(asked *url.URL) func(*url.URL) bool {
	return func(to *url.URL) bool {
		if !w.scope.holds(to) || w.f.obeyRobots && w.robots.denies(to) {
			return false
		}
		return key(to) == key(asked) || !w.frontier.seen[key(to)]
	}
}

// takePage keeps an answer: a document as page, anything else as asset, of error pages a few.
func (w *walk) takePage(l link, a *crawler.Response) {
	if a.Status != 0 && len(a.Hops) == 0 && !markup.Is(a.ContentType) {
		if len(w.c.Assets) < crawler.MaxAssets && w.assets.bytes+len(a.Body) <= crawler.MaxAssetBytes {
			w.assets.bytes += len(a.Body)
			w.c.Assets = append(w.c.Assets, crawler.Asset{Response: *a, Kind: kindOf(a)})
		}
		return
	}
	if a.Status == 0 && len(a.Hops) == 0 {
		return // no answer: a refusal is noted by itself
	}
	if a.Status >= 400 {
		if w.errorPages++; w.errorPages > maxErrorPages {
			return
		}
	}
	if !w.copied(a) {
		w.pageBytes += len(a.Body)
		w.c.Pages = append(w.c.Pages, crawler.Page{Response: *a, Depth: l.depth})
	}
	final, err := url.Parse(a.FinalURL)
	if err != nil || a.Status < 200 || a.Status >= 300 && a.Status < 400 {
		return
	}
	w.frontier.know(final)
	d := markup.Read(a.Body)
	w.addLinks(&d, final, l.depth)
}

// copied reports a page whose bytes are there already: /index.html beside /, one frame for every address of a scripted site.
func (w *walk) copied(a *crawler.Response) bool {
	return a.SHA256 != "" && len(a.Hops) == 0 && slices.ContainsFunc(w.c.Pages, func(p crawler.Page) bool { return p.SHA256 == a.SHA256 })
}

func kindOf(a *crawler.Response) crawler.AssetKind {
	switch t := strings.ToLower(a.ContentType); {
	case strings.HasPrefix(t, "image/"):
		return crawler.Image
	case strings.Contains(t, "json"):
		return crawler.Data
	case strings.Contains(t, "javascript"):
		return crawler.Script
	case strings.HasPrefix(t, "text/css"):
		return crawler.Style
	}
	return crawler.OtherAsset
}

// addLinks queues what a page leads to and loads.
func (w *walk) addLinks(d *markup.Document, page *url.URL, depth int) {
	if d.Full {
		w.cap(capLinks)
	}
	base := page
	if b := resolve(page, d.Base); d.Base != "" && b != nil {
		base = b
	}
	from := page.String()
	if to := resolve(base, d.Refresh); d.Refresh != "" && to != nil && w.scope.holds(to) {
		w.cap(w.frontier.add(link{to, from, depth}, topWeight)) // a redirect in other words: no deeper
	}
	for _, r := range d.Links {
		u := resolve(base, r.Href)
		switch {
		case u == nil || !w.scope.holds(u):
		case isImageName(u): // enlarged pictures: licences and certificates are shown in this way
			w.cap(w.assets.add(assetItem{crawler.Image, u, from, false}, imageWeight(w.f.words, u, r.Text)))
		case isDownloadName(u):
		case depth >= w.f.depth:
			if !w.frontier.seen[key(u)] {
				w.cap(capDepth)
			}
		default:
			w.cap(w.frontier.add(link{u, from, depth + 1}, w.f.words.weight(u, r.Text)))
		}
	}
	for _, r := range d.Assets {
		if u := resolve(base, r.Href); u != nil && w.scope.holds(u) {
			weight := 0
			if r.Kind == crawler.Image {
				weight = imageWeight(w.f.words, u, r.Text)
			}
			w.cap(w.assets.add(assetItem{r.Kind, u, from, false}, weight))
		}
	}
}

// fetchAssets empties one of the asset queues within the budget of count and bytes.
func (w *walk) fetchAssets(q *queue[assetItem]) {
	for !w.over() {
		batch := q.next(min(w.f.perDomain, crawler.MaxAssets-len(w.c.Assets)))
		left := crawler.MaxAssetBytes - w.assets.bytes
		switch {
		case len(batch) == 0:
			if q.size > 0 {
				w.cap(capAssets)
			}
			return
		case left <= 0:
			w.cap(capAssetSize)
			return
		}
		asks := make([]ask, len(batch))
		share := min(w.f.limits.body, left/len(batch))
		for i, item := range batch {
			asks[i] = ask{u: item.u, from: item.from, kind: item.kind, limit: share, follow: w.scope.holds}
		}
		for i, r := range w.round(asks) {
			w.takeAsset(batch[i], &r.answer, share)
		}
	}
}

// takeAsset keeps an answer. A page in place of a file, as sites with one page for every address send, is not what was
// asked for; an error's body is nobody's asset.
func (w *walk) takeAsset(item assetItem, a *crawler.Response, limit int) {
	kind := item.kind
	usable := a.Status >= 200 && a.Status < 300 && len(a.Body) > 0
	if usable && kind != crawler.Data && looksLikePage(a) {
		kind = crawler.OtherAsset
	}
	if item.guessed && (!usable || kind == crawler.OtherAsset) {
		return
	}
	if a.Status >= 300 || a.Status < 200 {
		a.Body, a.SHA256 = nil, ""
	}
	if a.Truncated == cutSize && limit < w.f.limits.body {
		w.cap(capAssetSize)
	}
	w.assets.bytes += len(a.Body)
	w.c.Assets = append(w.c.Assets, crawler.Asset{Response: *a, Kind: kind})
}

func looksLikePage(a *crawler.Response) bool {
	head := bytes.ToLower(bytes.TrimSpace(a.Body[:min(len(a.Body), 256)]))
	return bytes.HasPrefix(head, []byte("<!doctype html")) || bytes.HasPrefix(head, []byte("<html"))
}
