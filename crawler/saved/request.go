package saved

import (
	"mime"
	"net/url"
	"strings"
)

// giveRequest hands over what a page sent: the address with its parameters, and the body. Pages send wallets, accounts and tracker ids to places that no
// answer names.
func giveRequest(o *output, address, contentType string, body []byte, cut string) bool {
	if address != "" && !o.give(Entry{URL: address, ContentType: requestType, Body: []byte(address)}) {
		return false
	}
	if len(body) == 0 {
		return true
	}
	kind, _, _ := mime.ParseMediaType(contentType)
	switch kind {
	case "application/x-www-form-urlencoded":
		return o.give(Entry{URL: address, ContentType: requestType, Body: form(string(body)), Cut: cut})
	case "multipart/form-data":
		return o.give(Entry{URL: address, ContentType: requestType, Body: body, Cut: cut})
	}
	return o.give(Entry{URL: address, ContentType: contentType, Body: body, Cut: cut})
}

// form writes the fields of a posted form a line each, decoded.
func form(body string) []byte {
	var out []byte
	n := 0
	for pair := range strings.SplitSeq(body, "&") {
		if n++; n > maxParams {
			break
		}
		name, value, _ := strings.Cut(pair, "=")
		out = append(out, unescape(name)+": "+unescape(value)+"\n"...)
	}
	return out
}

func unescape(s string) string {
	if plain, err := url.QueryUnescape(s); err == nil {
		return plain
	}
	return s
}
