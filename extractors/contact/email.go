package contact

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/net/publicsuffix"

	"scamatlas/crawler"
	"scamatlas/extractors"
)

// atSign reads an address around an '@', or a Telegram name behind one that a label introduces.
func (r *reader) atSign(v *view, at int) {
	s := v.text
	local := localBefore(s[:at])
	if local == "" {
		r.telegramName(v, at)
		return
	}
	start := at - len(local)
	if v.attr == "placeholder" || inUserinfo(s, start) {
		return
	}
	domain := domainAfter(s[at+1:])
	if strings.HasPrefix(local, "git") && len(local) == 3 && strings.HasPrefix(s[at+1+len(domain):], ":") {
		return // the address of a repository
	}
	value, ok := mailbox(local, domain)
	if !ok {
		return
	}
	r.add(v, start, found{"email", value, r.emailConfidence(v, start, value)}, s[start:at+1+len(domain)], "")
}

// localBefore gives the mailbox name that s ends with. Escapes that merely touch it (\n, \u003e, %20) are not part of it.
func localBefore(s string) string {
	local := runBefore(s, maxLocal+1, func(c byte) bool { return isWord(c) || c == '.' || c == '+' || c == '-' })
	switch prev := before(s, len(s)-len(local)); {
	case prev == '\\' && len(local) > 1:
		local = local[escapeLen(local):]
	case prev == '%' && len(local) > 2 && isHex(local[0]) && isHex(local[1]):
		local = local[2:]
	}
	local = strings.TrimLeft(local, ".-+")
	if len(local) > maxLocal || strings.HasSuffix(local, ".") || strings.Contains(local, "..") {
		return ""
	}
	return local
}

// escapeLen is the length of the escape whose backslash stood before s.
func escapeLen(s string) int {
	allHex := func(t string) bool { return run(t, len(t), isHex) == t }
	switch {
	case s[0] == 'u' && len(s) > 5 && allHex(s[1:5]):
		return 5
	case s[0] == 'x' && len(s) > 3 && allHex(s[1:3]):
		return 3
	case strings.IndexByte("bfnrtv", s[0]) >= 0:
		return 1
	}
	return 0
}

// domainAfter gives the domain that s begins with; letters of other scripts are allowed.
func domainAfter(s string) string {
	n := 0
	for n < len(s) && n <= maxDomain {
		if s[n] >= utf8.RuneSelf {
			c, size := utf8.DecodeRuneInString(s[n:])
			if !idnaLetter(c) {
				break
			}
			n += size
			continue
		}
		if !isHost(s[n]) {
			break
		}
		n++
	}
	return strings.TrimRight(s[:n], ".-")
}

// idnaLetter takes letters of the scripts that domains are sold in; punctuation such as the ideographic comma ends a domain.
func idnaLetter(c rune) bool {
	switch {
	case c >= 0x3000 && c <= 0x3004, c >= 0x3008 && c <= 0x3020, c >= 0xff00:
		return false
	}
	return c >= 0xc0 && c != 0xd7 && c != 0xf7 && !(c >= 0x2000 && c <= 0x2fff)
}

// mailbox checks and joins the two sides. The domain has to end in a public suffix that ICANN delegates, or in the reserved
// "example" (RFC 2606), which made-up sites use; so file names and versions are no addresses.
func mailbox(local, domain string) (string, bool) {
	if strings.IndexByte(domain, '.') <= 0 || len(local) > maxLocal || len(domain) > maxDomain {
		return "", false
	}
	first, _, _ := strings.Cut(domain, ".")
	if len(first) == 2 && isDigit(first[0]) && first[1] == 'x' {
		return "", false // icon@2x.…, whatever the ending
	}
	ascii, err := crawler.NormalHost(domain)
	if err != nil || strings.Contains(ascii, "_") {
		return "", false
	}
	suffix, icann := publicsuffix.PublicSuffix(ascii)
	if !(icann || strings.Contains(suffix, ".") || suffix == "example") {
		return "", false
	}
	value := strings.ToLower(local + "@" + ascii)
	return value, len(value) <= maxEmail
}

// wholeMailbox reads s as nothing but an address.
func wholeMailbox(s string) (string, bool) {
	local, domain, ok := strings.Cut(s, "@")
	if !ok || local == "" || localBefore(local) != local || domainAfter(domain) != domain {
		return "", false
	}
	return mailbox(local, domain)
}

// inUserinfo reports whether what begins at start is the user or password of a URL ("https://key@host/").
func inUserinfo(s string, start int) bool {
	if before(s, start) == ':' {
		user := runBefore(s[:start-1], maxLocal, func(c byte) bool { return c > ' ' && c != '/' && c != '\\' && c != ':' && !isQuote(c) })
		start -= 1 + len(user)
	}
	return start >= 2 && s[start-1] == '/' && (s[start-2] == '/' || s[start-2] == '\\')
}

// emailConfidence: authors' addresses in program and licence comments, and placeholders, are shape only.
func (r *reader) emailConfidence(v *view, at int, value string) string {
	switch {
	case isPlaceholder(value):
		return extractors.Low
	case v.code() && mixedEnding(v.text[at:min(len(v.text), at+len(value))]): // a piece of a word list or of coded data
		return extractors.Low
	case v.source() == extractors.InScript && inCodeComment(v.text, at):
		return extractors.Low
	case v.source() == extractors.InComment && isCredit(v.text):
		return extractors.Low
	case v.where == extractors.InEncoded, v.code():
		return extractors.Medium
	}
	return extractors.High
}

// mixedEnding reports whether the last label of a domain is neither lower nor upper case.
func mixedEnding(s string) bool {
	tld := s[strings.LastIndexByte(s, '.')+1:]
	return tld != strings.ToLower(tld) && tld != strings.ToUpper(tld)
}

// isPlaceholder knows addresses that templates show as an example.
func isPlaceholder(value string) bool {
	_, domain, _ := strings.Cut(value, "@")
	switch domain {
	case "example.com", "example.org", "example.net", "domain.com", "yourdomain.com", "yoursite.com", "yourcompany.com", "mysite.com",
		"mydomain.com", "email.com", "sample.com", "website.com", "yourwebsite.com", "yourmail.com", "youremail.com", "site.com":
		return true
	}
	return false
}

// inCodeComment reports whether position at stands in a comment of a script, judged by its line alone.
func inCodeComment(s string, at int) bool {
	from := max(0, at-maxLine)
	line := s[from:at]
	if n := strings.LastIndexByte(line, '\n'); n >= 0 {
		line = line[n+1:]
	}
	lead := strings.TrimLeft(line, " \t\r")
	if strings.HasPrefix(lead, "*") || strings.HasPrefix(lead, "//") {
		return true
	}
	if n := strings.LastIndex(line, "// "); n > 0 && strings.IndexByte(" \t;}", line[n-1]) >= 0 && !strings.ContainsAny(line[n:], "\"'`") {
		return true
	}
	open := strings.LastIndex(line, "/*")
	return open >= 0 && !strings.Contains(line[open:], "*/")
}

// isCredit reports whether an HTML comment names the author of a theme rather than the owner of the site.
func isCredit(s string) bool {
	low := strings.ToLower(s[:min(len(s), 2000)])
	for _, w := range []string{"author", "licen", "copyright", "theme", "template", "version"} {
		if strings.Contains(low, w) {
			return true
		}
	}
	return false
}
