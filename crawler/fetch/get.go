package fetch

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/http"
	"net/url"

	"github.com/gocolly/colly/v2"
	"scamatlas/crawler"
	"scamatlas/crawler/judge"
)

// exchangeKey is where colly's context holds the exchange.
const exchangeKey = "exchange"

// newCollector gives colly its part: one request at a time from header to callback, with our transport and jar. Its own
// frontier, robots reader, body cap, redirects, cache and delays stay off: none of them is bounded or can say what it did.
// Init instead of NewCollector, which would read settings from the environment.
func newCollector(ctx context.Context, t http.RoundTripper, jar http.CookieJar) *colly.Collector {
	c := &colly.Collector{}
	c.Init()
	c.Context = ctx
	c.IgnoreRobotsTxt, c.AllowURLRevisit, c.ParseHTTPErrorResponse = true, true, true
	c.MaxBodySize = 0
	c.WithTransport(t)
	c.SetCookieJar(jar)
	c.SetRequestTimeout(0)
	c.OnResponse(func(r *colly.Response) {
		if x, ok := r.Ctx.GetAny(exchangeKey).(*exchange); ok && len(x.answer.Body) > 0 {
			sum := sha256.Sum256(x.answer.Body)
			x.answer.SHA256 = hex.EncodeToString(sum[:])
		}
	})
	return c
}

// ask is what is wanted with one address.
type ask struct {
	u        *url.URL
	from     string              // the page that names it
	document bool                // as a page
	kind     crawler.AssetKind   // as a file of a page; "" = in the address bar
	limit    int                 // bytes of the body
	follow   func(*url.URL) bool // whether to go where a redirect points; nil: anywhere the guard allows
}

// get fetches one address and follows its redirects, each checked and noted. The answer is the last one that came; err says why
// none came for the last address, and stands in the answer too. It is a *noConnection when not even a connection did.
func (w *walk) get(a ask) (answer crawler.Response, err error) {
	u := a.u
	var hops []crawler.Hop
	r := w.request(a)
	for {
		x := &exchange{document: a.document, limit: a.limit}
		err = w.exchange(x, u, r.header(u))
		answer = x.answer
		answer.URL, answer.FinalURL, answer.Hops = a.u.String(), u.String(), hops
		if err != nil {
			w.noteRefusal(err)
			answer.Err = judge.Line(err.Error())
			if !x.connected {
				err = &noConnection{err}
			}
			return answer, err
		}
		if x.location == "" {
			return answer, nil
		}
		if len(hops) == crawler.MaxHops {
			w.cap(capRedirects)
			answer.Err = judge.RedirectCap
			return answer, nil
		}
		to, checked := w.checkHop(u, x.location)
		hop := crawler.Hop{URL: u.String(), Status: answer.Status, To: judge.Line(x.location)}
		if to != nil {
			hop.To = to.String()
		}
		hops = append(hops, hop)
		answer.Hops = hops
		if checked != nil {
			w.noteRefusal(checked)
			answer.Err = judge.Line(checked.Error())
			return answer, checked
		}
		if a.follow != nil && !a.follow(to) {
			return answer, nil
		}
		u = to
	}
}

// noConnection is a failure before anything could be asked.
type noConnection struct{ error }

func (e *noConnection) Unwrap() error { return e.error }

// checkHop reads a Location and asks the guard about it.
func (w *walk) checkHop(from *url.URL, location string) (*url.URL, error) {
	to := resolve(from, location)
	if to == nil {
		if len(location) > crawler.MaxURL {
			w.cap(capURL)
			return nil, judge.ProtocolError("redirect to an address that is too long")
		}
		if strange, err := from.Parse(cleanReference(location)); err == nil {
			if err := w.f.guard.CheckURL(strange); err != nil {
				return nil, err
			}
		}
		return nil, &crawler.Refusal{Target: judge.Line(location), Why: "redirect to what is no http or https address"}
	}
	return to, w.f.guard.CheckURL(to)
}

// exchange sends one request through colly.
func (w *walk) exchange(x *exchange, u *url.URL, header http.Header) error {
	id := w.transport.register(x)
	defer w.transport.take(id)
	ctx := colly.NewContext()
	ctx.Put(exchangeKey, x)
	header[exchangeHeader] = []string{id}
	err := w.collector.Request(http.MethodGet, u.String(), nil, ctx, header)
	var inner *url.Error
	if errors.As(err, &inner) {
		return inner.Err // the address is known
	}
	return err
}
