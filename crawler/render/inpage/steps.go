package inpage

import (
	"fmt"
	"net/url"
	"strings"

	"golang.org/x/net/publicsuffix"

	"scamatlas/crawler"
)

// Step is something that leads on from a page.
type Step struct {
	ID    int    `json:"id"`   // of presses and choices; stays with its element as long as the document stands
	Kind  string `json:"kind"` // "visit": a link to URL; "press": a tab, head or button; "choose": an option of a selector
	URL   string `json:"url"`
	Label string `json:"label"` // as on the page, without control characters
	Score int    `json:"score"` // 1 and up; what leads to deposits scores highest
}

// FindSteps is a script that looks for what leads to plans, deposits, wallets and contacts, and for selectors of coins and networks: at
// most max steps, the best first. What submits, signs, pays, connects, logs in or out is none.
func FindSteps(max int) string {
	return reading("steps", words(), max, maxElements, findMS)
}

// ParseSteps reads what FindSteps gave; steps that make no sense and links to others than the page's registrable domain are left out.
func ParseSteps(raw []byte) ([]Step, error) {
	var found struct {
		Host  string `json:"host"`
		Steps []Step `json:"steps"`
	}
	if err := decode(raw, &found); err != nil {
		return nil, fmt.Errorf("reading steps: %w", err)
	}
	site := siteOf(found.Host)
	out := found.Steps[:0]
	for _, s := range found.Steps[:min(len(found.Steps), maxSteps)] {
		s.Label = shown(s.Label, maxLabel)
		ok := s.ID >= 0 && s.Score > 0 && s.Score < 1000
		switch s.Kind {
		case "visit":
			ok = ok && len(s.URL) <= crawler.MaxURL && leadsTo(s.URL) == site
		case "press", "choose":
			ok = ok && s.Label != "" && s.URL == ""
		default:
			ok = false
		}
		if ok {
			out = append(out, s)
		}
	}
	return out, nil
}

// leadsTo is the site of a web address, "-" when it is none.
func leadsTo(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" || u.User != nil {
		return "-"
	}
	return siteOf(u.Hostname())
}

// siteOf is the registrable domain, or the host itself where there is none: an address, a public suffix.
func siteOf(host string) string {
	host = strings.ToLower(strings.TrimSuffix(strings.Trim(host, "[]"), "."))
	if site, err := publicsuffix.EffectiveTLDPlusOne(host); err == nil && strings.ContainsFunc(host, letter) {
		return site
	}
	return host
}

func letter(r rune) bool { return r > '9' }

// TakeStep is a script that takes the press or choice that FindSteps has found under id in the same document, as far as it is still what
// it was. It gives {"ok":bool}. From then on the document submits no form, in whatever way its scripts try.
func TakeStep(id int) string { return reading("take", id) }
