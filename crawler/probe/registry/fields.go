package registry

import (
	"net/mail"
	"slices"
	"strings"
	"time"
	"unicode"

	"scamatlas/crawler"
)

// finish checks, orders and cuts the lists of a record.
func finish(r *crawler.Registration) {
	r.AbuseEmails = kept(r.AbuseEmails, email)
	r.AbusePhones = kept(r.AbusePhones, phone)
	r.Statuses = kept(r.Statuses, func(s string) string { return s })
	r.NS = kept(r.NS, func(s string) string { return s })
	slices.Sort(r.Statuses)
	slices.Sort(r.NS)
}

// kept gives each value that is right once, in order, at most maxList.
func kept(values []string, right func(string) string) []string {
	var out []string
	for _, v := range values[:min(len(values), 4*maxList)] {
		if v = right(v); v != "" && len(out) < maxList && !slices.Contains(out, v) {
			out = append(out, v)
		}
	}
	return out
}

// email gives an address to write to, "" for anything else: "REDACTED FOR PRIVACY", a web form, a sentence.
func email(s string) string {
	s = strings.ToLower(strings.TrimSpace(s))
	s = strings.TrimPrefix(s, "mailto:")
	a, err := mail.ParseAddress(s)
	if err != nil || a.Address != s || len(s) > 254 || strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return ""
	}
	return s
}

// phone gives a number as written, "" for anything else.
func phone(s string) string {
	s = strings.TrimPrefix(strings.ToLower(strings.TrimSpace(s)), "tel:")
	s, _, _ = strings.Cut(s, ";")
	digits := 0
	for _, r := range s {
		switch {
		case r >= '0' && r <= '9':
			digits++
		case !strings.ContainsRune("+-.() /x", r):
			return ""
		}
	}
	if digits < 5 || len(s) > 40 {
		return ""
	}
	return s
}

// status spells a status as RDAP does (RFC 8056): "clientHold https://icann.org/epp#clientHold" is "client hold".
func status(s string) string {
	s, _, _ = strings.Cut(clean(s), " http")
	s, _, _ = strings.Cut(s, " (http")
	var b strings.Builder
	lower := false
	for _, r := range cut(strings.TrimSpace(s), 64) {
		if unicode.IsUpper(r) && lower {
			b.WriteByte(' ')
		}
		lower = unicode.IsLower(r)
		b.WriteRune(unicode.ToLower(r))
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

// hostName gives a name server's name, "" when it is none.
func hostName(s string) string {
	s = strings.ToLower(strings.TrimSuffix(strings.TrimSpace(s), "."))
	if len(s) > 253 || !strings.Contains(s, ".") || strings.ContainsFunc(s, notName) || strings.HasPrefix(s, ".") {
		return ""
	}
	return s
}

// clean drops control and direction characters.
func clean(s string) string {
	if len(s) > maxWhois {
		s = s[:maxWhois]
	}
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '\t', r == '\n', r == '\r':
			return ' '
		case unicode.IsControl(r), unicode.Is(unicode.Cf, r), r == unicode.ReplacementChar:
			return -1
		}
		return r
	}, s)
	return strings.TrimSpace(s)
}

func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	return strings.ToValidUTF8(s[:n], "")
}

// layouts are the ways registries write dates; where days and months are both numbers and the year stands last, the day is first.
var layouts = []string{
	time.RFC3339Nano, "2006-01-02T15:04:05.999999999", "2006-01-02T15:04:05Z0700", "2006-01-02T15:04Z07:00",
	"2006-01-02 15:04:05.999999999Z07:00", "2006-01-02 15:04:05.999999999-07", "2006-01-02 15:04:05.999999999 -0700", "2006-01-02 15:04:05.999999999 MST", "2006-01-02 15:04:05.999999999", "2006-01-02 15:04",
	"2006-1-2", "2006-Jan-02", "2006-Jan-02 15:04:05", "2006/01/02 15:04:05", "2006/1/2", "2006.01.02 15:04:05", "2006.1.2", "2006. 1. 2",
	"20060102 15:04:05", "20060102150405", "20060102",
	"2-Jan-2006 15:04:05 MST", "2-Jan-2006 15:04:05", "2-Jan-2006", "2-January-2006", "2 Jan 2006", "2 January 2006", "2.Jan.2006", "January 2 2006", "Jan 2 2006", "2006 Jan 2",
	"Mon Jan 2 15:04:05 MST 2006", "Mon Jan 2 15:04:05 2006", "Mon Jan 2 2006", "Mon, 2 Jan 2006 15:04:05 MST", "Mon, 2 Jan 2006", "2006-01-02 (Mon)",
	"2.1.2006 15:04:05", "2.1.2006 15:04", "2.1.2006", "2-1-2006 15:04:05", "2-1-2006", "2/1/2006 15:04:05", "2/1/2006",
}

// readDate reads a date in one of the forms registries use; zero when it is none or not of our times.
func readDate(s string) time.Time {
	s = cut(clean(s), 64)
	for _, mark := range []string{" #", "(", "[", " ("} {
		s, _, _ = strings.Cut(s, mark)
	}
	s = strings.Join(strings.Fields(strings.ReplaceAll(strings.TrimRight(strings.TrimSpace(s), "."), ",", " ")), " ")
	for s != "" {
		for _, l := range layouts {
			if at, err := time.Parse(l, s); err == nil {
				return ofOurTimes(at)
			}
		}
		at := strings.LastIndexByte(s, ' ') // a zone or a remark behind it
		if at < 0 {
			break
		}
		s = s[:at]
	}
	return time.Time{}
}

// ofOurTimes leaves out dates before there were domains and those no time can be written for.
func ofOurTimes(at time.Time) time.Time {
	if at = at.UTC(); at.Year() < 1983 || at.Year() > 2200 {
		return time.Time{}
	}
	return at
}
