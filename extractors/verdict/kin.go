package verdict

import (
	"fmt"
	"math"
	"strings"

	"scamatlas/extractors"
	"scamatlas/extractors/rule"
)

// kin gives the reasons that lie in other sites.
func (s *site) kin() {
	for code, k := range map[string]Kin{codeKit: s.facts.Kit, codeOperator: s.facts.Operator} {
		if k.Confirmed <= 0 || k.Members <= 0 {
			continue
		}
		share := math.Min(1, float64(k.Confirmed)/float64(k.Members))
		sure := 1 - math.Pow(0.6, float64(k.Confirmed)) // one may be a mistake
		keep := s.act
		if share*sure < leastAct {
			keep = s.add
		}
		keep(code, share*sure, fmt.Sprintf("%s: %d of %d other members are confirmed fakes", k.ID, k.Confirmed, k.Members), "")
	}
	for _, x := range s.facts.Shared {
		if x.Sites <= 0 || x.Confirmed <= 0 {
			continue
		}
		s.add(codeShared, 0.5+0.5*math.Min(1, float64(x.Confirmed)/4), fmt.Sprintf("%s stands on %d other sites, %d of them confirmed fakes", strings.Replace(x.Key, ":", " ", 1), x.Sites, x.Confirmed), "")
	}
	if e := s.facts.Safe; e != nil {
		s.add(codeSafe, 1, fmt.Sprintf("%s: %s (%s)", e.Host, e.Why, e.Who), "")
	}
}

// rules gives a reason for each kit rule that fits.
func (s *site) rules() {
	for n, h := range s.facts.Hits {
		if n == maxRuleHits {
			return
		}
		evidence := h.Title
		where := ""
		if len(h.Evidence) > 0 {
			evidence += ": " + h.Evidence[0].Field + " has " + h.Evidence[0].Pattern
			where = h.Evidence[0].URL
		}
		keep := s.act
		if level(h.Level) <= leastAct {
			keep = s.add
		}
		keep(rulePrefix+h.Rule, level(h.Level), evidence, where)
	}
}

// level gives the strength of a rule's hit.
func level(of string) float64 {
	switch of {
	case rule.Critical, rule.High:
		return 1
	case rule.Medium:
		return 0.5
	case rule.Low:
		return 0.15
	}
	return 0
}

// cloaking: who shows the world one face and victims another has something to hide.
func (s *site) cloaking() {
	c := &s.facts.Cloaking
	value := map[string]float64{extractors.CloakMobile: 0.8, extractors.CloakDesktop: 0.5, extractors.CloakReferrer: 1, extractors.CloakWallet: 0.8,
		extractors.CloakInvitation: 0.6, extractors.CloakRedirected: 1, extractors.CloakDiffers: 0.3}[c.Verdict]
	why := c.Why
	if why == "" {
		why = c.Verdict
	}
	s.add(codeCloaking, value, why, "")
}
