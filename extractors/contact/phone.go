package contact

import (
	"cmp"
	"net/url"
	"strings"

	"scamatlas/extractors"
)

// digits gives the ASCII digits of s.
func digits(s string) string {
	var b strings.Builder
	for i := 0; i < len(s) && b.Len() <= maxPhone+4; i++ {
		if isDigit(s[i]) {
			b.WriteByte(s[i])
		}
	}
	return b.String()
}

// number reads s, all of it, as a phone number with country code: "+" or "00", digits, and the usual signs between them. The trunk
// zero that people write as "(0)" is left out. The result is "+" and 7 to 15 digits (E.164), or "".
func number(s string) string {
	s = strings.TrimSpace(s)
	if !strings.HasPrefix(s, "+") && !strings.HasPrefix(s, "00") || len(s) > 40 {
		return ""
	}
	s = strings.Replace(s, "(0)", "", 1)
	for i := range len(s) {
		if !isDigit(s[i]) && strings.IndexByte("+ -.()/\xc2\xa0", s[i]) < 0 {
			return ""
		}
	}
	n := digits(s)
	if s[0] != '+' {
		n = n[2:]
	}
	return phoneFound("phone", "+"+n).value
}

// phoneFound checks the length of "+" and digits. Numbers that only count upwards or repeat one digit are placeholders.
func phoneFound(kind, value string) found {
	n := value[1:]
	if len(n) < minPhone || len(n) > maxPhone || n[0] == '0' || strings.Trim(n, n[:1]) == "" {
		return found{}
	}
	conf := extractors.High
	if strings.Contains(n, "1234567890") || n == "123456789" || n == "12345678" || strings.HasSuffix(n, "0000000") {
		conf = extractors.Low
	}
	return found{kind, value, conf}
}

// telURI reads RFC 3966: the number ends at a parameter or at what closes the attribute or string.
func telURI(v *view, s string) found {
	s = s[:min(len(s), 80)]
	s = strings.TrimPrefix(s, "//")
	if n := strings.IndexAny(s, ";,?&\"'`<>\\\r\n"); n >= 0 {
		s = s[:n]
	}
	if strings.IndexByte(s, '%') >= 0 {
		if text, err := url.PathUnescape(s); err == nil {
			s = text
		}
	}
	if v.where == extractors.InText {
		s, _, _ = strings.Cut(s, " ")
	}
	return rePhone(number(s))
}

// rePhone is phoneFound in the form of the country's own rules, where the number is valid there: without a trunk zero.
func rePhone(value string) found {
	if value == "" {
		return found{}
	}
	value = cmp.Or(e164(value, "", false), value)
	return phoneFound("phone", value)
}
