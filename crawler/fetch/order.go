package fetch

import (
	"bytes"
	"slices"
	"strings"
)

// In which order browsers write the lines of a request over HTTP/1.1, which tells them from programs as well as any value does: seen
// from Chromium 156, for a page and for a file of a page, and from Firefox 140 for both. What is not named comes last.
var (
	chromePage = []string{"host", "connection", "cache-control", "sec-ch-ua", "sec-ch-ua-mobile", "sec-ch-ua-platform", "upgrade-insecure-requests",
		"user-agent", "accept", "sec-fetch-site", "sec-fetch-mode", "sec-fetch-user", "sec-fetch-dest", "referer", "accept-encoding", "accept-language", "cookie"}
	chromeFile = []string{"host", "connection", "sec-ch-ua-platform", "user-agent", "sec-ch-ua", "sec-ch-ua-mobile",
		"accept", "sec-fetch-site", "sec-fetch-mode", "sec-fetch-dest", "referer", "accept-encoding", "accept-language", "cookie"}
	firefoxAny = []string{"host", "user-agent", "accept", "accept-language", "accept-encoding", "referer", "connection", "cookie",
		"upgrade-insecure-requests", "sec-fetch-dest", "sec-fetch-mode", "sec-fetch-site", "sec-fetch-user"}
)

// browserOrder gives a request's head, empty line and all, with its lines in the order of a browser; net/http sorts them.
func browserOrder(head []byte, chromium bool) []byte {
	lines := bytes.Split(bytes.TrimSuffix(head, []byte("\r\n\r\n")), []byte("\r\n"))
	order := firefoxAny
	if chromium {
		order = chromeFile
		if bytes.Contains(head, []byte("\nUpgrade-Insecure-Requests:")) {
			order = chromePage
		}
	}
	ranked := make([]rankedLine, 0, 16)
	for _, line := range lines[1:] {
		name, _, _ := bytes.Cut(line, []byte(":"))
		rank := slices.IndexFunc(order, func(n string) bool { return strings.EqualFold(n, string(name)) })
		if rank < 0 {
			rank = len(order)
		}
		ranked = append(ranked, rankedLine{line, rank})
	}
	slices.SortStableFunc(ranked, func(a, b rankedLine) int { return a.rank - b.rank })
	out := append(make([]byte, 0, len(head)), lines[0]...)
	for _, l := range ranked {
		out = append(append(out, "\r\n"...), l.line...)
	}
	return append(out, "\r\n\r\n"...)
}

type rankedLine struct {
	line []byte
	rank int
}
