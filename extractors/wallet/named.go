package wallet

import (
	"bytes"
	"strings"

	"scamatlas/extractors"
)

// Accounts with a name or a number in place of a hash have no checksum, and other things look like them: they are read where
// their chain is named close by, and in code only as a whole literal.

const (
	nearSuffix   = ".near"
	hederaPrefix = "0.0." // shard and realm; there is only one of each
	eosLen       = 12     // of the account names that can be had without an auction
)

// named finds accounts of NEAR, Hedera and EOS.
func (r *reader) named(v *view) {
	eachIndex(v.text, nearSuffix, func(at int) { r.account(v, nearAt(v.text, at)) })
	eachIndex(v.text, hederaPrefix, func(at int) { r.account(v, hederaAt(v.text, at)) })
	if r.mentionsEOS() {
		eachEOS(v.text, func(m match) { r.account(v, m) })
	}
}

func eachIndex(s, part string, f func(at int)) {
	for from := 0; ; {
		at := strings.Index(s[from:], part)
		if at < 0 {
			return
		}
		f(from + at)
		from += at + len(part)
	}
}

// account takes m, when there is one, unless the view asks for matches over a cut.
func (r *reader) account(v *view, m match) {
	if m.value == "" || v.cuts != nil && !over(v.cuts, m.start, m.end) || inCode(v) && !literal(v.text, m) {
		return
	}
	r.take(v, m)
}

// literal reports whether quotes stand on both sides of m, perhaps escaped ones.
func literal(text string, m match) bool {
	return m.start > 0 && class[text[m.start-1]]&quoteMark != 0 && m.end < len(text) && (class[text[m.end]]&quoteMark != 0 || text[m.end] == '\\')
}

// nearAt reads the NEAR account name whose ".near" stands at at: parts of small letters and digits, single marks between them, at
// most 64 bytes (NEAR nomicon, "Account ID Rules").
func nearAt(text string, at int) match {
	start, end := at, at+len(nearSuffix)
	for start > 0 && at-start < 64 && nearByte(text[start-1]) {
		start--
	}
	name := text[start:end]
	if end < len(text) && (nearByte(text[end]) && text[end] != '.' || text[end] == '.' && end+1 < len(text) && class[text[end+1]]&alnum != 0) {
		return match{} // a longer word, or the host name it begins
	}
	m := match{address{chain: "near", form: "named", value: name}, start, end}
	if !nearName(name) || !bounded(text, m) {
		return match{}
	}
	return m
}

func nearByte(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '.' || c == '-' || c == '_'
}

func nearName(s string) bool {
	mark := true
	for i := range len(s) {
		if !nearByte(s[i]) {
			return false
		}
		is := class[s[i]]&alnum == 0
		if is && mark {
			return false
		}
		mark = is
	}
	return !mark && len(s) <= 64 && len(s) > len(nearSuffix)+1
}

// hederaAt reads the Hedera account whose "0.0." stands at at, with the five letters of HIP-15 if it has them.
func hederaAt(text string, at int) match {
	end := at + len(hederaPrefix)
	first := end
	for end < len(text) && end-first <= 10 && text[end] >= '0' && text[end] <= '9' {
		end++
	}
	m := match{address{chain: "hbar", form: "account", value: text[at:end]}, at, end}
	if end-first < 3 || end-first > 10 || text[first] == '0' || at > 0 && strings.IndexByte(".-_", text[at-1]) >= 0 || !bounded(text, m) {
		return match{}
	}
	rest := text[end:]
	switch {
	case len(rest) > 5 && rest[0] == '-' && rest[1:6] == hip15(m.value) && (len(rest) == 6 || class[rest[6]]&alnum == 0):
		m.checked = true
		m.end += 6
	case len(rest) > 1 && (rest[0] == '.' || rest[0] == '-' || rest[0] == '_') && class[rest[1]]&alnum != 0:
		return match{} // a version
	}
	return m
}

// hip15 gives the five letters that check a main-net account number.
func hip15(account string) string {
	const p3, p5 = 26 * 26 * 26, 26 * 26 * 26 * 26 * 26
	var even, odd, all int
	for i := range len(account) {
		d := 10 // the point
		if account[i] != '.' {
			d = int(account[i] - '0')
		}
		all = (all*31 + d) % p3
		if i%2 == 0 {
			even = (even + d) % 11
		} else {
			odd = (odd + d) % 11
		}
	}
	c := ((((len(account)%5)*11+even)*11+odd)*p3 + all) % p5 // the ledger's id, all zeros, adds nothing
	c = c * 1_000_003 % p5
	var out [5]byte
	for i := range out {
		out[4-i] = 'a' + byte(c%26)
		c /= 26
	}
	return string(out[:])
}

// mentionsEOS reports whether the document has the name, so that other documents cost nothing.
func (r *reader) mentionsEOS() bool {
	if r.eos == 0 {
		r.eos = -1
		if bytes.Contains(r.doc.Body, []byte("EOS")) || bytes.Contains(r.doc.Body, []byte("eos")) || bytes.Contains(r.doc.Body, []byte("Eos")) {
			r.eos = 1
		}
	}
	return r.eos > 0
}

// eachEOS calls f with every word of twelve small letters and digits from 1 to 5.
func eachEOS(text string, f func(match)) {
	for start, end := nextRun(text, 0, eosLen, alnum); start >= 0; start, end = nextRun(text, end, eosLen, alnum) {
		m := match{address{chain: "eos", form: "account", value: text[start:end]}, start, end}
		if end-start == eosLen && eosName(m.value) && bounded(text, m) {
			f(m)
		}
	}
}

func eosName(s string) bool {
	for i := range len(s) {
		if c := s[i]; (c < 'a' || c > 'z') && (c < '1' || c > '5') {
			return false
		}
	}
	return true
}

// judgedNamed decides on accounts without checksum by what is named near them.
func (r *reader) judgedNamed(v *view, m *match, before string, near nearby) (confidence string, ok bool) {
	named := near.chain == m.chain && near.distance <= nameWindow
	switch m.chain {
	case "near":
		if named {
			return extractors.Medium, true
		}
		return extractors.Low, true
	case "eos":
		// Twelve letters are many a word: a digit, a memo, or the chain's name as the key of this value tells.
		named = named && (strings.ContainsAny(m.value, "12345") || r.tag(v, m) != "" || inCode(v) && near.distance <= len(`" : "`))
	}
	return extractors.Medium, named && !ofTransaction(before)
}
