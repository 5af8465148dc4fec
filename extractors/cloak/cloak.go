// Package cloak turns captures of one site by several visitors into what differs between them, why, and how a reviewer can see it.
//
// It is pure, and knows nothing of other sites or other days. What differs on every honest site (numbers, dates, banners, order,
// languages, layouts for phones) is no difference here; a decoy, a refusal, a redirect elsewhere or a wall is.
package cloak

import (
	"fmt"
	"net/url"
	"slices"
	"strings"

	"scamatlas/crawler"
	"scamatlas/extractors"
)

// View is what one visitor saw.
type View struct {
	Profile  *crawler.Profile
	Capture  *crawler.Capture
	Findings *extractors.Findings
}

// Compare makes the matrix of visitors. views[0] is the ordinary visitor, usually a desktop.
func Compare(views []View) extractors.Cloaking {
	var c extractors.Cloaking
	if len(views) == 0 {
		c.Verdict = extractors.CloakUnclear
		return c
	}
	all := make([]sight, len(views))
	for i := range views {
		all[i] = newSight(&views[i])
	}
	best := shown(all)
	c.Shown = all[best].Profile.Name
	for i := range all {
		all[i].against(&all[best], i == best)
		c.Cells = append(c.Cells, all[i].cell)
	}
	walletOnly(all, best)
	for i := range all {
		c.Cells[i].Same = all[i].cell.Same
		if all[i].differs() {
			c.Hidden = append(c.Hidden, all[i].Profile.Name)
		}
	}
	c.Verdict, c.Why = verdict(all, best)
	if c.Verdict != extractors.CloakUnclear || all[best].Capture.Outcome.Alive() {
		c.Steps = card(all, best, c.Verdict)
	}
	return c
}

// sight is a view with what is compared of it.
type sight struct {
	*View
	words    map[string]bool
	wallets  map[string]bool
	domain   string // registrable domain of the final address
	rendered bool   // shown by a browser that got through
	cell     extractors.Cell
	mute     bool // says nothing about what the site shows to this visitor: a bot check, a server out of order, nothing to compare
}

func newSight(v *View) sight {
	c := v.Capture
	s := sight{View: v, words: wordsOf(v.Findings), wallets: map[string]bool{}, domain: domainOf(c.FinalURL)}
	for _, i := range v.Findings.Indicators {
		if i.Payee() {
			s.wallets[i.Key()] = true
		}
	}
	s.rendered = c.Rendered != nil && len(c.Rendered.Views) > 0 && len(c.Rendered.Views[0].DOM) > 0 && c.Rendered.Views[0].Blank == ""
	status := 0
	if len(c.Pages) > 0 {
		status = c.Pages[0].Status
	}
	if s.rendered && c.Rendered.Views[0].Status > 0 {
		status = c.Rendered.Views[0].Status
	}
	s.cell = extractors.Cell{Profile: v.Profile.Name, Outcome: c.Outcome, Status: status, FinalURL: c.FinalURL, Rendered: s.rendered,
		Words: len(s.words), Wallets: len(s.wallets), Text: -1, DOM: -1, Wallet: -1}
	s.mute = c.Outcome == crawler.Challenge || status == 429 || status >= 500 || c.Outcome == crawler.Unreachable || c.Outcome == crawler.DNSTimeout
	return s
}

func (s *sight) differs() bool { return !s.mute && !s.cell.Same }

// shown picks the view that shows most: the site before its wall before anything else; payee wallets; then clearly more words.
// The earlier one wins where nothing speaks for the later.
func shown(all []sight) int {
	best := 0
	for i := range all {
		a, b := &all[i], &all[best]
		switch {
		case a.Capture.Outcome.Better(b.Capture.Outcome):
			best = i
		case b.Capture.Outcome.Better(a.Capture.Outcome):
		case a.foreign() != b.foreign():
			if !a.foreign() {
				best = i
			}
		case len(a.wallets) > 0 && len(b.wallets) == 0:
			best = i
		case len(a.wallets) == 0 && len(b.wallets) > 0:
		case a.rendered == b.rendered && len(a.words) > 2*len(b.words)+muchMore:
			best = i
		}
	}
	return best
}

// foreign reports a visit that ended at another site.
func (s *sight) foreign() bool {
	return s.domain != "" && s.domain != crawler.RegistrableDomain(s.Capture.Host)
}

// against compares a view with the one that shows most.
func (s *sight) against(best *sight, itself bool) {
	c := &s.cell
	if itself {
		c.Text, c.DOM, c.Wallet, c.Same = 1, 1, 1, true
		return
	}
	comparable := s.rendered == best.rendered
	if comparable {
		c.Text = likeness(s.words, best.words)
		c.DOM = max(setLikeness(&s.Findings.Fingerprint.Tags, &best.Findings.Fingerprint.Tags), setLikeness(&s.Findings.Fingerprint.Classes, &best.Findings.Fingerprint.Classes))
		c.Wallet = likeness(s.wallets, best.wallets)
	}
	switch {
	case s.Capture.Outcome.Alive() != best.Capture.Outcome.Alive(), (s.Capture.Outcome == crawler.Gated) != (best.Capture.Outcome == crawler.Gated):
		c.Same = false
	case !best.Capture.Outcome.Alive():
		c.Same = s.Capture.Outcome == best.Capture.Outcome && s.domain == best.domain
	case s.domain != best.domain && !(comparable && c.Text >= sameText):
		c.Same = false
	case !comparable: // what a browser made and what the server sent are two things
		c.Same = true
		s.mute = s.mute || len(s.words) == 0
	default:
		c.Same = s.sameContent(best)
	}
}

