package fetch

import (
	"context"
	"crypto/tls"
	"strings"
	"testing"

	"scamatlas/crawler"
)

const (
	agentChrome  = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36"
	agentFirefox = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
)

// asked gives the heads of the requests of one visit by path, without the first line and the agent's name.
func asked(t *testing.T, over *tls.Config, p *crawler.Profile, enter bool) map[string]string {
	t.Helper()
	const html = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\n"
	s := &scriptedSite{asked: map[string][]byte{}, answers: map[string]string{
		"/":     html + "Set-Cookie: s=1\r\n\r\n<link rel=stylesheet href=/s.css><link rel=manifest href=/manifest.json><script src=/a.js></script><img src=/i.png><a href=/next>next</a><a href=/moved>m</a>",
		"/next": html + "\r\n<p>next", "/moved": "HTTP/1.1 302 Found\r\nLocation: //www.shop.test/there\r\nContent-Length: 0\r\n\r\n", "/there": html + "\r\n<p>there",
	}}
	f := s.serve(t, over).fetcher(t, Options{PerDomain: 1})
	c := &crawler.Capture{Host: "shop.test"}
	walk := f.Fetch
	if enter {
		walk = f.Enter
	}
	if err := walk(context.Background(), c, p); err != nil {
		t.Fatal(err)
	}
	heads := map[string]string{}
	for path, head := range s.asked {
		_, lines, _ := strings.Cut(strings.TrimSuffix(string(head), "\r\n\r\n"), "\r\n")
		heads[path] = strings.ReplaceAll(strings.ReplaceAll(lines, "\r\n", "\n"), p.UserAgent, "UA")
	}
	return heads
}

// TestHeadersAsBrowsers: name, value and order of every line, as the browser itself was seen to send them.
func TestHeadersAsBrowsers(t *testing.T) {
	encrypted := &tls.Config{Certificates: []tls.Certificate{expiredCertificate(t)}}
	const (
		hints  = "sec-ch-ua: \"Not:A-Brand\";v=\"8\", \"Chromium\";v=\"156\", \"Google Chrome\";v=\"156\"\nsec-ch-ua-mobile: ?0\n"
		linux  = "sec-ch-ua-platform: \"Linux\"\n"
		page   = "image/jxl,image/avif,image/webp,image/apng,*/*;q=0.8,application/signed-exchange;v=b3;q=0.7\n"
		packed = "Accept-Encoding: gzip, deflate, br, zstd\nAccept-Language: en-US,en;q=0.9"
		cookie = "\nCookie: s=1"
	)
	fetchSite := func(site, mode, user, dest string) string {
		return "Sec-Fetch-Site: " + site + "\nSec-Fetch-Mode: " + mode + "\n" + user + "Sec-Fetch-Dest: " + dest + "\n"
	}
	navigate := func(referer, site string) string {
		return "Host: shop.test\nConnection: keep-alive\n" + hints + linux + "Upgrade-Insecure-Requests: 1\nUser-Agent: UA\nAccept: text/html,application/xhtml+xml,application/xml;q=0.9," + page +
			fetchSite(site, "navigate", "Sec-Fetch-User: ?1\n", "document") + referer + packed
	}
	file := func(accept, mode, dest string) string {
		return "Host: shop.test\nConnection: keep-alive\n" + linux + "User-Agent: UA\n" + hints + "Accept: " + accept + "\n" + fetchSite("same-origin", mode, "", dest) + "Referer: https://shop.test/\n" + packed + cookie
	}
	for _, tc := range []struct {
		name string
		over *tls.Config
		p    crawler.Profile
		want map[string]string
	}{
		{"Chrome over TLS", encrypted, crawler.Profile{UserAgent: agentChrome}, map[string]string{
			"/": navigate("", "none"), "/next": navigate("Referer: https://shop.test/\n", "same-origin") + cookie, "/robots.txt": navigate("", "none") + cookie,
			"/there": strings.Replace(navigate("Referer: https://shop.test/\n", "same-site"), "shop", "www.shop", 1),
			"/s.css": file("text/css,*/*;q=0.1", "no-cors", "style"), "/a.js": file("*/*", "no-cors", "script"), "/manifest.json": file("*/*", "cors", "manifest"),
			"/i.png": file("image/jxl,image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8", "no-cors", "image"),
		}},
		{"Chrome from a search", encrypted, crawler.Profile{UserAgent: agentChrome, Referrer: "https://www.google.com/"}, map[string]string{
			"/": navigate("Referer: https://www.google.com/\n", "cross-site"), "/next": navigate("Referer: https://shop.test/\n", "same-origin") + cookie}},
		{"Chrome in the open", nil, crawler.Profile{UserAgent: agentChrome, Referrer: "https://www.google.com/"}, map[string]string{
			"/": "Host: shop.test\nConnection: keep-alive\nUpgrade-Insecure-Requests: 1\nUser-Agent: UA\nAccept: text/html,application/xhtml+xml,application/xml;q=0.9," + page +
				"Referer: https://www.google.com/\nAccept-Encoding: gzip, deflate\nAccept-Language: en-US,en;q=0.9",
			"/a.js": "Host: shop.test\nConnection: keep-alive\nUser-Agent: UA\nAccept: */*\nReferer: http://shop.test/\nAccept-Encoding: gzip, deflate\nAccept-Language: en-US,en;q=0.9" + cookie}},
		{"Firefox", encrypted, crawler.Profile{UserAgent: agentFirefox}, map[string]string{
			"/": "Host: shop.test\nUser-Agent: UA\nAccept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8\nAccept-Language: en-US,en;q=0.9\nAccept-Encoding: gzip, deflate, br, zstd\n" +
				"Connection: keep-alive\nUpgrade-Insecure-Requests: 1\nSec-Fetch-Dest: document\nSec-Fetch-Mode: navigate\nSec-Fetch-Site: none\nSec-Fetch-User: ?1"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			tc.p.Language = "en-US,en;q=0.9"
			heads := asked(t, tc.over, &tc.p, false)
			for path, want := range tc.want {
				if heads[path] != want {
					t.Errorf("%s:\n%s\nwant:\n%s", path, heads[path], want)
				}
			}
			entered := asked(t, tc.over, &tc.p, true)
			if len(entered) != 1 || entered["/"] != tc.want["/"] {
				t.Errorf("for the entry page alone %q was asked", entered)
			}
		})
	}
}

// TestReferrer: what a page tells the next one about itself.
func TestReferrer(t *testing.T) {
	for _, tc := range []struct{ from, to, referer, site string }{
		{"https://shop.test/a?b#c", "https://shop.test/d", "https://shop.test/a?b", "same-origin"},
		{"https://shop.test/a", "https://www.shop.test/d", "https://shop.test/", "same-site"},
		{"https://shop.test/a", "https://bank.test/d", "https://shop.test/", "cross-site"},
		{"https://shop.test/a", "https://shop.test:8443/d", "https://shop.test/", "same-site"},
		{"http://shop.test/a", "https://shop.test/d", "http://shop.test/", "cross-site"},
		{"https://shop.test/a", "http://shop.test/d", "", "cross-site"},
		{"", "https://shop.test/d", "", "none"},
	} {
		w := &walk{visitor: &crawler.Profile{UserAgent: agentChrome}}
		r := w.request(ask{from: tc.from, kind: crawler.Script})
		to := mustURL(t, tc.to)
		if h := r.header(to); h.Get("Referer") != tc.referer || sites[r.site] != tc.site {
			t.Errorf("%s → %s: %q %s, want %q %s", tc.from, tc.to, h.Get("Referer"), sites[r.site], tc.referer, tc.site)
		}
	}
}
