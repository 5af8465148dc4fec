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
		return r.judgedSolana(v, near, token)
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

// judgedSolana: 32 bytes of base58 are an address where the page names the chain. Elsewhere only what looks random is kept, as low.
func (r *reader) judgedSolana(v *view, near nearby, token string) (string, bool) {
	random := mixed(token)
	if near.chain == "sol" || near.chain == "" && r.pageNames()["sol"] {
		return extractors.Medium, random
	}
	return extractors.Low, random && len(token) >= 43 && near.chain == "" && v.where != extractors.InStyle
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
	if m.chain == "evm" || strings.HasPrefix(m.chain, "btc|") {
		before, after := r.around(v, m.start, m.end, beforeWindow)
		near := look(before, after)
		if m.chain == "evm" {
			m.form = formOf(near)
			return
		}
		m.chain = r.legacyChain(m.chain, near.chain)
	}
}

// legacyChain: the "1…" and "3…" of Bitcoin are Bitcoin Cash's and, for "3…", Litecoin's too. A page that names one of these keeps
// "btc" beside it, so that an address keeps one family on every site. What is named near counts before what the page names.
func (r *reader) legacyChain(label, near string) string {
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
	switch near {
	case "":
		return label
	case "btc":
		return near
	}
	return "btc|" + near
}

func formOf(near nearby) string {
	if near.chain == "evm" {
		return near.net
	}
	return "address"
}
