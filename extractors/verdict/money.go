package verdict

import (
	"net/url"
	"strings"
	"unicode/utf8"

	"scamatlas/extractors"
)

const (
	spokenOf     = 0.25 // strength of a wallet that is there and nothing more
	besideWallet = 12   // words beside a wallet that make it one that is spoken of
	besideRunes  = 40   // letters of scripts without blanks
)

// money: is there an address to pay to, and is the visitor told to?
func (s *site) money() {
	for i := range s.f.Indicators {
		x := &s.f.Indicators[i]
		if !x.Payee() || x.Where == extractors.InComment {
			continue
		}
		value, why := s.asked(x)
		evidence := x.Chain + " " + seen(x) + why
		keep := s.add
		if value >= leastAct && s.handedOver(x) {
			keep = s.act
		}
		keep(codeWallet, value, evidence, x.Page)
	}
}

// handedOver tells a wallet that visitors are given to pay to from one that is spoken of: it stands in a field, a button, a link or a QR
// code; or in a text, on a page that is there for paying in, or lets them choose between coins, and is no article.
func (s *site) handedOver(x *extractors.Indicator) bool {
	d := s.document(x.Page)
	switch {
	case !s.offers(), d != nil && !s.ownVoice(d):
		return false // a shop's till, a charity's address
	case x.Where == extractors.InAttr, x.Where == extractors.InURI, x.Where == extractors.InQR:
		return true
	}
	p := s.page(x.Page)
	return isTill(x.Page) || p != nil && p.has(codeDeposit) && !p.inProse(seen(x))
}

// inProse reports whether words stand in a sentence that is longer than what is written beside an address to pay to, and that tells nobody
// to pay.
func (p *reading) inProse(words string) bool {
	t := p.text
	at := strings.Index(t.s, words)
	if at < 0 {
		return false
	}
	from, to := strings.LastIndexByte(t.s[:at], '\n')+1, len(t.s)
	if n := strings.IndexByte(t.s[at:], '\n'); n >= 0 {
		to = at + n
	}
	for _, h := range p.hits {
		if k := &t.tokens[h.from]; h.phrase.code == codeDeposit && int(k.from) >= from && int(k.from) < to {
			return false
		}
	}
	line := t.s[from:to]
	return len(strings.Fields(line)) >= besideWallet || utf8.RuneCountInString(line)-len(words) >= besideRunes && len(line) > utf8.RuneCountInString(line)*2
}

// asked is how plainly the page with a wallet asks for a deposit: in words, by its address, by several coins to choose from, by plans
// elsewhere on the site; least by nothing but the wallet. Who asks for gifts says so.
func (s *site) asked(x *extractors.Indicator) (float64, string) {
	p := s.page(x.Page)
	if s.giving || p != nil && (p.has(topicDonation) || p.about || p.has(topicCode)) {
		return 0, ""
	}
	if d := s.document(x.Page); d != nil && x.Where == extractors.InText && (isArticle(d) || isCode(d)) {
		return 0, ""
	}
	if p != nil && x.Where == extractors.InText && p.inProse(seen(x)) {
		return spokenOf, ""
	}
	promises := len(s.places(codeDeposit)) > 0 || s.found[codePlans] != nil || s.found[codeReturn] != nil
	if p != nil {
		for _, h := range p.hits {
			if h.phrase.code == codeDeposit {
				return 1, ": " + p.text.quote(h.from, h.to)
			}
		}
		for _, h := range p.hits {
			if h.phrase.code == topicDeposit && x.Role == extractors.Payee {
				return 0.7, ": " + p.text.quote(h.from, h.to)
			}
		}
	}
	switch {
	case promises:
		return 0.7, ""
	case isTill(x.Page), s.chains(x.Page) > 1, x.Where == extractors.InQR:
		return 0.6, ""
	case x.Role == extractors.Payee:
		return spokenOf, ""
	}
	return 0, ""
}

// gifts takes what charities and projects say of how to pay as what it is: who asks for gifts, in more places than one, and promises nothing,
// asks for no deposit.
func (s *site) gifts() {
	if s.giving = !s.offers() && len(s.places(topicDonation)) > 1; s.giving {
		delete(s.found, codeDeposit)
		delete(s.found, codeProof)
	}
}

// chains counts the chains of the wallets to pay to on one page.
func (s *site) chains(page string) int {
	chains := map[string]bool{}
	for i := range s.f.Indicators {
		if x := &s.f.Indicators[i]; x.Page == page && x.Payee() {
			chains[x.Chain] = true
		}
	}
	return len(chains)
}

// isTill reports whether an address is named after paying in, in whatever language the site speaks.
func isTill(address string) bool {
	u, err := url.Parse(address)
	if err != nil {
		return false
	}
	return hasAny(strings.ToLower(u.Path+" "+u.Fragment), "deposit", "recharge", "topup", "top-up", "fund", "pay", "checkout", "invest", "chongzhi", "cashier", "payin", "add-money")
}

func (p *reading) has(code string) bool {
	for _, h := range p.hits {
		if h.phrase.code == code {
			return true
		}
	}
	return false
}

// hasAny reports whether s holds one of the words.
func hasAny(s string, words ...string) bool {
	for _, w := range words {
		if strings.Contains(s, w) {
			return true
		}
	}
	return false
}
