package egress

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"scamatlas/crawler"
)

// CheckURL says before a request, on every hop, whether u may be asked for: http or https, a host, an open port, and when the
// host is an address in any spelling, one that the guard lets through. A name's addresses are checked when they are dialled.
// The error is a *crawler.Refusal.
func (g *Guard) CheckURL(u *url.URL) error {
	if why := g.whyNotURL(u); why != "" {
		return &crawler.Refusal{Target: target(u), Why: why}
	}
	return nil
}

func (g *Guard) whyNotURL(u *url.URL) string {
	if u == nil {
		return "no address"
	}
	scheme := strings.ToLower(u.Scheme)
	if scheme != "http" && scheme != "https" {
		return "scheme " + clip(scheme, 40)
	}
	if u.Opaque != "" || u.Hostname() == "" {
		return "empty host"
	}
	port, ok := urlPort(u)
	if !ok {
		return "not a port"
	}
	if !g.open[port] {
		return fmt.Sprintf("port %d is not allowed", port)
	}
	_, a, why := readHost(u.Hostname())
	if why == "" && a.IsValid() {
		why = g.denies(a)
	}
	return why
}

// urlPort is the port u asks for, its scheme's when it names none.
func urlPort(u *url.URL) (uint16, bool) {
	text := u.Port()
	if text == "" {
		bare := u.Hostname()
		rest := strings.TrimPrefix(strings.TrimPrefix(strings.TrimPrefix(u.Host, "["), bare), "]")
		if rest != "" && rest != ":" {
			return 0, false
		}
		if strings.EqualFold(u.Scheme, "https") {
			return 443, true
		}
		return 80, true
	}
	n, err := strconv.ParseUint(text, 10, 16)
	return uint16(n), err == nil
}

func target(u *url.URL) string {
	if u == nil {
		return ""
	}
	return clip(u.String(), crawler.MaxURL)
}

func clip(s string, n int) string {
	if len(s) <= n {
		return s
	}
	return strings.ToValidUTF8(s[:n], "") + "…"
}
