package wallet

import (
	"strings"
	"unicode/utf8"

	"scamatlas/extractors"
)

// A name is what a word says about the addresses near it.
type name struct {
	chain string // as in Indicator.Chain; empty for words that name no one chain
	net   string // of EVM chains: the form the address gets
}

// names holds the words, lower case, that name a chain. Short words that are also plain English, like "base" or "near", are not
// among them.
var names = map[string]name{
	"btc": {chain: "btc"}, "bitcoin": {chain: "btc"}, "xbt": {chain: "btc"},
	"bch": {chain: "bch"}, "bitcoincash": {chain: "bch"}, "cashaddr": {chain: "bch"},
	"ltc": {chain: "ltc"}, "litecoin": {chain: "ltc"},
	"doge": {chain: "doge"}, "dogecoin": {chain: "doge"}, "dash": {chain: "dash"},
	"sol": {chain: "sol"}, "solana": {chain: "sol"}, "spl": {chain: "sol"}, "phantom": {chain: "sol"}, "solflare": {chain: "sol"},
	"ton": {chain: "ton"}, "toncoin": {chain: "ton"}, "tonkeeper": {chain: "ton"},
	"tron": {chain: "trx"}, "trx": {chain: "trx"}, "trc": {chain: "trx"}, "trc20": {chain: "trx"}, "tronlink": {chain: "trx"},
	"xrp": {chain: "xrp"}, "ripple": {chain: "xrp"}, "xlm": {chain: "xlm"}, "stellar": {chain: "xlm"},
	"ada": {chain: "ada"}, "cardano": {chain: "ada"}, "xmr": {chain: "xmr"}, "monero": {chain: "xmr"},
	"sui": {chain: "sui"}, "apt": {chain: "apt"}, "aptos": {chain: "apt"},
	"polkadot": {chain: "dot"}, "kusama": {chain: "ksm"}, "bittensor": {chain: "tao"}, "algo": {chain: "algo"}, "algorand": {chain: "algo"},
	"hbar": {chain: "hbar"}, "hedera": {chain: "hbar"}, "hashpack": {chain: "hbar"}, "eos": {chain: "eos"}, "eosio": {chain: "eos"},
	"nearprotocol": {chain: "near"}, "mynearwallet": {chain: "near"}, "filecoin": {chain: "fil"}, "zcash": {chain: "zec"}, "zec": {chain: "zec"},
	"tezos": {chain: "xtz"}, "xtz": {chain: "xtz"}, "multiversx": {chain: "egld"}, "egld": {chain: "egld"},
	"eth": {chain: "evm", net: "address"}, "ether": {chain: "evm", net: "address"}, "ethereum": {chain: "evm", net: "address"},
	"evm": {chain: "evm", net: "address"}, "metamask": {chain: "evm", net: "address"}, "eip": {chain: "evm", net: "address"},
	"erc": {chain: "evm", net: "erc20"}, "erc20": {chain: "evm", net: "erc20"},
	"bep": {chain: "evm", net: "bep20"}, "bep20": {chain: "evm", net: "bep20"}, "bsc": {chain: "evm", net: "bep20"}, "bnb": {chain: "evm", net: "bep20"},
	"polygon": {chain: "evm", net: "polygon"}, "matic": {chain: "evm", net: "polygon"}, "pol": {chain: "evm", net: "polygon"},
	"arbitrum": {chain: "evm", net: "arbitrum"}, "optimism": {chain: "evm", net: "optimism"}, "avalanche": {chain: "evm", net: "avalanche"},
	"avax": {chain: "evm", net: "avalanche"}, "fantom": {chain: "evm", net: "fantom"}, "cronos": {chain: "evm", net: "cronos"},
}

// nameOf reads the word text[start:end], which is w in small letters. "Near" is plain English, but not in capitals, as the key of a
// value, or before what only a chain has.
func nameOf(text string, w []byte, start, end int) (name, bool) {
	n, ok := names[string(w)]
	if !ok && string(w) == "near" {
		ok = text[start:end] == "NEAR"
		for _, next := range []string{":", `":`, `\":`, "':", " protocol", " wallet", " account", " address", " network"} {
			ok = ok || hasPrefixFold(text[end:], next)
		}
		n.chain = "near"
	}
	return n, ok
}

