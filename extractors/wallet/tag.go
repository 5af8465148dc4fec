package wallet

import (
	"strings"

	"scamatlas/extractors"
)

// tagged holds the chains whose shared accounts tell their payers apart by a tag or memo.
var tagged = map[string]bool{"xrp": true, "xlm": true, "bnb": true, "ton": true, "atom": true, "osmo": true, "inj": true, "luna": true, "algo": true}

const maxTagDigits = 20

// tag gives the destination tag or memo of a match: from inside the address, or the number that follows the word for it.
func (r *reader) tag(v *view, m *match) string {
	if m.tag != "" || !tagged[m.chain] {
		return m.tag
	}
	if t := findTag(r.following(v, m.end, tagWindow)); t != "" {
		return t
	}
	if v.where != extractors.InJSON && v.where != extractors.InScript {
		return ""
	}
	before, _ := r.around(v, m.start, m.end, tagWindow)
	return findTag(before[strings.LastIndexAny(before, "{}")+1:]) // a member before this one of the same object
}

// findTag looks for "memo", "tag" or "dt", perhaps some words like "(required)", and a number. It stops at a long run,
// which may be another address.
func findTag(text string) (tag string) {
	named, last := false, 0
	words(text, func(w []byte, start, end int) bool {
		if start-last > len(" (required) : \"")+4 {
			return false
		}
		last = end
		switch string(w) {
		case "memo", "tag", "dt", "memoid", "destinationtag":
			named = true
		case "required", "id", "is", "number", "no", "text", "destination", "value", "must", "needed":
		default:
			if named && number(w) {
				tag = string(w)
			}
			named = false
		}
		return tag == ""
	})
	return tag
}

func number(w []byte) bool {
	for _, c := range w {
		if c < '0' || c > '9' {
			return false
		}
	}
	return len(w) <= maxTagDigits
}
