package fetch

import (
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"sync"

	"golang.org/x/net/publicsuffix"
	"scamatlas/crawler"
)

// jar holds the cookies of one visit, at most crawler.MaxCookies of crawler.MaxCookieBytes together, so that no site can make
// our requests grow. What does not fit is not kept.
type jar struct {
	inner http.CookieJar

	mu    sync.Mutex
	sizes map[string]int // bytes by host and name
	total int
}

func newJar() *jar {
	inner, _ := cookiejar.New(&cookiejar.Options{PublicSuffixList: publicsuffix.List}) // its error is always nil
	return &jar{inner: inner, sizes: map[string]int{}}
}

func (j *jar) Cookies(u *url.URL) []*http.Cookie { return j.inner.Cookies(u) }

func (j *jar) SetCookies(u *url.URL, cookies []*http.Cookie) {
	fit := cookies[:0:0]
	j.mu.Lock()
	for _, c := range cookies {
		if j.reserve(u.Hostname()+"\x00"+c.Domain+"\x00"+c.Path+"\x00"+c.Name, len(c.Name)+len(c.Value)+len("=; ")) {
			fit = append(fit, c)
		}
	}
	j.mu.Unlock()
	j.inner.SetCookies(u, fit)
}

// reserve books a cookie's size, the same cookie's former size given back. A deleted cookie stays booked: deleting and
// setting again must not be a way to work without bound.
func (j *jar) reserve(key string, size int) bool {
	old, known := j.sizes[key]
	if !known && len(j.sizes) >= crawler.MaxCookies || j.total-old+size > crawler.MaxCookieBytes {
		return false
	}
	j.sizes[key] = size
	j.total += size - old
	return true
}