func hasPrefixFold(s, prefix string) bool {
	return len(s) >= len(prefix) && strings.EqualFold(s[:len(prefix)], prefix)
}

// foreign holds names in other scripts. They are searched for as they stand: Han has no blanks between words, and the stems of the
// others take endings.
var foreign = []struct {
	text string
	name
}{
	{"比特币现金", name{chain: "bch"}}, {"比特币", name{chain: "btc"}}, {"比特幣", name{chain: "btc"}}, {"ビットコイン", name{chain: "btc"}}, {"비트코인", name{chain: "btc"}},
	{"Биткоин", name{chain: "btc"}}, {"биткоин", name{chain: "btc"}}, {"莱特币", name{chain: "ltc"}}, {"萊特幣", name{chain: "ltc"}}, {"Лайткоин", name{chain: "ltc"}},
	{"以太坊", name{chain: "evm", net: "address"}}, {"币安", name{chain: "evm", net: "bep20"}}, {"イーサリアム", name{chain: "evm", net: "address"}},
	{"이더리움", name{chain: "evm", net: "address"}}, {"Эфириум", name{chain: "evm", net: "address"}}, {"эфир", name{chain: "evm", net: "address"}},
	{"波场", name{chain: "trx"}}, {"波場", name{chain: "trx"}}, {"Трон", name{chain: "trx"}}, {"索拉纳", name{chain: "sol"}}, {"ソラナ", name{chain: "sol"}}, {"솔라나", name{chain: "sol"}},
	{"Солана", name{chain: "sol"}}, {"Тонкоин", name{chain: "ton"}},
}

// lookForeign gives the name in another script that stands last in before and how far from its end; ok is false without one.
func lookForeign(before string) (found name, distance int, ok bool) {
	ascii := true
	for i := 0; i < len(before) && ascii; i++ {
		ascii = before[i] < utf8.RuneSelf
	}
	if ascii {
		return name{}, 0, false
	}
	last := 0
	for _, f := range foreign {
		if at := strings.LastIndex(before, f.text); at >= 0 && at+len(f.text) > last {
			found, last, ok = f.name, at+len(f.text), true
		}
	}
	return found, len(before) - last, ok
}

// money holds words that speak of wallets without naming a chain. 0x and 40 digits beside one of them is an address.
var money = map[string]bool{
	"usdt": true, "usdc": true, "tether": true, "busd": true, "dai": true, "wallet": true, "wallets": true, "address": true, "addr": true, "deposit": true,
	"token": true, "contract": true, "crypto": true, "recipient": true, "receiver": true, "payee": true, "spender": true, "beneficiary": true,
}

// words calls f with each word of s, lower case, until f returns false. Words end at anything but letters and digits, and
// where a small letter or digit meets a capital. Words of more than 16 bytes, and runs so long that they are no words, are
// passed over.
func words(s string, f func(word []byte, start, end int) bool) {
	var buf [16]byte
	for i := 0; i < len(s); {
		stop := runEnd(s, i)
		if stop-i > maxWordRun {
			i = stop
			continue
		}
		for i < stop {
			start := i
			for i < stop && (i == start || !upper(s[i]) || upper(s[i-1])) {
				if n := i - start; n < len(buf) {
					buf[n] = s[i]
					if upper(s[i]) {
						buf[n] |= 0x20
					}
				}
				i++
			}
			if i-start <= len(buf) && !f(buf[:i-start], start, i) {
				return
			}
		}
		i = max(i, stop) + 1
	}
}

// runEnd gives the end of the run of letters and digits at i; i itself when there is none.
func runEnd(s string, i int) int {
	for i < len(s) && class[s[i]]&alnum != 0 {
		i++
	}
	return i
}

func upper(c byte) bool { return c >= 'A' && c <= 'Z' }

// nearby is what the words around an address say.
type nearby struct {
	name
	money    bool
	distance int
}

