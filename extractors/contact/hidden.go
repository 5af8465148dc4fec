package contact

import (
	"encoding/hex"
	"html"
	"net/url"
	"strconv"
	"strings"
	"unicode/utf8"

	"scamatlas/extractors"
)

// hidden reads addresses as Cloudflare hides them: hex in data-cfemail and behind /cdn-cgi/l/email-protection#, the first byte
// XORed over the others.
func (r *reader) hidden(p *extractors.Piece) {
	v := view{where: extractors.InEncoded, from: p.Where, base: p.Offset}
	if p.Attr == "data-cfemail" {
		r.cfEmail(&v, p.Text)
		return
	}
	for _, anchor := range []string{"cfemail=", "email-protection#"} {
		for rest := p.Text; ; {
			n := strings.Index(rest, anchor)
			if n < 0 {
				break
			}
			rest = rest[n+len(anchor):]
			r.cfEmail(&v, strings.TrimLeft(rest[:min(len(rest), maxCFEmail)], `\"'`))
		}
	}
}

func (r *reader) cfEmail(v *view, s string) {
	digits := run(s, maxCFEmail, isHex)
	raw, err := hex.DecodeString(digits)
	if err != nil || len(raw) < 6 {
		return
	}
	for n := len(raw) - 1; n >= 0; n-- {
		raw[n] ^= raw[0]
	}
	// Cloudflare hides the mailto parameters along with the address.
	text, _, _ := strings.Cut(string(raw[1:]), "?")
	if value, ok := wholeMailbox(text); ok {
		r.add(v, 0, found{"email", value, extractors.High}, digits, "")
	}
}

// spelled reads "name [at] host [dot] tld" and its kin; i stands on what could open the "at".
func (r *reader) spelled(v *view, i int) {
	s := v.text
	end, bracket := spelledWord(s, i, "at")
	if end < 0 {
		return
	}
	local := localBefore(strings.TrimRight(s[:i], " "))
	if local == "" {
		return
	}
	start := strings.LastIndex(s[:i], local)
	domain, stop, dots := spelledDomain(s, end)
	if !bracket && dots == 0 {
		return // "meet us at example.com" is prose
	}
	if value, ok := mailbox(local, domain); ok {
		r.add(v, start, found{"email", value, extractors.Medium}, s[start:stop], extractors.InEncoded)
	}
}

// spelledWord finds word at i, in brackets or between spaces, and gives the position behind it, spaces eaten; -1 when it is not there.
func spelledWord(s string, i int, word string) (end int, bracket bool) {
	j := i
	for j < len(s) && s[j] == ' ' && j < i+2 {
		j++
	}
	var closing byte
	if j < len(s) {
		switch s[j] {
		case '[':
			closing = ']'
		case '(':
			closing = ')'
		case '{':
			closing = '}'
		}
	}
	if closing != 0 {
		j++
		for j < len(s) && s[j] == ' ' {
			j++
		}
	}
	if closing == 0 && j == i || !hasFold(s[min(j, len(s)):], word) {
		return -1, false
	}
	j += len(word)
	spaces := 0
	for j < len(s) && s[j] == ' ' && spaces < 2 {
		j, spaces = j+1, spaces+1
	}
	if closing == 0 && spaces > 0 {
		return j, false
	}
	if closing == 0 || j >= len(s) || s[j] != closing {
		return -1, false
	}
	j++
	for n := 0; n < 2 && j < len(s) && s[j] == ' '; n++ {
		j++
	}
	return j, true
}

// spelledDomain reads labels joined by "." or a spelled "dot", counting the latter.
func spelledDomain(s string, from int) (domain string, stop, dots int) {
	var b strings.Builder
	for i := from; b.Len() < maxDomain; {
		label := strings.TrimRight(run(s[i:], 64, func(c byte) bool { return isAlnum(c) || c == '-' }), "-")
		if label == "" {
			break
		}
		if b.Len() > 0 {
			b.WriteByte('.')
		}
		b.WriteString(label)
		i += len(label)
		stop = i
		if i < len(s) && s[i] == '.' {
			i++
			continue
		}
		end, _ := spelledWord(s, i, "dot")
		if end < 0 {
			break
		}
		i, dots = end, dots+1
	}
	return b.String(), stop, dots
}

// decoded gives the piece with one layer of escapes undone, where it has any that could hide a contact.
func decoded(p *extractors.Piece) (string, bool) {
	switch p.Where {
	case extractors.InScript, extractors.InJSON:
		text := p.Text
		if strings.Contains(text, `\u00`) || strings.Contains(text, `\x`) {
			text = unescape(text)
		}
		if strings.Contains(text, "&#") {
			text = html.UnescapeString(text)
		}
		return text, text != p.Text
	case extractors.InAttr:
		if !strings.Contains(p.Text, "%") {
			return "", false
		}
		text, err := url.PathUnescape(p.Text)
		return text, err == nil && text != p.Text && utf8.ValidString(text)
	}
	return "", false
}

// unescape undoes \u00XX and \xXX of printable ASCII; all else stays as it is.
func unescape(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	for {
		n := strings.IndexByte(s, '\\')
		if n < 0 || n+1 >= len(s) {
			b.WriteString(s)
			return b.String()
		}
		b.WriteString(s[:n])
		s = s[n:]
		size := 0
		switch {
		case len(s) >= 6 && s[1] == 'u' && s[2:4] == "00":
			size = 6
		case len(s) >= 4 && s[1] == 'x':
			size = 4
		}
		c, err := strconv.ParseUint(s[max(0, size-2):size], 16, 8)
		if size == 0 || err != nil || c < ' ' || c > '~' {
			b.WriteString(s[:2])
			s = s[2:]
			continue
		}
		b.WriteByte(byte(c))
		s = s[size:]
	}
}
