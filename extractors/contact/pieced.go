package contact

import (
	"strings"

	"scamatlas/extractors"
)

// pieced reads addresses that a script puts together: "info" + "@" + "host", user + "@" + host with both set beside it,
// ["info", "host"].join("@").
func (r *reader) pieced(p *extractors.Piece, s string) {
	if p.Where != extractors.InScript && (p.Where != extractors.InAttr || !strings.HasPrefix(p.Attr, "on")) || len(s) > maxPieced {
		return
	}
	v := &view{where: extractors.InEncoded, from: p.Where, base: p.Offset}
	for n, i := 0, 0; n < maxSigns; n++ {
		k := strings.IndexByte(s[i:], '@')
		if k < 0 {
			return
		}
		i += k + 1
		left, right, ok := around(s, i-1)
		if !ok {
			continue
		}
		if local, domain := localBefore(valueBefore(s, left)), valueAfter(s, right); local != "" && domain != "" {
			r.assembled(v, local+"@"+domain)
		} else if at := i - 1; strings.HasSuffix(strings.TrimRight(s[max(0, at-12):max(0, at-1)], " "), ".join(") {
			r.assembled(v, joinedBefore(s, at-1))
		}
	}
}

func (r *reader) assembled(v *view, text string) {
	if value, ok := wholeMailbox(strings.NewReplacer("&#46;", ".", "%2E", ".", "%2e", ".").Replace(text)); ok {
		conf := extractors.Medium
		if isPlaceholder(value) {
			conf = extractors.Low
		}
		r.add(v, 0, found{"email", value, conf}, text, "")
	}
}

// around gives where the expression before the sign and the one behind it touch it. The sign may be a string of its own, or the end
// or the beginning of one: "info@" + host.
func around(s string, at int) (left, right int, ok bool) {
	left, right = at, at+1
	open := left > 0 && isQuote(s[left-1])
	closed := right < len(s) && isQuote(s[right])
	if !open && !closed {
		return 0, 0, false
	}
	if open {
		left--
	}
	if closed {
		right++
	}
	return left, right, true
}

// valueBefore reads the operands that end at i, right to left: parts of a string in which i stands, strings and names joined by "+".
func valueBefore(s string, i int) string {
	out := ""
	if text := localBefore(s[:i]); text != "" && i > 0 && !isQuote(s[i-1]) && i < len(s) && s[i] == '@' {
		return text
	}
	for range maxOperands {
		i = skipBack(s, i)
		if i == 0 || s[i-1] != '+' {
			return out
		}
		i = skipBack(s, i-1)
		if i > 0 && isQuote(s[i-1]) {
			from := strings.LastIndexByte(s[max(0, i-1-maxLocal):i-1], s[i-1])
			if from < 0 {
				return ""
			}
			from += max(0, i-1-maxLocal)
			out, i = s[from+1:i-1]+out, from
			continue
		}
		name := runBefore(s[:i], maxLocal, isName)
		value := assignedTo(s, name)
		if value == "" {
			return out
		}
		out, i = value+out, i-len(name)
	}
	return out
}

// valueAfter is the same to the other side.
func valueAfter(s string, i int) string {
	if i < len(s) && i > 0 && s[i-1] == '@' {
		return domainAfter(s[i:])
	}
	out := ""
	for range maxOperands {
		i = skip(s, i)
		if i >= len(s) || s[i] != '+' {
			return out
		}
		i = skip(s, i+1)
		if i < len(s) && isQuote(s[i]) {
			n := strings.IndexByte(s[i+1:min(len(s), i+1+maxDomain)], s[i])
			if n < 0 {
				return ""
			}
			text, _, cut := strings.Cut(s[i+1:i+1+n], "?")
			out += text
			if i += n + 2; cut || strings.ContainsAny(text, "<>\"' \\") {
				return strings.TrimRight(run(out, len(out), isHost), ".-")
			}
			continue
		}
		name := run(s[min(i, len(s)):], maxLocal, isName)
		value := assignedTo(s, name)
		if value == "" {
			return out
		}
		out, i = out+value, i+len(name)
	}
	return out
}

func isName(c byte) bool { return isWord(c) || c == '$' || c == '.' }

func skip(s string, i int) int {
	for i < len(s) && strings.IndexByte(" \t\r\n", s[i]) >= 0 {
		i++
	}
	return i
}

func skipBack(s string, i int) int {
	for i > 0 && strings.IndexByte(" \t\r\n", s[i-1]) >= 0 {
		i--
	}
	return i
}

// assignedTo finds name = "value" in the script; only its first places are looked at.
func assignedTo(s, name string) string {
	if name == "" || isDigit(name[0]) {
		return ""
	}
	s = s[:min(len(s), maxAssigned)]
	for n, i := 0, 0; n < maxPlaces; n++ {
		k := strings.Index(s[i:], name)
		if k < 0 {
			return ""
		}
		k += i
		i = k + len(name)
		j := skip(s, i)
		if k > 0 && isName(s[k-1]) || j >= len(s) || s[j] != '=' {
			continue
		}
		if j = skip(s, j+1); j < len(s) && isQuote(s[j]) {
			if end := strings.IndexByte(s[j+1:min(len(s), j+1+maxDomain)], s[j]); end > 0 {
				return s[j+1 : j+1+end]
			}
		}
	}
	return ""
}

// joinedBefore reads ["info", "host"].join("@"); end is where the sign's string begins.
func joinedBefore(s string, end int) string {
	list := s[max(0, end-maxDomain):end]
	stop := strings.LastIndexByte(list, ']')
	open := strings.LastIndexByte(list, '[')
	if open < 0 || stop < open {
		return ""
	}
	parts := strings.Split(list[open+1:stop], ",")
	if len(parts) != 2 {
		return ""
	}
	for n := range parts {
		parts[n] = strings.Trim(strings.TrimSpace(parts[n]), "\"'`")
	}
	return parts[0] + "@" + parts[1]
}

// attributePairs reads data-user="info" data-domain="host.com", which a script joins when the page is shown.
func (r *reader) attributePairs() {
	pieces := r.doc.Pieces
	for n := range pieces {
		p := &pieces[n]
		if p.Where != extractors.InAttr || p.Attr != "data-domain" && p.Attr != "data-host" {
			continue
		}
		for m := max(0, n-8); m < min(len(pieces), n+9); m++ {
			q := &pieces[m]
			if q.Where == extractors.InAttr && q.Offset == p.Offset && q.Tag == p.Tag && (q.Attr == "data-user" || q.Attr == "data-name" || q.Attr == "data-local" || q.Attr == "data-mailbox") {
				r.assembled(&view{where: extractors.InEncoded, from: p.Where, base: p.Offset}, strings.TrimSpace(q.Text)+"@"+strings.TrimSpace(p.Text))
			}
		}
	}
}
