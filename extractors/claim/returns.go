package claim

import (
	"strconv"
	"strings"

	"scamatlas/extractors"
)

// percents looks at every percentage of v for a promised return.
func (r *reader) percents(v *view) {
	s := v.text
	for i := 0; i < len(s) && r.returns < maxReturns && r.percentages < maxPercents; i++ {
		n := 0
		switch {
		case s[i] == '%':
			n = 1
		case s[i] == 0xef && strings.HasPrefix(s[i:], "％"):
			n = len("％")
		}
		if n > 0 {
			r.percent(v, i, i+n)
		}
	}
}

// percent reads "1.5 - 3% daily", "200% after 24 hours", "daily profit of 2%", "guaranteed 15% profit" around the sign at sign:end.
func (r *reader) percent(v *view, sign, end int) {
	s := v.text
	number, start := numberBefore(s, sign)
	if number == "" {
		return
	}
	high, _ := strconv.ParseFloat(number, 64)
	number, start = rangeBefore(s, number, start)
	if high <= 0 || signed(s, start) {
		return
	}
	r.percentages++
	period, stop := periodAfter(s, end, v.code)
	from := start
	if period == "" && !v.code {
		period, from = periodBefore(s, start)
		stop = end
	}
	near := strings.ToLower(lineAround(s, from, stop, maxPhrase/3))
	if otherSubject(near) {
		return
	}
	if period == "" {
		r.guaranteed(v, number, high, start, end)
		return
	}
	if !plausible(high, period) || period == "month" && !promises(strings.ToLower(around(s, from, stop, maxContext/4))) || !(v.code && promises(near) || !v.code && promises(strings.ToLower(around(s, from, stop, maxContext)))) {
		return
	}
	r.returns++
	r.add(v, from, stop, Return, number+"%/"+period, extractors.Medium)
	if !v.code {
		r.plans(v, from, stop)
	}
}

func (r *reader) guaranteed(v *view, number string, high float64, start, end int) {
	if v.code {
		return
	}
	near := strings.ToLower(lineAround(v.text, start, end, maxPhrase/2))
	if !hasAny(near, "guarante", "гарант", "garanti", "garantiz", "保证", "保證") || !hasAny(near, "profit", "roi", "income", "yield", "return on", "прибыл", "доход", "收益", "利润", "回报") ||
		hasAny(near, "satisfaction", "money back", "money-back", "refund", "uptime", "quality", "price", "capital") || high < 3 {
		return
	}
	r.returns++
	r.add(v, start, end, Return, "guaranteed "+number+"%", extractors.Medium)
}

// numberBefore reads the number that ends at sign, one blank allowed between: without thousands, with a point. "" when there is none.
func numberBefore(s string, sign int) (number string, start int) {
	end := sign
	if end > 0 && s[end-1] == ' ' {
		end--
	}
	start = end
	for start > 0 && end-start < 12 && (isDigit(s[start-1]) || start < end && (s[start-1] == '.' || s[start-1] == ',') && start > 1 && isDigit(s[start-2])) {
		start--
	}
	if start == end || start > 0 && (isAlnum(s[start-1]) || strings.IndexByte("._#&%", s[start-1]) >= 0) {
		return "", 0
	}
	return plainNumber(s[start:end]), start
}

// plainNumber drops thousands and writes a decimal comma as a point; "" for what is no number.
func plainNumber(s string) string {
	if n := strings.LastIndexAny(s, ".,"); n >= 0 {
		whole := strings.NewReplacer(".", "", ",", "").Replace(s[:n])
		switch rest := s[n+1:]; {
		case strings.Count(s, ",")+strings.Count(s, ".") > 1 && len(rest) != 3 && s[n] == s[strings.IndexAny(s, ".,")]:
			return ""
		case len(rest) == 3 && s[n] == ',':
			s = whole + rest
		default:
			s = strings.TrimRight(whole+"."+rest, "0")
			s = strings.TrimSuffix(s, ".")
		}
	}
	if s = strings.TrimLeft(s, "0"); s == "" || s[0] == '.' {
		s = "0" + s
	}
	if len(s) > 10 {
		return ""
	}
	return s
}

// rangeBefore widens a number to the range it ends: "1.5 - 3", "1% to 3".
func rangeBefore(s, number string, start int) (string, int) {
	lead := strings.TrimRight(s[max(0, start-8):start], " ")
	for _, sep := range []string{"-", "–", "—", " to", "~"} {
		rest, ok := strings.CutSuffix(lead, sep)
		if !ok {
			continue
		}
		rest = strings.TrimRight(rest, " ")
		trimmed := strings.TrimSuffix(rest, "%")
		at := start - (len(s[max(0, start-8):start]) - len(trimmed))
		low, from := numberBefore(s[:at], at)
		l, _ := strconv.ParseFloat(low, 64)
		h, _ := strconv.ParseFloat(number, 64)
		if low != "" && l > 0 && l < h {
			return low + "-" + number, from
		}
	}
	return number, start
}

// signed reports whether a plus or minus stands before the number: the change of a price.
func signed(s string, start int) bool {
	return start > 0 && (s[start-1] == '+' || s[start-1] == '-') || strings.HasSuffix(s[:start], "−") || strings.HasSuffix(s[:start], "–")
}

