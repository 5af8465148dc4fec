package archive

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"
)

func itoa(n int) string { return strconv.Itoa(n) }

func threeDigits(status int) string {
	if status < 100 || status > 999 {
		return "000"
	}
	return itoa(status)
}

// safeURI gives an address that can stand in a WARC header and an index line: what is no printable ASCII, and what delimits, is
// percent-encoded (RFC 3986, 2.1). One that is too long is cut and ends in the hash of the whole.
func safeURI(s string) string {
	var b strings.Builder
	for _, c := range []byte(s[:min(len(s), maxURI)]) {
		if c <= ' ' || c >= 0x7f || strings.IndexByte("\"<>\\^`{|}", c) >= 0 {
			fmt.Fprintf(&b, "%%%02X", c)
		} else {
			b.WriteByte(c)
		}
	}
	if b.Len() > maxURI || len(s) > maxURI {
		return b.String()[:min(b.Len(), maxURI)-2] + "#sha256-" + hexSum([]byte(s)) // -2: never end in half an escape
	}
	if b.Len() == 0 {
		return "urn:empty"
	}
	return b.String()
}

// isWeb reports whether an address is http or https.
func isWeb(uri string) bool {
	return strings.HasPrefix(uri, "http://") || strings.HasPrefix(uri, "https://")
}

// pathOf gives path and query, and the authority, of an http address.
func pathOf(uri string) (path, host string) {
	_, rest, _ := strings.Cut(uri, "://")
	rest, _, _ = strings.Cut(rest, "#")
	i := strings.IndexAny(rest, "/?")
	switch {
	case i < 0:
		return "/", rest
	case rest[i] == '?':
		return "/" + rest[i:], rest[:i]
	}
	return rest[i:], rest[:i]
}

// ipOf gives the address of an ip:port or ip, "" when it is none.
func ipOf(address string) string {
	if ap, err := netip.ParseAddrPort(address); err == nil {
		return ap.Addr().Unmap().WithZone("").String()
	}
	if a, err := netip.ParseAddr(strings.Trim(address, "[]")); err == nil {
		return a.Unmap().WithZone("").String()
	}
	return ""
}

// truncation gives the reason as WARC names it (ISO 28500, 5.13).
func truncation(why string) string {
	switch why {
	case "":
		return ""
	case "size", "ratio":
		return "length"
	case "time":
		return "time"
	case "reset", "unexpected_eof":
		return "disconnect"
	}
	return "unspecified"
}
