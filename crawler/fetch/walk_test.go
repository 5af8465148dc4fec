package fetch

import (
	"fmt"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"scamatlas/crawler"
)

// TestWalk: what an ordinary site yields, in which order.
func TestWalk(t *testing.T) {
	c := visit(t, plain(t, site{
		"/": `<html><head><title>Vault</title><link rel=stylesheet href=/a.css><link rel="shortcut icon" href=/f.png>
			<link rel=manifest href=/m.json><script src=/app.js?v=2></script><script src="https://cdn.other.test/lib.js"></script></head>
			<body><img src=/hero.jpg><img src="/pay-qr.png" alt="scan to pay"><img data-src=/logo.png src="data:image/gif;base64,R0lG">
			<a href=/blog>Blog</a> <a href=/terms>Terms</a> <a href="contact.html">Contact</a>
			<a href=/x>Deposit now</a> <a href=#top>Up</a> <a href="mailto:a@b.test">Mail</a> <a href="https://elsewhere.test/">Other</a>
			<a href=/app.apk>App</a> <a href=/licence.jpg>Our licence</a> <a href="http://www.shop.test/plans">Plans</a><form action=/search><input name=q></form>
			<form action=/submit method=POST><input name=p></form><button onclick="location.href='/join'">Join</button></body></html>`,
		"/x":            `<a href=/deep>deeper</a>Send BTC to`,
		"/contact.html": `mail us`, "/terms": `rules`, "/blog": `news`, "/plans": `10% a day`, "/join": `sign up`, "/search": `nothing`,
		"/deep": `deep`, "/a.css": "text/css|body{}", "/app.js?v=2": "text/javascript|1", "/f.png": "image/png|PNG",
		"/m.json": "application/json|{}", "/licence.jpg": "image/jpeg|SEAL", "/hero.jpg": "image/jpeg|JPG", "/pay-qr.png": "image/png|QR", "/logo.png": "image/png|LOGO",
		"/robots.txt": "text/plain|User-agent: *\nDisallow: /blog\n",
	}).fetcher(t, Options{PerDomain: 1}), "shop.test")
	wantOutcome(t, c, crawler.OK)
	if c.EntryURL != "http://shop.test/" || c.FinalURL != "http://shop.test/" {
		t.Errorf("entry %s, final %s", c.EntryURL, c.FinalURL)
	}
	if want := []string{"/", "/x", "/plans", "/join", "/contact.html", "/terms", "/blog", "/search", "/deep"}; !slices.Equal(paths(c), want) {
		t.Errorf("pages %q\nwant  %q", paths(c), want)
	}
	want := []string{"style /a.css", "icon /f.png", "data /m.json", "script /app.js?v=2", "image /pay-qr.png", "image /logo.png", "image /licence.jpg", "image /hero.jpg"}
	if !slices.Equal(assetPaths(c), want) {
		t.Errorf("assets %q\nwant   %q", assetPaths(c), want)
	}
	if r := c.Robots; r == nil || r.Status != 200 || r.Denies || r.Obeyed || !strings.Contains(string(r.Body), "/blog") {
		t.Errorf("robots %+v", r)
	}
	if len(c.Caps) != 0 || len(c.Refusals) != 0 {
		t.Errorf("caps %q, refusals %v", c.Caps, c.Refusals)
	}
}

// TestSameTwice: two requests at a time, and still two visits of one site are alike.
func TestSameTwice(t *testing.T) {
	s := site{"/": "<a href=/a>a</a><a href=/b>b</a><a href=/deposit>d</a><img src=/1.png><img src=/2.png>",
		"/a": "<a href=/a2>a</a>", "/b": "<a href=/b2>b</a>", "/deposit": "<a href=/pay>p</a>", "/a2": "a", "/b2": "b", "/pay": "p",
		"/1.png": "image/png|1", "/2.png": "image/png|2"}
	f := plain(t, s).fetcher(t, Options{})
	first := visit(t, f, "shop.test")
	for range 5 {
		again := visit(t, f, "shop.test")
		if !slices.Equal(paths(first), paths(again)) || !slices.Equal(assetPaths(first), assetPaths(again)) {
			t.Fatalf("pages %q, then %q", paths(first), paths(again))
		}
	}
}

