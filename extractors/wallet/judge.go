package wallet

import (
	"strings"

	"scamatlas/extractors"
)

// judged gives a match its chain label, form and confidence by what stands around it; ok is false when nothing speaks for it.
func (r *reader) judged(v *view, m *match) (confidence string, ok bool) {
	if _, is := known[m.value]; is {
		m.chain = family(m.chain) // it is known on which chain
		return extractors.High, true
	}
	if m.checked {
		r.narrow(v, m)
		return extractors.High, true
	}
	before, after := r.around(v, m.start, m.end, beforeWindow)
	near := look(before, after)
	token := v.text[m.start:m.end]
	switch {
	case m.chain == "sol":
		return r.judgedSolana(v, near, m, token)
	case m.form == "named" || m.form == "account":
		return r.judgedNamed(v, m, before, near)
	case m.chain == "evm":
		m.form = formOf(near)
		if near.chain == "evm" || near.money || r.pageNames()["evm"] {
			return extractors.Medium, true
		}
		return extractors.Low, true
	case m.chain == "ton":
		if near.chain == "ton" || near.chain == "" && r.pageNames()["ton"] {
			return extractors.Medium, true
		}
		return extractors.Low, true
	case m.form == "implicit":
		return extractors.Medium, near.chain == "near" && near.distance <= hashWindow && !ofTransaction(before)
	case m.form == "hex32":
		if !strings.Contains(m.chain, near.chain) || near.chain == "" || ofTransaction(before) {
			return "", false
		}
		m.chain = near.chain
		return extractors.Medium, true
	}
	return extractors.Medium, near.chain == m.chain // TRON hex
}

// judgedSolana: 32 bytes of base58 are an address where the page names the chain, or where a page about money shows them by themselves:
// to be copied, or as a QR code. Elsewhere only what looks random is kept, as low.
func (r *reader) judgedSolana(v *view, near nearby, m *match, token string) (string, bool) {
	random := mixed(token)
	if near.chain == "sol" || near.chain == "" && r.pageNames()["sol"] {
		return extractors.Medium, random
	}
	random = random && len(token) >= 43 && near.chain == "" && v.where != extractors.InStyle
	if random && r.shown(v, m) {
		return extractors.Medium, true
	}
	return extractors.Low, random
}

// shown reports whether m is all of what people see in one place: a text, a QR code, or the literal that a script makes one of.
func (r *reader) shown(v *view, m *match) bool {
	switch v.where {
	case extractors.InQR:
		return strings.Trim(v.text, blanks) == v.text[m.start:m.end]
	case extractors.InText, extractors.InSplit:
		return strings.Trim(v.text, blanks) == v.text[m.start:m.end] && r.ofMoney()
	case extractors.InScript, extractors.InJSON:
		return literal(v.text, *m) && shownKey(v.text[max(0, m.start-roleWindow):m.start]) && r.ofMoney()
	}
	return false
}

// shownKey reports whether the word that before ends with, apart from marks, is the key of what is shown.
func shownKey(before string) (is bool) {
	words(before, func(w []byte, _, end int) bool {
		switch string(w) {
		case "children", "text", "value", "content", "data", "label", "address", "wallet", "recipient", "deposit", "to":
			is = strings.Trim(before[end:], "\\\"'`: =(,") == ""
		}
		return true
	})
	return is
}

// mixed reports whether s looks like random digits and not like words put together: capitals, small letters and numbers change
// often, and either capitals stand side by side or few of the small letters are vowels.
func mixed(s string) bool {
	const digit, capital, small = 0, 1, 2
	kind := func(c byte) int {
		switch {
		case c <= '9':
			return digit
		case c <= 'Z':
			return capital
		}
		return small
	}
	var count [3]int
	changes, pairs, vowels, same := 0, 0, 0, 0
	for i := range len(s) {
		k := kind(s[i])
		count[k]++
		if strings.IndexByte("aeiou", s[i]) >= 0 {
			vowels++
		}
		if i > 0 && s[i] == s[i-1] && s[i] != '1' { // ones are leading zero bytes
			if same++; same == maxRepeat {
				return false
			}
		} else {
			same = 0
		}
		if i > 0 && k != kind(s[i-1]) {
			changes++
		} else if i > 0 && k == capital {
			pairs++
		}
	}
	words := pairs < 2 && vowels*10 >= count[small]*3
	return count[digit] > 0 && count[capital] > 0 && count[small] > 0 && changes*3 >= len(s) && !words
}

// ofTransaction reports whether the text before names a transaction or a hash.
func ofTransaction(before string) (is bool) {
	words(before, func(w []byte, _, end int) bool {
		switch string(w) {
		case "tx", "txid", "txn", "hash", "transaction", "block", "digest", "sha256":
			is = is || len(before)-end < 64
		}
		return true
	})
	return is
}

// narrow sets the label of forms that chains share, and the network of EVM addresses.
func (r *reader) narrow(v *view, m *match) {
	if m.chain == "evm" || strings.Contains(m.chain, "|") {
		before, after := r.around(v, m.start, m.end, beforeWindow)
		near := look(before, after)
		if m.chain == "evm" {
			if m.form != "icap" {
				m.form = formOf(near)
			}
			return
		}
		m.chain = r.sharedChain(m.chain, near.chain)
	}
}

// sharedChain: the "1…" and "3…" of Bitcoin are Bitcoin Cash's and, for "3…", Litecoin's too; generic SS58 is Polkadot's and others'. A
// page that names one of these keeps the first beside it, so that an address keeps one family on every site. What is named near counts
// before what the page names.
func (r *reader) sharedChain(label, near string) string {
	if !strings.Contains(label, near) || near == "" {
		near = ""
		for _, c := range strings.Split(label, "|") {
			if r.pageNames()[c] && near != "" {
				return label // it names several
			} else if r.pageNames()[c] {
				near = c
			}
		}
	}
	switch first := family(label); near {
	case "":
		return label
	case first:
		return near
	default:
		return first + "|" + near
	}
}

func formOf(near nearby) string {
	if near.chain == "evm" {
		return near.net
	}
	return "address"
}
