package fetch

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"

	"scamatlas/crawler"
)

// TestCookies: they are kept within a visit, within bounds, and never from one visit to the next.
func TestCookies(t *testing.T) {
	var mu sync.Mutex
	var largest, entries int
	set := 0
	at := plain(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		cookies := r.Header.Get("Cookie")
		largest = max(largest, len(cookies))
		if r.URL.Path == "/" && cookies == "" {
			entries++
		}
		for range 40 {
			http.SetCookie(w, &http.Cookie{Name: fmt.Sprintf("c%d", set), Value: strings.Repeat("v", 4000)})
			set++
		}
		if r.URL.Path == "/" {
			_, _ = fmt.Fprint(w, "<a href=/1>1</a><a href=/2>2</a>")
			return
		}
		_, _ = fmt.Fprint(w, r.URL.Path)
	}))
	f := at.fetcher(t, Options{PerDomain: 1})
	for range 2 {
		if c := visit(t, f, "shop.test"); len(c.Pages) != 3 {
			t.Errorf("pages %q", paths(c))
		}
	}
	if largest < 4000 || largest > crawler.MaxCookieBytes {
		t.Errorf("largest Cookie header %d bytes", largest)
	}
	if entries != 2 {
		t.Errorf("%d of 2 visits began without cookies", entries)
	}
}

func TestJarBounds(t *testing.T) {
	j := newJar()
	u := mustURL(t, "http://shop.test/")
	for i := range 200 {
		j.SetCookies(u, []*http.Cookie{{Name: fmt.Sprint("c", i), Value: "v"}})
	}
	if n := len(j.Cookies(u)); n != crawler.MaxCookies {
		t.Errorf("%d cookies", n)
	}
	j.SetCookies(u, []*http.Cookie{{Name: "c1", Value: "new"}})
	for _, c := range j.Cookies(u) {
		if c.Name == "c1" && c.Value != "new" {
			t.Errorf("a known cookie is not replaced: %q", c.Value)
		}
	}
	j.SetCookies(mustURL(t, "http://co.uk/"), []*http.Cookie{{Name: "super", Value: "x", Domain: "co.uk"}})
	if n := len(j.Cookies(mustURL(t, "http://other.co.uk/"))); n != 0 {
		t.Errorf("%d cookies for a public suffix", n)
	}
}
