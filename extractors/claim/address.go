package claim

import (
	"strings"

	"scamatlas/extractors"
)

// labelledAddress reads the address behind "Registered office:" or "Address:". The bare word counts only with a colon, and not where
// it speaks of other addresses: e-mail, wallet, IP.
func (r *reader) labelledAddress(v *view, start, end int) {
	if v.code {
		return
	}
	s := v.text
	gap := s[end:min(len(s), end+4)]
	sign := strings.HasPrefix(strings.TrimLeft(gap, " "), ":") || strings.HasPrefix(gap, "：") || strings.HasPrefix(gap, "\n") || strings.HasPrefix(gap, " -")
	single := !strings.ContainsAny(s[start:end], " \n")
	if !sign && single || single && otherAddress(strings.ToLower(s[max(0, start-24):start])) {
		return
	}
	from := end + len(gap) - len(strings.TrimLeft(gap, " :：\n-"))
	raw := addressAt(s, from)
	if value, ok := postal(raw); ok {
		r.add(v, from, from+len(raw), Address, value, extractors.Medium)
	}
}

func otherAddress(before string) bool {
	line := before[strings.LastIndexByte(before, '\n')+1:]
	return hasAny(line, "mail", "wallet", "deposit", "btc", "bitcoin", "usdt", "eth", "trx", "trc", "erc", "ip ", "mac ", "coin", "crypto", "web", "contract", "your ", "payment", "url", "withdraw", "token",
		"blockchain", "receiv", "send", "this ", "the ", "network")
}

// addressAt takes the line at from, and further ones while the address is plainly not complete.
func addressAt(s string, from int) string {
	end := from
	for range 4 {
		n := strings.IndexByte(s[end:min(len(s), from+maxAddress)], '\n')
		if n < 0 {
			end = min(len(s), from+maxAddress)
			break
		}
		line := strings.TrimSpace(s[end : end+n])
		end += n
		if !(strings.HasSuffix(line, ",") || end-from < 28 && n > 0) {
			break
		}
		end++
	}
	return cutAddress(s[from:min(end, len(s))])
}

// cutAddress ends an address before what follows it on the same line.
func cutAddress(s string) string {
	low := strings.ToLower(s)
	if len(low) != len(s) {
		low = s
	}
	for _, stop := range []string{"|", "©", "•", " tel", " phone", "\ntel", "\nphone", " e-mail", " email", "\nemail", "\ne-mail", " fax", ";", "http", " company n", " registration n", " whatsapp", " telegram",
		"\np:", "\nt:", " p:", " t:", "+", "\nmon", "\nopen", " opening", " copyright", " all rights"} {
		if n := strings.Index(low, stop); n >= 0 {
			low = low[:n]
		}
	}
	s = s[:len(low)]
	for i := 0; i+2 < len(s); i++ { // a full stop behind a long word ends the sentence
		if s[i] == '.' && (s[i+1] == ' ' || s[i+1] == '\n') && i-strings.LastIndexAny(s[:i], " ,\n") > 5 {
			return s[:i]
		}
	}
	return strings.TrimRight(s, " \n.,-–")
}

// postal gives the canonical form of a postal address: its words and numbers in lower case, the commonest abbreviations undone, the
// name of the United Kingdom left out, which stands in half of the spellings. It wants a number, a few words, and a comma or line
// break.
func postal(raw string) (string, bool) {
	raw = strings.TrimSpace(raw)
	if len(raw) < 12 || len(raw) > maxAddress || strings.ContainsAny(raw, "@{}<>=$%") || strings.Contains(raw, "://") || !strings.ContainsAny(raw, ",\n，") {
		return "", false
	}
	var out []string
	var w word
	numbers, words := 0, 0
	for i := 0; w.next(raw, i); i = w.end {
		if w.n == 0 || w.n > 24 {
			return "", false
		}
		text := string(w.text())
		if notPostal(text) {
			return "", false
		}
		if glued := w.start > 0 && isAlnum(raw[w.start-1]); w.digits && !glued {
			numbers++
		} else if w.n > 2 {
			words++
		}
		if len(out) > 0 && w.start == i && (w.digits || len(out[len(out)-1]) > 0) && i > 0 && isAlnum(raw[i-1]) {
			out[len(out)-1] += text // ec2a is one word
			continue
		}
		out = append(out, text)
	}
	if numbers == 0 || words < 2 || len(out) < 4 || len(out) > 32 {
		return "", false
	}
	for k, t := range out {
		out[k] = fullWord(t)
	}
	value := strings.Join(out, " ")
	for _, country := range []string{" united kingdom", " great britain", " uk", " england", " gb"} {
		value = strings.TrimSuffix(value, country)
	}
	return value, true
}

