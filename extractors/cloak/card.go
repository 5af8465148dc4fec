package cloak

import (
	"encoding/json"
	"fmt"
	"strings"

	"scamatlas/crawler"
	"scamatlas/extractors"
)

// card is what to do to see what the visitor saw that sees most, a line each. Nothing in it needs our tools, and no address in it
// is defanged: it is for opening.
func (m *matrix) card(verdict string) []string {
	if m.best.main().kind != site || !m.best.view.Capture.Outcome.Alive() {
		return nil
	}
	l := m.best
	var out []string
	add := func(limit int, format string, args ...any) {
		if len(out) < maxSteps {
			out = append(out, plain(fmt.Sprintf(format, args...), limit))
		}
	}
	if verdict == extractors.CloakSame {
		add(maxLine, "Use any browser; %s saw what follows.", l.name)
	} else {
		device(&l.profile, add)
	}
	opening(l, verdict, add)
	m.deposit(add)
	m.expect(add)
	return out
}

type adder func(limit int, format string, args ...any)

// device says what to look with.
func device(p *crawler.Profile, add adder) {
	size := fmt.Sprintf("%d x %d", p.Width, p.Height)
	switch {
	case p.Mobile:
		add(maxLine, "Use a phone, or the device toolbar of a desktop browser's developer tools: %s, touch on.", size)
	default:
		add(maxLine, "Use a desktop browser, its window %s.", size)
	}
	if p.UserAgent != "" {
		add(maxLine, "Set the User-Agent to: %s", plain(p.UserAgent, maxAgent))
	}
	if p.Language != "" || p.Timezone != "" {
		add(maxLine, "Language of the browser: %s; time zone: %s.", orAny(p.Language), orAny(p.Timezone))
	}
	if p.Wallet {
		add(maxLine, "Use a browser that has a wallet: a wallet app's own, or one with a wallet extension. Take an empty wallet; connect and sign nothing.")
	}
	if p.Proxy != "" {
		add(maxLine, "This was seen from a network of its own (a proxy); from elsewhere the site may show something else.")
	}
}

func orAny(s string) string {
	if s == "" {
		return "any"
	}
	return s
}

// opening says which address to open, and from where.
func opening(l *look, verdict string, add adder) {
	address := entry(l.view.Capture)
	if verdict == extractors.CloakInvitation && l.coded {
		add(maxLine, "The address holds the invitation; open it whole.")
	}
	from := l.profile.Referrer
	if from == "" || verdict == extractors.CloakSame {
		add(maxLongLine, "In a private window type into the address bar: %s", address)
		return
	}
	quoted, _ := json.Marshal(address)
	add(maxLine, "Come from %s (the request must carry it as Referer): open that page in a private window, and there", from)
	add(maxLongLine, "enter in the console of the developer tools: location.href = %s", quoted)
}

// entry is the address that the visitor asked for.
func entry(c *crawler.Capture) string {
	switch {
	case c.EntryURL != "":
		return c.EntryURL
	case c.Target.URL != "":
		return c.Target.URL
	case len(c.Pages) > 0 && c.Pages[0].URL != "":
		return c.Pages[0].URL
	}
	return "https://" + c.Host + "/"
}

// deposit says how to get to where the wallets stand.
func (m *matrix) deposit(add adder) {
	v := paying(m.best)
	if v == nil {
		if page := payingPage(m.best); page != "" {
			add(maxLongLine, "Then open: %s", page)
		}
		return
	}
	if pageOf(v.URL) != pageOf(entry(m.best.view.Capture)) && pageOf(v.URL) != pageOf(m.best.final()) {
		add(maxLongLine, "Then open: %s", v.URL)
	}
	if len(v.Steps) > 0 {
		add(maxLine, "In the page: %s", strings.Join(v.Steps[:min(len(v.Steps), maxClicks)], ", then "))
	}
}

// paying is the first view in which a wallet of the visitor stands, the one with the fewest steps first.
func paying(l *look) *crawler.View {
	r := l.view.Capture.Rendered
	if r == nil || len(l.payees) == 0 {
		return nil
	}
	var best *crawler.View
	for i := range r.Views[:min(len(r.Views), maxPlaces)] {
		v := &r.Views[i]
		if holds(v.DOM, l.payees) && (best == nil || len(v.Steps) < len(best.Steps)) {
			best = v
		}
	}
	return best
}

// payingPage is the first page as sent in which a wallet stands, "" for the entry page.
func payingPage(l *look) string {
	for i := range l.view.Capture.Pages[:min(len(l.view.Capture.Pages), maxPlaces)] {
		p := &l.view.Capture.Pages[i]
		if holds(p.Body, l.payees) {
			if i == 0 {
				return ""
			}
			return p.FinalURL
		}
	}
	return ""
}

// expect says what is to be seen, and what others are shown.
func (m *matrix) expect(add adder) {
	l := m.best
	seen := m.told(l)
	if !l.own && l.domain != "" {
		seen = fmt.Sprintf("%s, titled \"%s\"", seen, plain(title(l), maxNamed))
	}
	add(maxLine, "You should see: %s.", seen)
	for i, w := range l.payees {
		if i == maxWallets {
			add(maxLine, "… and %d more wallets.", len(l.payees)-i)
			break
		}
		add(maxLine, "Wallet (%s): %s", w.Chain, spelling(&w))
	}
	shown := map[string]bool{}
	for _, o := range m.out {
		kind := "A desktop browser"
		if o.profile.Mobile {
			kind = "A phone"
		}
		told := m.told(o)
		if line := kind + told; !shown[line] && len(shown) < 3 {
			shown[line] = true
			add(maxLine, "%s like %s is shown instead: %s.", kind, o.name, told)
		}
	}
	if at := l.view.Capture.Ended; !at.IsZero() {
		add(maxLine, "Seen on %s; such sites change.", at.UTC().Format("2006-01-02 15:04 UTC"))
	}
}

// spelling is a wallet as it stands on the page.
func spelling(w *extractors.Indicator) string {
	s := w.Value
	if len(w.Seen) > 0 {
		s = w.Seen[0]
	}
	if w.Tag != "" {
		s += " tag " + w.Tag
	}
	return s
}
