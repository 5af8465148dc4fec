package fetch

import (
	"bytes"
	"net/url"
	"strings"
)

// robotsName is the product token under which robots.txt can speak to us.
const robotsName = "scamatlas"

// robotsRules are the lines of one robots.txt that concern us (RFC 9309). A nil pointer allows everything.
type robotsRules struct {
	denyAll bool
	rules   []robotsRule
}

type robotsRule struct {
	allow   bool
	pattern string // normalised path pattern with * and a final $
}

// robotsFor turns the answer for /robots.txt into rules: unreachable by client error allows all, by server error denies all
// (RFC 9309, 2.3.1).
func robotsFor(status int, body []byte) *robotsRules {
	switch {
	case status >= 200 && status < 300:
		return parseRobots(body)
	case status >= 500:
		return &robotsRules{denyAll: true}
	default:
		return nil
	}
}

// parseRobots keeps the rules of the groups that name us, or, without such a group, those for everyone.
func parseRobots(body []byte) *robotsRules {
	body = bytes.TrimPrefix(body, []byte("\xef\xbb\xbf"))
	var ours, all []robotsRule
	named := false                // some group names us
	forUs, forAll := false, false // whom the present group is for
	inAgents := false             // the last line was a user-agent line
	for line := range bytes.FieldsFuncSeq(body, func(r rune) bool { return r == '\n' || r == '\r' }) {
		field, value, ok := robotsLine(string(line))
		if !ok {
			continue
		}
		switch field {
		case "user-agent":
			if !inAgents {
				forUs, forAll = false, false
			}
			inAgents = true
			token := value[:robotsTokenLen(value)]
			forUs = forUs || strings.EqualFold(token, robotsName)
			forAll = forAll || value == "*"
			named = named || forUs
		case "allow", "disallow":
			inAgents = false
			if value == "" {
				continue
			}
			r := robotsRule{allow: field == "allow", pattern: normalPath(value)}
			if forUs && len(ours) < maxRobotsRules {
				ours = append(ours, r)
			}
			if forAll && len(all) < maxRobotsRules {
				all = append(all, r)
			}
		}
	}
	if named {
		return &robotsRules{rules: ours}
	}
	return &robotsRules{rules: all}
}

func robotsLine(line string) (field, value string, ok bool) {
	line, _, _ = strings.Cut(line, "#")
	field, value, ok = strings.Cut(line, ":")
	return strings.ToLower(strings.TrimSpace(field)), strings.TrimSpace(value), ok
}

// robotsTokenLen is the length of the product token that value begins with: "scamatlas/1.0" names scamatlas.
func robotsTokenLen(value string) int {
	for i := range len(value) {
		c := value[i]
		if !(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '-' || c == '_') {
			return i
		}
	}
	return len(value)
}

// denies applies the longest matching rule; of equally long ones an allowing rule wins (RFC 9309, 2.2.2).
func (r *robotsRules) denies(u *url.URL) bool {
	if r == nil {
		return false
	}
	p := u.EscapedPath()
	if p == "" {
		p = "/"
	}
	if p == "/robots.txt" {
		return false
	}
	if r.denyAll {
		return true
	}
	if u.RawQuery != "" {
		p += "?" + u.RawQuery
	}
	p = normalPath(p)
	longest, deny := -1, false
	for _, rule := range r.rules {
		if n := len(rule.pattern); (n > longest || n == longest && rule.allow) && matchPath(rule.pattern, p) {
			longest, deny = n, !rule.allow
		}
	}
	return deny
}

// matchPath reports whether pattern matches p from its start: * stands for any bytes, a final $ for the end.
// Each part between stars is taken at its first place, so a rule costs one pass over p.
func matchPath(pattern, p string) bool {
	pattern, anchored := strings.CutSuffix(pattern, "$")
	parts := strings.Split(pattern, "*")
	if !strings.HasPrefix(p, parts[0]) {
		return false
	}
	rest := p[len(parts[0]):]
	if len(parts) == 1 {
		return !anchored || rest == ""
	}
	for _, part := range parts[1 : len(parts)-1] {
		i := strings.Index(rest, part)
		if i < 0 {
			return false
		}
		rest = rest[i+len(part):]
	}
	last := parts[len(parts)-1]
	if anchored {
		return strings.HasSuffix(rest, last)
	}
	return strings.Contains(rest, last)
}

// normalPath gives equal octets one spelling: escapes in upper case, bytes outside ASCII escaped, unreserved ones bare.
func normalPath(p string) string {
	const hex = "0123456789ABCDEF"
	plain := true
	for i := 0; i < len(p) && plain; i++ {
		plain = p[i] != '%' && p[i] > ' ' && p[i] < 0x7f
	}
	if plain {
		return p
	}
	var b strings.Builder
	for i := 0; i < len(p); i++ {
		c := p[i]
		escaped := c == '%' && i+2 < len(p) && isHex(p[i+1]) && isHex(p[i+2])
		if escaped {
			c = unhex(p[i+1])<<4 | unhex(p[i+2])
			i += 2
		}
		unreserved := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.IndexByte("-._~", c) >= 0
		if unreserved || !escaped && c > ' ' && c < 0x7f {
			b.WriteByte(c)
			continue
		}
		b.WriteByte('%')
		b.WriteByte(hex[c>>4])
		b.WriteByte(hex[c&15])
	}
	return b.String()
}

func unhex(c byte) byte {
	switch {
	case c <= '9':
		return c - '0'
	case c >= 'a':
		return c - 'a' + 10
	default:
		return c - 'A' + 10
	}
}
