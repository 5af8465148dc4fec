package backend

import (
	"encoding/base64"
	"strings"

	"scamatlas/extractors"
)

// literals looks at the beginning of every string of a script or of data.
func (r *reader) literals(v *view) {
	s := v.s
	r.last, r.end = evidence{}, 0
	for i, n := 0, 0; i < len(s) && n < maxLiterals; i++ {
		if !isQuote(s[i]) {
			continue
		}
		n++
		rest := s[i+1:]
		switch {
		case hasFold(rest, "http") || hasFold(rest, "ws:") || hasFold(rest, "wss:") || strings.HasPrefix(rest, "//"):
			r.literal(v, i+1, v.where, rest)
		case strings.HasPrefix(rest, "aHR0c") || strings.HasPrefix(rest, "d3M6Ly") || strings.HasPrefix(rest, "d3NzOi"): // base64 of the same
			r.encoded(v, i+1, rest)
		default:
			r.bareHost(v, i+1, rest)
		}
	}
}

// literal reads the address at text, which stands in the string that begins at at.
func (r *reader) literal(v *view, at int, where, text string) {
	a, n := addressAt(text)
	if n == 0 {
		return
	}
	e := r.last // of the address before, where this is the next of a list
	if r.end == 0 || at-r.end > maxKey || at < r.end || strings.Trim(v.s[r.end:at], ", \t\r\n\"'`\\") != "" || e.kind == "" && !e.denied {
		e = evidenceOf(v, at, &a)
	} else if e.kind != "" && strings.HasPrefix(a.scheme, "ws") {
		e.kind = WebSocket
	}
	r.last, r.end = e, at+n
	if e.kind != "" {
		r.add(v, at, where, a, e)
	}
}

// encoded reads an address that is written in base64.
func (r *reader) encoded(v *view, at int, rest string) {
	n := 0
	for n < len(rest) && n < maxBase64 && (isAlnum(rest[n]) || strings.IndexByte("+/-_", rest[n]) >= 0) {
		n++
	}
	raw, err := base64.RawStdEncoding.DecodeString(strings.NewReplacer("-", "+", "_", "/").Replace(rest[:n]))
	if err == nil {
		r.literal(v, at, extractors.InEncoded, string(raw))
	}
}

// bareHost reads a host without scheme, where its key says what it is.
func (r *reader) bareHost(v *view, at int, rest string) {
	n, dots := 0, 0
	for n < len(rest) && n < 80 && (isHostByte(rest[n]) || rest[n] == ':' || rest[n] == '/') {
		if rest[n] == '.' {
			dots++
		}
		n++
	}
	if dots == 0 || n < 6 || n >= len(rest) || !isQuote(rest[n]) || !isAlnum(rest[0]) {
		return
	}
	e := byKey(keyBefore(v.s, at-1))
	if e.kind == "" || !e.strong {
		return
	}
	a, size := addressAt(rest[:n])
	if size != n || strings.HasSuffix(a.host, ".js") || a.value == "" {
		return
	}
	e.confidence = extractors.Medium
	r.add(v, at, v.where, a, e)
}

// attribute reads what an attribute is set to: an address that its name calls a backend, data with addresses in it, or the hosts
// that a content security policy lets scripts talk to.
func (r *reader) attribute(p *extractors.Piece) {
	v := &view{s: p.Text, where: p.Where, base: p.Offset}
	text := strings.TrimSpace(p.Text)
	switch {
	case p.Tag == "meta" && p.Attr == "content" && strings.Contains(text, "connect-src"):
		r.policy(v, text)
	case strings.HasPrefix(p.Attr, "data-") || strings.HasPrefix(p.Attr, "hx-") || p.Attr == "action" || p.Tag == "meta" && p.Attr == "content":
		if strings.IndexByte(text, '"') >= 0 && (text[0] == '{' || text[0] == '[') {
			r.literals(v)
			return
		}
		if a, n := addressAt(text); n == len(text) && (a.scheme != "" || strings.HasPrefix(text, "//")) {
			if e := byAttribute(p.Tag, p.Attr, &a); e.kind != "" {
				r.add(v, 0, extractors.InAttr, a, e)
			}
		}
	}
}

func (r *reader) policy(v *view, text string) {
	_, list, _ := strings.Cut(text, "connect-src")
	list, _, _ = strings.Cut(list, ";")
	for _, source := range strings.Fields(list) {
		if a, n := addressAt(source); n == len(source) && n > 0 && !strings.HasPrefix(source, "*") {
			e := evidence{kind: API, confidence: extractors.Medium}
			if strings.HasPrefix(a.scheme, "ws") {
				e.kind = WebSocket
			}
			r.add(v, 0, extractors.InAttr, a, e)
		}
	}
}