// periodAfter reads what a percentage is paid for: "day", "week", "month", "hour", "24h", "3d". Up to five words such as "profit" may
// come first.
func periodAfter(s string, end int, code bool) (period string, stop int) {
	var w word
	at := end
	for n := range maxGapWords {
		if !w.next(s, at) || n > 0 && strings.IndexByte(s[at:w.start], '\n') >= 0 || w.start-at > 6 || w.start-end > maxPhrase/2 || !within(s[at:w.start], code) {
			return "", end
		}
		slash := strings.ContainsRune(s[at:w.start], '/')
		t, e := meaning(s, &w, isPeriodTerm)
		switch {
		case t == "":
			return "", end
		case t == "filler":
			at = e
			continue
		case t == "per" || t == "after":
			return span(s, e, t == "after")
		case slash && strings.HasPrefix(string(t), "unit-"):
			return string(t[len("unit-"):]), e
		case strings.HasPrefix(string(t), "each-"):
			return string(t[len("each-"):]), e
		default:
			if slash && w.digits {
				return span(s, at, true)
			}
			return "", end
		}
	}
	return "", end
}

func isPeriodTerm(t term) bool {
	return t == "filler" || t == "per" || t == "after" || strings.HasPrefix(string(t), "unit-") || strings.HasPrefix(string(t), "each-")
}

// span reads "day", "24 hours", "3 days" behind a preposition; counted ones need their number.
func span(s string, at int, counted bool) (period string, stop int) {
	var w word
	if !w.next(s, at) || w.start-at > 3 {
		return "", at
	}
	n := 1
	if w.digits {
		n, _ = strconv.Atoi(s[w.start:min(w.end, w.start+5)])
		if !w.next(s, w.end) || w.start-at > 12 {
			return "", at
		}
	} else if counted {
		return "", at
	}
	t, end := meaning(s, &w, func(t term) bool { return strings.HasPrefix(string(t), "unit-") })
	if t == "" || n <= 0 || n > 1000 {
		return "", at
	}
	unit := string(t[len("unit-"):])
	if n == 1 && !counted || n == 1 && unit != "hour" {
		return unit, end
	}
	return strconv.Itoa(n) + unit[:1], end
}

// periodBefore reads "daily profit of up to" before a number: a period and then only words such as "profit".
func periodBefore(s string, start int) (period string, from int) {
	window := max(0, start-maxPhrase/2)
	if n := strings.LastIndexAny(s[window:start], ".;!?%"); n >= 0 {
		window += n + 1
	}
	var w word
	promise := false
	for i := window; w.next(s[:start], i); i = w.end {
		t, e := meaning(s[:start], &w, isPeriodTerm)
		switch {
		case strings.HasPrefix(string(t), "each-"):
			period, from, promise = string(t[len("each-"):]), w.start, promise || promises(strings.ToLower(s[w.start:e]))
		case t == "filler":
			promise = promise || promises(strings.ToLower(s[w.start:e]))
		default:
			period, promise = "", false
		}
		w.end = max(w.end, e)
	}
	if period == "" || !promise {
		return "", start
	}
	return period, from
}

// within reports whether the signs between two words keep them together.
func within(gap string, code bool) bool {
	if code {
		return strings.Trim(gap, " /%-") == ""
	}
	return !strings.ContainsAny(gap, ".;!?{}<>=+") && strings.Count(gap, "\n") <= 2
}

func around(s string, start, end, max int) string {
	from, to := start-max, end+max
	if from < 0 {
		from = 0
	}
	if to > len(s) {
		to = len(s)
	}
	return s[from:to]
}

// promises knows stems of words that speak of earnings.
func promises(low string) bool {
	return hasAny(low, "profit", "return", "roi", "earn", "income", "yield", "interest", "payout", "invest", "principal", "dividend", "mining", "contract", "staking",
		"прибыл", "доход", "вклад", "инвест", "заработ", "收益", "利润", "利潤", "投资", "投資", "回报", "利息", "盈利", "benefici", "gananci", "rendimi", "inversi", "rendement",
		"gewinn", "rendite", "lucro", "rendimento", "kazan", "yatırım", "keuntungan", "lợi nhuận", "đầu tư")
}

// otherSubject knows words that make a percentage something else than earnings.
func otherSubject(near string) bool {
	return hasAny(near, "fee", "discount", "% off", "daily value", "intake", "humidity", "uptime", "volume", "price", "vat", " tax", "battery", "referral", "affiliate",
		"cashback", "overdraft", "borrow", "loan", "change", "rose", "fell", "grew", "drop", "traffic", "drawdown", "loss", "risk", "inflation", "downtime", "comision", "комисс", "手续费",
		"mortality", "dose", "churn", "of the time", "of users", "of traders", "of people", "progress", "complete", "version")
}

// plausible leaves out what honest banks pay and charge: the promise has to be far above.
func plausible(high float64, period string) bool {
	unit, n := period[len(period)-1:], 1
	if k, err := strconv.Atoi(period[:len(period)-1]); err == nil {
		n = k
	} else {
		unit = period[:1]
	}
	days := map[string]float64{"h": 1.0 / 24, "d": 1, "w": 7, "m": 30}[unit] * float64(n)
	return days > 0 && high <= 100_000 && high/days >= 0.13
}
