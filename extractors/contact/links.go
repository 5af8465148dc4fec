package contact

import (
	"net/url"
	"strings"

	"scamatlas/extractors"
)

// link looks at the host before a '/' and reads the path behind it when it is one that leads to people.
func (r *reader) link(v *view, i int) {
	s := v.text
	end := i
	if before(s, end) == '\\' { // JSON writes \/
		end--
	}
	host := runBefore(s[:end], maxHost, isHost)
	if len(host) < 4 || strings.IndexByte(host, '.') < 0 {
		return
	}
	name := strings.TrimPrefix(strings.ToLower(host), "www.")
	if name == "signal.me" || name == "signal.group" {
		r.signal(v, end-len(host), name, s[i+1:])
		return
	}
	read := linkOf(name)
	if read == nil {
		return
	}
	start := end - len(host)
	raw, path, query := splitAddress(s[i+1:])
	f := read(path, query)
	r.add(v, start, f, s[start:i+1+raw], extractors.InURI)
}

// linkReader reads one service's path and query; an empty found is none.
type linkReader func(path, query string) found

func linkOf(host string) linkReader {
	switch host {
	case "t.me", "telegram.me", "telegram.dog":
		return telegramLink
	case "wa.me":
		return waMe
	case "api.whatsapp.com", "web.whatsapp.com", "whatsapp.com":
		return whatsappSend
	case "chats.viber.com":
		return func(path, _ string) found { return viberName(segment(path)) }
	case "zalo.me":
		return func(path, _ string) found { return zalo(path) }
	case "open.kakao.com":
		return func(path, _ string) found { return kakao(path) }
	case "pf.kakao.com":
		return func(path, _ string) found { return code("kakaotalk_channel", path, 4, 20, isToken) }
	case "wpa.qq.com", "wp.qq.com":
		return func(_, query string) found { return qq(query) }
	case "ig.me":
		return func(path, _ string) found { return instagram(after(path, "m/")) }
	case "chat.whatsapp.com":
		return whatsappGroup
	case "wa.link":
		return func(path, _ string) found { return code("whatsapp_link", path, 4, 20, isAlnum) }
	case "line.me":
		return func(path, _ string) found { return lineLink(path) }
	case "lin.ee":
		return func(path, _ string) found { return code("line", path, 5, 20, isAlnum) }
	case "page.line.me":
		return func(path, _ string) found { return lineID(path) }
	case "u.wechat.com":
		return func(path, _ string) found { return code("wechat", path, 10, 60, isToken) }
	case "discord.gg":
		return func(path, _ string) found { return code("discord", path, 2, 32, isToken) }
	case "discord.com", "discordapp.com":
		return func(path, _ string) found { return code("discord", after(path, "invite/"), 2, 32, isToken) }
	case "m.me":
		return func(path, _ string) found { return messenger(path) }
	case "messenger.com":
		return func(path, _ string) found { return messenger(after(path, "t/")) }
	case "facebook.com", "m.facebook.com":
		return func(path, _ string) found { return messenger(after(path, "messages/t/")) }
	}
	return nil
}

// splitAddress reads the rest of a link up to what cannot be part of it: raw is how many bytes that is; path and query have JSON's \/
// undone and stay percent-encoded.
func splitAddress(s string) (raw int, path, query string) {
	for raw < len(s) && raw < maxAddress {
		c := s[raw]
		if c <= ' ' || isQuote(c) || c == '<' || c == '>' || c == '\\' && (raw+1 >= len(s) || s[raw+1] != '/') {
			break
		}
		raw++
	}
	text := strings.ReplaceAll(s[:raw], `\/`, "/")
	text, _, _ = strings.Cut(text, "#")
	path, query, _ = strings.Cut(text, "?")
	return raw, path, strings.ReplaceAll(query, "&amp;", "&")
}

// after gives what follows prefix, "" when s does not begin with it.
func after(s, prefix string) string {
	if !hasFold(s, prefix) {
		return ""
	}
	return s[len(prefix):]
}

// segment is the first path segment, decoded, without the punctuation of a sentence it may end.
func segment(path string) string {
	first, _, _ := strings.Cut(path, "/")
	if text, err := url.PathUnescape(first); err == nil {
		first = text
	}
	return first
}

// isToken accepts what invitation codes are made of.
func isToken(c byte) bool { return isWord(c) || c == '-' }

// code takes the first segment as a code of min to max bytes.
func code(kind, path string, min, max int, ok func(byte) bool) found {
	s := segment(path)
	value := run(s, max+1, ok)
	if len(value) < min || len(value) > max || !ends(s[len(value):]) {
		return found{}
	}
	return found{kind, value, extractors.High}
}

