package claim

import (
	"strings"
	"unicode/utf8"

	"scamatlas/extractors"
)

// words makes the one pass over the words of v, looking each up in the tables.
func (r *reader) words(v *view) {
	var w word
	digit := -1 // the next one; labels far from any lead nowhere
	for i := 0; w.next(v.text, i); i = w.end {
		if w.n == 0 || w.digits {
			continue
		}
		regulators.at(v.text, &w, func(a authority, end int) { r.regulator(v, w.start, end, a) })
		if digit < w.end {
			if digit = nextDigit(v.text, w.end); digit < 0 {
				digit = len(v.text) + maxAddress
			}
		}
		if digit-w.end > maxAddress {
			continue
		}
		registers.at(v.text, &w, func(l label, end int) { r.number(v, w.start, end, l) })
		if _, ok := terms[string(w.text())]; ok {
			r.term(v, &w)
		}
	}
}

func nextDigit(s string, i int) int {
	for ; i < len(s); i++ {
		if isDigit(s[i]) {
			return i
		}
	}
	return -1
}

// number reads the number that a label at start:end introduces.
func (r *reader) number(v *view, start, end int, l label) {
	if start > 0 && (isAlnum(v.text[start-1]) || v.text[start-1] == '@') || l.kind == Licence && l.scheme == "unnamed" && v.code {
		return
	}
	for at := range candidates(v.text, end, l.weak) {
		for _, s := range l.shapes {
			number, n := s.match(v.text[at:])
			if n == 0 {
				continue
			}
			value, ok := checked(l.check, number)
			if value == "" {
				return
			}
			confidence := l.confidence
			if !ok {
				confidence = extractors.Low
			}
			r.add(v, start, at+n, l.kind, l.scheme+":"+value, confidence)
			return
		}
	}
}

// candidates yields where a value may begin behind a label: after signs and words such as "number" or "is". With naming, a word for
// number or licence has to come first.
func candidates(s string, from int, naming bool) func(func(int) bool) {
	return func(yield func(int) bool) {
		var w word
		named, end := !naming, from
		for range maxGapWords {
			if !w.next(s, end) || w.start-from > maxGap || !bridges(s[end:w.start], s[from:end]) {
				return
			}
			if named && !yield(w.start) {
				return
			}
			switch linking(string(w.text())) {
			case 0:
				return
			case 2:
				named = true
			}
			end = w.end
		}
	}
}

// bridges reports whether only signs stand between a label and its value; a full stop must belong to an abbreviation.
func bridges(gap, before string) bool {
	stop := strings.IndexByte(gap, '.')
	if stop >= 0 && (stop > 0 || len(before) > 4 && len(before)-strings.LastIndexByte(before, ' ') > 5) {
		return false
	}
	for _, c := range gap {
		if c > 0x7f && c != '№' && c != '：' && c != '–' && c != '°' && c != '\u00a0' && c != '（' || strings.ContainsRune(";!?%$&{}", c) {
			return false
		}
	}
	return true
}

// linking tells words that lead from a label to its value: 1 filling, 2 that say number or licence, 0 others.
func linking(w string) int {
	switch w {
	case "licence", "license", "registration", "reference", "register", "authorisation", "authorization", "permit", "registered", "reg", "firm", "ref",
		"лицензия", "лицензии", "лиц", "регистрационный", "licencia", "licença", "lizenz", "lisans", "file", "frn", "afsl", "msb", "执", "牌", "照":
		return 2
	case "is", "under", "with", "the", "of", "in", "and", "а", "es", "ist", "bearing", "by", "holder", "crd":
		return 1
	}
	if numberWord(w) {
		return 2
	}
	return 0
}

// regulator takes a named authority as a claim when it is said to authorise.
func (r *reader) regulator(v *view, start, end int, a authority) {
	if a.exact != "" && v.text[start:end] != a.exact || start > 0 && isAlnum(v.text[start-1]) {
		return
	}
	line := lineAround(v.text, start, end, maxPhrase)
	low := strings.ToLower(line)
	if !authorises(low) || denies(low) {
		return
	}
	r.add(v, start, end, Regulator, a.short, extractors.Medium)
}

// lineAround gives up to max bytes on each side of s[start:end], not beyond a line break or a quote that ends a literal.
func lineAround(s string, start, end, max int) string {
	from, to := start, end
	for from > 0 && start-from < max && s[from-1] != '\n' && s[from-1] != '"' && s[from-1] != '`' {
		from--
	}
	for to < len(s) && to-end < max && s[to] != '\n' && s[to] != '"' && s[to] != '`' {
		to++
	}
	for from < start && !utf8.RuneStart(s[from]) {
		from++
	}
	for to > end && to < len(s) && !utf8.RuneStart(s[to]) {
		to--
	}
	return s[from:to]
}

func authorises(low string) bool {
	return hasAny(low, "regulated", "authorised", "authorized", "licensed", "licenced", "supervised", "registered with", "registered by", "registration", "licence", "license",
		"registered as", "регулируется", "лицензи", "regulad", "autorizad", "reguliert", "zugelassen", "réglementé", "agréé", "regolament", "düzenlen", "lisansl",
		"diatur", "监管", "監管", "授权", "牌照")
}

func denies(low string) bool {
	return hasAny(low, "not regulated", "not authorised", "not authorized", "not licensed", "not registered", "unauthorised", "unauthorized", "unregulated",
		"not been", "isn't", "nor ", "neither", "warning", "warns", "contact the", "complain", "report ", "check the", "should be")
}

func hasAny(s string, subs ...string) bool {
	for _, sub := range subs {
		if strings.Contains(s, sub) {
			return true
		}
	}
	return false
}
