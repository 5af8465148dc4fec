package feed

import (
	"bytes"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/publicsuffix"

	"scamatlas/crawler"
)

// Kind is what a name in a text is used for.
type Kind string

const (
	Site Kind = "site" // a host, bare or in an address
	Mail Kind = "mail" // the domain of an e-mail address: no sign of a site
)

// Found is one host that a text names.
type Found struct {
	Kind  Kind
	Host  string // A-labels
	URL   string // where to enter when the text says more than the host; http or https
	Where int    // byte offset in the text
	Text  string // as it stood there: hostile, escape it when shown
}

// ExtractHosts finds the hosts in prose as people and regulators write it: bare names, addresses, and both disarmed (hxxp, [.], (dot),
// [at]). Names of files, versions, packages of programs, abbreviations and sentences without a space between them are not taken for
// hosts; e-mail addresses give their domain with Kind Mail. Each mention is one Found, in the text's order, at most MaxFound.
func ExtractHosts(text string) []Found {
	if len(text) > MaxProse {
		text = strings.ToValidUTF8(text[:MaxProse], "")
	}
	p := refang(text)
	var out []Found
	from := 0 // nothing before it is looked at again
	for i := 0; i < len(p.text) && len(out) < MaxFound; {
		dot := bytes.IndexByte(p.text[i:], '.')
		if dot < 0 {
			break
		}
		m := p.mention(from, i+dot)
		if f, ok := p.host(&m); ok {
			f.Where = int(p.at[m.from])
			f.Text = text[f.Where:p.at[m.end]]
			out = append(out, f)
		}
		i = max(m.next, m.end, i+dot+1)
		if !m.local { // what stands before an @ is still to be read with what follows
			from = i
		}
	}
	return out
}

// mention is a run of labels and what surrounds it.
type mention struct {
	from, end  int // of all: scheme, name, port, path
	next       int // where to read on
	name, tail int // of the name
	scheme     string
	schemed    bool // "://" stands in front
	mail       bool
	local      bool // the run is what stands before an @
	path       bool // more than a name follows
	inPath     bool // the run is part of a path
	armed      bool // a dot of it was disarmed
	call       bool // "name.method()"
}

// mention reads what stands around the dot at p.text[dot], not going back before from.
func (p *plain) mention(from, dot int) mention {
	a, b := dot, dot
	for a > from {
		r, n := utf8.DecodeLastRune(p.text[from:a])
		if r != '.' && !inHost(r) || a < dot && p.border(r, a) {
			break
		}
		a -= n
	}
	for b < len(p.text) {
		r, n := utf8.DecodeRune(p.text[b:])
		if r != '.' && !inHost(r) || b > dot && unspaced(r) != unspaced(lastRune(p.text[:b])) && p.text[b-1] != '.' && r != '.' {
			break
		}
		b += n
	}
	m := mention{from: a, end: b, next: b}
	if scheme, _, ok := bytes.Cut(p.text[a:dot], []byte("__")); ok { // hxxps__name
		if _, web := webScheme(string(scheme)); web && len(scheme) > 0 {
			m.schemed, m.scheme, a = true, string(scheme), a+len(scheme)
		}
	}
	for a < b && strings.IndexByte(".-_", p.text[a]) >= 0 {
		a++
	}
	for b > a && strings.IndexByte(".-_", p.text[b-1]) >= 0 {
		b--
	}
	m.name, m.tail = a, b
	if a >= b {
		return m
	}
	m.end = b
	m.armed = slices.Contains(p.armed[a:b], true)
	if !m.schemed {
		m.from = a
		p.before(&m, from)
	}
	p.after(&m)
	return m
}

// border: going left, a run of Latin letters ends at text without spaces, and the other way round.
func (p *plain) border(r rune, at int) bool {
	next, _ := utf8.DecodeRune(p.text[at:])
	return r != '.' && next != '.' && unspaced(r) != unspaced(next)
}

func lastRune(b []byte) rune {
	r, _ := utf8.DecodeLastRune(b)
	return r
}

