package verdict

import (
	"strings"

	"scamatlas/extractors"
)

// money: is there an address to pay to, and is the visitor told to?
func (s *site) money() {
	for i := range s.f.Indicators {
		x := &s.f.Indicators[i]
		if !x.Payee() || x.Where == extractors.InComment {
			continue
		}
		if value, why := s.asked(x); value > 0 {
			s.add(codeWallet, value, x.Chain+" "+seen(x)+why, x.Page)
		}
	}
}

// asked is how plainly the page with a wallet asks for a deposit: in words; by plans beside it; by nothing. Who asks for gifts says so.
func (s *site) asked(x *extractors.Indicator) (float64, string) {
	p := s.page(x.Page)
	if p != nil && (p.has(topicDonation) || p.about) {
		return 0, ""
	}
	if p != nil {
		for _, h := range p.hits {
			if h.phrase.code == codeDeposit {
				return 1, ": " + p.text.quote(h.from, h.to)
			}
		}
	}
	if len(s.places(codeDeposit)) > 0 || s.found[codePlans] != nil || s.found[codeReturn] != nil {
		return 0.7, ""
	}
	if x.Role == extractors.Payee {
		return 0.4, ""
	}
	return 0, ""
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
