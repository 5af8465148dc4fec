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
	for _, han := range []string{"微信", "飞机", "电报"} {
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
	switch key {
	case "telephone", "phone", "phonenumber", "phone_number", "tel", "mobile", "hotline", "whatsapp", "whatsapp_number", "whatsappnumber":
	default:
		return
	}
	rest := strings.TrimLeft(v.text[end:min(len(v.text), end+80)], " \\")
	if rest == "" || !isQuote(rest[0]) {
		return
	}
	value := rest[1:]
	n := strings.IndexAny(value, "\"'`\\")
	if n < 0 {
		return
	}
	value = value[:n]
	if f := rePhone(number(value)); f.value != "" {
		if strings.HasPrefix(key, "whatsapp") {
			f.kind, f.value = "whatsapp", f.value[1:]
		}
		r.add(v, end, f, value, "")
	}
}

// prose reads names that follow a service's name and a colon. Such a name is Medium: only the label says what it is.
func (r *reader) prose(v *view, label string, end int) {
	rest := strings.TrimLeft(v.text[end:min(len(v.text), end+80)], " \u00a0\t\r\n")
	var f found
	switch label {
	case "wechat", "weixin", "微信":
		f = wechat(rest)
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
