package contact

import (
	"strings"

	"scamatlas/extractors"
)

// labelled reads "label: value" around a colon from i to end: in data and scripts, keys whose quoted value is a number or a name;
// in prose, the services whose names come without a link.
func (r *reader) labelled(v *view, i, end int) {
	label := labelBefore(v.text[:i])
	if label == "" {
		return
	}
	if v.code() || v.source() == extractors.InAttr {
		r.keyed(v, label, end)
	}
	if v.source() != extractors.InScript && v.source() != extractors.InJSON {
		r.prose(v, label, end)
	}
}

// labelBefore gives the word before a colon, lower case, without quotes, spaces and a following "id".
func labelBefore(s string) string {
	s = s[max(0, len(s)-30):]
	s = strings.TrimRight(s, " \"'`\\")
	if endsFold(s, "号") {
		s = strings.TrimSuffix(s, "号")
	}
	id := endsFold(s, " id")
	if id {
		s = s[:len(s)-3]
	}
	for _, han := range []string{"微信", "飞机", "电报", "电话", "電話", "телефон", "тел", "teléfono"} {
		if strings.HasSuffix(s, han) {
			return han
		}
	}
	word := strings.ToLower(runBefore(s, 16, isWord))
	if word == "line" && id {
		return "line id"
	}
	return word
}

// keyed reads the quoted value of a key in JSON or a script.
func (r *reader) keyed(v *view, key string, end int) {
	if serviceOf(key) == "" {
		return
	}
	rest := strings.TrimLeft(v.text[end:min(len(v.text), end+80)], " \\")
	if rest == "" || !isQuote(rest[0]) {
		return
	}
	if n := strings.IndexAny(rest[1:], "\"'`\\"); n > 0 {
		r.named(v, end, key, rest[1:1+n])
	}
}

// serviceOf tells what the value of a key or data attribute is; "" for keys that say nothing.
func serviceOf(key string) string {
	var folded [20]byte
	n := 0
	for i := range len(key) {
		switch c := key[i]; {
		case c == '-' || c == '_':
		case n == len(folded):
			return ""
		default:
			folded[n] = c
			if isLetter(c) {
				folded[n] |= 0x20
			}
			n++
		}
	}
	switch string(folded[:n]) {
	case "telephone", "phone", "phonenumber", "tel", "mobile", "mobilenumber", "hotline":
		return "phone"
	case "whatsapp", "whatsappnumber", "whatsappid":
		return "whatsapp"
	case "telegram", "telegramid", "telegramaccount":
		return "telegram"
	case "wechat", "wechatid", "wechataccount", "weixin", "weixinid":
		return "wechat"
	case "skype", "skypeid":
		return "skype"
	case "lineid":
		return "line"
	}
	return ""
}

// named takes all of value as what key names: numbers with their country code, names with an '@', a digit or an underscore, so that
// labels in a translation table ("Telegram", "Join us") are none. Such a name is Medium.
func (r *reader) named(v *view, at int, key, value string) {
	service := serviceOf(key)
	if service == "" || len(value) > 60 {
		return
	}
	var f found
	name := strings.TrimPrefix(value, "@")
	likely := run(name, len(name), isToken) == name && (name != value || strings.ContainsAny(name, "0123456789_"))
	switch {
	case service == "phone" || service == "whatsapp":
		f = rePhone(number(value))
		if f.value != "" && service == "whatsapp" {
			f.kind, f.value = "whatsapp", f.value[1:]
		}
	case service == "skype" && strings.HasPrefix(value, "live:"):
		f = skype(&view{}, 0, value)
	case !likely:
	case service == "telegram":
		f = telegram(name)
	case service == "wechat":
		f = wechat(name)
	case service == "line" && !hasFold(name, "line"): // "line1" is a line
		f = lineID(name)
	}
	if service != "phone" && service != "whatsapp" {
		f.conf = extractors.Medium
	}
	r.add(v, at, f, value, "")
}

// prose reads names that follow a service's name and a colon. Such a name is Medium: only the label says what it is.
func (r *reader) prose(v *view, label string, end int) {
	rest := strings.TrimLeft(v.text[end:min(len(v.text), end+80)], " \u00a0\t\r\n")
	if numberLabel(label) && v.where == extractors.InText {
		r.labelledNumber(v, end)
		return
	}
	var f found
	switch label {
	case "wechat", "weixin", "微信":
		f = wechat(rest)
	case "telegram", "电报", "飞机":
		if name := run(rest, 33, isWord); strings.ContainsAny(name, "0123456789_") { // "Telegram: join us" is prose
			f = telegram(rest)
		}
	case "line id":
		f = lineID(rest)
	case "skype":
		if name, ok := strings.CutPrefix(rest, "live:"); ok {
			f = skype(v, 0, "live:"+name)
		}
	}
	if f.value == "" {
		return
	}
	f.conf = extractors.Medium
	r.add(v, end, f, strings.Fields(rest)[0], "")
}

// telegramName reads the "@name" at i when nothing but punctuation stands between it and the word Telegram.
func (r *reader) telegramName(v *view, i int) {
	s := v.text
	lead := strings.TrimRight(s[max(0, i-40):i], " :\"'`\\-\u2013\u2014(=>\u00a0\uff1a\t\r\n")
	if endsFold(lead, " id") {
		lead = strings.TrimRight(lead[:len(lead)-3], " ")
	}
	if !endsFold(lead, "telegram") && !strings.HasSuffix(lead, "电报") && !strings.HasSuffix(lead, "飞机") {
		return
	}
	f := telegram(s[i+1 : min(len(s), i+40)])
	if f.value == "" {
		f = telegram(run(s[i+1:], 33, isWord))
	}
	if f.value != "" {
		f.conf = extractors.Medium
		r.add(v, i, f, s[i:i+1+len(f.value)], "")
	}
}

// microdata reads <meta itemprop="telephone" content="…">, whose two attributes are two pieces of one tag.
func (r *reader) microdata() {
	pieces := r.doc.Pieces
	for n := range pieces {
		p := &pieces[n]
		if p.Where != extractors.InAttr || p.Attr != "itemprop" || !strings.EqualFold(strings.TrimSpace(p.Text), "telephone") {
			continue
		}
		for m := max(0, n-8); m < min(len(pieces), n+8); m++ {
			q := &pieces[m]
			if q.Where != extractors.InAttr || q.Offset != p.Offset || q.Attr != "content" {
				continue
			}
			if f := rePhone(number(q.Text)); f.value != "" {
				r.add(&view{where: extractors.InAttr, base: p.Offset}, 0, f, q.Text, "")
			}
		}
	}
}