// look reads the text before an address and the text after it; the nearer name counts, the one before on a tie.
func look(before, after string) nearby {
	b, a := nearby{distance: 1 << 20}, nearby{distance: 1 << 20}
	bitcoin := false // the word before was "bitcoin"
	words(before, func(w []byte, start, end int) bool {
		b.money = b.money || money[string(w)]
		if n, ok := nameOf(before, w, start, end); ok || bitcoin && string(w) == "cash" {
			if !ok {
				n = name{chain: "bch"}
			}
			b.name, b.distance = n, len(before)-end
		}
		bitcoin = string(w) == "bitcoin"
		return true
	})
	if n, d, ok := lookForeign(before); ok && d < b.distance {
		b.name, b.distance = n, d
	}
	if b.chain != "" && strings.LastIndexByte(before, '}') >= len(before)-b.distance {
		b.distance += afterWindow // it belongs to another object
	}
	if end := strings.IndexAny(after, "\n}{;"); end >= 0 {
		after = after[:end]
	}
	words(after, func(w []byte, start, end int) bool {
		a.money = a.money || money[string(w)]
		n, ok := nameOf(after, w, start, end)
		if ok {
			a.name, a.distance = n, start
		}
		return !ok
	})
	a.money = a.money || b.money
	if a.distance < b.distance {
		return a
	}
	b.money = a.money
	return b
}

// around gives the text before text[start:end], going back into earlier pieces where the piece is short, and what follows it in the
// same piece: what stands in the next is more often about the next address.
func (r *reader) around(v *view, start, end, back int) (before, after string) {
	if v.outer != nil {
		if v.text == v.outer.text[v.span[0]:v.span[1]] { // a part of it, not decoded
			return r.around(v.outer, v.span[0]+start, v.span[0]+end, back)
		}
		before, after = r.around(v.outer, v.span[0], v.span[1], back)
		return before + v.text[max(0, start-back):start], v.text[end:min(len(v.text), end+afterWindow)] + after
	}
	before = v.text[max(0, start-back):start]
	after = v.text[end:min(len(v.text), end+afterWindow)]
	if inCode(v) {
		return before, after
	}
	for i, n := v.piece-1, 0; i >= max(0, v.piece-contextReach) && n < contextSteps && len(before) < back; i-- {
		if p := &r.doc.Pieces[i]; readable(p) {
			n++
			before = p.Text[max(0, len(p.Text)-back+len(before)):] + "\n" + before
		}
	}
	return before, after
}

// following gives the text after text[end:], going on into later pieces.
func (r *reader) following(v *view, end, ahead int) string {
	if v.outer != nil {
		if v.text == v.outer.text[v.span[0]:v.span[1]] {
			return r.following(v.outer, v.span[0]+end, ahead)
		}
		return r.following(v.outer, v.span[1], ahead)
	}
	after := v.text[end:min(len(v.text), end+ahead)]
	for i, n := v.piece+1, 0; !inCode(v) && i < min(len(r.doc.Pieces), v.piece+contextReach) && n < contextSteps && len(after) < ahead; i++ {
		if p := &r.doc.Pieces[i]; readable(p) {
			n++
			after += "\n" + p.Text[:min(len(p.Text), ahead-len(after))]
		}
	}
	return after
}

// inCode reports whether the neighbours of a view's piece have nothing to do with it.
func inCode(v *view) bool {
	return v.where == extractors.InScript || v.where == extractors.InJSON || v.where == extractors.InStyle
}

// readable reports whether people see the piece or its words describe what they see.
func readable(p *extractors.Piece) bool {
	if p.Where == extractors.InAttr {
		return p.Attr == "alt" || p.Attr == "title" || p.Attr == "placeholder" || p.Attr == "aria-label" || p.Attr == "name" || p.Attr == "value" || p.Attr == "content"
	}
	return p.Where == extractors.InText
}

// pageNames gives every chain the page's readable pieces name. For scripts and data, which may be libraries, it is empty.
func (r *reader) pageNames() map[string]bool {
	if r.page != nil {
		return r.page
	}
	r.page = map[string]bool{}
	if r.doc.Type != extractors.HTML && r.doc.Type != extractors.Plain {
		return r.page
	}
	budget := pageWords
	for i := range r.doc.Pieces {
		p := &r.doc.Pieces[i]
		if !readable(p) {
			continue
		}
		text := p.Text[:min(len(p.Text), budget)]
		budget -= len(text)
		words(text, func(w []byte, _, _ int) bool {
			if n := names[string(w)]; n.chain != "" {
				r.page[n.chain] = true
			}
			r.money = r.money || money[string(w)]
			return true
		})
	}
	return r.page
}

// ofMoney reports whether the page speaks of wallets, deposits and the like.
func (r *reader) ofMoney() bool {
	r.pageNames()
	return r.money
}
