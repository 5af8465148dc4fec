package verdict

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"scamatlas/extractors"
)

// scripts looks at what the site's own scripts do.
func (s *site) scripts() {
	budget := maxScripts
	var d drainer
	var k keys
	var l payouts
	for _, doc := range s.in.Docs {
		for i := range doc.Pieces {
			p := &doc.Pieces[i]
			if p.Where != extractors.InScript && p.Where != extractors.InComment || budget < len(p.Text) {
				continue
			}
			budget -= len(p.Text)
			if p.Where == extractors.InScript {
				d.read(p.Text, doc.URL)
				l.read(p.Text, doc.URL)
			}
			k.read(s.r, p, doc.URL)
		}
	}
	d.judge(s)
	k.judge(s)
	l.judge(s)
}

// payouts collects scripts that make up what others are paid: names of people or places, words of payouts, a die, a clock.
type payouts struct {
	word, where string
}

func (l *payouts) read(code, url string) {
	if l.word != "" || !strings.Contains(code, "Math.random") || !hasAny(code, "setInterval", "setTimeout") {
		return
	}
	for _, word := range []string{"just withdrew", "has withdrawn", "just invested", "has invested", "just deposited", "just earned", "has earned", "has just", "withdrew", "just traded", "cashed out",
		"вывел", "заработал", "инвестировал", "retiró", "acaba de", "sacou", "acabou de", "vient de", "hat gerade", "刚刚", "提现了", "vừa rút", "baru saja", "出金しました", "출금", "เพิ่งถอน"} {
		if at := strings.Index(code, word); at >= 0 {
			l.word, l.where = strings.ToValidUTF8(code[at:min(len(code), at+60)], ""), url
			return
		}
	}
}

func (l *payouts) judge(s *site) {
	if l.word != "" {
		s.add(codeLive, 1, "a script draws lots for "+l.word, l.where)
	}
}

// drainer collects what a script needs to take tokens out of a visitor's wallet: it asks for the account, then for the right to move
// all there is.
type drainer struct {
	asks, takes, all bool
	call, where      string
}

func (d *drainer) read(code, url string) {
	d.asks = d.asks || hasAny(code, "eth_requestAccounts", "tron_requestAccounts", "WalletConnect", "walletconnect", "web3modal", "Web3Modal")
	for _, call := range []string{"setApprovalForAll", "increaseAllowance", "increaseApproval", "PermitBatch", "permitTransferFrom", "signTypedData_v4", "approve("} {
		if strings.Contains(code, call) {
			if d.call == "" || d.call == "approve(" {
				d.call, d.where = strings.TrimSuffix(call, "("), url
			}
			d.takes = true
		}
	}
	d.all = d.all || hasAny(code, "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff", "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF",
		"MaxUint256", "115792089237316195423570985008687907853269984665640564039457584007913129639935", "1157920892373161954235709850086879078532699846656405640394575840079131296399")
}

func (d *drainer) judge(s *site) {
	c := s.in.Capture
	if c != nil && c.Rendered != nil {
		for _, m := range c.Rendered.Wallet {
			if hasAny(m, "eth_sendTransaction", "eth_sign", "personal_sign", "signTransaction", "signAllTransactions") && m != "eth_signTypedData" {
				s.act(codeDrainer, 0.8, "asked the wallet for "+m+" unbidden", c.FinalURL)
			}
		}
	}
	if !d.asks || !d.takes {
		return
	}
	value := 0.3
	if d.all || d.call != "approve" {
		value = 0.5
	}
	if s.found[codeReturn] != nil || s.found[codeEasy] != nil || s.found[codeGiveaway] != nil || s.found[codePlans] != nil {
		value += 0.5
	}
	keep := s.act
	if value < leastAct {
		keep = s.add
	}
	keep(codeDrainer, value, "connects a wallet and calls "+d.call, d.where)
}

// keys collects Chinese in the scripts of a site that does not speak it: comments and names that its makers forgot.
type keys struct {
	comments, names int
	first, where    string
}

func (k *keys) read(r *Rules, p *extractors.Piece, url string) {
	code := p.Text
	for i := 0; i < len(code) && k.comments < maxHitsCode; i++ {
		if code[i] < 0xe3 || code[i] > 0xe9 { // first bytes of Han letters
			continue
		}
		end := i
		for end < len(code) && code[end] >= utf8.RuneSelf {
			end++
		}
		lead := strings.TrimRight(code[max(0, i-4):i], " \t*!")
		if run := code[i:end]; countHan(run) >= 2 && (p.Where == extractors.InComment || strings.HasSuffix(lead, "//") || strings.HasSuffix(lead, "/")) {
			k.comments++
			k.note(run, url)
		}
		i = end
	}
	if p.Where != extractors.InScript {
		return
	}
	for _, name := range r.pinyin {
		if at := strings.Index(code, name); at >= 0 && isName(code, at, len(name)) {
			k.names++
			k.note(name, url)
		}
	}
}

// isName reports whether code[at:at+n] begins a name and is not part of a longer word.
func isName(code string, at, n int) bool {
	before, after := byte(' '), byte(' ')
	if at > 0 {
		before = code[at-1]
	}
	if at+n < len(code) {
		after = code[at+n]
	}
	return asciiKind(before) != letter && (asciiKind(after) != letter || after >= 'A' && after <= 'Z')
}

func countHan(s string) (n int) {
	for _, r := range s {
		if r >= 0x4e00 && r <= 0x9fff {
			n++
		}
	}
	return n
}

func (k *keys) note(what, url string) {
	if k.first == "" {
		k.where = url
	}
	if len(k.first) < maxEvidence/2 {
		k.first += what + " "
	}
}

func (k *keys) judge(s *site) {
	if s.lang == "" || base(s.lang) == "zh" || base(s.lang) == "ja" || base(s.lang) == "ko" {
		return
	}
	if n := k.comments + 2*k.names; n >= 2 {
		s.add(codeForeign, float64(n)/6, fmt.Sprintf("%d Chinese comments and %d names in pinyin: %s", k.comments, k.names, strings.TrimSpace(k.first)), k.where)
	}
}
