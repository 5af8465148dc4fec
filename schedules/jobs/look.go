package jobs

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"scamatlas/crawler"
	"scamatlas/extractors"
	"scamatlas/extractors/cloak"
)

// When visits use a browser.
const (
	RenderAuto   = "auto"   // where it pays, see worth
	RenderAlways = "always" // every site that answers, as every visitor
	RenderOff    = "off"
)

// look visits one site as every profile and gives what each saw, that of the first profile first. The error is ctx's: nothing is known.
//
//	walk (first profile, plain HTTP) ─▶ entry page as the others ─▶ worth it? ─▶ browser, as the first or as all ─▶ variants that tell why they differ
//
// One visitor after the other: a site never has more than one of ours at a time.
func (v *Visitor) look(ctx context.Context, t crawler.Target) ([]cloak.View, error) {
	first, err := v.Crawler.Crawl(ctx, t)
	if err != nil {
		return nil, err
	}
	views := []cloak.View{v.view(first)}
	if nobodyThere(first.Outcome) || len(v.Profiles) == 0 {
		return views, nil
	}
	within, cancel := context.WithTimeout(ctx, lookWithin)
	defer cancel()
	for _, p := range v.Profiles[1:] {
		c, err := v.Crawler.Enter(within, first, p)
		if err != nil {
			return views, ctx.Err() // the time for this site is over: what was seen counts
		}
		views = append(views, v.view(c))
	}
	why, everybody := "", false
	if v.Render != RenderOff {
		why, everybody = v.worth(ctx, views)
	}
	if why == "" {
		views, err = v.probe(within, views, false)
	} else {
		views, err = v.browse(within, views, why, everybody)
	}
	if err != nil && ctx.Err() != nil {
		return nil, ctx.Err()
	}
	return views, nil
}

// nobodyThere reports outcomes that are the same for every visitor.
func nobodyThere(o crawler.Outcome) bool {
	switch o {
	case crawler.Dead, crawler.DNSTimeout, crawler.Unreachable, crawler.RobotsDenied:
		return true
	}
	return false
}

// browse shows the site to the profiles in a browser, then to variants of them. Where the first view breaks the browser the others are
// left out: they would, too. Plain HTTP may still tell why visitors see different things.
func (v *Visitor) browse(ctx context.Context, views []cloak.View, why string, everybody bool) ([]cloak.View, error) {
	limit := 0
	if !everybody { // plain HTTP has seen what there is: this is for the picture
		limit = pictureViews
	}
	for i := range views {
		if i > 0 && !everybody {
			break
		}
		c, show := views[i].Capture, v.Crawler.Render
		if i == 0 {
			show = v.renderTwice
		}
		if err := show(ctx, c, views[i].Profile, why, limit); err != nil {
			if !errors.Is(err, crawler.ErrNoBrowser) {
				return views, err
			}
			v.noBrowser(err)
			everybody = false
			break
		}
		views[i] = v.view(c)
		if i == 0 && c.Rendered != nil && c.Rendered.Err != "" {
			everybody = false
		}
	}
	return v.probe(ctx, views, everybody)
}

// renderTwice renders a site that took too long once more: all the others see of it hangs on that, and a machine is not always busy. What
// shows more counts; the first does where there is no browser any more.
func (v *Visitor) renderTwice(ctx context.Context, c *crawler.Capture, p *crawler.Profile, why string, views int) error {
	before := *c
	before.Pages, before.Assets, before.Refusals = slices.Clip(c.Pages), slices.Clip(c.Assets), slices.Clip(c.Refusals)
	err := v.Crawler.Render(ctx, c, p, why, views)
	if err != nil || !late(c.Rendered) {
		return err
	}
	first := *c
	*c = before
	if err = v.Crawler.Render(ctx, c, p, why, views); err != nil || late(c.Rendered) && len(c.Rendered.Views) < len(first.Rendered.Views) {
		*c = first
	}
	if errors.Is(err, crawler.ErrNoBrowser) {
		return nil
	}
	return err
}

// late reports whether a browser was given up for the time it took.
func late(r *crawler.Rendered) bool {
	return r != nil && r.Err != "" && slices.Contains(r.Caps, "time")
}

