package cloak_test

import (
	"encoding/json"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"scamatlas/crawler"
	"scamatlas/extractors"
	"scamatlas/extractors/cloak"
)

const (
	inviteWall = "<html><head><title>NovaTrade</title></head><body><form><input name=invite_code placeholder='Invitation code'><button>Enter</button></form></body></html>"
	loginWall  = "<html><head><title>NovaTrade</title></head><body><form><input name=user><input type=password name=pw><button>Log in</button></form></body></html>"
	botCheck   = "<html><head><title>Just a moment...</title></head><body>Verify you are human</body></html>"
)

func TestVerdicts(t *testing.T) {
	_, entry, deposit := scam(42)
	real := page{html: entry, paths: map[string]string{"/deposit": deposit}}
	blog := decoys[0].page(42, nil)
	check := page{html: botCheck}
	is := func(names string) func(*crawler.Profile) bool {
		return func(p *crawler.Profile) bool { return slices.Contains(strings.Fields(names), p.Name) }
	}
	show := func(to string, else_ page) func(*crawler.Profile) page {
		return func(p *crawler.Profile) page {
			if is(to)(p) {
				return real
			}
			return else_
		}
	}
	everybody := "desktop mobile wallet reader"
	for name, tc := range map[string]struct {
		who    string
		answer func(*crawler.Profile) page
		want   string
		hidden string
	}{
		"everybody sees it":              {everybody, show(everybody, blog), extractors.CloakSame, ""},
		"phones":                         {everybody, show("mobile wallet reader", blog), extractors.CloakMobile, "desktop"},
		"desktops":                       {everybody, show("desktop", blog), extractors.CloakDesktop, "mobile wallet reader"},
		"who comes from somewhere":       {everybody, show("mobile reader", blog), extractors.CloakReferrer, "desktop wallet"},
		"who comes from a search engine": {everybody, show("mobile", blog), extractors.CloakReferrer, "desktop wallet reader"},
		"browsers with a wallet":         {everybody, show("wallet", blog), extractors.CloakWallet, "desktop mobile reader"},
		"Android only":                   {everybody, show("mobile wallet", blog), extractors.CloakMobile, "desktop reader"},
		"desktops are sent away":         {everybody, show("mobile wallet reader", decoys[4].page(1, nil)), extractors.CloakRedirected, "desktop"},
		"no rule that we know":           {everybody, show("desktop wallet", blog), extractors.CloakDiffers, "mobile reader"},
		"not Chromium, or a messenger":   {everybody, show("reader", blog), extractors.CloakDiffers, "desktop mobile wallet"},
		"two visitors cannot tell":       {"desktop mobile", show("mobile", blog), extractors.CloakDiffers, "desktop"},
		"a wall for an invitation":       {everybody, show("", page{html: inviteWall}), extractors.CloakInvitation, ""},
		"one visitor at such a wall":     {"desktop", show("", page{html: inviteWall}), extractors.CloakInvitation, ""},
		"a wall for a login":             {everybody, show("", page{html: loginWall}), extractors.CloakSame, ""},
		"a wall for desktops":            {everybody, show("mobile wallet reader", page{html: inviteWall}), extractors.CloakMobile, "desktop"},
		"a bot check for one":            {everybody, show("mobile wallet reader", check), extractors.CloakSame, ""},
		"a bot check for all but one":    {everybody, show("mobile", check), extractors.CloakUnclear, ""},
		"a bot check for all":            {everybody, show("", check), extractors.CloakUnclear, ""},
		"a bot check and a rule": {everybody, func(p *crawler.Profile) page {
			return map[string]page{"desktop": blog, "mobile": check}[p.Name].or(real)
		}, extractors.CloakMobile, "desktop"},
		"the server is out of order for one": {everybody, show("mobile wallet reader", page{status: 503, html: "<h1>503</h1>"}), extractors.CloakSame, ""},
		"too many requests of one":           {everybody, show("mobile wallet reader", page{status: 429, html: "<h1>429</h1>"}), extractors.CloakSame, ""},
		"no answer for one":                  {everybody, show("mobile wallet reader", page{none: crawler.Unreachable}), extractors.CloakSame, ""},
		"no answer for all":                  {everybody, show("", page{none: crawler.Dead}), extractors.CloakUnclear, ""},
		"gone for all":                       {everybody, show("", decoys[2].page(1, nil)), extractors.CloakUnclear, ""},
		"one looked":                         {"desktop", show(everybody, blog), extractors.CloakUnclear, ""},
	} {
		for _, how := range []manner{enterOnly, browsed} {
			got := cloak.Compare(visit(how, "", slices.DeleteFunc(visitors(), func(p *crawler.Profile) bool { return !is(tc.who)(p) }), tc.answer))
			if got.Verdict != tc.want || strings.Join(got.Hidden, " ") != tc.hidden {
				t.Errorf("%s (%d): %s hidden from %q (%s), want %s from %q", name, how, got.Verdict, got.Hidden, got.Why, tc.want, tc.hidden)
			}
		}
	}
}

