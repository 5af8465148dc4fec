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

// TestWall: a site whose every page is a door is its own wall; with a page of content it is a site with a login.
func TestWall(t *testing.T) {
	door := "<h1>Client area</h1><form method=post><input name=user><input type=password><button>Log in</button></form><a href=/join>Register</a>"
	invite := "<form method=post><input type=password><input name=invite placeholder='Invitation code'><button>Register</button></form>"
	f := plain(t, site{"door.test/": door, "door.test/join": invite,
		"open.test/": door, "open.test/join": invite + strings.Repeat("<p>We trade for you with ten years of experience.", 20)}).fetcher(t, Options{})
	c := visit(t, f, "door.test")
	if wantOutcome(t, c, crawler.Gated); c.Reason != "asks for an invitation code" || len(c.Pages) != 2 {
		t.Errorf("reason %q, pages %q", c.Reason, paths(c))
	}
	wantOutcome(t, visit(t, f, "open.test"), crawler.OK)
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
	for i := range 30 { // all of them end while the slow one hangs: it is released after them
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
	close(release)
	slow.Wait()
	f.gate.mu.Lock()
	defer f.gate.mu.Unlock()
	if len(f.gate.domains)+len(f.gate.addresses) != 0 {
		t.Errorf("the gate still knows %d domains and %d addresses", len(f.gate.domains), len(f.gate.addresses))
	}
}
