package offer

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// meaning is what one cell, line or sentence says.
type meaning struct {
	percent          float64 // the greatest in it
	amount           float64 // the first sum that is no percentage and no span
	period           float64 // days, of "daily", "a week"
	span             float64 // days, of "20 days", "24 hours"
	after            bool    // the span is behind "after", "in"
	earns            bool
	pays             bool
	total            bool
	headTime         bool
	yearly           bool
	other            bool // fees, loans, discounts
	coin, commission bool
	tasks            float64 // orders, likes
}

// part reads a text; head is the head of its column, or what stands above it.
func (r *Reader) part(text, head string) meaning {
	folded, foldedHead := fold(text), fold(head)
	low, above := r.said(folded), r.said(foldedHead)
	both := low | above
	m := meaning{
		earns: r.is(both, "earn") || r.words["earnsuffix"].ends(foldedHead+folded), pays: r.is(both, "pay"), total: r.is(both, "total"),
		other: r.is(both, "other"), headTime: head != "" && r.is(above, "time"),
	}
	m.period = r.period(low)
	if m.period == 0 {
		m.period = r.period(above)
	}
	m.yearly = r.is(both, "year") || (m.period == 0 || m.period > 1) && r.is(both, "yearly")
	m.coin = r.is(both, "coin")
	m.commission = r.is(both, "commission")
	r.numbers(&m, text)
	if m.amount > 0 && m.amount <= maxTasks && m.percent == 0 && r.is(both, "tasks") {
		m.tasks = m.amount
	}
	m.after = m.span > 0 && r.is(low, "after")
	return m
}

func (r *Reader) period(low meanings) float64 {
	switch {
	case r.is(low, "hour"):
		return 1.0 / 24
	case r.is(low, "day"):
		return 1
	case r.is(low, "week"):
		return 7
	case r.is(low, "month"):
		return 30
	}
	return 0
}

// numbers reads every number of a text: percentages, spans of time, sums.
func (r *Reader) numbers(m *meaning, text string) {
	for i := 0; i < len(text); {
		if text[i] < '0' || text[i] > '9' {
			i++
			continue
		}
		value, end := number(text, i)
		rest := strings.TrimLeft(text[end:], " \u00a0+")
		word := fold(firstWord(rest))
		switch {
		case strings.HasPrefix(rest, "%") || strings.HasPrefix(rest, "％"):
			if !signedChange(text, i) {
				m.percent = max(m.percent, value)
				m.yearly = m.yearly || r.behindYear(text[:i])
			}
		case r.unit(word, rest) > 0:
			if m.span == 0 && value > 0 && value <= 1000 {
				m.span = value * r.unit(word, rest)
			}
		default:
			if m.amount == 0 && !letterBefore(text, i) {
				m.amount = value * multiple(rest)
			}
		}
		i = end
	}
}

// behindYear reports a word for a year right before a figure: "연 2.8%".
func (r *Reader) behindYear(before string) bool {
	for _, words := range r.words["yearly"].joined {
		for _, w := range words {
			if strings.HasSuffix(strings.TrimRight(before, " "), w) {
				return true
			}
		}
	}
	return false
}

// unit gives the days in the unit of time that stands behind a number.
func (r *Reader) unit(word, rest string) float64 {
	for _, u := range []struct {
		name string
		days float64
	}{{"seconds", second}, {"minutes", 60 * second}, {"hours", 1.0 / 24}, {"weeks", 7}, {"months", 30}, {"days", 1}} {
		l := r.words[u.name]
		for _, w := range l.spaced {
			if word == w {
				return u.days
			}
		}
		if letter, _ := utf8.DecodeRuneInString(rest); startsOne(l.joined[letter], rest) {
			return u.days
		}
	}
	return 0
}

// multiple gives what a word behind a number makes of it: 万, triệu, juta.
func multiple(rest string) float64 {
	for _, m := range []struct {
		words string
		times float64
	}{{"億 亿 억", 1e8}, {"万 萬 만 หมื่น", 1e4}, {"千 천 พัน", 1e3}, {"triệu juta ล้าน млн mio. million", 1e6}, {"nghìn ngàn ribu rb тыс mil mila tausend", 1e3}} {
		for _, w := range strings.Fields(m.words) {
			if strings.HasPrefix(rest, w) {
				return m.times
			}
		}
	}
	return 1
}

func firstWord(s string) string {
	for i, r := range s {
		if r == ' ' || r == ',' || r == '.' || r == '|' || r == ';' || r == ')' || r == '<' || r == '/' {
			return s[:i]
		}
	}
	return s
}

// signedChange: "+3 %", "-1 %" are changes of prices.
func signedChange(s string, at int) bool {
	return at > 0 && (s[at-1] == '+' || s[at-1] == '-') && (at == 1 || s[at-2] == ' ' || s[at-2] == '>')
}

// letterBefore: "VIP1", "S19" are names.
func letterBefore(s string, at int) bool {
	if at == 0 {
		return false
	}
	r, _ := utf8.DecodeLastRuneInString(s[:at])
	return r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z'
}

// number reads digits with points, commas and blanks between: groups of three are thousands.
func number(s string, at int) (value float64, end int) {
	end = at
	var digits strings.Builder
	decimals := -1
	for end < len(s) {
		c := s[end]
		switch {
		case c >= '0' && c <= '9':
			digits.WriteByte(c)
			if decimals >= 0 {
				decimals++
			}
		case (c == '.' || c == ',') && end+1 < len(s) && isDigit(s[end+1]):
			if n := run(s, end+1); n != 3 || decimals >= 0 || digits.String() == "0" {
				if decimals >= 0 {
					return parse(digits.String(), decimals), end
				}
				decimals = 0
			}
		case strings.HasPrefix(s[end:], "\u00a0") && end+2 < len(s) && run(s, end+2) == 3:
			end++
		default:
			return parse(digits.String(), decimals), end
		}
		end++
	}
	return parse(digits.String(), decimals), end
}

func parse(digits string, decimals int) float64 {
	if len(digits) > 15 {
		return 0
	}
	v, _ := strconv.ParseFloat(digits, 64)
	for ; decimals > 0; decimals-- {
		v /= 10
	}
	return v
}

func run(s string, at int) (n int) {
	for at+n < len(s) && isDigit(s[at+n]) {
		n++
	}
	return n
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

const maxTasks = 200 // a day

const second = 1.0 / 24 / 3600 // days

// rate gives the gain in percent and the days it takes, when a text says both. A commission is paid by others' money.
func (m *meaning) rate() (percent, days float64, ok bool) {
	switch {
	case m.percent == 0 || m.commission:
		return 0, 0, false
	case m.period > 0:
		return m.percent, m.period, m.earns || m.period <= 1
	case m.span > 0 && m.span < 1.0/24:
		return m.percent, 1.0 / 24, m.earns // a bet on the next seconds: one an hour is meant kindly
	case m.after && m.span > 0 && m.percent >= 100:
		return max(m.percent-100, m.percent/10), m.span, true
	case m.after && m.span > 0:
		return m.percent, m.span, m.earns
	}
	return 0, 0, false
}