// sameContent judges pages that both came: by their words; where there are few, or in another language, by how they are built.
func (s *sight) sameContent(best *sight) bool {
	c := &s.cell
	few := min(len(s.words), len(best.words)) < fewWords
	switch {
	case c.Wallet > 0: // a shared wallet: whoever shows it shows the site
		return true
	case !few && c.Text >= sameText, few && c.Text >= sameFew:
		return true
	case c.DOM >= sameDOM:
		return true
	case few && len(s.words) == 0 && len(best.words) == 0:
		return c.DOM < 0 || c.DOM >= sameDOM/2
	}
	return c.Text >= likelyText && c.DOM >= likelyDOM
}

// walletOnly finds sites that look the same to all, but show where to pay to visitors with a wallet only.
func walletOnly(all []sight, best int) {
	if len(all[best].wallets) == 0 || !all[best].Profile.Wallet {
		return
	}
	for i := range all {
		if !all[i].Profile.Wallet && (len(all[i].wallets) > 0 || all[i].rendered != all[best].rendered && all[i].Capture.Outcome.Alive()) {
			return
		}
	}
	for i := range all {
		if !all[i].Profile.Wallet {
			all[i].cell.Same = false
		}
	}
}

// trait is something that tells visitors apart.
type trait struct {
	verdict string
	has     func(*sight) bool
	only    string // "only … see it"
}

// traits in the order in which they are believed when several would explain what is seen.
func traits() []trait {
	return []trait{
		{extractors.CloakInvitation, func(s *sight) bool { return hasCode(s.Capture.Target.URL) }, "visitors with an invitation link"},
		{extractors.CloakWallet, func(s *sight) bool { return s.Profile.Wallet }, "browsers with a wallet"},
		{extractors.CloakMobile, func(s *sight) bool { return s.Profile.Mobile }, "phones"},
		{extractors.CloakReferrer, func(s *sight) bool { return s.Profile.Referrer != "" }, "visitors who come from another page"},
		{extractors.CloakDesktop, func(s *sight) bool { return !s.Profile.Mobile }, "desktops"},
	}
}

// explains reports whether a trait is had by all who see the site and by none who do not.
func (t trait) explains(all []sight) bool {
	for i := range all {
		if !all[i].mute && t.has(&all[i]) != all[i].cell.Same {
			return false
		}
	}
	return true
}

func verdict(all []sight, best int) (string, string) {
	seers, blind := 0, 0
	for i := range all {
		switch {
		case all[i].mute:
		case all[i].cell.Same:
			seers++
		default:
			blind++
		}
	}
	b := &all[best]
	switch {
	case b.Capture.Outcome == crawler.Gated && strings.Contains(b.Capture.Reason, "invitation"):
		return extractors.CloakInvitation, "every visitor is asked for an invitation code"
	case seers+blind < 2:
		return extractors.CloakUnclear, "fewer than two visitors got an answer that says something"
	case blind == 0:
		return extractors.CloakSame, ""
	}
	for _, t := range traits() {
		if !t.explains(all) {
			continue
		}
		if t.verdict == extractors.CloakMobile && sentAway(all) {
			return extractors.CloakRedirected, "phones see it, desktops are sent to " + elsewhere(all)
		}
		return t.verdict, "only " + t.only + " see it; others get " + others(all)
	}
	why := "visitors see different things: " + strings.Join(names(all, true), ", ") + " see it, " + strings.Join(names(all, false), ", ") + " get " + others(all)
	return extractors.CloakDiffers, why
}

// sentAway reports that whoever does not see the site ended at another one.
func sentAway(all []sight) bool {
	away := false
	for i := range all {
		if all[i].differs() {
			if !all[i].foreign() {
				return false
			}
			away = true
		}
	}
	return away
}

func elsewhere(all []sight) string {
	for i := range all {
		if all[i].differs() {
			return all[i].domain
		}
	}
	return ""
}

// others says what those get who do not see the site.
func others(all []sight) string {
	var parts []string
	for i := range all {
		s := &all[i]
		if !s.differs() {
			continue
		}
		what := "another page"
		switch {
		case s.Capture.Outcome == crawler.Gated:
			what = "a wall (" + plain(s.Capture.Reason) + ")"
		case !s.Capture.Outcome.Alive():
			what = string(s.Capture.Outcome)
			if s.cell.Status >= 400 {
				what = fmt.Sprintf("status %d", s.cell.Status)
			}
		case s.foreign():
			what = "sent to " + s.domain
		case s.Findings.Title != "":
			what = fmt.Sprintf("a page titled %q", plain(s.Findings.Title))
		}
		if !slices.Contains(parts, what) {
			parts = append(parts, what)
		}
	}
	return strings.Join(parts, ", ")
}

func names(all []sight, same bool) []string {
	var out []string
	for i := range all {
		if !all[i].mute && all[i].cell.Same == same {
			out = append(out, all[i].Profile.Name)
		}
	}
	return out
}

func domainOf(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Hostname() == "" {
		return ""
	}
	return crawler.RegistrableDomain(strings.ToLower(u.Hostname()))
}