// ends reports whether a name may end before rest: at the end, or before what closes a sentence or a parameter.
func ends(rest string) bool {
	return rest == "" || strings.IndexByte(" \t\r\n<.,;:!)]}|&*'\"", rest[0]) >= 0 || rest[0] >= 0x80
}

// param gives one query parameter, decoded.
func param(query, name string) string {
	for _, pair := range strings.Split(query, "&") {
		k, value, _ := strings.Cut(pair, "=")
		if strings.EqualFold(k, name) {
			if text, err := url.QueryUnescape(value); err == nil {
				// An unescaped "+" before a number stands for itself.
				return strings.TrimSpace(text)
			}
			return value
		}
	}
	return ""
}

// telegramLink reads https://core.telegram.org/api/links: names, invitations, numbers.
func telegramLink(path, query string) found {
	path = strings.TrimPrefix(path, "s/") // the web preview of a channel
	if rest := after(path, "joinchat/"); rest != "" {
		return code("telegram_invite", rest, 8, 40, isToken)
	}
	if name := param(query, "domain"); name != "" && (path == "" || hasFold(path, "resolve")) {
		return telegram(name)
	}
	s := segment(path)
	if strings.HasPrefix(s, "+") {
		if number := digits(s[1:]); number == run(s[1:], 40, isToken) && number != "" {
			return phoneFound("phone", "+"+number)
		}
		return code("telegram_invite", s[1:], 8, 40, isToken)
	}
	return telegram(s)
}

// telegram takes the name that s begins with: 4 to 32 letters, digits and underscores, a letter first.
func telegram(s string) found {
	name := run(s, 33, isWord)
	if len(name) < 4 || len(name) > 32 || !isLetter(name[0]) || !ends(s[len(name):]) {
		return found{}
	}
	name = strings.ToLower(name)
	switch name {
	case "share", "joinchat", "addstickers", "addemoji", "addtheme", "addlist", "proxy", "socks", "login", "setlanguage", "confirmphone",
		"invoice", "giftcode", "boost", "contact", "resolve", "passport", "username", "your_username", "yourusername", "iv", "web", "apps", "dl":
		return found{}
	}
	return found{"telegram", name, extractors.High}
}

func waMe(path, _ string) found {
	for _, p := range []string{"message/", "qr/"} {
		if rest := after(path, p); rest != "" {
			return code("whatsapp_link", rest, 8, 32, isAlnum)
		}
	}
	path = strings.TrimPrefix(path, "c/") // a catalogue
	return whatsapp(segment(path))
}

func whatsappSend(path, query string) found {
	if rest := after(path, "channel/"); rest != "" {
		return code("whatsapp_channel", rest, 18, 40, isToken)
	}
	if !hasFold(path, "send") && path != "" {
		return found{}
	}
	return whatsapp(param(query, "phone"))
}

func whatsappGroup(path, _ string) found {
	if rest := after(path, "invite/"); rest != "" {
		path = rest
	}
	return code("whatsapp_group", path, 18, 30, isToken)
}

// whatsapp takes a number with country code, "+" or not.
func whatsapp(s string) found {
	f := phoneFound("whatsapp", "+"+strings.TrimPrefix(digits(s), "00"))
	f.value = strings.TrimPrefix(f.value, "+")
	return f
}

func lineLink(path string) found {
	rest := path
	if p := after(rest, "R/"); p != "" {
		rest = p
	}
	if name := after(rest, "oaMessage/"); name != "" {
		return lineID(name)
	}
	rest = after(rest, "ti/p/")
	if rest == "" {
		return found{}
	}
	return lineID(rest)
}

// lineID takes "~id", "@id" of an official account, or the code of a QR link.
func lineID(path string) found {
	s := strings.TrimLeft(segment(path), "~@")
	id := run(s, 41, func(c byte) bool { return isToken(c) || c == '.' })
	id = strings.TrimRight(id, ".")
	if len(id) < 3 || len(id) > 40 || !ends(s[len(id):]) {
		return found{}
	}
	return found{"line", id, extractors.High}
}

func messenger(path string) found {
	s := segment(path)
	name := strings.TrimRight(run(s, 51, func(c byte) bool { return isToken(c) || c == '.' }), ".")
	if len(name) < 4 || len(name) > 50 || !ends(s[len(name):]) {
		return found{}
	}
	return found{"messenger", strings.ToLower(name), extractors.High}
}
