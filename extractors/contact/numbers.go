package contact

import (
	"net/url"
	"strings"

	"github.com/nyaruka/phonenumbers"

	"scamatlas/extractors"
)

// plusNumber reads the phone number in visible text whose '+' stands at i. The country's own rules tell it from other digits and
// where it ends.
func (r *reader) plusNumber(v *view, i int) {
	s := v.text
	if v.where != extractors.InText || i > 0 && (isWord(s[i-1]) || strings.IndexByte("+-=*/%$", s[i-1]) >= 0) || i+1 >= len(s) || !isDigit(s[i+1]) && s[i+1] != '(' && s[i+1] != ' ' {
		return
	}
	lead := strings.TrimRight(strings.ToLower(s[max(0, i-24):i]), " :.\u00a0\uff1a-\n")
	r.written(v, i, s[i:], "", numberLabel(lead[strings.LastIndexAny(lead, " \n\t")+1:]) || servesNumbers(lead), extractors.High)
}

// servesNumbers reports whether lead ends with a service whose accounts are numbers.
func servesNumbers(lead string) bool {
	return strings.HasSuffix(lead, "whatsapp") || strings.HasSuffix(lead, "whats app") || strings.HasSuffix(lead, "viber") || strings.HasSuffix(lead, "signal") || strings.HasSuffix(lead, "zalo")
}

// written takes the number that text begins with, as its country's rules allow: region is whose rules hold for a number without
// country code, "" for none. A number that a label names needs only the length of one, if no beginning of it is in use in its
// country. A service that is named just before makes it an account there.
func (r *reader) written(v *view, at int, text, region string, named bool, confidence string) {
	if r.numbers++; r.numbers > maxNumbers {
		return
	}
	value, n := validNumber(text, region, false)
	if n == 0 && named {
		value, n = validNumber(text, region, true)
		confidence = extractors.Medium
	}
	if n == 0 {
		return
	}
	f := phoneFound("phone", value)
	if f.value == "" {
		return
	}
	if f.conf == extractors.High {
		f.conf = confidence
	}
	switch lead := strings.TrimRight(v.text[max(0, at-24):at], " :\u00a0\uff1a-\n"); {
	case endsFold(lead, "whatsapp"), endsFold(lead, "whats app"):
		f.kind, f.value = "whatsapp", f.value[1:]
	case endsFold(lead, "viber"):
		f.kind = "viber"
	case endsFold(lead, "signal"):
		f.kind = "signal"
	case endsFold(lead, "zalo"):
		f.kind, f.value = "zalo", f.value[1:]
	}
	r.add(v, at, f, text[:n], "")
}

// validNumber reads digits in at most eight groups and gives the longest beginning of them that is a valid number, in E.164; with
// possible, one of the right length.
func validNumber(text, region string, possible bool) (value string, n int) {
	var ends [maxGroups]int
	groups, i, count := 0, 0, 0
	if strings.HasPrefix(text, "+") {
		i++
	}
	for i < len(text) && i < maxWritten && groups < maxGroups {
		start := i
		for i < len(text) && isDigit(text[i]) {
			i++
		}
		if i > start {
			count += i - start
			ends[groups] = i
			groups++
		}
		gap := i
		for i < len(text) && i-gap < 3 && (strings.IndexByte(" -.()/", text[i]) >= 0 || strings.HasPrefix(text[i:], "\u00a0")) {
			if text[i] == 0xc2 {
				i++
			}
			i++
		}
		if i >= len(text) || !isDigit(text[i]) || i == gap {
			break
		}
	}
	if count < minPhone {
		return "", 0
	}
	for ; groups > 0; groups-- {
		end := ends[groups-1]
		if end < len(text) && (isWord(text[end]) || text[end] == '%') {
			continue
		}
		if value := e164(strings.Replace(text[:end], "(0)", "", 1), region, possible); value != "" {
			return value, end
		}
	}
	return "", 0
}

// e164 gives a number that is valid by the rules of its country as "+" and digits; "" otherwise. With possible its length is enough.
func e164(text, region string, possible bool) string {
	if region == "" {
		region = "ZZ"
		if !strings.HasPrefix(text, "+") {
			return ""
		}
	}
	n, err := phonenumbers.Parse(text, region)
	if err != nil || !phonenumbers.IsPossibleNumber(n) || !possible && !phonenumbers.IsValidNumber(n) {
		return ""
	}
	return phonenumbers.Format(n, phonenumbers.E164)
}

// labelledNumber reads a number that a word such as "Phone:" introduces: with "00" and country code, or as written inside the country
// that the page's address or language names.
func (r *reader) labelledNumber(v *view, end int) {
	s := v.text
	gap := s[end:min(len(s), end+6)]
	at := end + len(gap) - len(strings.TrimLeft(gap, " \u00a0\n"))
	if at >= len(s) || !isDigit(s[at]) && s[at] != '(' {
		return
	}
	if rest, ok := strings.CutPrefix(s[at:], "00"); ok {
		if r.numbers++; r.numbers > maxNumbers {
			return
		}
		if value, n := validNumber("+"+rest[:min(len(rest), maxWritten)], "", true); n > 0 {
			r.add(v, at, found{"phone", value, extractors.High}, s[at:at+n+1], "")
		}
		return
	}
	if region := r.region(); region != "" {
		r.written(v, at, s[at:min(len(s), at+maxWritten)], region, false, extractors.Medium)
	}
}

// region gives the country whose numbers the page would write without a country code: by its country domain, else by its language
// where one country goes with it; "" when neither tells.
func (r *reader) region() string {
	if u, err := url.Parse(r.doc.URL); err == nil {
		host := u.Hostname()
		if tld := host[strings.LastIndexByte(host, '.')+1:]; len(tld) == 2 && !soldToAll(tld) {
			if tld == "uk" {
				return "GB"
			}
			return strings.ToUpper(tld)
		}
	}
	lang, country, _ := strings.Cut(strings.ReplaceAll(r.doc.Lang, "_", "-"), "-")
	if len(country) == 2 {
		return strings.ToUpper(country)
	}
	switch lang {
	case "de", "fr", "it", "es", "pl", "ru", "tr", "th", "nl", "ro", "hu", "bg", "fi", "id":
		return strings.ToUpper(lang)
	case "ja":
		return "JP"
	case "ko":
		return "KR"
	case "zh":
		return "CN"
	case "vi":
		return "VN"
	case "uk":
		return "UA"
	case "cs":
		return "CZ"
	case "el":
		return "GR"
	case "sv":
		return "SE"
	case "da":
		return "DK"
	case "he":
		return "IL"
	}
	return ""
}

// soldToAll knows country domains whose holders are anywhere.
func soldToAll(tld string) bool {
	switch tld {
	case "io", "co", "ai", "me", "cc", "tv", "to", "ws", "vc", "sc", "ag", "la", "gg", "im", "sh", "ac", "fm", "so", "st", "bz", "lc", "mn", "pw", "nu", "eu", "su", "tk", "ml", "ga", "cf", "gq", "is", "ly", "vip":
		return true
	}
	return false
}

func numberLabel(label string) bool {
	switch label {
	case "phone", "tel", "telephone", "telefon", "telefono", "teléfono", "mobile", "hotline", "call", "телефон", "тел", "电话", "電話", "telefone", "numara":
		return true
	}
	return false
}