// or is p, or q where p is nothing.
func (p page) or(q page) page {
	if p.html == "" {
		return q
	}
	return p
}

// What a browser did not manage to show is compared as the server sent it, or not at all.
func TestABrowserThatBroke(t *testing.T) {
	_, entry, _ := scam(7)
	got := cloak.Compare(visit(browsed, "", visitors(), func(p *crawler.Profile) page { return page{html: entry, broke: p == desktop} }))
	if got.Verdict != extractors.CloakSame || len(got.Hidden) > 0 {
		t.Errorf("%s, hidden from %v", got.Verdict, got.Hidden)
	}
	shell := `<html><head><title>Nova</title><script src=/app.js></script></head><body><div id=app></div></body></html>`
	views := visit(enterOnly, "", visitors(), func(*crawler.Profile) page { return page{html: shell} })
	views[1] = look(mobile, false, browsed, "", page{html: entry})
	views[1].Capture.Pages[0].Body = []byte(shell) // what the server sent to it, too
	if got := cloak.Compare(views); got.Verdict != extractors.CloakSame || got.Cells[0].Text != -1 {
		t.Errorf("one was seen in a browser, the others were not: %s, text %v", got.Verdict, got.Cells[0].Text)
	}
}

// The page is the same, where to pay stands in it for browsers with a wallet only.
func TestAddressForWalletsOnly(t *testing.T) {
	p, _, _ := scam(9)
	bare, paid := p.html(p.blocks), p.html(append(slices.Clone(p.blocks), "<p>Send USDT (TRC20) to this deposit address: "+address(9)+"</p>"))
	got := cloak.Compare(visit(browsed, "", visitors(), func(v *crawler.Profile) page {
		if v.Wallet {
			return page{html: paid}
		}
		return page{html: bare}
	}))
	if got.Verdict != extractors.CloakWallet || got.Shown != "wallet" {
		t.Errorf("%s, look with %s", got.Verdict, got.Shown)
	}
	n := uint64(0)
	got = cloak.Compare(visit(browsed, "", visitors(), func(*crawler.Profile) page {
		n++
		return page{html: strings.Replace(paid, address(9), address(100+n), 1)}
	}))
	if got.Verdict != extractors.CloakSame {
		t.Errorf("an address of its own for each look: %s", got.Verdict)
	}
}

const withCode = "https://" + host + "/h5/?invite_code=8841"

func TestInvitationInTheAddress(t *testing.T) {
	_, entry, _ := scam(3)
	answer := func(*crawler.Profile) page { return page{html: entry} }
	views := visit(enterOnly, withCode, visitors(), answer)
	c := cloak.Compare(views)
	probes := cloak.Follow(views, c)
	if c.Verdict != extractors.CloakSame || len(probes) != 1 || probes[0].URL != "https://"+host+"/h5/" || probes[0].Profile.Name != "desktop-code" {
		t.Fatalf("%s, then %+v", c.Verdict, probes)
	}
	for html, want := range map[string]string{inviteWall: extractors.CloakInvitation, entry: extractors.CloakSame, decoys[1].page(0, nil).html: extractors.CloakSame} {
		with := append(slices.Clone(views), look(probes[0].Profile, false, enterOnly, probes[0].URL, page{html: html}))
		c := cloak.Compare(with)
		if c.Verdict != want {
			t.Errorf("without the code %.60q…: %s (%s), want %s", html, c.Verdict, c.Why, want)
		}
		if more := cloak.Follow(with, c); more != nil {
			t.Errorf("there is more to look at: %+v", more)
		}
	}
}

