package template

import (
	"strings"

	"scamatlas/extractors"
)

// The script identity is what a single-page app is made of whatever a minifier calls its variables: the routes it knows, the paths of
// its API, the keys of its translations, what it keeps in the browser, what it subscribes to. Bundles hold these as string literals.
// Libraries bring literals of their own; they are in bundles of every kit, and the index weighs what is common down.

// scriptTokens reads the identity out of all scripts of a site, and the storage keys a browser saw.
func scriptTokens(in *extractors.Input) extractors.TokenSet {
	s := newSet()
	scanned := 0
	for _, d := range in.Docs {
		for i := range d.Pieces {
			p := &d.Pieces[i]
			if p.Where != extractors.InScript || scanned >= maxScanned {
				continue
			}
			text := p.Text[:min(len(p.Text), maxScanned-scanned)]
			scanned += len(text)
			eachLiteral(text, func(before, literal string) {
				if t := identityOf(before, literal); t != "" {
					s.add(t)
				}
			})
		}
	}
	if r := in.Capture.Rendered; r != nil {
		for _, k := range r.Storage {
			if k.Kind != "cookie" {
				s.add("s:" + maskIDs(k.Key))
			}
		}
	}
	return s.sketch(MaxScriptTokens)
}

// eachLiteral gives every short string of a script with what stands right before it.
func eachLiteral(script string, use func(before, literal string)) {
	for i := 0; i < len(script); i++ {
		switch c := script[i]; c {
		case '\\':
			i++
		case '"', '\'', '`':
			end, escaped := endOfString(script, i)
			if end < 0 {
				continue
			}
			if n := end - i - 1; n >= minIdentity && n <= maxIdentity && !escaped {
				use(script[max(0, i-beforeLiteral):i], script[i+1:end])
			}
			i = end
		}
	}
}

// beforeLiteral is how much before a string tells what it is for: localStorage.getItem(
const beforeLiteral = 24

// identityOf gives the token that a string literal makes, "" for none.
func identityOf(before, s string) string {
	switch {
	case strings.HasSuffix(before, "Storage.getItem(") || strings.HasSuffix(before, "Storage.setItem(") || strings.HasSuffix(before, "Storage.removeItem(") ||
		strings.HasSuffix(before, "StorageSync("):
		return "s:" + maskIDs(s)
	case isRoute(s):
		return "r:" + maskIDs(s)
	case isDotted(s):
		return "k:" + s
	}
	return ""
}

// isRoute reports a path of the app or its API: "/user/withdraw", "/api/v1/coin/:id", "pages/assets/recharge".
func isRoute(s string) bool {
	if strings.HasPrefix(s, "//") || !strings.Contains(s, "/") || strings.HasPrefix(s, "./") || strings.HasPrefix(s, "../") {
		return false
	}
	if s[0] != '/' && !strings.HasPrefix(s, "pages/") && !strings.HasPrefix(s, "api/") {
		return false
	}
	letters := 0
	for i := range len(s) {
		switch c := s[i]; {
		case c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z':
			letters++
		case c >= '0' && c <= '9', strings.IndexByte("/-_:*{}$.?=", c) >= 0:
		default:
			return false
		}
	}
	if dot := strings.LastIndexByte(s, '.'); dot > strings.LastIndexByte(s, '/') {
		switch strings.ToLower(s[dot:]) { // files have their own set
		case ".js", ".css", ".png", ".jpg", ".jpeg", ".svg", ".gif", ".webp", ".ico", ".woff", ".woff2", ".ttf", ".mp3", ".mp4", ".map":
			return false
		}
	}
	return letters >= 3
}

// isDotted reports a translation key or a topic: "wallet.recharge.title", "market.btcusdt.kline". Names of hosts and files are none.
func isDotted(s string) bool {
	parts := 1
	last := byte('.')
	for i := range len(s) {
		c := s[i]
		switch {
		case c == '.':
			if last == '.' {
				return false
			}
			parts++
		case c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_':
		case c >= '0' && c <= '9' || c == '$' || c == '-':
			if last == '.' && c != '$' {
				return false
			}
		default:
			return false
		}
		last = c
	}
	if parts < 2 || last == '.' {
		return false
	}
	if parts == 2 { // "jquery.min", "example.com", "Math.floor": a key of two parts must look like words of one's own
		first, second, _ := strings.Cut(s, ".")
		return len(first) >= 3 && len(second) >= 5 && !knownEnding(second) && s[0] >= 'a' && s[0] <= 'z'
	}
	return !knownEnding(s[strings.LastIndexByte(s, '.')+1:])
}

// knownEnding reports the last label of host names and files.
func knownEnding(s string) bool {
	switch strings.ToLower(s) {
	case "com", "org", "net", "html", "json", "js", "css", "png", "svg", "jpg", "php", "example", "finance", "online", "exchange", "prototype", "length":
		return true
	}
	return false
}

// maskIDs replaces runs of digits: ids and versions of one site are not its kit's.
func maskIDs(s string) string {
	if !strings.ContainsAny(s, "0123456789") {
		return s
	}
	var b strings.Builder
	digits := false
	for i := range len(s) {
		c := s[i]
		if c >= '0' && c <= '9' {
			if !digits {
				b.WriteByte('#')
			}
			digits = true
			continue
		}
		digits = false
		b.WriteByte(c)
	}
	return b.String()
}
