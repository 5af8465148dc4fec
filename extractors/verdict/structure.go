package verdict

import (
	"fmt"
	"math"

	"scamatlas/extractors"
)

const (
	minWords   = 60  // of a site that can be judged by what it says
	topicWords = 150 // of a site whose subject can be told
)

// structure judges what kind of pages these are.
func (s *site) structure() {
	if s.words < minWords {
		s.add(codePoor, 1, fmt.Sprintf("%d words were seen", s.words), "")
	}
	s.asksNothing()
	s.subject()
	warnings, risk := 0, 0
	for _, p := range s.pages {
		warnings += p.warnings
		for _, h := range p.hits {
			if h.phrase.code == topicRisk {
				risk++
			}
		}
	}
	s.add(codeWarns, float64(warnings)/8, fmt.Sprintf("%d words about frauds", warnings), "")
	if p := s.places(topicRisk); len(p) > 0 {
		s.add(codeRisk, math.Min(1, 0.5*float64(risk)), p[0].quote(), p[0].page.text.url)
	}
}

// asksNothing: no address to pay to, no field to fill in.
func (s *site) asksNothing() {
	if !s.alive() || s.words < minWords {
		return
	}
	for i := range s.f.Indicators {
		if s.f.Indicators[i].Payee() {
			return
		}
	}
	for _, d := range s.in.Docs {
		for i := range d.Elements {
			switch d.Elements[i].Name {
			case "input", "textarea", "form":
				return
			}
		}
	}
	if len(s.places(codeDeposit)) == 0 && len(s.places(codeProof)) == 0 {
		s.add(codeAsks, 1, "no field, no address to pay to", "")
	}
}

// subject: a site that does not speak of money.
func (s *site) subject() {
	if s.words < topicWords {
		return
	}
	finance := 0
	for _, p := range s.pages {
		for _, h := range p.hits {
			if h.phrase.code == topicFinance {
				finance++
			}
		}
	}
	if share := float64(finance) / float64(s.words); share < 0.01 {
		s.add(codeOffTopic, 1-share*100, fmt.Sprintf("%d of %d words are about money", finance, s.words), "")
	}
}

// element counts the elements of a name on all pages.
func (s *site) element(name string) (n int) {
	for _, d := range s.in.Docs {
		if !d.Page || d.Type != extractors.HTML {
			continue
		}
		for i := range d.Elements {
			if d.Elements[i].Name == name {
				n++
			}
		}
	}
	return n
}