// Follow asks what parts one cause from another; with the answers the verdict is the site's own rule.
func TestFollowSettles(t *testing.T) {
	_, entry, _ := scam(11)
	chromium := func(p *crawler.Profile) bool { return p.ChromeMajor() > 0 }
	for name, tc := range map[string]struct {
		who  []*crawler.Profile
		lets func(*crawler.Profile) bool
		want string
	}{
		"two visitors, phones":         {[]*crawler.Profile{desktop, mobile}, func(p *crawler.Profile) bool { return p.Mobile }, extractors.CloakMobile},
		"two visitors, referrer":       {[]*crawler.Profile{desktop, mobile}, func(p *crawler.Profile) bool { return p.Referrer != "" }, extractors.CloakReferrer},
		"two visitors, both":           {[]*crawler.Profile{desktop, mobile}, func(p *crawler.Profile) bool { return p.Mobile && p.Referrer != "" }, extractors.CloakReferrer},
		"desktop and wallet, phones":   {[]*crawler.Profile{desktop, wallet}, func(p *crawler.Profile) bool { return p.Mobile }, extractors.CloakMobile},
		"desktop and wallet, a wallet": {[]*crawler.Profile{desktop, wallet}, func(p *crawler.Profile) bool { return p.Wallet }, extractors.CloakWallet},
		"a messenger":                  {visitors(), func(p *crawler.Profile) bool { return p.Referrer == reader.Referrer }, extractors.CloakReferrer},
		"no Chromium":                  {visitors(), func(p *crawler.Profile) bool { return !chromium(p) }, extractors.CloakDiffers},
		"phones from somewhere":        {visitors(), func(p *crawler.Profile) bool { return p.Mobile && p.Referrer != "" }, extractors.CloakReferrer},
		"phones with a wallet":         {visitors(), func(p *crawler.Profile) bool { return p.Mobile && p.Wallet }, extractors.CloakWallet},
		"phones":                       {visitors(), func(p *crawler.Profile) bool { return p.Mobile }, extractors.CloakMobile},
	} {
		answer := func(p *crawler.Profile) page {
			if tc.lets(p) {
				return page{html: entry}
			}
			return decoys[0].page(3, nil)
		}
		views := visit(browsed, "", tc.who, answer)
		probes := cloak.Follow(views, cloak.Compare(views))
		if len(probes) > 3 {
			t.Errorf("%s: %d probes", name, len(probes))
		}
		names := map[string]bool{}
		for _, p := range tc.who {
			names[p.Name] = true
		}
		for _, p := range probes {
			if names[p.Profile.Name] {
				t.Errorf("%s: a second visitor called %s", name, p.Profile.Name)
			}
			names[p.Profile.Name] = true
			views = append(views, look(p.Profile, false, browsed, "", answer(p.Profile)))
		}
		if c := cloak.Compare(views); c.Verdict != tc.want {
			t.Errorf("%s: %s after %d probes (%s), want %s", name, c.Verdict, len(probes), c.Why, tc.want)
		}
	}
	views := visit(browsed, "", visitors(), func(*crawler.Profile) page { return page{html: entry} })
	if p := cloak.Follow(views, cloak.Compare(views)); p != nil {
		t.Errorf("all see the same, still: %+v", p)
	}
}

func TestCard(t *testing.T) {
	_, entry, deposit := scam(21)
	entry = strings.Replace(entry, "<title>", "<title>Best\u202e \x1b[31m", 1)
	views := visit(browsed, "", visitors(), func(p *crawler.Profile) page {
		if p.Referrer != "" {
			return page{html: entry, paths: map[string]string{"/deposit": deposit}}
		}
		return decoys[3].page(0, nil)
	})
	c := cloak.Compare(views)
	card := strings.Join(c.Steps, "\n")
	for _, want := range []string{"412 x 915", "touch on", "User-Agent to: Mozilla/5.0 (Linux; Android 10; K)", "https://www.google.com/ (the request must carry it as Referer)",
		`location.href = "https://` + host + `/"`, "Then open: https://" + host + "/deposit", `In the page: click "Deposit"`, "You should see: a page titled", address(21), "HTTP 403", "2026-03-01 12:01 UTC"} {
		if !strings.Contains(card, want) {
			t.Errorf("no %q in\n%s", want, card)
		}
	}
	if strings.ContainsAny(card, "\u202e\x1b") || strings.Contains(card, "hxxp") || strings.Contains(card, "[.]") {
		t.Errorf("not fit to print, or to open:\n%q", card)
	}
	long := visit(browsed, "https://"+host+"/"+strings.Repeat("a", 2000), visitors(), func(*crawler.Profile) page { return page{html: entry} })
	for _, line := range cloak.Compare(long).Steps {
		if len(line) > 2400 {
			t.Errorf("%d bytes", len(line))
		}
	}
	if c := cloak.Compare(visit(browsed, "", visitors(), func(*crawler.Profile) page { return decoys[2].page(0, nil) })); c.Steps != nil {
		t.Errorf("nothing to see, but %q", c.Steps)
	}
}

