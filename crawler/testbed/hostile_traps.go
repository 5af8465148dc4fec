package testbed

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"

	"scamatlas/crawler"
)

// trapCases have more addresses than anybody can visit.
func (st *stage) trapCases() []hostileCase {
	capped := func(caps ...string) Truth { return Truth{Outcomes: ends(crawler.OK), Caps: caps} }
	return []hostileCase{
		{name: "trap-calendar", truth: capped("pages", "depth"), serve: func(w http.ResponseWriter, r *http.Request) {
			var links strings.Builder
			for day := range 10 {
				fmt.Fprintf(&links, "<a href=\"%s/%d\">day %d</a>\n", strings.TrimRight(r.URL.Path, "/"), day, day)
			}
			sendHTML(page("Calendar", links.String()))(w, r)
		}},
		{name: "trap-path", truth: capped("pages", "depth"), serve: sendHTML(page("Deeper", `<a href="a/">further in</a>`))},
		{name: "links-100k", truth: capped("links", "pages"), serve: onlyRoot(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			io.WriteString(w, "<!doctype html><title>Directory</title>")
			for i := range 100_000 {
				fmt.Fprintf(w, "<a href=\"/entry/%d\">entry %d</a>\n", i, i)
			}
		})},
		{name: "sitemap-recursion", truth: Truth{Outcomes: ends(crawler.OK)}, serve: sitemaps},
	}
}

func sitemaps(w http.ResponseWriter, r *http.Request) {
	switch {
	case r.URL.Path == "/":
		sendHTML(page("Sitemaps", "<p>an ordinary page</p>"))(w, r)
	case r.URL.Path == "/robots.txt":
		fmt.Fprintf(w, "User-agent: *\nSitemap: http://%s/sitemap.xml\n", r.Host)
	case strings.HasPrefix(r.URL.Path, "/sitemap"):
		w.Header().Set("Content-Type", "application/xml")
		io.WriteString(w, "<?xml version=\"1.0\"?><sitemapindex xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">")
		fmt.Fprintf(w, "<sitemap><loc>http://%s/sitemap.xml</loc></sitemap>", r.Host)
		for i := range 50_000 {
			fmt.Fprintf(w, "<sitemap><loc>http://%s/sitemap-%d.xml</loc></sitemap>\n", r.Host, i)
		}
		io.WriteString(w, "</sitemapindex>")
	default:
		http.NotFound(w, r)
	}
}

// parseCases are whole documents that hurt who reads, stores or prints them.
func (st *stage) parseCases() []hostileCase {
	ok := Truth{Outcomes: ends(crawler.OK)}
	big := Truth{Outcomes: ends(crawler.OK, crawler.TooLarge), Truncated: []string{"size"}}
	cases := []hostileCase{
		{name: "title-huge", truth: big, serve: onlyRoot(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			io.WriteString(w, "<!doctype html><title>")
			repeat(context.Background(), w, []byte(strings.Repeat("big\u202e\u200b ", 1000)), 10<<20)
			io.WriteString(w, "</title><p>end</p>")
		})},
		{name: "deep-100k", truth: ok, serve: onlyRoot(sendOnce(func() string {
			return page("Deep", strings.Repeat("<div><svg><template>", 33_000)+"bottom")
		}))},
		{name: "attr-flood", truth: ok, serve: onlyRoot(sendOnce(func() string {
			var b strings.Builder
			for i := range 300_000 {
				fmt.Fprintf(&b, " a%d=1", i)
			}
			return page("Attributes", "<div"+b.String()+">one element</div>")
		}))},
		{name: "charset-lie", truth: ok, serve: onlyRoot(sendHTML(page("Lie \xff\xfe\x00", "<p>\x83e\x83X\x83g \x00 bytes that are not UTF-8 \xc3\x28</p>")))},
		{name: "xss-title", truth: ok, serve: onlyRoot(sendHTML(page(`</title><script>document.title="owned"</script>`,
			`<a href="javascript:alert(1)">contact</a> <a href="data:text/html,<script>alert(1)</script>">telegram</a> <img src=x onerror=alert(1)>`)))},
		{name: "ansi", truth: ok, serve: onlyRoot(st.raw(func(_ context.Context, c net.Conn) {
			writeHead(c, "Server: \x1b[31mred\x1b[0m\x07", "X-Log: {\"level\":\"INFO\"}")
			io.WriteString(c, page("\x1b]8;;http://a.example\x07click\x1b]8;;\x07 \x1b[2J\u009b31m\x07", "<a href=\"/\x1b[2J\">path</a>"))
		}))},
	}
	for i, title := range []string{`=HYPERLINK("http://evil.example","pay")`, "+cmd|' /C calc'!A0", "-1+1", "@SUM(1+1)", "\t=1+1", "a \"quoted\"\r\n=1+1"} {
		cases = append(cases, hostileCase{name: fmt.Sprintf("csv-formula-%d", i+1), truth: ok,
			serve: onlyRoot(sendHTML(page(title, "<p>A title that a spreadsheet would run.</p>")))})
	}
	return cases
}

// sendOnce sends a page that is made at its first request.
func sendOnce(text func() string) http.HandlerFunc {
	once := sync.OnceValue(text)
	return func(w http.ResponseWriter, r *http.Request) { sendHTML(once())(w, r) }
}
