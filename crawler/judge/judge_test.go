package judge

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"strings"
	"syscall"
	"testing"

	"scamatlas/crawler"
)

// TestResponse: a page is judged the same whether a server sent it or a browser shows it.
func TestResponse(t *testing.T) {
	html := func(status int, body string) *crawler.Response {
		r := page("/", body)
		r.Status = status
		return r
	}
	cut := html(200, "<p>half")
	cut.Truncated = "reset"
	broken := html(200, "")
	broken.Truncated = "time"
	large := html(200, strings.Repeat(" ", 1000))
	large.Truncated = "size"
	endless := html(302, "")
	endless.Err = RedirectCap
	sold := html(200, "<h1>Vault</h1>")
	sold.FinalURL = "https://www.hugedomains.com/x"
	data := html(200, `<title>Just a moment...</title>`)
	data.ContentType = "application/json"
	checked := html(403, "")
	checked.Header = []crawler.HeaderField{{Name: "cf-MITIGATED", Value: "Challenge"}}
	for name, tc := range map[string]struct {
		a      *crawler.Response
		want   crawler.Outcome
		reason string
	}{
		"a page":                   {html(200, "<h1>Vault</h1>"), crawler.OK, ""},
		"a page that is not whole": {cut, crawler.OK, "reset"},
		"a title":                  {html(200, "<title>Just a moment...</title>"), crawler.Challenge, "Cloudflare"},
		"a title in a file":        {data, crawler.Blank, ""},
		"a header":                 {checked, crawler.Challenge, "Cloudflare"},
		"an address":               {sold, crawler.Parked, "HugeDomains"},
		"denied":                   {html(403, "<h1>No</h1>"), crawler.Denied, "403"},
		"too many redirects":       {endless, crawler.HTTPError, "redirect_cap"},
		"nothing":                  {html(200, ""), crawler.Blank, "empty"},
		"nothing before the end":   {broken, crawler.HTTPError, "broke off"},
		"much of nothing":          {large, crawler.TooLarge, "size"},
	} {
		if outcome, reason := New().Response(tc.a); outcome != tc.want || !strings.Contains(reason, tc.reason) {
			t.Errorf("%s: %s %q, want %s with %q", name, outcome, reason, tc.want, tc.reason)
		}
	}
}

func TestFailure(t *testing.T) {
	for _, tc := range []struct {
		err    error
		want   crawler.Outcome
		reason string
	}{
		{&crawler.Refusal{Target: "127.0.0.1:80", Why: "private"}, crawler.Blocked, "refused"},
		{&net.OpError{Op: "dial", Err: syscall.ECONNREFUSED}, crawler.Unreachable, "connection refused"},
		{&net.DNSError{Err: "no such host", Name: "x.test"}, crawler.Unreachable, "no address"},
		{&HandshakeError{io.EOF}, crawler.Unreachable, "TLS handshake"},
		{ProtocolError("an answer that begins with \x1b[31m"), crawler.HTTPError, "begins with [31m"},
		{context.DeadlineExceeded, crawler.Unreachable, "in time"},
		{io.EOF, crawler.Unreachable, "closed"},
		{errors.New("net/http: HTTP/1.x transport connection broken"), crawler.HTTPError, "not HTTP"},
		{errors.New(strings.Repeat("long ", 1000)), crawler.Unreachable, "long"},
	} {
		outcome, reason := New().Failure(fmt.Errorf("asking: %w", tc.err))
		if outcome != tc.want || !strings.Contains(reason, tc.reason) || len(reason) > 2*maxNote {
			t.Errorf("%v: %s %q, want %s with %q", tc.err, outcome, reason, tc.want, tc.reason)
		}
	}
}

func TestFamous(t *testing.T) {
	for address, want := range map[string]string{"https://www.google.com/x": "google.com", "https://notgoogle.com/": "", "https://google.com.evil.test/": "", "https://t.me/x": "t.me"} {
		u, err := url.Parse(address)
		if err != nil {
			t.Fatal(err)
		}
		if got := New().Famous(u); got != want {
			t.Errorf("%s: %q, want %q", address, got, want)
		}
	}
}
