package render

import (
	"encoding/json"
	"strings"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"

	"scamatlas/crawler"
)

// hideHints takes navigator.userAgentData away: a browser that is no Chromium has none.
const hideHints = `(() => { try { delete Navigator.prototype.userAgentData } catch (e) {} })()`

// fewWindows does what the popup blocker of a visitor's browser does, later than that: the first windows are let through, so that
// their addresses are known. A page that opens hundreds in one go lets nobody else in.
const fewWindows = `(() => { let n = 0; window.open = new Proxy(window.open, {apply: (f, self, args) => n++ < 8 ? Reflect.apply(f, self, args) : null}) })()`

// looks are the commands that make a page (or a frame of another site in it) look like the visitor's.
func (v *visit) looks(main bool) []command {
	p := v.who
	list := []command{
		do(emulation.SetUserAgentOverride, v.agent()),
		try(emulation.SetTimezoneOverride, emulation.SetTimezoneOverrideParams{TimezoneID: p.Timezone}),
		try(emulation.SetLocaleOverride, emulation.SetLocaleOverrideParams{Locale: locale(p)}),
		{page.Enable.Method, page.EnableParams{}, true},
	}
	if main {
		list = append(list, do(emulation.SetDeviceMetricsOverride, metrics(p)), try(emulation.SetFocusEmulationEnabled, emulation.SetFocusEmulationEnabledParams{Enabled: true}))
	}
	if p.Touch {
		list = append(list, try(emulation.SetTouchEmulationEnabled, emulation.SetTouchEmulationEnabledParams{Enabled: true, MaxTouchPoints: 5}))
	}
	for _, s := range v.scripts() {
		list = append(list, do(page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: s, RunImmediately: new(!main)}))
	}
	return list
}

// agent is the visitor's User-Agent with the client hints that go with it; other browsers than Chromium send none.
func (v *visit) agent() emulation.SetUserAgentOverrideParams {
	p := v.who
	out := emulation.SetUserAgentOverrideParams{UserAgent: p.UserAgent, AcceptLanguage: strings.Join(p.Languages(), ","), Platform: p.Platform}
	major := p.ChromeMajor()
	if major == 0 {
		return out
	}
	_, full, _ := strings.Cut(v.b.product, "/")
	if major != v.b.major() {
		full = decimal(major) + ".0.0.0"
	}
	m := &emulation.UserAgentMetadata{
		Brands: brands(p, ""), FullVersionList: brands(p, full),
		Platform: p.HintPlatform(), PlatformVersion: system(p), Model: p.Model, Mobile: p.Mobile,
		FormFactors: []string{"Desktop"},
	}
	if p.Mobile {
		m.FormFactors = []string{"Mobile"}
	} else {
		m.Architecture, m.Bitness = "x86", "64"
	}
	out.UserAgentMetadata = m
	return out
}

// brands is the list of Sec-CH-UA; full as in crawler.Profile.Brands.
func brands(p *crawler.Profile, full string) []*emulation.UserAgentBrandVersion {
	var out []*emulation.UserAgentBrandVersion
	for _, b := range p.Brands(full) {
		out = append(out, &emulation.UserAgentBrandVersion{Brand: b.Name, Version: b.Version})
	}
	return out
}

// system is the platform version; of Windows, what Chrome says on Windows 10.
func system(p *crawler.Profile) string {
	if p.System == "" && p.HintPlatform() == "Windows" {
		return "10.0.0"
	}
	return p.System
}

// locale is what Intl of the page goes by: the visitor's first language.
func locale(p *crawler.Profile) string {
	if tags := p.Languages(); len(tags) > 0 {
		return tags[0]
	}
	return ""
}

func metrics(p *crawler.Profile) emulation.SetDeviceMetricsOverrideParams {
	w, h := int64(p.Width), int64(p.Height)
	m := emulation.SetDeviceMetricsOverrideParams{Width: w, Height: h, DeviceScaleFactor: p.Scale, Mobile: p.Mobile, ScreenWidth: w, ScreenHeight: h}
	if p.Mobile {
		m.ScreenOrientation = &emulation.ScreenOrientation{Type: emulation.ScreenOrientationTypePortraitPrimary}
	}
	return m
}

// workerLooks make a worker's navigator say what its page's says; the protocol has no command for its platform.
func (v *visit) workerLooks() []command {
	script := `Object.defineProperty(WorkerNavigator.prototype, "platform", {get: () => ` + quote(v.who.Platform) + `, configurable: true, enumerable: true})`
	if v.who.ChromeMajor() == 0 {
		script += `; delete WorkerNavigator.prototype.userAgentData`
	}
	return []command{
		try(emulation.SetUserAgentOverride, v.agent()),
		try(runtime.Evaluate, runtime.EvaluateParams{Expression: script, Silent: new(true)}),
	}
}

// quote makes a JavaScript string of s.
func quote(s string) string {
	out, _ := json.Marshal(s) // a string always has one
	return string(out)
}
