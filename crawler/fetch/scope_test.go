package fetch

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"scamatlas/crawler"
)

func TestRedirects(t *testing.T) {
	loop := site{"/": "->/"}
	endless := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Location", r.URL.Path+"?"+r.URL.RawQuery+"&n=12345")
		w.WriteHeader(http.StatusMovedPermanently)
	})
	growing := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Location", "/?"+strings.Repeat("a", crawler.MaxURL))
		w.WriteHeader(http.StatusMovedPermanently)
	})
	to := func(location string) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header()["Location"] = []string{location}
			w.WriteHeader(http.StatusFound)
		})
	}
	for _, tc := range []struct {
		name     string
		h        http.Handler
		outcome  crawler.Outcome
		reason   string
		hops     int
		refusals int
	}{
		{"to itself", loop, crawler.HTTPError, "redirect_cap", crawler.MaxHops, 0},
		{"ever longer", endless, crawler.HTTPError, "redirect_cap", crawler.MaxHops, 0},
		{"too long", growing, crawler.HTTPError, "too long", 1, 0},
		{"metadata service", to("http://169.254.169.254/latest/"), crawler.Blocked, "169.254.169.254", 1, 1},
		{"other loopback", to("http://127.0.0.2:80/"), crawler.Blocked, "127.0.0.2", 1, 1},
		{"loopback as a number", to("http://2130706434/"), crawler.Blocked, "", 1, 1},
		{"loopback in hex", to("http://0x7f.2/"), crawler.Blocked, "", 1, 1},
		{"loopback in version 6", to("http://[::1]/"), crawler.Blocked, "", 1, 1},
		{"mapped", to("http://[::ffff:127.0.0.2]/"), crawler.Blocked, "", 1, 1},
		{"user and backslash", to(`http:\\shop.test@127.0.0.2\`), crawler.Blocked, "", 1, 1},
		{"empty host", to("http://:80/"), crawler.Blocked, "", 1, 1},
		{"zone", to("http://[fe80::1%25lo]/"), crawler.Blocked, "", 1, 1},
		{"file", to("file:///etc/passwd"), crawler.Blocked, "file", 1, 1},
		{"script", to("javascript:alert(1)"), crawler.Blocked, "javascript", 1, 1},
		{"forbidden port", to("http://shop.test:22/"), crawler.Blocked, "port 22", 1, 1},
		{"no such host", to("http://gone.invalid/"), crawler.Unreachable, "gone.invalid", 1, 0},
		{"nowhere", to(""), crawler.HTTPError, "302", 0, 0},
	} {
		t.Run(tc.name, func(t *testing.T) {
			c := visit(t, plain(t, tc.h).fetcher(t, Options{}), "shop.test")
			wantOutcome(t, c, tc.outcome)
			if !strings.Contains(c.Reason, tc.reason) {
				t.Errorf("reason %q, want %q in it", c.Reason, tc.reason)
			}
			if hops := entryOf(t, c).Hops; len(hops) != tc.hops || tc.hops > 0 && (hops[0].URL != "http://shop.test/" || hops[0].To == "") {
				t.Errorf("%d hops %v, want %d", len(hops), hops, tc.hops)
			}
			if len(c.Refusals) != tc.refusals {
				t.Errorf("refusals %v, want %d", c.Refusals, tc.refusals)
			}
		})
	}
}

// TestScope: the walk stays at the target's site, or goes on where its entry page leads, but not to a site everyone knows.
func TestScope(t *testing.T) {
	links := `<a href="http://shop.test/a">a</a><a href="http://sub.shop.test/b">b</a><a href="http://new.test/c">c</a><a href="http://third.test/d">d</a>`
	pages := site{"/a": "a", "/b": "b", "/c": "c", "/d": "d"}
	with := func(more site) site {
		s := site{}
		for k, v := range pages {
			s[k] = v
		}
		for k, v := range more {
			s[k] = v
		}
		return s
	}
	for _, tc := range []struct {
		name  string
		s     site
		want  []string
		known string // part of the reason
	}{
		{"own", with(site{"/": links}), []string{"shop.test/", "shop.test/a", "sub.shop.test/b"}, ""},
		{"redirected", with(site{"shop.test/": "->http://new.test/", "new.test/": links}), []string{"shop.test/", "shop.test/a", "sub.shop.test/b", "new.test/c"}, "redirects to another site: new.test"},
		{"refreshed", with(site{"shop.test/": `<meta http-equiv=refresh content="0; url=http://new.test/">`, "new.test/": links}),
			[]string{"shop.test/", "new.test/", "shop.test/a", "sub.shop.test/b", "new.test/c"}, "refreshes to another site: new.test"},
		{"page redirects out", site{"/": "<a href=/out>out</a>", "/out": "->http://third.test/d"}, []string{"shop.test/", "shop.test/out"}, ""},
		{"page redirects to a known page", site{"/": "<a href=/login>in</a><a href=/deposit>d</a>", "/login": "in", "/deposit": "->/login"},
			[]string{"shop.test/", "shop.test/deposit", "shop.test/login"}, ""},
		{"page redirects to its slash", site{"/": "<a href=/deposit>d</a>", "/deposit": "->/deposit/", "/deposit/": "pay"}, []string{"shop.test/", "shop.test/deposit"}, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			c := visit(t, plain(t, tc.s).fetcher(t, Options{PerDomain: 1}), "shop.test")
			wantOutcome(t, c, crawler.OK)
			var got []string
			for _, p := range c.Pages {
				got = append(got, strings.TrimPrefix(p.URL, "http://"))
			}
			if !slices.Equal(got, tc.want) {
				t.Errorf("pages %q\nwant  %q", got, tc.want)
			}
			if !strings.Contains(c.Reason, tc.known) || tc.known == "" && c.Reason != "" {
				t.Errorf("reason %q, want %q in it", c.Reason, tc.known)
			}
		})
	}
}
