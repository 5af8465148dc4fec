package fetch

import (
	"bytes"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"scamatlas/crawler"
)

// TestTraps: sites without end cost the page cap, exactly, and the bound is named.
func TestTraps(t *testing.T) {
	for _, tc := range []struct {
		name  string
		h     http.HandlerFunc
		depth int
		pages int // exactly
		caps  []string
	}{
		{"calendar", calendarTrap, 0, 20, []string{capPages}},
		{"calendar by depth", calendarTrap, 1, 11, []string{capDepth}},
		{"only the entry page", calendarTrap, -1, 1, []string{capDepth}},
		{"path", pathTrap, 100, 4, []string{capPathLoop}},
		{"query", queryTrap, 0, 4, []string{capVariants}},
		{"100,000 links", manyTrap, 0, 20, []string{capLinks, capPages}},
		{"bytes", largeTrap, 0, 7, []string{capBytes}},
		{"images", imagesTrap, 0, 1, []string{capAssets}},
		{"heavy images", heavyTrap, 0, 1, []string{capAssetSize}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			c := visit(t, plain(t, tc.h).fetcher(t, Options{Depth: tc.depth, Delay: -1}), "shop.test")
			wantOutcome(t, c, crawler.OK)
			if len(c.Pages) != tc.pages {
				t.Errorf("%d pages, want %d", len(c.Pages), tc.pages)
			}
			for _, want := range tc.caps {
				if !slices.Contains(c.Caps, want) {
					t.Errorf("caps %q lack %q", c.Caps, want)
				}
			}
			total, count := 0, len(c.Assets)
			for _, a := range c.Assets {
				total += len(a.Body)
			}
			if total > crawler.MaxAssetBytes || count > crawler.MaxAssets {
				t.Errorf("%d assets of %d bytes", count, total)
			}
			total = 0
			for _, p := range c.Pages {
				total += len(p.Body)
			}
			if total > maxPageBytes {
				t.Errorf("pages of %d bytes", total)
			}
		})
	}
}

func calendarTrap(w http.ResponseWriter, r *http.Request) {
	for i := range 10 {
		_, _ = fmt.Fprintf(w, "<a href=%s/%d>day</a>", strings.TrimSuffix(r.URL.Path, "/"), i)
	}
}

func pathTrap(w http.ResponseWriter, r *http.Request) {
	_, _ = fmt.Fprint(w, r.URL.Path, "<a href=a/>next</a>")
}

func queryTrap(w http.ResponseWriter, r *http.Request) {
	_, _ = fmt.Fprint(w, r.URL.RawQuery)
	for i := range 50 {
		_, _ = fmt.Fprintf(w, "<a href='/list?page=%d'>%d</a>", i, i)
	}
}

func manyTrap(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path != "/" {
		_, _ = fmt.Fprint(w, r.URL.Path)
		return
	}
	var b strings.Builder
	for i := range 100_000 {
		fmt.Fprintf(&b, "<a href=/p/%d>%d</a>\n", i, i)
	}
	_, _ = fmt.Fprint(w, b.String())
}

func largeTrap(w http.ResponseWriter, r *http.Request) {
	_, _ = fmt.Fprint(w, r.URL.Path)
	for i := range 10 {
		_, _ = fmt.Fprintf(w, "<a href=/%d>d</a>", i)
	}
	_, _ = w.Write(bytes.Repeat([]byte("x"), crawler.MaxBody+1))
}

func imagesTrap(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path != "/" {
		w.Header().Set("Content-Type", "image/png")
		_, _ = w.Write(make([]byte, 1000))
		return
	}
	for i := range 500 {
		_, _ = fmt.Fprintf(w, "<img src=/%d.png>", i)
	}
}

func heavyTrap(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path != "/" {
		w.Header().Set("Content-Type", "image/png")
		_, _ = w.Write(make([]byte, 4<<20))
		return
	}
	for i := range 10 {
		_, _ = fmt.Fprintf(w, "<img src=/%d.png>", i)
	}
}

// TestOnlyPagesCount: dead links and copies take no page's place, and are not tried for ever.
func TestOnlyPagesCount(t *testing.T) {
	asked := map[string]int{}
	var mu sync.Mutex
	dead := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		asked[r.URL.Path]++
		mu.Unlock()
		switch {
		case r.URL.Path == "/robots.txt" || r.URL.Path == "/favicon.ico":
			http.NotFound(w, r)
		case strings.HasPrefix(r.URL.Path, "/dead"):
			w.WriteHeader(http.StatusNotFound)
			_, _ = fmt.Fprint(w, "no ", r.URL.Path)
		case r.URL.Path == "/live":
			_, _ = fmt.Fprint(w, "here")
		default:
			_, _ = fmt.Fprint(w, "<a href=/index.html>home</a>")
			for i := range 100 {
				_, _ = fmt.Fprintf(w, "<a href=/dead/%d>gone</a>", i)
				if i == 10 {
					_, _ = fmt.Fprint(w, "<a href=/live>live</a>")
				}
			}
		}
	})
	c := visit(t, plain(t, dead).fetcher(t, Options{Pages: 10, PerDomain: 1}), "shop.test")
	if want := []string{"/", "/dead/0", "/dead/1", "/dead/2", "/live"}; !slices.Equal(paths(c), want) {
		t.Errorf("pages %q, want %q", paths(c), want)
	}
	if n := len(asked); n != 1+2+maxTries*10 || !slices.Contains(c.Caps, capPages) {
		t.Errorf("%d addresses asked, caps %q", n, c.Caps)
	}
}

// TestAssetStandIns: what is sent in place of a file is not taken for it.
func TestAssetStandIns(t *testing.T) {
	everything := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		if r.URL.Path == "/missing.js" {
			w.WriteHeader(http.StatusNotFound)
		}
		_, _ = fmt.Fprint(w, "<!doctype html><script src=/app.js></script><script src=/missing.js></script><div id=app></div>")
	})
	c := visit(t, plain(t, everything).fetcher(t, Options{PerDomain: 1}), "shop.test")
	wantOutcome(t, c, crawler.OK)
	if want := []string{"other /app.js", "script /missing.js"}; !slices.Equal(assetPaths(c), want) {
		t.Fatalf("assets %q, want %q", assetPaths(c), want)
	}
	if missing := c.Assets[1]; missing.Status != 404 || missing.Body != nil || missing.SHA256 != "" {
		t.Errorf("an error's body is kept: %+v", missing)
	}
}

func TestDownloadIsNotRead(t *testing.T) {
	c := visit(t, plain(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/get" {
			w.Header().Set("Content-Type", "application/vnd.android.package-archive")
			_, _ = w.Write(make([]byte, 1<<20))
			return
		}
		_, _ = fmt.Fprint(w, "<a href=/get>Get the app</a>")
	})).fetcher(t, Options{}), "shop.test")
	if len(c.Pages) != 2 || len(c.Pages[1].Body) != 0 || c.Pages[1].Err == "" || c.Pages[1].ContentType != "application/vnd.android.package-archive" {
		t.Errorf("pages %+v", c.Pages)
	}
}
