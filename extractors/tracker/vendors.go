package tracker

import (
	"strings"

	"scamatlas/extractors"
)

// called reads vendors whose account is an argument of a call: name('key', 'id'). It reports whether the name is one of them.
func (r *reader) called(v *view, t token, owner, name string) bool {
	rest := v.s[t.end:min(len(v.s), t.end+4*maxToken)]
	two := func(kind, first string, check func(string) string) {
		if a := arguments(rest, 2); len(a) == 2 && a[0] == first {
			r.add(v, t.start, kind, check(a[1]), a[1], extractors.High)
		}
	}
	one := func(kind string, check func(string) string) {
		if a := arguments(rest, 1); len(a) == 1 {
			r.add(v, t.start, kind, check(a[0]), a[0], extractors.High)
		}
	}
	switch {
	case name == "_MEIQIA":
		two("meiqia", "entId", meiqiaID)
	case name == "twq":
		two("twitter_pixel", "init", twitterID)
		two("twitter_pixel", "config", twitterID)
	case name == "identify" && strings.HasSuffix(owner, "olark"), name == "olark" && strings.HasPrefix(rest, "."):
		one("olark", olarkID)
	case name == "load" && strings.HasSuffix(owner, "ttq"):
		one("tiktok_pixel", tiktokID)
	case name == "load" && strings.HasSuffix(owner, "drift"):
		one("drift", driftID)
	case name == "init" && owner == "LA":
		r.inside(v, t, "51la", "id", func(s string) string { return alnumID(s, 12, 20) })
	case name == "run" && strings.HasSuffix(owner, "chatwootSDK"), name == "chatwootSettings":
		r.inside(v, t, "chatwoot", "websiteToken", chatwootToken)
	case name == "setSiteId":
		r.matomo(v, t)
	case name == "_linkedin_partner_id":
		r.keep(v, t, "linkedin", func(s string) string { return number(s, 4, 9) })
	case name == "ChatraID":
		r.keep(v, t, "chatra", func(s string) string { return alnumID(s, 15, 20) })
	default:
		return false
	}
	return true
}

// inside reads the value of a key within the object that t is called with or set to.
func (r *reader) inside(v *view, t token, kind, key string, check func(string) string) {
	rest := v.s[t.end:min(len(v.s), t.end+maxNear)]
	for from := 0; ; {
		n := strings.Index(rest[from:], key)
		if n < 0 {
			return
		}
		n += from
		from = n + len(key)
		if n > 0 && isName(rest[n-1]) {
			continue
		}
		value, at := assigned(rest[from:])
		if id := check(value); id != "" {
			r.add(v, t.end+from+at, kind, id, value, extractors.High)
			return
		}
	}
}

// vendorKeys reads keys of settings that need their vendor's name near them.
func (r *reader) vendorKeys(v *view, t token, name string) {
	switch name {
	case "websitetoken", "website_token":
		r.vendor(v, t, "chatwoot", chatwootToken, "chatwoot")
	case "appid", "app_id":
		r.vendor(v, t, "chaport", func(s string) string { return hexID(s, 24) }, "chaport")
		r.vendor(v, t, "onesignal", uuid, "onesignal")
	case "widgetcode":
		r.vendor(v, t, "zoho_salesiq", zohoID, "salesiq", "zoho")
	case "entid":
		r.vendor(v, t, "meiqia", meiqiaID, "meiqia")
	case "sitekey":
		r.vendor(v, t, "hcaptcha", uuid, "hcaptcha")
	case "token":
		r.vendor(v, t, "freshchat", uuid, "freshchat", "wchat.freshchat")
	}
}

// matomo reads an account number together with the server it is on; one without the other says nothing.
func (r *reader) matomo(v *view, t token) {
	rest := strings.TrimLeft(v.s[t.end:min(len(v.s), t.end+maxToken)], "\"'`, ([]")
	id := run(rest, 6, isDigit)
	if id == "" || len(id) == 6 || id[0] == '0' {
		return
	}
	if r.looks++; r.looks > maxNearLooks {
		return
	}
	from := max(0, t.start-maxNear)
	around := v.s[from:min(len(v.s), t.end+maxNear)]
	for rest := around; ; {
		n := strings.Index(rest, "//")
		if n < 0 {
			return
		}
		rest = rest[n+2:]
		host := strings.ToLower(run(rest, maxToken, func(c byte) bool { return isAlnum(c) || c == '.' || c == '-' }))
		if strings.IndexByte(host, '.') > 0 && len(host) < maxToken {
			r.add(v, t.start, "matomo", host+"/"+id, id, extractors.High)
			return
		}
	}
}

