package contact

import (
	"net/url"
	"strings"

	"scamatlas/extractors"
)

// scheme reads what follows a URI scheme that ends in the ':' at i.
func (r *reader) scheme(v *view, i int) {
	s := v.text
	name := strings.ToLower(runBefore(s[:i], 13, isToken))
	start := i - len(name)
	if before(s, start) == '.' {
		return
	}
	switch name {
	case "mailto", "tel", "sms", "callto", "tg", "whatsapp", "line", "weixin", "skype", "fb-messenger", "viber", "tencent", "zalo", "kakaotalk", "sgnl":
	default:
		return
	}
	raw, path, query := splitAddress(s[i+1:])
	if raw == 0 {
		return
	}
	if name == "mailto" {
		r.mailto(v, start, s[i+1:i+1+raw])
		return
	}
	if name == "tel" || name == "sms" || name == "callto" {
		r.add(v, start, telURI(v, s[i+1:]), s[start:i+1+raw], extractors.InURI)
		return
	}
	host, rest, ok := strings.Cut(strings.TrimPrefix(path, "//"), "/")
	if name == "skype" {
		r.add(v, start, skype(v, start, path), s[start:i+1+raw], extractors.InURI)
	} else if ok || strings.HasPrefix(path, "//") {
		r.add(v, start, appLink(name, host, rest, query), s[start:i+1+raw], extractors.InURI)
	}
}

// appLink reads name://host/rest?query, the links that open a messenger's program.
func appLink(name, host, rest, query string) found {
	switch name {
	case "tg":
		return telegramURI(host, query)
	case "whatsapp":
		switch host {
		case "send":
			return whatsapp(param(query, "phone"))
		case "chat":
			return code("whatsapp_group", param(query, "code"), 18, 30, isToken)
		}
	case "line":
		return lineLink(host + "/" + rest)
	case "weixin":
		return weixin(host, rest, query)
	case "viber":
		return viberURI(host, query)
	case "tencent":
		return qq(query)
	case "zalo":
		return zalo(strings.TrimPrefix(host+"/"+rest, "conversation/"))
	case "fb-messenger":
		if host == "user" || host == "user-thread" {
			return messenger(rest)
		}
	}
	return found{}
}

// mailto reads the addresses of RFC 6068: before the '?', percent-encoded, joined by commas.
func (r *reader) mailto(v *view, start int, to string) {
	to, _, _ = strings.Cut(to, "?")
	if text, err := url.PathUnescape(to); err == nil {
		to = text
	}
	for _, one := range strings.FieldsFunc(to, func(c rune) bool { return c == ',' || c == ';' }) {
		one = strings.TrimSpace(strings.TrimPrefix(one, "//"))
		value, ok := wholeMailbox(one)
		if !ok {
			continue
		}
		conf := extractors.High
		if isPlaceholder(value) || v.source() == extractors.InScript && inCodeComment(v.text, start) {
			conf = extractors.Low
		}
		r.add(v, start, found{"email", value, conf}, one, extractors.InURI)
	}
}

func telegramURI(host, query string) found {
	switch strings.ToLower(host) {
	case "resolve":
		if number := param(query, "phone"); number != "" {
			return phoneFound("phone", "+"+digits(number))
		}
		return telegram(param(query, "domain"))
	case "join":
		return code("telegram_invite", param(query, "invite"), 8, 40, isToken)
	}
	return found{}
}

// weixin reads the forms seen in pages: weixin://dl/chat?ID and weixin://contacts/profile/ID.
func weixin(host, rest, query string) found {
	id := ""
	switch {
	case host == "dl" && hasFold(rest, "chat"):
		id, _, _ = strings.Cut(query, "&")
		if n := strings.LastIndexByte(id, '='); n >= 0 {
			id = id[n+1:]
		}
	case host == "contacts":
		id = after(rest, "profile/")
	}
	f := wechat(id)
	f.conf = extractors.High
	return f
}

// wechat takes an account name: 6 to 20 letters, digits, '_' and '-', a letter first.
func wechat(s string) found {
	id := run(s, 21, isToken)
	if len(id) < 6 || len(id) > 20 || !isLetter(id[0]) || !ends(strings.TrimLeft(s[len(id):], " /")) && len(s) > len(id) && s[len(id)] != ' ' {
		return found{}
	}
	switch id = strings.ToLower(id); id {
	case "before", "active", "account", "contact", "number", "wechat", "weixin": // a class of a style sheet, or the next label
		return found{}
	}
	return found{"wechat", id, extractors.Medium}
}

// skype reads skype:NAME?chat. In a script the scheme has to open a string, else any "skype:" key would do.
func skype(v *view, start int, path string) found {
	if v.code() && !isQuote(before(v.text, start)) && before(v.text, start) != '=' {
		return found{}
	}
	name := run(path, 65, func(c byte) bool { return isToken(c) || c == '.' || c == ':' || c == ',' })
	name = strings.TrimRight(name, ".,:")
	if strings.HasPrefix(name, "live:") {
		if len(name) < 8 {
			return found{}
		}
	} else if len(name) < 6 || len(name) > 32 || !isLetter(name[0]) {
		return found{}
	}
	return found{"skype", strings.ToLower(name), extractors.High}
}
