package claim

import (
	"strings"

	"scamatlas/extractors"
)

// money is one amount in the text.
type money struct {
	start, end int
	amount     string
	currency   string // "" when the text names none here
	label      term   // "min", "max" or ""
}

// plans reads the amounts of the plan whose promise stands at start:end: "min $100 max $999", "$100 - $999", "from 0.01 BTC".
func (r *reader) plans(v *view, start, end int) {
	from, to := max(0, start-maxPlanWindow), min(len(v.text), end+maxPlanWindow)
	all := moneys(v.text, from, to)
	for n := 0; n < len(all); n++ {
		a := all[n]
		var b money
		if n+1 < len(all) {
			b = all[n+1]
		}
		paired := b.amount != "" && (a.label == "min" && b.label == "max" && b.start-a.end < maxPhrase || joined(v.text[a.end:max(b.start, a.end)]) && a.label != "max")
		currency := a.currency
		if paired && currency == "" {
			currency = b.currency
		}
		switch {
		case currency == "" || currency != b.currency && paired && b.currency != "":
		case paired:
			r.add(v, a.start, b.end, Plan, a.amount+"-"+b.amount+" "+currency, extractors.Medium)
			n++
		case a.label == "min":
			r.add(v, a.start, a.end, Plan, a.amount+"+ "+currency, extractors.Medium)
		}
	}
}

// joined reports whether two amounts are the ends of one range.
func joined(gap string) bool {
	switch strings.ToLower(strings.TrimSpace(gap)) {
	case "-", "–", "—", "to", "~", "up to", "до", "bis", "a", "à", "至":
		return true
	}
	return false
}

func moneys(s string, from, to int) []money {
	var out []money
	var w word
	for i := from; len(out) < maxMoney && w.next(s[:to], i); i = w.end {
		if !w.digits {
			continue
		}
		m := moneyAt(s, w.start, to)
		if m.end > w.end {
			w.end = m.end
		}
		if m.amount == "" || m.end < len(s) && s[m.end] == '%' {
			continue
		}
		before := s[max(0, m.start-maxLabel):m.start]
		m.label = lastLabel(before)
		if m.currency != "" || m.label != "" || len(out) > 0 || nextIsRange(s, m.end, to) {
			out = append(out, m)
		}
	}
	return out
}

func nextIsRange(s string, at, to int) bool {
	rest := strings.TrimLeft(s[at:min(to, at+8)], " ")
	return strings.HasPrefix(rest, "-") || strings.HasPrefix(rest, "–") || strings.HasPrefix(rest, "to ")
}

// moneyAt reads the number at i with its currency before or behind.
func moneyAt(s string, i, to int) money {
	end := i
	for end < to && (isDigit(s[end]) || (s[end] == ',' || s[end] == '.') && end+1 < to && isDigit(s[end+1])) {
		end++
	}
	m := money{start: i, end: end, amount: plainNumber(s[i:end])}
	if i > 0 && (isAlnum(s[i-1]) || strings.IndexByte(".,#:/", s[i-1]) >= 0) {
		m.amount = ""
		return m
	}
	lead := strings.TrimRight(s[max(0, i-6):i], " ")
	for _, c := range [][2]string{{"US$", "USD"}, {"$", "USD"}, {"€", "EUR"}, {"£", "GBP"}, {"₽", "RUB"}, {"¥", "CNY"}, {"₿", "BTC"}, {"USD", "USD"}, {"USDT", "USDT"}, {"EUR", "EUR"}, {"BTC", "BTC"}} {
		if strings.HasSuffix(lead, c[0]) {
			m.currency, m.start = c[1], i-(len(s[max(0, i-6):i])-len(lead))-len(c[0])
			return m
		}
	}
	if rest := s[end:min(to, end+4)]; strings.HasPrefix(strings.TrimLeft(rest, " "), "$") && !strings.HasPrefix(strings.TrimLeft(s[end+strings.IndexByte(s[end:], '$'):], "$"), "0") {
		after := s[end+strings.IndexByte(s[end:], '$')+1:]
		if after == "" || !isDigit(after[0]) {
			m.currency, m.end = "USD", len(s)-len(after)
			return m
		}
	}
	var w word
	if w.next(s[:to], end) && w.start-end <= 1 {
		if t, e := meaning(s[:to], &w, func(t term) bool { return strings.HasPrefix(string(t), "currency-") }); t != "" {
			m.currency, m.end = string(t[len("currency-"):]), e
		}
	}
	return m
}

// lastLabel gives "min" or "max" when such a word is the last before an amount, but for words such as "deposit".
func lastLabel(before string) term {
	var w word
	var last term
	for i := 0; w.next(before, i); i = w.end {
		t, e := meaning(before, &w, func(t term) bool { return t == "min" || t == "max" })
		if t == "" {
			t, e = meaning(before, &w, func(t term) bool { return t == "filler" })
		}
		if t == "" {
			last = ""
		}
		if t == "min" || t == "max" {
			last = t
		}
		w.end = max(w.end, e)
	}
	return last
}