// TestSchemes: https when it answers, whatever its certificate is worth; http else; the target's own first when it names one.
func TestSchemes(t *testing.T) {
	page := site{"/": "<h1>Vault</h1>", "/in?x=1": "<h1>Inside</h1>"}
	over := secure(t, page)
	both := listeners{http: plain(t, site{"/": "<h1>Plain</h1>", "/in?x=1": "<h1>Plain inside</h1>"}).http, https: over.https}
	notTLS := listeners{http: both.http, https: both.http}
	for _, tc := range []struct {
		name   string
		at     listeners
		target crawler.Target
		final  string
	}{
		{"only https, certificate expired", over, crawler.Target{}, "https://shop.test/"},
		{"both", both, crawler.Target{}, "https://shop.test/"},
		{"no TLS on 443", notTLS, crawler.Target{}, "http://shop.test/"},
		{"only http", listeners{http: both.http}, crawler.Target{}, "http://shop.test/"},
		{"http asked for", both, crawler.Target{URL: "http://shop.test/in?x=1"}, "http://shop.test/in?x=1"},
		{"http asked for, only https there", over, crawler.Target{URL: "http://shop.test/in?x=1"}, "https://shop.test/in?x=1"},
		{"the page asked for is gone", both, crawler.Target{URL: "https://shop.test/gone"}, "https://shop.test/"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			tc.target.Host = "shop.test"
			c := visitTarget(t, tc.at.fetcher(t, Options{}), tc.target)
			wantOutcome(t, c, crawler.OK)
			if c.FinalURL != tc.final {
				t.Errorf("final %s, want %s", c.FinalURL, tc.final)
			}
		})
	}
}

func TestNothingThere(t *testing.T) {
	c := visit(t, listeners{}.fetcher(t, Options{}), "shop.test")
	wantOutcome(t, c, crawler.Unreachable)
	if c.Reason != "connection refused" {
		t.Errorf("reason %q", c.Reason)
	}
}

// TestWireHeaders: order, spelling and repeats as sent, over both, on every answer of one connection.
func TestWireHeaders(t *testing.T) {
	const head = "HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\nHTTP/1.1 200 Fine\r\nserver: nginx\r\nX-Powered-By: PHP/8.1\r\n" +
		"Set-Cookie: a=1\r\ncontent-TYPE: text/html\r\nSet-Cookie: b=2\r\nX-Folded: one\r\n two\r\nContent-Length: 2\r\nConnection: close\r\n\r\nhi"
	c := visit(t, raw(t, func(_ string, conn net.Conn) { _, _ = conn.Write([]byte(head)) }).fetcher(t, Options{}), "shop.test")
	want := []crawler.HeaderField{{Name: "server", Value: "nginx"}, {Name: "X-Powered-By", Value: "PHP/8.1"}, {Name: "Set-Cookie", Value: "a=1"},
		{Name: "content-TYPE", Value: "text/html"}, {Name: "Set-Cookie", Value: "b=2"}, {Name: "X-Folded", Value: "one two"},
		{Name: "Content-Length", Value: "2"}, {Name: "Connection", Value: "close"}}
	if got := entryOf(t, c).Header; !slices.Equal(got, want) {
		t.Errorf("header %v\nwant   %v", got, want)
	}

	n := 0
	var mu sync.Mutex
	numbered := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		n++
		w.Header()["x-NUMBER"] = []string{strconv.Itoa(n), r.URL.Path}
		mu.Unlock()
		_, _ = fmt.Fprint(w, r.URL.Path, "<a href=/1>1</a><a href=/2>2</a><a href=/3>3</a>", strings.Repeat("<p>text", 3000))
	})
	for name, at := range map[string]listeners{"plain": plain(t, numbered), "secure": secure(t, numbered)} {
		c := visit(t, at.fetcher(t, Options{PerDomain: 1}), "shop.test")
		if len(c.Pages) != 4 {
			t.Errorf("%s: pages %q", name, paths(c))
		}
		for _, p := range c.Pages {
			i := slices.IndexFunc(p.Header, func(f crawler.HeaderField) bool { return f.Name == "x-NUMBER" && f.Value == pathOf(p.URL) })
			if i < 0 {
				t.Errorf("%s: header of %s: %v", name, p.URL, p.Header)
			}
		}
	}
}

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