// vendorLink knows further loaders whose address holds the account.
func vendorLink(host, path, query string) (kind, id string) {
	switch host {
	case "hm.baidu.com":
		if strings.HasPrefix(path, "hm.js") {
			return "baidu", hexID(query[:min(len(query), 32)], 32)
		}
	case "analytics.tiktok.com":
		return "tiktok_pixel", tiktokID(param(query, "sdkid"))
	case "js.users.51.la":
		return "51la", number(strings.TrimSuffix(segmentAfter(path, ""), ".js"), 5, 10)
	case "static.zdassets.com":
		if strings.HasPrefix(path, "ekr/snippet.js") {
			return "zendesk", uuid(param(query, "key"))
		}
	case "v2.zopim.com":
		first, _, _ := strings.Cut(query, "&")
		return "zendesk", alnumID(first, 32, 32)
	case "plugin-code.salesmartly.com":
		name := strings.TrimSuffix(segmentAfter(path, "js/"), ".js")
		return "salesmartly", salesmartlyID(name)
	case "js.hs-scripts.com", "js-eu1.hs-scripts.com", "js-na1.hs-scripts.com":
		return "hubspot", number(strings.TrimSuffix(segmentAfter(path, ""), ".js"), 4, 10)
	case "api.telegram.org":
		bot, _, _ := strings.Cut(segmentAfter(path, "bot"), ":")
		return "telegram_bot", number(bot, 8, 12)
	case "px.ads.linkedin.com":
		return "linkedin", number(param(query, "pid"), 4, 9)
	case "tb.53kf.com":
		return "53kf", alnumID(segmentAfter(path, "code/app/"), 6, 40)
	}
	if strings.HasSuffix(host, ".cnzz.com") {
		for _, name := range []string{"id", "web_id"} {
			if id := number(param(query, name), 5, 12); id != "" {
				return "cnzz", id
			}
		}
	}
	return "", ""
}

// telephony reads the attributes of 3CX's talk element: <call-us-selector phonesystem-url="https://x.3cx.eu" party="LiveChat123">.
func (r *reader) telephony(n int) {
	p := &r.doc.Pieces[n]
	server, _, _ := strings.Cut(strings.TrimPrefix(strings.TrimPrefix(strings.TrimSpace(p.Text), "https://"), "http://"), "/")
	server = strings.ToLower(server)
	party := strings.TrimSpace(sibling(r.doc.Pieces, n, "party"))
	if made(server, 4, maxToken, func(c byte) bool { return isAlnum(c) || c == '.' || c == '-' || c == ':' }) && made(party, 2, 60, isName) {
		r.add(&view{where: extractors.InAttr, base: p.Offset}, 0, "3cx", server+"/"+party, p.Text, extractors.High)
	}
}

// tiktokID: twenty capitals and digits that begin with C.
func tiktokID(s string) string {
	if !made(s, 18, 22, isUpperDigit) || s[0] != 'C' || !strings.ContainsAny(s, "0123456789") {
		return ""
	}
	return s
}

// meiqiaID is a number, or 32 hex digits in newer accounts.
func meiqiaID(s string) string {
	if id := hexID(s, 32); id != "" {
		return id
	}
	return number(s, 4, 8)
}

func twitterID(s string) string {
	if !made(s, 5, 6, isLowerDigit) {
		return ""
	}
	return s
}

func olarkID(s string) string {
	if !made(s, 16, 16, func(c byte) bool { return isDigit(c) || c == '-' }) || strings.Count(s, "-") != 3 || blank(s) {
		return ""
	}
	return s
}

func driftID(s string) string {
	if !made(s, 10, 16, isAlnum) || !strings.ContainsAny(s, "0123456789") {
		return ""
	}
	return s
}

func chatwootToken(s string) string { return alnumID(s, 20, 32) }

// zohoID: "siq" and 64 hex digits in current accounts, hex alone in older ones.
func zohoID(s string) string {
	if made(s, 60, 120, isLowerDigit) {
		return s
	}
	return ""
}

// salesmartlyID: project_123_456_789, the account in the middle of numbers.
func salesmartlyID(s string) string {
	rest, ok := strings.CutPrefix(s, "project_")
	if !ok || !made(rest, 5, 60, func(c byte) bool { return isDigit(c) || c == '_' }) {
		return ""
	}
	return s
}

// alnumID takes letters and digits of which at least one is a digit and one a letter.
func alnumID(s string, min, max int) string {
	if !made(s, min, max, isAlnum) || blank(s) || !strings.ContainsAny(s, "0123456789") || strings.Trim(s, "0123456789") == "" {
		return ""
	}
	return s
}
