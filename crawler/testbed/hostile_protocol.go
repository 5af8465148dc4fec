package testbed

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"

	"scamatlas/crawler"
)

// protocolCases do not keep to HTTP, or keep to it so that a visit has no end.
func (st *stage) protocolCases() []hostileCase {
	failed := Truth{Outcomes: ends(crawler.HTTPError, crawler.Unreachable)}
	return []hostileCase{
		{name: "no-answer", truth: failed, serve: st.raw(func(ctx context.Context, c net.Conn) {
			io.Copy(io.Discard, c) // until the peer leaves
		})},
		{name: "cl-two", truth: failed, serve: st.raw(func(_ context.Context, c net.Conn) {
			writeHead(c, "Content-Length: 10", "Content-Length: 20")
			io.WriteString(c, "<p>01234567890123456789")
		})},
		{name: "endless-header", truth: failed, serve: st.raw(func(ctx context.Context, c net.Conn) {
			io.WriteString(c, "HTTP/1.1 200 OK\r\n")
			repeat(ctx, c, []byte("X-More: "+strings.Repeat("m", 4000)+"\r\n"), maxEndless)
		})},
		{name: "endless-status-line", truth: failed, serve: st.raw(func(ctx context.Context, c net.Conn) {
			io.WriteString(c, "HTTP/1.1 200 ")
			repeat(ctx, c, []byte(strings.Repeat("O", 4096)), maxEndless)
		})},
		{name: "status-1xx", truth: failed, serve: st.raw(func(ctx context.Context, c net.Conn) {
			hint := []byte("HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\n\r\n")
			repeat(ctx, c, hint, maxInterim*len(hint))
			writeHead(c, "Content-Length: 0")
		})},
		{name: "garbage", truth: failed, serve: st.raw(func(_ context.Context, c net.Conn) {
			io.WriteString(c, "SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n")
		})},
		{name: "redirect-loop", truth: failed, serve: func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Location", "/")
			w.WriteHeader(http.StatusFound)
		}},
		{name: "redirect-endless", truth: failed, serve: func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Location", "/?q="+r.URL.Query().Get("q")+strings.Repeat("x", 300))
			w.WriteHeader(http.StatusFound)
		}},
		{name: "cookie-bomb", truth: Truth{Outcomes: ends(crawler.OK, crawler.HTTPError, crawler.Unreachable)}, serve: cookieBomb},
		{name: "retry-after", truth: Truth{Outcomes: ends(crawler.HTTPError)}, serve: func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Retry-After", "99999999999")
			http.Error(w, "slow down", http.StatusTooManyRequests)
		}},
		{name: "always-503", truth: Truth{Outcomes: ends(crawler.HTTPError)}, serve: func(w http.ResponseWriter, _ *http.Request) {
			http.Error(w, "down for maintenance", http.StatusServiceUnavailable)
		}},
		{name: "tls-expired", truth: Truth{Outcomes: ends(crawler.OK), Expired: true},
			serve: onlyRoot(sendHTML(page("Old certificate", "<p>An ordinary page behind a certificate that ran out.</p>")))},
	}
}

const (
	bombCookies     = 40 // in one answer, of 4 KB each
	cookieReloads   = 100
	cookieValueSize = 4000
)

// cookieBomb asks for another reload, with other cookies, until the visitor sends back the last one.
func cookieBomb(w http.ResponseWriter, r *http.Request) {
	if _, err := r.Cookie("last"); err == nil {
		sendHTML(page("Cookies", "<p>all set</p>"))(w, r)
		return
	}
	n, _ := strconv.Atoi(r.URL.Query().Get("n"))
	for i := range bombCookies {
		http.SetCookie(w, &http.Cookie{Name: fmt.Sprintf("c%d_%d", n, i), Value: strings.Repeat("c", cookieValueSize)})
	}
	if n >= cookieReloads {
		http.SetCookie(w, &http.Cookie{Name: "last", Value: "1"})
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Location", fmt.Sprintf("/?n=%d", n+1))
	w.WriteHeader(http.StatusFound)
}