// before reads a scheme, a user, or what says that the name is none.
func (p *plain) before(m *mention, from int) {
	head := p.text[max(from, m.name-maxUser):m.name]
	if n := len(head); n > 0 && head[n-1] == '@' {
		user := head
		if i := bytes.LastIndexAny(user, " \t\r\n<>\"'(),;"); i >= 0 {
			user = user[i+1:]
		}
		scheme, _, ok := bytes.Cut(user, []byte("://"))
		if !ok {
			m.mail, m.inPath = len(user) > 1, len(user) == 1 // "@name" is a person's
			m.from = m.name - len(user)
			return
		}
		m.schemed, m.scheme, m.from = true, string(scheme), m.name-len(user)
		return
	}
	rest := bytes.TrimRight(head, " ")
	for _, mark := range []string{"://", `:\\`, ":// ", ":/", ": //", "[:]//"} {
		if before, ok := bytes.CutSuffix(rest, []byte(mark)); ok {
			k := len(before)
			for k > 0 && (inHost(rune(before[k-1])) || before[k-1] == '*' || before[k-1] == '+') && before[k-1] < utf8.RuneSelf {
				k--
			}
			if k < len(before) {
				m.schemed, m.scheme, m.from = true, string(before[k:]), m.name-len(head)+k
				return
			}
		}
	}
	if user, ok := bytes.CutSuffix(p.text[max(0, m.name-maxUser):m.name], []byte(" at ")); ok && len(user) > 0 { // "<name at host>"
		if i := bytes.LastIndexAny(user, " <("); i >= 0 && user[i] == '<' {
			m.mail = true
			return
		}
	}
	if n := len(head); n > 0 && (head[n-1] == '/' || head[n-1] == '\\') {
		m.inPath = !bytes.HasPrefix(head[max(0, n-2):], []byte("//"))
	}
}

// after reads port and path.
func (p *plain) after(m *mention) {
	rest := p.text[m.tail:]
	if len(rest) > 0 && rest[0] == '@' {
		m.local = true
		return
	}
	m.call = bytes.HasPrefix(rest, []byte("()"))
	n := 0
	if len(rest) > 1 && rest[0] == ':' && rest[1] >= '0' && rest[1] <= '9' {
		for n = 1; n < len(rest) && n < 6 && rest[n] >= '0' && rest[n] <= '9'; n++ {
		}
	}
	if n < len(rest) && strings.IndexByte("/?#", rest[n]) >= 0 {
		start := n
		for n < len(rest) && n-start < crawler.MaxURL {
			r, size := utf8.DecodeRune(rest[n:])
			if r <= ' ' || strings.ContainsRune("<>\"'`|\\^{}\u201c\u201d\u2018\u2019\u00ab\u00bb\u00a0\u3000,;，。、；！？）（】【」「", r) || unspaced(r) {
				break
			}
			n += size
		}
		n = start + len(trimEnd(rest[start:n]))
		m.path = n > start
	}
	if n > 0 {
		m.end = m.tail + n
	}
}

// trimEnd takes off what ends a sentence or closes a bracket that the path did not open.
func trimEnd(path []byte) []byte {
	for len(path) > 0 {
		switch c := path[len(path)-1]; c {
		case '.', ':', '!', '?', '*', '_', '~':
		case ')', ']':
			open := map[byte]string{')': "(", ']': "["}[c]
			if bytes.Count(path, []byte(open)) >= bytes.Count(path, []byte{c}) {
				return path
			}
		default:
			return path
		}
		path = path[:len(path)-1]
	}
	return path
}

// host makes a Found of a mention that names one.
func (p *plain) host(m *mention) (Found, bool) {
	if m.name >= m.tail || m.local && !m.schemed || m.inPath || m.call {
		return Found{}, false
	}
	written := string(p.text[m.name:m.tail])
	host, err := crawler.NormalHost(written)
	if err != nil || !soldName(host) {
		return Found{}, false
	}
	if m.mail {
		return Found{Kind: Mail, Host: host}, true
	}
	scheme, web := webScheme(m.scheme)
	switch {
	case m.schemed && !web:
		return Found{}, false
	case !m.schemed && !m.armed && !strings.HasPrefix(host, "www.") && unlikely(written, host, m.path):
		return Found{}, false
	}
	f := Found{Kind: Site, Host: host}
	if m.path || m.end > m.tail {
		if t, err := crawler.ParseTarget(scheme + "://" + written + strings.ToValidUTF8(string(p.text[m.tail:m.end]), "")); err == nil {
			f.URL = t.URL
		}
	}
	return f, true
}

// webScheme gives http or https for a scheme as people write it, web is false for others.
func webScheme(s string) (scheme string, web bool) {
	s = strings.ToLower(s)
	if s == "" {
		return "http", true
	}
	base, secure := strings.CutSuffix(s, "s")
	switch base {
	case "http", "hxxp", "htxp", "hxtp", "h**p", "hhtp", "htp", "http*", "xxxx", "meow", "hxp", "ttp", "tp", "h__p":
		if secure {
			return "https", true
		}
		return "http", true
	}
	return "", false
}

// soldName: the name's ending exists.
func soldName(host string) bool {
	suffix, icann := publicsuffix.PublicSuffix(host)
	return (icann || strings.Contains(suffix, ".")) && suffix != host
}
