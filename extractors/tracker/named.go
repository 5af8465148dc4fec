package tracker

import (
	"strings"

	"scamatlas/extractors"
)

// named reads what a known name is given or called with. The name is the last part of a dotted one.
func (r *reader) named(v *view, t token) {
	owner, name := "", t.text
	if n := strings.LastIndexByte(name, '.'); n >= 0 {
		owner, name = name[:n], name[n+1:]
	}
	rest := v.s[t.end:]
	switch name {
	case "fbq":
		if a := arguments(rest, 2); len(a) == 2 && a[0] == "init" {
			r.add(v, t.start, "fbpixel", pixel(a[1]), a[1], extractors.High)
		}
		return
	case "ym":
		if a := arguments(rest, 2); len(a) == 2 && !isDigit(a[1][0]) {
			r.add(v, t.start, "yandex", number(a[0], 5, 9), a[0], extractors.High)
		}
		return
	case "Metrika", "Metrika2":
		r.metrika(v, t)
		return
	case "clarity":
		r.clarity(v, t)
		return
	case "hjid":
		r.keep(v, t, "hotjar", func(s string) string { return number(s, 5, 9) })
		return
	case "key":
		if strings.HasSuffix(owner, "_smartsupp") {
			r.keep(v, t, "smartsupp", func(s string) string { return hexID(s, 40) })
		}
		return
	case "configure":
		if strings.HasSuffix(owner, "Crisp") {
			r.keep(v, t, "crisp", uuid)
		}
		return
	case "init":
		r.inited(v, t, owner)
	}
	if r.called(v, t, owner, name) {
		return
	}
	r.vendorKeys(v, t, strings.ToLower(name))
	r.keyed(v, t, owner, strings.ToLower(name))
}

// keep adds the value that t is given when check accepts it.
func (r *reader) keep(v *view, t token, kind string, check func(string) string) bool {
	value, at := assigned(v.s[t.end:])
	if value == "" {
		return false
	}
	id := check(value)
	r.add(v, t.end+at, kind, id, value, extractors.High)
	return id != ""
}

// keyed reads keys that need their vendor's name near them.
func (r *reader) keyed(v *view, t token, owner, name string) {
	switch name {
	case "crisp_website_id", "crispwebsiteid":
		r.keep(v, t, "crisp", uuid)
	case "website_id", "websiteid":
		r.vendor(v, t, "crisp", uuid, "crisp")
	case "license", "licence", "license_id", "licenseid", "livechat_license":
		check := func(s string) string { return number(s, 4, 9) }
		if strings.HasSuffix(owner, "__lc") || name == "livechat_license" {
			r.keep(v, t, "livechat", check)
			return
		}
		r.vendor(v, t, "livechat", check, "livechat", "__lc")
	case "app_id", "appid":
		r.vendor(v, t, "intercom", intercomID, "intercom")
	case "widget_id", "widgetid":
		r.vendor(v, t, "jivo", jivoID, "jivo")
	case "propertyid", "property_id":
		r.vendor(v, t, "tawk", tawkProperty, "tawk")
	default:
		switch {
		case strings.HasSuffix(name, "projectid"), strings.HasSuffix(name, "project_id"):
			r.project(v, t)
		case strings.Contains(name, "tawk"):
			r.keep(v, t, "tawk", tawkProperty)
		}
	}
}

// vendor is keep for names that many programs use.
func (r *reader) vendor(v *view, t token, kind string, check func(string) string, words ...string) {
	value, at := assigned(v.s[t.end:])
	if id := check(value); value != "" && id != "" && r.near(v, t, words...) {
		r.add(v, t.end+at, kind, id, value, extractors.High)
	}
}

// project tells the project ids of WalletConnect (32 hex digits) and Firebase apart.
func (r *reader) project(v *view, t token) {
	value, at := assigned(v.s[t.end:])
	if id := hexID(value, 32); id != "" {
		switch {
		case r.near(v, t, "walletconnect", "web3modal", "appkit", "reown", "wagmi", "wallet_connect", "rainbow"):
			r.add(v, t.end+at, "walletconnect", id, value, extractors.High)
		case !r.near(v, t, "infura"):
			r.add(v, t.end+at, "walletconnect", id, value, extractors.Medium)
		}
		return
	}
	if id := firebaseProject(value); value != "" && id != "" && r.near(v, t, "firebase", "authdomain", "messagingsenderid") {
		r.add(v, t.end+at, "firebase", id, value, extractors.High)
	}
}

// inited reads vendor.init("id").
func (r *reader) inited(v *view, t token, owner string) {
	a := arguments(v.s[t.end:], 1)
	if len(a) == 0 {
		return
	}
	switch {
	case strings.EqualFold(owner, "ReactPixel"):
		r.add(v, t.start, "fbpixel", pixel(a[0]), a[0], extractors.High)
	case strings.EqualFold(owner, "clarity"):
		r.add(v, t.start, "clarity", clarityID(a[0]), a[0], extractors.High)
	}
}

// clarity reads the loader's last arguments: …,"clarity","script","ID").
func (r *reader) clarity(v *view, t token) {
	rest := v.s[t.end:]
	if rest == "" || !isQuote(rest[0]) {
		return
	}
	rest = strings.TrimLeft(rest[1:min(len(rest), 2*maxToken)], " \t\r\n")
	if rest == "" || rest[0] != ',' {
		return
	}
	if a := literals(rest[1:], 2); len(a) == 2 && a[0] == "script" {
		r.add(v, t.start, "clarity", clarityID(a[1]), a[1], extractors.High)
	}
}

// metrika reads new Ya.Metrika({id:98765432, …}).
func (r *reader) metrika(v *view, t token) {
	rest := v.s[t.end:min(len(v.s), t.end+maxNear)]
	n := strings.Index(rest, "id")
	if n < 0 {
		return
	}
	value, _ := assigned(rest[n+2:])
	r.add(v, t.start, "yandex", number(value, 5, 9), value, extractors.High)
}
