package testbed

import (
	"net/http"
	"net/url"
	"strings"
)

// fits reports whether the rule is for the request; body gives what was sent with it.
func (r *rule) fits(req *http.Request, body func() string) bool {
	if below, ok := strings.CutSuffix(r.Path, "*"); ok {
		if !strings.HasPrefix(req.URL.Path, below) {
			return false
		}
	} else if r.Path != "" && r.Path != req.URL.Path {
		return false
	}
	w := &r.When
	return w.address(req) && w.visitor(req.Header) && w.referer(req.Header.Get("Referer")) && w.carried(req) && (w.Body == "" || has(body(), w.Body))
}

func (w *when) address(req *http.Request) bool {
	host, _, _ := strings.Cut(req.Host, ":")
	scheme := "http"
	if req.TLS != nil {
		scheme = "https"
	}
	method := req.Method == w.Method
	if w.Method == "" {
		method = req.Method == http.MethodGet || req.Method == http.MethodHead
	}
	return method && (w.Host == "" || strings.EqualFold(w.Host, host)) && (w.Scheme == "" || w.Scheme == scheme)
}

func (w *when) visitor(h http.Header) bool {
	ua := h.Get("User-Agent")
	if len(w.UA) > 0 && !hasAny(ua, w.UA) || hasAny(ua, w.NotUA) {
		return false
	}
	for name, part := range w.Header {
		if h.Get(name) == "" || !has(h.Get(name), part) {
			return false
		}
	}
	for _, name := range w.NoHeader {
		if h.Get(name) != "" {
			return false
		}
	}
	return w.Hints == "" || hintsAgree(h) == (w.Hints == "agree")
}

func (w *when) referer(from string) bool {
	u, err := url.Parse(from)
	if err != nil {
		u = &url.URL{}
	}
	within := func(domains []string) bool {
		for _, d := range domains {
			if host := u.Hostname(); host == d || strings.HasSuffix(host, "."+d) {
				return true
			}
		}
		return false
	}
	return (len(w.Referer) == 0 || within(w.Referer)) && !within(w.NoReferer)
}

// carried looks at what the visitor brings along: query and cookies.
func (w *when) carried(req *http.Request) bool {
	query := req.URL.Query()
	for name, value := range w.Query {
		if !query.Has(name) || value != "" && query.Get(name) != value {
			return false
		}
	}
	for name, value := range w.Cookie {
		c, err := req.Cookie(name)
		if err != nil || value != "" && c.Value != value {
			return false
		}
	}
	return true
}

// hintsAgree reports whether client hints (https://wicg.github.io/ua-client-hints/) say what User-Agent says: Chromium of that version
// on that system, a phone or not; none at all from other browsers.
func hintsAgree(h http.Header) bool {
	ua, hints := h.Get("User-Agent"), h.Get("Sec-CH-UA")
	_, after, chromium := strings.Cut(ua, "Chrome/")
	if !chromium || hints == "" {
		return !chromium && hints == ""
	}
	major, _, _ := strings.Cut(after, ".")
	mobile := map[bool]string{true: "?1", false: "?0"}[strings.Contains(ua, "Mobile")]
	system := "Linux"
	for _, s := range [][2]string{{"Android", "Android"}, {"Windows", "Windows"}, {"Macintosh", "macOS"}} {
		if strings.Contains(ua, s[0]) {
			system = s[1]
			break
		}
	}
	return has(hints, `v="`+major+`"`) && h.Get("Sec-CH-UA-Mobile") == mobile && h.Get("Sec-CH-UA-Platform") == `"`+system+`"`
}

func has(text, part string) bool {
	return strings.Contains(strings.ToLower(text), strings.ToLower(part))
}

func hasAny(text string, parts []string) bool {
	for _, p := range parts {
		if has(text, p) {
			return true
		}
	}
	return false
}
