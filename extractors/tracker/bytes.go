package tracker

import "strings"

func isDigit(c byte) bool      { return c >= '0' && c <= '9' }
func isUpperDigit(c byte) bool { return isDigit(c) || c >= 'A' && c <= 'Z' }
func isLowerDigit(c byte) bool { return isDigit(c) || c >= 'a' && c <= 'z' }
func isAlnum(c byte) bool      { return isDigit(c) || c|0x20 >= 'a' && c|0x20 <= 'z' }
func isToken(c byte) bool      { return isAlnum(c) || c == '-' || c == '_' }
func isLowerHex(c byte) bool   { return isDigit(c) || c >= 'a' && c <= 'f' }
func isName(c byte) bool       { return isToken(c) || c == '.' || c == '$' }
func isQuote(c byte) bool      { return c == '"' || c == '\'' || c == '`' }

// made reports whether s has min to max bytes and ok accepts each.
func made(s string, min, max int, ok func(byte) bool) bool {
	if len(s) < min || len(s) > max {
		return false
	}
	for i := range len(s) {
		if !ok(s[i]) {
			return false
		}
	}
	return true
}

func isUUID(s string) bool {
	if len(s) != 36 {
		return false
	}
	for i := range len(s) {
		if dash := i == 8 || i == 13 || i == 18 || i == 23; dash != (s[i] == '-') || !dash && !isLowerHex(s[i]|0x20) {
			return false
		}
	}
	return true
}

// blank reports whether id is the vendor's "fill in here": only one repeated character, dashes aside.
func blank(id string) bool {
	id = strings.ReplaceAll(id, "-", "")
	return id == "" || strings.Trim(id, id[:1]) == ""
}

func run(s string, max int, ok func(byte) bool) string {
	n := 0
	for n < len(s) && n < max && ok(s[n]) {
		n++
	}
	return s[:n]
}

// assigned reads the value that a name is given: name = 'value', "name":"value", name(value). rest begins behind the name. at is
// where the value begins in rest.
func assigned(rest string) (value string, at int) {
	rest = rest[:min(len(rest), maxGap+maxToken)]
	i, sign := 0, false
	for ; i < len(rest) && i < maxGap; i++ {
		switch c := rest[i]; {
		case c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\\' || isQuote(c) || c == ']':
		case (c == ':' || c == '=' || c == '(') && !sign:
			sign = true
		default:
			if !sign {
				return "", 0
			}
			return run(rest[i:], maxToken, isToken), i
		}
	}
	return "", 0
}

// arguments reads up to n literal arguments of a call; rest begins at its "(".
func arguments(rest string, n int) []string {
	rest = strings.TrimLeft(rest[:min(len(rest), 4*maxToken)], " ")
	if rest == "" || rest[0] != '(' {
		return nil
	}
	return literals(rest[1:], n)
}

// literals reads up to n literals with commas between.
func literals(rest string, n int) []string {
	var out []string
	for len(out) < n {
		rest = strings.TrimLeft(rest, " \t\r\n\\")
		quoted := rest != "" && isQuote(rest[0])
		if quoted {
			rest = rest[1:]
		}
		value := run(rest, maxToken, isToken)
		if value == "" {
			return out
		}
		rest = strings.TrimLeft(rest[len(value):], " \t\r\n\\")
		if quoted {
			if rest == "" || !isQuote(rest[0]) {
				return out
			}
			rest = strings.TrimLeft(rest[1:], " \t\r\n")
		}
		out = append(out, value)
		if rest == "" || rest[0] != ',' {
			return out
		}
		rest = rest[1:]
	}
	return out
}

// splitAddress reads the rest of a link: its path and query, JSON's \/ and HTML's &amp; undone.
func splitAddress(s string) (path, query string) {
	n := 0
	for n < len(s) && n < maxAddress {
		c := s[n]
		if c <= ' ' || isQuote(c) || c == '<' || c == '>' || c == ')' || c == '\\' && (n+1 >= len(s) || s[n+1] != '/') {
			break
		}
		n++
	}
	text := strings.ReplaceAll(s[:n], `\/`, "/")
	text, _, _ = strings.Cut(text, "#")
	path, query, _ = strings.Cut(text, "?")
	return path, strings.ReplaceAll(query, "&amp;", "&")
}

func param(query, name string) string {
	for _, pair := range strings.Split(query, "&") {
		if k, value, _ := strings.Cut(pair, "="); strings.EqualFold(k, name) {
			return value
		}
	}
	return ""
}

// segmentAfter gives the path segment that follows prefix, "" when path does not begin with it.
func segmentAfter(path, prefix string) string {
	rest, ok := strings.CutPrefix(path, prefix)
	if !ok {
		return ""
	}
	first, _, _ := strings.Cut(rest, "/")
	return first
}