// probe looks as variants of the visitors, or at other addresses, as long as that can tell why they are shown different things.
func (v *Visitor) probe(ctx context.Context, views []cloak.View, browser bool) ([]cloak.View, error) {
	for _, probe := range cloak.Follow(views, cloak.Compare(views)) {
		seen := *views[0].Capture
		if probe.URL != "" {
			seen.Target.URL = probe.URL
		}
		c, err := v.Crawler.Enter(ctx, &seen, probe.Profile)
		if err == nil && browser {
			err = v.Crawler.Render(ctx, c, probe.Profile, "what differs between "+probe.Profile.Name+" and the others?", 0)
		}
		if err != nil {
			return views, err
		}
		views = append(views, v.view(c))
	}
	return views, nil
}

// noBrowser says once that there is none; visits go on without.
func (v *Visitor) noBrowser(err error) {
	if errors.Is(err, crawler.ErrNoBrowser) && !v.browserless.Swap(true) {
		v.Log.Warn("visits go on without a browser: pages that scripts make, and what only other visitors see, stay unseen", "err", err)
	}
}

func (v *Visitor) view(c *crawler.Capture) cloak.View {
	return readView(c, v.Extractors, v.NotTheirs, v.Log)
}

// reading is what all views of one visit say together.
type reading struct {
	best     cloak.View // of the profile that saw most
	others   []cloak.View
	findings extractors.Findings
	cloaking extractors.Cloaking
}

// unite puts views together: text, fingerprint and hosting of the view that saw most, indicators and links of all.
func unite(views []cloak.View) reading {
	r := reading{}
	if len(views) > 1 {
		r.cloaking = cloak.Compare(views)
	}
	best := slices.IndexFunc(views, func(w cloak.View) bool { return w.Profile.Name == r.cloaking.Shown })
	if best < 0 {
		best = 0
		for i, w := range views {
			if w.Capture.Outcome.Better(views[best].Capture.Outcome) {
				best = i
			}
		}
	}
	r.best = views[best]
	r.others = slices.Delete(slices.Clone(views), best, best+1)
	r.findings = *r.best.Findings
	all, links := slices.Clone(r.findings.Indicators), slices.Clone(r.findings.Links)
	for _, w := range r.others {
		if w.Capture.Outcome.Alive() {
			all, links = append(all, w.Findings.Indicators...), append(links, w.Findings.Links...)
		}
	}
	r.findings.Indicators = extractors.Unite(all)
	slices.Sort(links)
	links = slices.Compact(links)
	r.findings.Links = links[:min(len(links), extractors.MaxLinks)]
	return r
}

func payees(all []extractors.Indicator) []extractors.Indicator {
	var out []extractors.Indicator
	for _, i := range all {
		if i.Payee() {
			out = append(out, i)
		}
	}
	return out
}

// worth says why a site should be looked at in a browser, "" when plain HTTP has seen it all; everybody: as every profile.
func (v *Visitor) worth(ctx context.Context, views []cloak.View) (why string, everybody bool) {
	if v.Render == RenderAlways {
		return "the settings say always", true
	}
	first := views[0]
	c, f := first.Capture, first.Findings
	if m := cloak.Compare(views); len(views) > 1 && m.Verdict != extractors.CloakSame && m.Verdict != extractors.CloakUnclear {
		return "visitors are answered differently: " + m.Why, true
	}
	switch {
	case c.Outcome == crawler.Parked || c.Outcome == crawler.Suspended:
		return "", false
	case !c.Outcome.Alive() && c.Outcome != crawler.Blank && c.Outcome != crawler.TooLarge:
		return "", false
	case f.Fingerprint.Shell:
		return "the page is an empty frame for scripts", true
	case poor(f):
		return fmt.Sprintf("the page says hardly anything in %d bytes of text", len(f.Text)), true
	}
	interesting := interest(f)
	if interesting == "" {
		return "", false
	}
	if mark := looksAtVisitor(c); mark != "" {
		return interesting + ", and its scripts look at " + mark, true
	}
	if v.seenSo(ctx, c.Host, f) {
		return "", false
	}
	return interesting, false
}

// seenSo reports whether the last visit looked at the same page in a browser: its picture still holds.
func (v *Visitor) seenSo(ctx context.Context, host string, f *extractors.Findings) bool {
	s, err := v.Store.Site(ctx, host)
	return err == nil && s.Rendered && s.Findings.Fingerprint.DOMHash == f.Fingerprint.DOMHash && s.Findings.Title == f.Title
}