// notPostal knows words of forms and of coins: "Your address: choose a wallet, 1 of 3".
func notPostal(word string) bool {
	switch word {
	case "choose", "select", "enter", "wallet", "wallets", "usdt", "erc", "trc", "bep", "btc", "bitcoin", "ethereum", "eth", "tether", "coin", "network", "deposit", "copy", "blockchain", "http", "https":
		return true
	}
	return false
}

func fullWord(s string) string {
	switch s {
	case "st", "str":
		return "street"
	case "rd":
		return "road"
	case "ave", "av":
		return "avenue"
	case "fl":
		return "floor"
	case "ste":
		return "suite"
	case "blvd":
		return "boulevard"
	case "bldg":
		return "building"
	case "sq":
		return "square"
	}
	return s
}

// postcodes finds British addresses without a label, by their postcode: "40 Lantern Row, London EC2A 9ZZ".
func (r *reader) postcodes(v *view) {
	s := v.text
	for i := 4; i+4 <= len(s); i++ {
		if s[i] != ' ' && s[i] != '\n' || !isDigit(s[i+1]) || !isUpper(s[i+2]) || !isUpper(s[i+3]) || i+4 < len(s) && isAlnum(s[i+4]) {
			continue
		}
		if !outward(s[:i]) {
			continue
		}
		from := segmentBefore(s, i)
		from += labelLength(s[from:i])
		if value, ok := postal(s[from : i+4]); ok && strings.IndexAny(s[from:i], "0123456789") < i-from-4 {
			r.add(v, from, i+4, Address, value, extractors.Medium)
		}
	}
}

// labelLength is how much of s comes before the address itself: "Our office is located at 40 …".
func labelLength(s string) int {
	n := strings.IndexAny(s, "0123456789")
	lead := strings.ToLower(s[:max(n, 0)])
	if len(lead) != n {
		return 0
	}
	for _, word := range []string{"address ", "office ", " at ", " is "} {
		if k := strings.LastIndex(lead, word); k >= 0 {
			return k + len(word)
		}
	}
	return 0
}

func isUpper(c byte) bool { return c >= 'A' && c <= 'Z' }

// outward reports whether s ends with the first half of a British postcode: one or two letters, a digit, a digit or letter.
func outward(s string) bool {
	n := len(s)
	for n > 0 && len(s)-n < 5 && (isUpper(s[n-1]) || isDigit(s[n-1])) {
		n--
	}
	o := s[n:]
	if n > 0 && isAlnum(s[n-1]) || len(o) < 2 || len(o) > 4 || !isUpper(o[0]) {
		return false
	}
	letters := 1
	if isUpper(o[1]) {
		letters = 2
	}
	rest := o[letters:]
	return len(rest) >= 1 && len(rest) <= 2 && isDigit(rest[0])
}

// segmentBefore gives the beginning of the address that the postcode at i ends: after a colon, a sentence, a line; further lines are
// taken while no number has come.
func segmentBefore(s string, i int) int {
	lines := 0
	for at := i - 1; at > 0 && i-at < maxAddress/2; at-- {
		switch {
		case s[at] == '\n':
			if lines++; lines > 3 || strings.ContainsAny(s[at:max(at, i-5)], "0123456789") && strings.ContainsAny(s[at:i], ",\n") && lines > 0 && isDigit(s[at+1]) {
				return at + 1
			}
			if strings.ContainsAny(s[at:max(at, i-5)], "0123456789") {
				return at + 1
			}
		case s[at] == ':', s[at] == '|', s[at] == ';', s[at] == '(':
			return at + 1
		case s[at] == '.' && at+1 < len(s) && s[at+1] == ' ' && at-strings.LastIndexAny(s[:at], " ,\n") > 4:
			return at + 2
		case s[at] == '.' && at+1 < len(s) && s[at+1] == ' ' && at > 0 && isDigit(s[at-1]):
			return at + 2
		}
	}
	return max(0, i-maxAddress/2)
}
