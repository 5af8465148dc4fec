package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync"
	"sync/atomic"

	"github.com/gocolly/colly/v2"
	"github.com/klauspost/compress/gzip"
	"golang.org/x/net/html"
)

// direct gives a transport that knows the hosts' addresses: no DNS.
func (j *job) direct() *http.Transport {
	at := make(map[string]string, len(j.targets.Hosts))
	for _, t := range j.targets.Hosts {
		at[t.Host+":80"] = t.Addr
	}
	return &http.Transport{
		DialContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
			to, ok := at[addr]
			if !ok {
				return nil, fmt.Errorf("%s is none of the hosts", addr)
			}
			return (&net.Dialer{}).DialContext(ctx, network, to)
		},
		MaxIdleConnsPerHost: 2,
		MaxIdleConns:        2 * j.parallel,
	}
}

// bareLoop is the least that a crawler in Go must do: get, unpack, cut into tokens, look at the links.
func bareLoop(ctx context.Context, j *job) error {
	t := j.direct()
	defer t.CloseIdleConnections()
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	urls := make(chan string)
	var pages, links atomic.Int64
	var wait sync.WaitGroup
	for range j.parallel {
		wait.Go(func() {
			var r reader
			for u := range urls {
				n, err := r.links(ctx, t, u)
				if err != nil {
					cancel(fmt.Errorf("%s: %w", u, err))
					continue
				}
				pages.Add(1)
				links.Add(int64(n))
			}
		})
	}
	for _, u := range j.urls() {
		if ctx.Err() != nil {
			break
		}
		urls <- u
	}
	close(urls)
	wait.Wait()
	j.got.Pages, j.got.Links = int(pages.Load()), int(links.Load())
	return context.Cause(ctx)
}

// reader keeps its buffers from page to page.
type reader struct {
	unzip gzip.Reader
	body  bytes.Buffer
}

func (r *reader) links(ctx context.Context, t *http.Transport, url string) (n int, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return 0, err
	}
	req.Header.Set("Accept-Encoding", "gzip")
	res, err := t.RoundTrip(req)
	if err != nil {
		return 0, err
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK || res.Header.Get("Content-Encoding") != "gzip" {
		return 0, fmt.Errorf("status %d, encoding %q", res.StatusCode, res.Header.Get("Content-Encoding"))
	}
	if err := r.unzip.Reset(res.Body); err != nil {
		return 0, err
	}
	r.body.Reset()
	if _, err := r.body.ReadFrom(&r.unzip); err != nil {
		return 0, err
	}
	return countLinks(r.body.Bytes())
}

func countLinks(page []byte) (n int, err error) {
	z := html.NewTokenizer(bytes.NewReader(page))
	for {
		switch z.Next() {
		case html.ErrorToken:
			if z.Err() == io.EOF {
				return n, nil
			}
			return n, z.Err()
		case html.StartTagToken:
			name, more := z.TagName()
			for isLink := string(name) == "a"; isLink && more; {
				var key, value []byte
				if key, value, more = z.TagAttr(); string(key) == "href" && len(value) > 0 {
					n++
				}
			}
		}
	}
}

// collyLoop is the peer as its documentation shows it.
func collyLoop(ctx context.Context, j *job) error {
	t := j.direct()
	defer t.CloseIdleConnections()
	c := colly.NewCollector(colly.Async(true), colly.StdlibContext(ctx))
	c.WithTransport(t)
	if err := c.Limit(&colly.LimitRule{DomainGlob: "*", Parallelism: j.parallel}); err != nil {
		return err
	}
	var pages, links atomic.Int64
	var failed atomic.Pointer[error]
	c.OnHTML("a[href]", func(e *colly.HTMLElement) {
		if e.Request.AbsoluteURL(e.Attr("href")) != "" {
			links.Add(1)
		}
	})
	c.OnScraped(func(*colly.Response) { pages.Add(1) })
	c.OnError(func(r *colly.Response, err error) { failed.Store(&err) })
	for _, u := range j.urls() {
		if err := c.Visit(u); err != nil {
			return err
		}
	}
	c.Wait()
	if err := failed.Load(); err != nil {
		return *err
	}
	j.got.Pages, j.got.Links = int(pages.Load()), int(links.Load())
	return nil
}
