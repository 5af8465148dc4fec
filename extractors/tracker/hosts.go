package tracker

import (
	"strings"

	"scamatlas/extractors"
)

// host reads the account out of a link to a vendor's host, or out of the host itself.
func (r *reader) host(v *view, t token) {
	host := strings.ToLower(t.text)
	if kind, id := hostAccount(host); id != "" {
		r.add(v, t.start, kind, id, t.text, extractors.High)
		return
	}
	rest := strings.TrimPrefix(v.s[t.end:], `\`)
	if rest == "" || rest[0] != '/' {
		return
	}
	path, query := splitAddress(rest[1:])
	if kind, id := linkAccount(strings.TrimPrefix(host, "www."), path, query); id != "" {
		r.add(v, t.start, kind, id, id, extractors.High)
	}
}

// hostAccount reads hosts that begin with the account.
func hostAccount(host string) (kind, id string) {
	for _, suffix := range []string{".firebaseapp.com", ".firebaseio.com", ".firebasestorage.app"} {
		if project, ok := strings.CutSuffix(host, suffix); ok {
			return "firebase", firebaseProject(strings.TrimSuffix(project, "-default-rtdb"))
		}
	}
	return "", ""
}

// firebaseProject checks a project id: 6 to 30 lower-case letters, digits and hyphens, a letter first; "" otherwise.
func firebaseProject(s string) string {
	if !made(s, 6, 30, func(c byte) bool { return isLowerDigit(c) || c == '-' }) || isDigit(s[0]) || s[0] == '-' || strings.HasPrefix(s, "your-") || s == "project-id" {
		return ""
	}
	return s
}

// linkAccount knows the loaders and pages whose address holds the account.
func linkAccount(host, path, query string) (kind, id string) {
	switch host {
	case "embed.tawk.to":
		return "tawk", tawkProperty(segmentAfter(path, ""))
	case "tawk.to":
		return "tawk", tawkProperty(segmentAfter(path, "chat/"))
	case "facebook.com":
		if p := strings.TrimSuffix(path, "/"); p == "tr" {
			return "fbpixel", pixel(param(query, "id"))
		}
	case "connect.facebook.net":
		return "fbpixel", pixel(segmentAfter(path, "signals/config/"))
	case "mc.yandex.ru", "mc.yandex.com", "mc.webvisor.org", "mc.webvisor.com":
		return "yandex", number(segmentAfter(path, "watch/"), 5, 9)
	case "static.hotjar.com":
		name := strings.TrimSuffix(segmentAfter(path, "c/"), ".js")
		return "hotjar", number(strings.TrimPrefix(name, "hotjar-"), 5, 9)
	case "clarity.ms":
		return "clarity", clarityID(segmentAfter(path, "tag/"))
	case "go.crisp.chat":
		return "crisp", uuid(param(query, "website_id"))
	case "secure.livechatinc.com":
		return "livechat", number(segmentAfter(path, "licence/"), 4, 9)
	case "direct.lc.chat":
		return "livechat", number(segmentAfter(path, ""), 4, 9)
	case "code.tidio.co":
		if key := strings.TrimSuffix(segmentAfter(path, ""), ".js"); made(key, 32, 32, isAlnum) {
			return "tidio", key
		}
	case "smartsuppchat.com":
		return "smartsupp", hexID(param(query, "key"), 40)
	case "widget.intercom.io":
		return "intercom", intercomID(segmentAfter(path, "widget/"))
	case "relay.walletconnect.com", "relay.walletconnect.org", "rpc.walletconnect.com", "rpc.walletconnect.org", "explorer-api.walletconnect.com", "api.web3modal.com":
		return "walletconnect", hexID(param(query, "projectId"), 32)
	}
	if kind, id := vendorLink(host, path, query); id != "" {
		return kind, id
	}
	if strings.HasSuffix(host, ".jivosite.com") || strings.HasSuffix(host, ".jivo.ru") || strings.HasSuffix(host, ".jivochat.com") {
		return "jivo", jivoID(segmentAfter(strings.TrimPrefix(path, "script/"), "widget/"))
	}
	return "", ""
}

// The checks below give s back when it has the vendor's syntax, "" otherwise.

func number(s string, min, max int) string {
	if !made(s, min, max, isDigit) || blank(s) {
		return ""
	}
	return s
}

func pixel(s string) string { return number(s, 12, 20) }

func hexID(s string, n int) string {
	if !made(s, n, n, isLowerHex) || blank(s) {
		return ""
	}
	return s
}

func uuid(s string) string {
	if !isUUID(s) || blank(s) {
		return ""
	}
	return strings.ToLower(s)
}

// tawkProperty: 24 hex digits, as all property ids seen are.
func tawkProperty(s string) string { return hexID(s, 24) }

func clarityID(s string) string {
	if !made(s, 8, 12, isLowerDigit) {
		return ""
	}
	return s
}

func intercomID(s string) string {
	if !made(s, 6, 10, isLowerDigit) {
		return ""
	}
	return s
}

func jivoID(s string) string {
	if !made(s, 8, 14, isAlnum) {
		return ""
	}
	return s
}