// TestTraps: sites without end cost the page cap, exactly, and the bound is named.
func TestTraps(t *testing.T) {
	calendar := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for i := range 10 {
			_, _ = fmt.Fprintf(w, "<a href=%s/%d>day</a>", strings.TrimSuffix(r.URL.Path, "/"), i)
		}
	})
	path := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = fmt.Fprint(w, r.URL.Path, "<a href=a/>next</a>") })
	query := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = fmt.Fprint(w, r.URL.RawQuery)
		for i := range 50 {
			_, _ = fmt.Fprintf(w, "<a href='/list?page=%d'>%d</a>", i, i)
		}
	})
	many := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/" {
			_, _ = fmt.Fprint(w, r.URL.Path)
			return
		}
		var b strings.Builder
		for i := range 100_000 {
			fmt.Fprintf(&b, "<a href=/p/%d>%d</a>\n", i, i)
		}
		_, _ = fmt.Fprint(w, b.String())
	})
	bytes := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = fmt.Fprint(w, r.URL.Path)
		for i := range 10 {
			_, _ = fmt.Fprintf(w, "<a href=/%d>d</a>", i)
		}
		_, _ = w.Write(make([]byte, crawler.MaxBody+1))
	})
	images := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/" {
			w.Header().Set("Content-Type", "image/png")
			_, _ = w.Write(make([]byte, 1000))
			return
		}
		for i := range 500 {
			_, _ = fmt.Fprintf(w, "<img src=/%d.png>", i)
		}
	})
	heavy := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/" {
			w.Header().Set("Content-Type", "image/png")
			_, _ = w.Write(make([]byte, 4<<20))
			return
		}
		for i := range 10 {
			_, _ = fmt.Fprintf(w, "<img src=/%d.png>", i)
		}
	})
	for _, tc := range []struct {
		name  string
		h     http.Handler
		depth int
		pages int // exactly
		caps  []string
	}{
		{"calendar", calendar, 0, 20, []string{capPages}},
		{"calendar by depth", calendar, 1, 11, []string{capDepth}},
		{"only the entry page", calendar, -1, 1, []string{capDepth}},
		{"path", path, 100, 4, []string{capPathLoop}},
		{"query", query, 0, 4, []string{capVariants}},
		{"100,000 links", many, 0, 20, []string{capLinks, capPages}},
		{"bytes", bytes, 0, 7, []string{capBytes}},
		{"images", images, 0, 1, []string{capAssets}},
		{"heavy images", heavy, 0, 1, []string{capAssetSize}},
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

// TestManyAtOnce: visits do not wait for a site that hangs, nor do they mix.
func TestManyAtOnce(t *testing.T) {
	release := make(chan struct{})
	at := plain(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Host == "slow.test" {
			<-release
		}
		_, _ = fmt.Fprintf(w, "<h1>%s</h1>%s<a href=/1>1</a><a href=/2>2</a>", r.Host, r.URL.Path)
	}))
	f := at.fetcher(t, Options{PerAddress: 64})
	var slow, fast sync.WaitGroup
	slow.Go(func() { visit(t, f, "slow.test") })
	start := time.Now()
	for i := range 30 {
		fast.Go(func() {
			host := fmt.Sprintf("s%d.test", i)
			c := visit(t, f, host)
			for _, p := range c.Pages {
				if !strings.Contains(string(p.Body), "<h1>"+host+"</h1>") {
					t.Errorf("%s got %q", p.URL, p.Body)
				}
			}
			if len(c.Pages) != 3 {
				t.Errorf("%s: %d pages", host, len(c.Pages))
			}
		})
	}
	fast.Wait()
	if took := time.Since(start); took > 10*time.Second {
		t.Errorf("took %v beside a hanging site", took)
	}
	close(release)
	slow.Wait()
	f.gate.mu.Lock()
	defer f.gate.mu.Unlock()
	if len(f.gate.domains)+len(f.gate.addresses) != 0 {
		t.Errorf("the gate still knows %d domains and %d addresses", len(f.gate.domains), len(f.gate.addresses))
	}
}
