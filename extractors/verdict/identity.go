package verdict

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"scamatlas/crawler"
	"scamatlas/extractors"
	"scamatlas/extractors/claim"
)

// identity judges what a site says of who it is.
func (s *site) identity() {
	s.founded()
	s.licences()
}

// founded compares the year a firm says it began with the day its domain was registered.
func (s *site) founded() {
	registered := s.f.Hosting.Registered
	if registered.IsZero() {
		return
	}
	s.claims(claim.Founded, func(i *extractors.Indicator) {
		year, err := strconv.Atoi(i.Value)
		if gap := registered.Year() - year; err == nil && gap >= 2 && gap < 200 {
			s.add(codeFounded, math.Min(1, 0.4+float64(gap)/10), fmt.Sprintf("says %q, but %s was registered on %s", seen(i), crawler.RegistrableDomain(s.host), registered.Format("2006-01-02")), i.Page)
		}
	})
}

// licences compares licence and company numbers with whose they are, and with how the regulator that is named writes its numbers.
func (s *site) licences() {
	regulators := map[string]string{}
	s.claims(claim.Regulator, func(i *extractors.Indicator) {
		if !s.reported(i) {
			regulators[i.Value] = i.Page
		}
	})
	owners := map[*brand]*extractors.Indicator{}
	known := false
	note := func(i *extractors.Indicator) {
		known = known || !strings.HasPrefix(i.Value, "unnamed:")
		if b := s.r.brands.byNumber[i.Value]; b != nil && !s.reported(i) {
			owners[b] = i
		}
	}
	s.claims(claim.Licence, note)
	s.claims(claim.Company, note)
	s.borrowed(owners)
	if known || len(regulators) == 0 {
		return
	}
	s.claims(claim.Licence, func(i *extractors.Indicator) {
		number, _ := strings.CutPrefix(i.Value, "unnamed:")
		for name, page := range regulators {
			if shapes := s.r.shapes[name]; len(shapes) > 0 && len(regulators) == 1 && page == i.Page && !fitsShape(number, shapes) {
				s.add(codeShape, 1, fmt.Sprintf("number %s is none that %s gives", number, name), i.Page)
			}
		}
	})
}

// namedOwner is the strength of a borrowed number whose owner the page names: introducers print that of the firm that carries out orders.
const namedOwner = 0.4

// borrowed: one firm's number on a host that is not its own is a borrowed licence; many firms' numbers are a comparison.
func (s *site) borrowed(owners map[*brand]*extractors.Indicator) {
	for b, i := range owners {
		switch {
		case b.owns(s.host):
			s.add(codeLicensed, 1, fmt.Sprintf("%s is %s's own number", i.Value, b.Name), i.Page)
		case len(owners) == 1:
			value := 1.0
			if p := s.page(i.Page); p != nil && b.Name != "" && strings.Contains(p.text.s, b.Name) {
				value = namedOwner
			}
			s.add(codeBorrowed, value, fmt.Sprintf("%s belongs to %s (%s)", i.Value, b.Name, b.Domains[0]), i.Page)
		}
	}
}

// fitsShape reports whether number has one of the shapes: 9 a digit, A a letter, other signs themselves.
func fitsShape(number string, shapes []string) bool {
	for _, shape := range shapes {
		if len(shape) != len(number) {
			continue
		}
		ok := true
		for i := 0; i < len(shape) && ok; i++ {
			switch shape[i] {
			case '9':
				ok = asciiKind(number[i]) == digit
			case 'A':
				ok = asciiKind(number[i]) == letter
			default:
				ok = shape[i] == number[i]
			}
		}
		if ok {
			return true
		}
	}
	return false
}

// hosting judges the age of the domain.
func (s *site) hosting() {
	registered := s.f.Hosting.Registered
	if registered.IsZero() || s.at.IsZero() {
		return
	}
	days := s.at.Sub(registered).Hours() / 24
	evidence := fmt.Sprintf("registered on %s, %.0f days before the visit", registered.Format("2006-01-02"), days)
	switch {
	case days < -1:
	case days < 30:
		s.add(codeYoung, 1, evidence, "")
	case days < 365:
		s.add(codeYoung, 1-0.7*(days-30)/335, evidence, "")
	case days > 3*365:
		s.add(codeOld, math.Min(1, (days/365-2)/6), evidence, "")
	}
}
