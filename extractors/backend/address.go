package backend

import (
	"net/netip"
	"strings"

	"golang.org/x/net/publicsuffix"

	"scamatlas/crawler"
)

// address is an absolute address, or a bare host, as a string holds it.
type address struct {
	raw    string
	scheme string // "http", "https", "ws", "wss"; "" for a bare host and //host
	host   string
	path   string // with the query
	value  string
}

// addressAt reads the address that s begins with, up to what cannot be part of it. n is how much of s it takes; 0 when there is none.
func addressAt(s string) (a address, n int) {
	for n < len(s) && n < maxURL {
		c := s[n]
		if c <= ' ' || c >= 0x7f || strings.IndexByte("\"'`<>{}|^()[];,", c) >= 0 || c == '\\' && !strings.HasPrefix(s[n:], `\/`) && !hasFold(s[n:], `\u002f`) {
			break
		}
		if c == '\\' && s[n+1] == 'u' {
			n += 5
		}
		n++
	}
	a.raw = strings.NewReplacer(`\/`, "/", `\u002F`, "/", `\u002f`, "/").Replace(s[:n])
	if n < len(s) && s[n] == '{' && strings.HasSuffix(a.raw, "$") {
		a.raw = a.raw[:len(a.raw)-1] // the rest is filled in; what stands is enough when it has a whole host
		if strings.Count(a.raw, "/") < 3 {
			return address{}, 0
		}
	}
	rest := a.raw
	if scheme, after, ok := strings.Cut(a.raw, "://"); ok {
		if a.scheme = strings.ToLower(scheme); a.scheme != "http" && a.scheme != "https" && a.scheme != "ws" && a.scheme != "wss" {
			return address{}, 0
		}
		rest = after
	} else {
		rest = strings.TrimPrefix(rest, "//")
	}
	hostport := rest
	if k := strings.IndexAny(rest, "/?#"); k >= 0 {
		hostport, a.path = rest[:k], rest[k:]
	}
	if strings.Contains(hostport, "@") || strings.HasSuffix(hostport, ".") {
		return address{}, 0
	}
	if !a.setHost(hostport) {
		return address{}, 0
	}
	return a, n
}

// setHost checks "host:port": a public name or address, no placeholder, none of a well-known service.
func (a *address) setHost(hostport string) bool {
	host, port, ok := strings.Cut(hostport, ":")
	if ok && (port == "" || len(port) > 5 || strings.Trim(port, "0123456789") != "") {
		return false
	}
	if ip, err := netip.ParseAddr(host); err == nil {
		if !ip.Is4() || !ip.IsGlobalUnicast() || ip.IsPrivate() || strings.HasPrefix(host, "192.0.2.") || ip.As4()[0] < 2 || strings.HasSuffix(host, ".0.0") {
			return false
		}
		a.host = host
	} else {
		name, err := crawler.NormalHost(host)
		if err != nil || len(name) > maxHost || strings.Contains(name, "_") {
			return false
		}
		suffix, icann := publicsuffix.PublicSuffix(name)
		if name == suffix && !sharedStore(name) || !(icann || strings.Contains(suffix, ".") || suffix == "example") || isPlaceholder(name) || isPublic(name) {
			return false
		}
		a.host = name
	}
	a.value = a.host
	if ok && port != "80" && port != "443" {
		a.value += ":" + port
	}
	if shared := sharedStore(a.host); shared {
		bucket := bucketOf(a.host, a.path)
		if bucket == "" {
			return false
		}
		a.value += "/" + bucket
	}
	return true
}

// isPlaceholder knows hosts that documents and templates show as examples.
func isPlaceholder(host string) bool {
	for _, s := range []string{"example.com", "example.org", "example.net", "domain.com", "yourdomain.com", "mydomain.com", "your-domain.com", "yoursite.com", "mysite.com", "site.com", "website.com",
		"foo.com", "bar.com", "host.com", "test.com", "server.com", "myserver.com", "my-server.com", "yourserver.com", "acme.com", "xxx.com", "abc.com", "demo.com", "url.com", "myapi.com", "company.com"} {
		if host == s || strings.HasSuffix(host, "."+s) {
			return true
		}
	}
	first, _, _ := strings.Cut(host, ".")
	return strings.HasPrefix(first, "your-") || strings.HasPrefix(first, "your_") || strings.HasPrefix(first, "xxx") || first == "your" || first == "my-api"
}

// sharedStore hosts keep the buckets of many customers, told apart by the path.
func sharedStore(host string) bool {
	return host == "storage.googleapis.com" || host == "firebasestorage.googleapis.com" || host == "s3.amazonaws.com" ||
		strings.HasPrefix(host, "s3.") && strings.HasSuffix(host, ".amazonaws.com") || strings.HasPrefix(host, "s3-") && strings.HasSuffix(host, ".amazonaws.com") && strings.Count(host, ".") == 2 ||
		host == "s3.wasabisys.com"
}

func bucketOf(host, path string) string {
	path = strings.TrimPrefix(path, "/")
	if host == "firebasestorage.googleapis.com" {
		path = strings.TrimPrefix(path, "v0/b/")
	}
	n := 0
	for n < len(path) && n < 64 && isHostByte(path[n]) {
		n++
	}
	if n < 3 {
		return ""
	}
	return strings.ToLower(path[:n])
}

func isDigit(c byte) bool    { return c >= '0' && c <= '9' }
func isAlnum(c byte) bool    { return isDigit(c) || c|0x20 >= 'a' && c|0x20 <= 'z' }
func isHostByte(c byte) bool { return isAlnum(c) || c == '.' || c == '-' }
func isQuote(c byte) bool    { return c == '"' || c == '\'' || c == '`' }

// hasFold reports whether s begins with the lower-case ASCII text low, in any case.
func hasFold(s, low string) bool { return len(s) >= len(low) && strings.EqualFold(s[:len(low)], low) }
