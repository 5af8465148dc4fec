package fetch

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"scamatlas/crawler"
	"scamatlas/crawler/judge"
)

// TestOutcomes: what the entry page says about the site.
func TestOutcomes(t *testing.T) {
	long := strings.Repeat("<p>We trade for you with ten years of experience.</p>", 200)
	for _, tc := range []struct {
		name    string
		status  int
		header  string // "Name: value"
		body    string
		outcome crawler.Outcome
		reason  string
	}{
		{"an ordinary page", 200, "", "<h1>Vault</h1>", crawler.OK, ""},
		{"a frame that scripts fill", 200, "", "<div id=app></div><script src=/app.js></script>", crawler.OK, ""},
		{"only a picture", 200, "", "<img src=/soon.png>", crawler.OK, ""},
		{"only a refresh", 200, "", `<meta http-equiv="refresh" content="0;url=/home">`, crawler.OK, ""},
		{"plain text", 200, "Content-Type: text/plain", "Send BTC to bc1", crawler.OK, ""},
		{"nothing", 200, "", "", crawler.Blank, "empty answer"},
		{"tags without anything", 200, "", "<html><head></head><body> \n </body></html>", crawler.Blank, "no text"},
		{"the web server's page", 200, "", "<title>Welcome to nginx!</title><h1>Welcome to nginx!</h1>", crawler.Blank, "first page"},
		{"not found", 404, "", "<h1>Not Found</h1>", crawler.HTTPError, "404"},
		{"server error", 500, "", "<h1>Oops</h1>", crawler.HTTPError, "500"},
		{"odd status", 999, "", "<h1>No</h1>", crawler.HTTPError, "999"},
		{"login at the door", 401, `WWW-Authenticate: Basic realm="x"`, "", crawler.Denied, "401"},
		{"forbidden", 403, "", "<h1>Forbidden</h1>", crawler.Denied, "403"},
		{"for legal reasons", 451, "", "<h1>Gone</h1>", crawler.Denied, "451"},
		{"Cloudflare by header", 403, "Cf-Mitigated: challenge", "<title>Just a moment...</title>", crawler.Challenge, "Cloudflare"},
		{"Cloudflare by title", 503, "", "<title>Just a moment...</title><script>1</script>", crawler.Challenge, "Cloudflare"},
		{"free hoster's check", 200, "", `<script src="/aes.js"></script><script>document.cookie="__test="+toHex(slowAES.decrypt(c,2,a,b))</script>`, crawler.Challenge, "JavaScript"},
		{"Cloudflare's script in an honest page", 200, "", long + `<script src="/cdn-cgi/challenge-platform/scripts/jsd/main.js"></script>`, crawler.OK, ""},
		{"for sale", 200, "", "<title>vault.test</title><h1>This domain is for sale!</h1><p>Make an offer", crawler.Parked, "for sale"},
		{"parking service", 200, "", `<html data-adblockkey="MFw"><body><script src=/p.js></script>`, crawler.Parked, "parking"},
		{"a long page that sells domains", 200, "", long + "This domain is for sale", crawler.OK, ""},
		{"suspended", 200, "", "<title>Account Suspended</title><p>This Account has been suspended. Contact your hosting provider.", crawler.Suspended, "suspended"},
		{"suspended with 403", 403, "", "<h1>This website has been suspended</h1>", crawler.Suspended, "suspended"},
		{"seized", 200, "", "<h1>This website has been seized</h1>", crawler.Suspended, "authority"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			c := visit(t, plain(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Content-Type", "text/html")
				if name, value, ok := strings.Cut(tc.header, ": "); ok {
					w.Header().Set(name, value)
				}
				w.WriteHeader(tc.status)
				_, _ = io.WriteString(w, tc.body)
			})).fetcher(t, Options{Pages: 1}), "shop.test")
			wantOutcome(t, c, tc.outcome)
			if !strings.Contains(c.Reason, tc.reason) || tc.reason == "" && c.Reason != "" {
				t.Errorf("reason %q, want %q in it", c.Reason, tc.reason)
			}
		})
	}
}

// TestFamousSitesAreNotWalked: many scam pages send unwanted visitors to a search engine.
func TestFamousSitesAreNotWalked(t *testing.T) {
	w := &walk{f: &Fetcher{judge: judge.New()}, c: &crawler.Capture{}, scope: scope{"shop.test"}}
	w.widen(resolve(mustURL(t, "http://shop.test/"), "https://www.google.com/"), "redirects to ")
	if !w.stopped || len(w.scope) != 1 || !strings.Contains(w.c.Reason, "www.google.com") {
		t.Errorf("stopped %v, scope %q, reason %q", w.stopped, w.scope, w.c.Reason)
	}
}
