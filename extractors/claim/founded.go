package claim

import (
	"strconv"
	"strings"

	"scamatlas/extractors"
)

// term follows a word of terms.tsv: the year of a founding, an address behind its label, the levels of a referral programme.
func (r *reader) term(v *view, w *word) {
	t, end := meaning(v.text, w, func(t term) bool { return t == "founded" || t == "since" || t == "address" || t == "referral" })
	switch t {
	case "founded", "since":
		r.founded(v, w.start, end, t)
	case "address":
		r.labelledAddress(v, w.start, end)
	case "referral":
		r.referral(v, w.start, end)
	}
}

// founded reads the year behind "founded in", "since" and their like. "since" alone is weak: a word before it may say since when
// what is so.
func (r *reader) founded(v *view, start, end int, t term) {
	if v.code && t == "since" {
		return
	}
	var y word
	if !y.next(v.text, end) || y.start-end > 4 || strings.ContainsAny(strings.TrimPrefix(v.text[end:y.start], "."), ".;!?'\"<>{}=") || y.end-y.start != 4 || !y.digits {
		return
	}
	year, _ := strconv.Atoi(v.text[y.start:y.end])
	if year < firstYear || year > lastYear || !closes(v.text[y.end:]) || strings.HasPrefix(v.text[y.end:], "-") {
		return
	}
	confidence := extractors.Medium
	if t == "since" {
		before := strings.ToLower(lineAround(v.text, start, start, maxPhrase/2))
		before = before[:min(len(before), start)]
		switch {
		case hasAny(before, "member since", "joined", "client since", "customer since", "user since", "changed since", "available since", "deprecated", "active since",
			"registered since", "version", "supported"):
			return
		case !hasAny(before, "trust", "invest", "trad", "serv", "operat", "work", "market", "business", "licens", "regulat", "lead", "provid", "insured", "profit", "compan", "online"):
			confidence = extractors.Low
		}
	}
	r.add(v, start, y.end, Founded, strconv.Itoa(year), confidence)
}

// referral reads two or more percentages in a row: "7% - 3% - 1%".
func (r *reader) referral(v *view, start, end int) {
	s := v.text[end:min(len(v.text), end+maxPhrase)]
	var levels []string
	stop := 0
	for i := 0; i < len(s); {
		p := strings.IndexByte(s[i:], '%')
		if p < 0 {
			break
		}
		p += i
		number, at := numberBefore(s, p)
		if number == "" || len(levels) > 0 && strings.Trim(s[stop:at], " -–,/|+\n") != "" {
			break
		}
		levels, stop, i = append(levels, number), p+1, p+1
	}
	if len(levels) >= 2 && len(levels) <= 20 {
		r.add(v, start, end+stop, Referral, strings.Join(levels, "-")+"%", extractors.Medium)
	}
}
