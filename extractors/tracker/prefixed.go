package tracker

import (
	"strings"

	"scamatlas/extractors"
)

// prefixed reads accounts that carry their vendor's prefix. t has to be the whole run, so "NG-12" or a piece of base64 is none.
func (r *reader) prefixed(v *view, t token) {
	id := t.text
	switch id[0] {
	case 'G':
		if rest, ok := strings.CutPrefix(id, "GTM-"); ok {
			r.google(v, t, "gtm", rest, made(rest, 4, 10, isUpperDigit), "gtm.js", "gtag", "ns.html", "datalayer", "tagmanager")
		} else if rest, ok := strings.CutPrefix(id, "G-"); ok {
			r.google(v, t, "ga4", rest, made(rest, 6, 12, isUpperDigit), "gtag", "analytics", "measurement", "google", "ga4")
		}
	case 'U':
		if rest, ok := strings.CutPrefix(id, "UA-"); ok {
			account, property, _ := strings.Cut(rest, "-")
			if made(account, 4, 10, isDigit) && made(property, 1, 4, isDigit) && !blank(account) && bounded(v.s, t) {
				r.add(v, t.start, "ua", id, id, extractors.High)
			}
		}
	case 'A':
		if rest, ok := strings.CutPrefix(id, "AW-"); ok && made(rest, 8, 12, isDigit) && !blank(rest) && bounded(v.s, t) {
			r.add(v, t.start, "aw", id, id, extractors.High)
		}
	case 'c', 'p':
		pub := strings.TrimPrefix(id, "ca-")
		if rest, ok := strings.CutPrefix(pub, "pub-"); ok && made(rest, 15, 17, isDigit) && !blank(rest) {
			r.add(v, t.start, "adsense", pub, id, extractors.High)
		}
	case '6':
		if strings.HasPrefix(id, "6L") && made(id, 40, 40, isToken) && !isSample(id) && (quotedOrParam(v, t) || r.near(v, t, "sitekey", "recaptcha")) {
			r.add(v, t.start, "recaptcha", id, id, extractors.High)
		}
	case '0':
		if strings.HasPrefix(id, "0x4AAA") && made(id, 20, 36, isToken) && quotedOrParam(v, t) {
			r.add(v, t.start, "turnstile", id, id, extractors.High)
		}
	case 'y':
		if rest, ok := strings.CutPrefix(id, "yaCounter"); ok && made(rest, 5, 9, isDigit) {
			r.add(v, t.start, "yandex", rest, id, extractors.High)
		}
	}
	r.sentry(v, t)
}

// google takes ids of capitals and digits: they need the vendor's name near them, or quotes, a digit and the usual length.
func (r *reader) google(v *view, t token, kind, id string, shape bool, words ...string) {
	if !shape || blank(id) || !bounded(v.s, t) || strings.Contains(id, "XXXX") {
		return
	}
	switch digit := strings.ContainsAny(id, "0123456789"); {
	case r.near(v, t, words...) && (digit || kind == "gtm" || len(id) == 10):
		r.add(v, t.start, kind, t.text, t.text, extractors.High)
	case digit && quotedOrParam(v, t) && (kind == "gtm" || len(id) == 10):
		r.add(v, t.start, kind, t.text, t.text, extractors.Medium)
	}
}

// bounded reports whether t stands as a value: in quotes, as a parameter, in a list, at an end of the text.
func bounded(s string, t token) bool {
	if t.start > 0 && strings.IndexByte("\"'`= :,(/>&[\n\t", s[t.start-1]) < 0 {
		return false
	}
	return t.end >= len(s) || strings.IndexByte("\"'`&; ,)/<?#\\]\r\n", s[t.end]) >= 0
}

// quotedOrParam is stricter: in quotes, a parameter's value, or all of an attribute.
func quotedOrParam(v *view, t token) bool {
	var prev, next byte
	if t.start > 0 {
		prev = v.s[t.start-1]
	}
	if t.end < len(v.s) {
		next = v.s[t.end]
	}
	open := isQuote(prev) || prev == '=' || prev == 0
	return open && (isQuote(next) || next == '&' || next == 0 || next == '\\')
}

// isSample knows keys that the vendors' documents give to everybody.
func isSample(id string) bool { return id == "6LeIxAcTAAAAAJcZVRqyHh71UMIEGNQ_MXjiZKhI" }

// sentry reads a DSN around the public key at t: https://KEY[:SECRET]@HOST[/PATH]/PROJECT.
func (r *reader) sentry(v *view, t token) {
	s := v.s
	if !made(t.text, 32, 32, isLowerHex) || t.end >= len(s) || t.start < 2 || s[t.start-1] != '/' || s[t.start-2] != '/' && s[t.start-2] != '\\' {
		return
	}
	rest := s[t.end:]
	if secret, ok := strings.CutPrefix(rest, ":"); ok {
		rest = secret[len(run(secret, 32, isLowerHex)):]
	}
	rest, ok := strings.CutPrefix(rest, "@")
	if !ok {
		return
	}
	address, _ := splitAddress(rest)
	host, path, _ := strings.Cut(address, "/")
	project := path[strings.LastIndexByte(path, '/')+1:]
	if !made(host, 4, maxToken, isName) || !made(project, 1, 20, isDigit) || !made(path, 1, maxToken, func(c byte) bool { return isName(c) || c == '/' }) {
		return
	}
	if host = strings.ToLower(host); !strings.Contains(host, "sentry") && !r.near(v, t, "sentry", "dsn") {
		return
	}
	value := t.text + "@" + host + "/" + path
	r.add(v, t.start, "sentry", value, value, extractors.High)
}
