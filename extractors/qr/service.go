package qr

import (
	"net/url"
	"slices"
	"strings"

	"scamatlas/extractors"
)

// services reads what the addresses of code-drawing services say the code holds: no network is asked.
func (r *reader) services(d *extractors.Document, c *contexts) {
	n := 0
	for i := range d.Pieces {
		p := &d.Pieces[i]
		if p.Where == extractors.InAttr && !strings.HasPrefix(p.Attr, "on") {
			if len(p.Text) <= maxAddress*4 && (strings.IndexByte(p.Text, '?') >= 0 || saysQR(p.Text)) {
				for _, one := range strings.Fields(p.Text) {
					r.service(one, showsPicture(p), func() place { return c.at(p.Offset) })
				}
			}
			if p.Attr != "style" {
				continue
			}
		}
		for _, mark := range []string{"//", `\/\/`} {
			for at := 0; n < maxUses; n++ {
				k := strings.Index(p.Text[at:], mark)
				if k < 0 {
					break
				}
				start := at + k
				end := addressEnd(p.Text, start)
				offset := p.Offset
				if p.Where != extractors.InAttr && !p.Joined {
					offset += start
				}
				r.service(strings.ReplaceAll(p.Text[start:end], `\/`, "/"), false, func() place { return c.at(min(offset, len(d.Body))) })
				at = max(end, start+len(mark))
			}
		}
	}
}

func addressEnd(s string, at int) int {
	limit := min(len(s), at+maxAddress)
	for at < limit && strings.IndexByte(" \t\r\n\"'`<>()", s[at]) < 0 {
		at++
	}
	return at
}

// showsPicture reports whether the address in p is one that a browser shows a picture of.
func showsPicture(p *extractors.Piece) bool {
	switch p.Tag {
	case "img", "image", "source", "input", "object", "embed", "amp-img":
		return p.Attr == "src" || p.Attr == "srcset" || p.Attr == "data" || p.Attr == "href" || p.Attr == "xlink:href" || strings.HasPrefix(p.Attr, "data-")
	}
	return false
}

// Parameters that hold what the code shall say, at services for codes, and those that any maker of pictures may have.
var (
	codeParams = []string{"data", "text", "chl", "content", "contents", "qr", "qrdata", "qrtext", "qr_code_text", "qrcode", "value", "val", "address", "addr",
		"wallet", "d", "t", "u", "url", "s", "str", "string", "msg", "message", "code", "payload", "q", "link", "uri", "to"}
	pictureParams = codeParams[:15]
)

// service reads one address. It draws a code when its host or path says "qr", or when it asks for a chart of that type.
func (r *reader) service(address string, picture bool, at func() place) {
	if len(address) > maxAddress || len(address) < minPayload {
		return
	}
	address = strings.TrimRight(strings.ReplaceAll(address, "&amp;", "&"), ",;")
	head, query, asks := strings.Cut(address, "?")
	query, _, _ = strings.Cut(query, "#")
	named := saysQR(head) || strings.Contains(query, "cht=qr")
	if !named && !(picture && asks) {
		return
	}
	allowed := pictureParams
	if named {
		allowed = codeParams
		if n := strings.LastIndexByte(head, '/'); n >= 0 {
			r.ordered(head[n+1:], at)
		}
	}
	for _, pair := range strings.Split(query, "&") {
		key, value, _ := strings.Cut(pair, "=")
		if slices.Contains(allowed, strings.ToLower(key)) {
			r.ordered(value, at)
		}
	}
}

// saysQR reports whether s has "qr" in it, in any case.
func saysQR(s string) bool {
	for i := 1; i < len(s); i++ {
		if s[i]|0x20 == 'r' && s[i-1]|0x20 == 'q' {
			return true
		}
	}
	return false
}

// ordered reads the text of a code as an address gives it. "+" stands for itself: it is part of numbers and invitations.
func (r *reader) ordered(value string, at func() place) {
	for range 2 { // some pages encode twice
		if text, err := url.PathUnescape(value); err == nil {
			value = text
		}
	}
	if len(value) >= minPayload {
		r.payload(value, at())
	}
}