// What a visitor is worth does not depend on who else was asked, or when.
func TestOrderAndRepeats(t *testing.T) {
	for i := range 150 {
		r := rand.New(rand.NewPCG(uint64(i), 4))
		views := randomViews(r)
		want := cloak.Compare(views)
		shuffled := slices.Clone(views)
		r.Shuffle(len(views)-1, func(a, b int) { shuffled[a+1], shuffled[b+1] = shuffled[b+1], shuffled[a+1] })
		if got := cloak.Compare(shuffled); got.Verdict != want.Verdict || got.Shown != want.Shown {
			t.Fatalf("%d: in another order %s by %s, not %s by %s", i, got.Verdict, got.Shown, want.Verdict, want.Shown)
		}
		if want.Verdict == extractors.CloakUnclear {
			continue // two that are one can be compared
		}
		twice := append(slices.Clone(views), views[r.IntN(len(views))])
		if got := cloak.Compare(twice); got.Verdict != want.Verdict {
			t.Fatalf("%d: with one twice %s, not %s", i, got.Verdict, want.Verdict)
		}
	}
}

// randomViews is any mixture of pages, manners and failures.
func randomViews(r *rand.Rand) []cloak.View {
	p, entry, deposit := scam(r.Uint64() % 50)
	var views []cloak.View
	for i, v := range visitors() {
		if i > 0 && r.IntN(5) == 0 {
			continue
		}
		g := page{html: entry, paths: map[string]string{"/deposit": deposit}}
		switch r.IntN(5) {
		case 0:
			g = decoys[r.IntN(len(decoys))].page(r.Uint64()%9, p)
		case 1:
			g = []page{{none: crawler.Unreachable}, {html: botCheck}, {html: inviteWall}, {html: loginWall}, {html: entry, broke: true}, {status: 500}}[r.IntN(6)]
		}
		views = append(views, look(v, i == 0, manner(r.IntN(2)), "", g))
	}
	return views
}

func FuzzCompare(f *testing.F) {
	f.Add(uint64(1), "<p>a", "<script>", 200, "ok")
	f.Add(uint64(2), "", "\xff\xfe", 0, "gated")
	f.Add(uint64(3), "<html lang='\x00'><title>x</title>", "<a href='http://[::1'>", 404, "blank")
	f.Fuzz(func(t *testing.T, seed uint64, a, b string, status int, outcome string) {
		r := rand.New(rand.NewPCG(seed, 6))
		views := randomViews(r)
		c := views[len(views)-1].Capture
		c.Outcome, c.FinalURL, c.Reason = crawler.Outcome(outcome), a, b
		c.Pages = append([]crawler.Page{{Response: response(b, a, status)}}, c.Pages...)
		c.Rendered = &crawler.Rendered{Views: []crawler.View{{FinalURL: b, DOM: []byte(b), Status: status, Title: a, Steps: []string{a, b}}}}
		p := *views[0].Profile
		p.Referrer, p.UserAgent = a, b
		views = append(views, cloak.View{}, cloak.View{Profile: &p, Capture: &crawler.Capture{}}, cloak.View{Capture: c})
		got := cloak.Compare(views)
		for _, cell := range got.Cells {
			for _, l := range []float64{cell.Text, cell.DOM, cell.Wallet} {
				if !(l == -1 || l >= 0 && l <= 1) {
					t.Errorf("likeness %v", l)
				}
			}
		}
		if got.Verdict == "" || len(got.Cells) != len(views) || len(cloak.Follow(views, got)) > 3 {
			t.Errorf("%+v", got)
		}
		if _, err := json.Marshal(got); err != nil {
			t.Error(err)
		}
	})
}

func TestNobody(t *testing.T) {
	if c := cloak.Compare(nil); c.Verdict != extractors.CloakUnclear || cloak.Follow(nil, c) != nil {
		t.Errorf("%+v", c)
	}
}
