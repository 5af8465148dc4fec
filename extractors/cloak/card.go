package cloak

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"scamatlas/crawler"
	"scamatlas/extractors"
)

// card says in plain words what a reviewer has to do, without our tool, to see what the best view saw.
func card(all []sight, best int, verdict string) []string {
	s := &all[best]
	p := s.Profile
	var steps []string
	add := func(format string, args ...any) { steps = append(steps, plainN(fmt.Sprintf(format, args...), maxLine)) }
	switch {
	case p.Mobile:
		add("Use a phone, or the device toolbar of your browser's developer tools: %d x %d pixels, touch on.", p.Width, p.Height)
	case p.Width > 0:
		add("Use a desktop browser with a window of about %d x %d pixels.", p.Width, p.Height)
	}
	if p.UserAgent != "" {
		add("Set the User-Agent to: %s", p.UserAgent)
	}
	if p.Language != "" {
		add("Browser language %s, time zone %s.", p.Language, p.Timezone)
	}
	if p.Proxy != "" {
		add("Look from the network behind our proxy for the profile %s: the site may answer other networks differently.", p.Name)
	}
	if p.Wallet {
		add("Use a browser with a wallet (MetaMask, TronLink); let the page read an empty account, sign nothing.")
	}
	open := entry(s.Capture)
	switch {
	case p.Referrer != "":
		add("Come from the page %s (referrer), and open %s", p.Referrer, open)
	case verdict == extractors.CloakInvitation && hasCode(open):
		add("Open the whole invitation link: %s", open)
	default:
		add("Open %s by typing it in.", open)
	}
	if v := payView(s); v != nil && len(v.Steps) > 0 {
		if v.URL != open {
			add("Go to %s", clipN(v.URL, maxAddress))
		}
		add("In the page: %s.", strings.Join(v.Steps[:min(len(v.Steps), 6)], ", then "))
	} else if v != nil && v.URL != open {
		add("Go to %s", clipN(v.URL, maxAddress))
	}
	add("You should see: %s", sees(s))
	if hidden := others(all); hidden != "" {
		add("Seen on %s UTC. Other visitors (%s) get: %s", s.Capture.Started.UTC().Format("2006-01-02 15:04"), strings.Join(names(all, false), ", "), hidden)
	}
	return steps[:min(len(steps), maxSteps)]
}

func entry(c *crawler.Capture) string {
	for _, a := range []string{c.Target.URL, c.EntryURL, c.FinalURL} {
		if a != "" {
			return clipN(a, maxAddress)
		}
	}
	return "https://" + c.Host + "/"
}

// payView is the view whose markup holds a payee wallet, or the one whose picture does.
func payView(s *sight) *crawler.View {
	if !s.rendered {
		return nil
	}
	for i := range s.Capture.Rendered.Views {
		v := &s.Capture.Rendered.Views[i]
		for _, w := range s.Findings.Indicators {
			if !w.Payee() {
				continue
			}
			spelled := slices.ContainsFunc(append([]string{w.Value}, w.Seen...), func(x string) bool { return strings.Contains(string(v.DOM), x) })
			if spelled || w.Where == extractors.InQR && w.Page == v.FinalURL {
				return v
			}
		}
	}
	return nil
}

func sees(s *sight) string {
	var parts []string
	if s.Findings.Title != "" {
		parts = append(parts, fmt.Sprintf("a page titled %q", plainN(s.Findings.Title, 120)))
	}
	n := 0
	for _, w := range s.Findings.Indicators {
		if w.Payee() && n < 3 {
			n++
			shown := w.Value
			if len(w.Seen) > 0 {
				shown = w.Seen[0]
			}
			parts = append(parts, fmt.Sprintf("the %s address %s", w.Chain, plainN(shown, 120)))
		}
	}
	if more := len(s.wallets) - n; more > 0 {
		parts = append(parts, fmt.Sprintf("%d more addresses", more))
	}
	if len(parts) == 0 {
		return string(s.Capture.Outcome)
	}
	return strings.Join(parts, ", ")
}

func plain(s string) string { return plainN(s, 80) }

// plainN is text of the site as one line that can be printed anywhere.
func plainN(s string, n int) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case !unicode.IsPrint(r):
			return -1
		}
		return r
	}, clipN(s, 4*n))
	return clipN(strings.Join(strings.Fields(s), " "), n)
}

func clipN(s string, n int) string {
	if len(s) <= n {
		return s
	}
	return strings.ToValidUTF8(s[:n], "")
}
