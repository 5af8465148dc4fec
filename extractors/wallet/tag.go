package wallet

import (
	"strings"

	"scamatlas/extractors"
)

// tagged holds the chains whose shared accounts tell their payers apart by a tag or memo.
var tagged = map[string]bool{"xrp": true, "xlm": true, "bnb": true, "ton": true, "algo": true, "hbar": true, "eos": true, "atom": true, "osmo": true,
	"inj": true, "luna": true, "kava": true, "sei": true, "tia": true, "rune": true, "scrt": true, "akt": true, "juno": true, "dydx": true,
	"cro": true, "ntrn": true, "noble": true, "band": true, "iris": true, "stars": true, "axl": true}

const (
	maxTagDigits = 20
	maxTagText   = 32
	minTagText   = 3
	tagGap       = 20 // bytes between two words on the way from "memo" to its value
)

// tag gives the destination tag or memo of a match: from inside the address, or what follows the word for it.
func (r *reader) tag(v *view, m *match) string {
	if m.tag != "" || !tagged[m.chain] {
		return m.tag
	}
	after := r.following(v, m.end, tagWindow)
	_, first := others(after, m.chain)
	if t, _ := findTag(after[:first]); t != "" {
		return t
	}
	before, _ := r.around(v, m.start, m.end, tagWindow)
	last, _ := others(before, m.chain)
	before = before[last:]
	if v.where == extractors.InJSON || v.where == extractors.InScript {
		t, _ := findTag(before[strings.LastIndexAny(before, "{}")+1:]) // a member before this one of the same object
		return t
	}
	t, at := findTag(before)
	if len(m.value) < minToken || longRun(before[:at]) || longRun(before[min(len(before), at+len(t)):]) {
		return "" // it may belong to the address before
	}
	return t
}

// others gives the end of the last and the start of the first word of text that names another chain: a memo beyond it is that one's.
func others(text, chain string) (last, first int) {
	first = len(text)
	words(text, func(w []byte, start, end int) bool {
		if n, ok := names[string(w)]; ok && n.chain != chain && (n.chain != "evm" || chain != "bnb") {
			last, first = end, min(first, start)
		}
		return true
	})
	return last, first
}

// findTag looks for "memo", "tag" or "dt", perhaps some words like "(required)", and a value: a number, or after a colon, an equals sign
// or a quote a text that no word is mistaken for. It stops at a long run, which may be another address. at is where the value stands.
func findTag(text string) (tag string, at int) {
	last, from, ok := 0, -1, true // from is the end of the word for a tag
	words(text, func(w []byte, start, end int) bool {
		if start < last {
			return true // a part of what was looked at
		}
		if start-last > tagGap {
			return false
		}
		last = end
		switch string(w) {
		case "memo", "tag", "dt", "memoid", "destinationtag":
			from = end
			return true
		case "required", "id", "is", "number", "no", "text", "destination", "value", "must", "needed", "type", "hash", "return", "code", "or", "and":
			return true
		}
		if from >= 0 {
			if tag, ok = tagValue(text, w, from, start); ok {
				at = start
				return false
			}
			last = max(last, start+len(tag))
		}
		tag, from = "", -1
		return true
	})
	if tag == "" || !ok {
		return foreignTag(text)
	}
	return tag, at
}

// tagValue reads the value at text[start:], whose first word is w.
func tagValue(text string, w []byte, from, start int) (string, bool) {
	end := runEnd(text, start)
	if number(w) && end == start+len(w) {
		return string(w), true
	}
	for end < len(text) && (text[end] == '-' || text[end] == '_') && end+1 < len(text) && class[text[end+1]]&alnum != 0 {
		end = runEnd(text, end+1)
	}
	value, between := text[start:end], text[from:start]
	if len(value) < minTagText || len(value) > maxTagText || strings.ContainsAny(between, ",;{}<>") {
		return "", false
	}
	quoted := strings.ContainsAny(between, "\"'=")
	if !quoted && !strings.ContainsAny(between, ":：") || !strings.ContainsAny(value, "0123456789") && !(quoted && closed(text, end)) {
		return "", false
	}
	return value, true
}

// closed reports whether a value that holds no digit ends as one does: at a quote, or at the end of a URI or of its parameter.
func closed(text string, end int) bool {
	return end == len(text) || strings.IndexByte("\"'\\&", text[end]) >= 0
}

// foreignTags are words for a memo in other scripts.
var foreignTags = []string{"备注", "備註", "标签", "標籤", "メモ", "タグ", "메모", "태그", "Мемо", "мемо", "Тег", "тег"}

// foreignTag reads the number or the text with a digit that follows one of foreignTags and a few marks.
func foreignTag(text string) (tag string, at int) {
	for _, word := range foreignTags {
		i := strings.Index(text, word)
		if i < 0 {
			continue
		}
		start := i + len(word)
		for start < len(text) && start-i < len(word)+tagGap && class[text[start]]&alnum == 0 {
			start++
		}
		end := runEnd(text, start)
		if n := end - start; n > 0 && n <= maxTagText && strings.ContainsAny(text[start:end], "0123456789") {
			return text[start:end], start
		}
	}
	return "", 0
}

func number(w []byte) bool {
	for _, c := range w {
		if c < '0' || c > '9' {
			return false
		}
	}
	return len(w) <= maxTagDigits
}
