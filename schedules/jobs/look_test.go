package jobs

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"scamatlas/crawler"
	"scamatlas/crawler/archive"
	"scamatlas/extractors"
	"scamatlas/extractors/all"
	"scamatlas/index/local"
)

const (
	wallet = "TXCecUMa4uXtFruL55ojpgpLackVXRySKN"
	prose  = "We are a bakery in the old town, open since 1968. Our bread is made from four flours, water and salt, and rests for a night before it is baked. " +
		"Come in the morning for rolls, at noon for soup, and in the afternoon for cake with coffee. On Sundays we sleep. "
)

func scam() string {
	return "<html><head><title>Nova Invest</title></head><body><h1>Nova Invest</h1><p>" + strings.Repeat("Earn 3% every day with our trading plan, guaranteed by experts. ", 8) +
		"</p><p>Deposit USDT (TRC20): " + wallet + "</p></body></html>"
}

const shellPage = `<html><head><title>Loading</title></head><body><div id="app"></div><script src="/app.js"></script></body></html>`

// scene is a made-up site: what each visitor is sent, and what a browser makes of it.
type scene struct {
	at       string // its address, "" = that of the host
	sent     func(p *crawler.Profile) (status int, body string)
	shown    func(p *crawler.Profile) string // nil: there is no browser
	breaks   string                          // how the browser breaks off
	well     int                             // from which look on it does not; 0 = never
	gone     int                             // from which look on there is no browser; 0 = never
	rendered []string                        // profiles, in order
	entered  []string                        // profiles of single pages over plain HTTP, in order
	views    []int
}

var desktopVisitor = &crawler.Profile{Name: "desktop", Width: 1366, Height: 768}

func visitors() []*crawler.Profile {
	return []*crawler.Profile{desktopVisitor, {Name: "mobile", Mobile: true, Touch: true, Referrer: "https://search.example/"}, {Name: "wallet", Mobile: true, Touch: true, Wallet: true},
		{Name: "reader", Mobile: true, Touch: true, Referrer: "https://chat.example/"}}
}

func (s *scene) Crawl(ctx context.Context, t crawler.Target) (*crawler.Capture, error) {
	t.URL = s.at
	return s.answer(&crawler.Capture{Target: t, Host: t.Host}, desktopVisitor), nil
}

func (s *scene) Enter(_ context.Context, seen *crawler.Capture, p *crawler.Profile) (*crawler.Capture, error) {
	s.entered = append(s.entered, p.Name)
	return s.answer(seen, p), nil
}

func (s *scene) answer(seen *crawler.Capture, p *crawler.Profile) *crawler.Capture {
	now := time.Now().UTC()
	status, body := s.sent(p)
	r := crawler.Response{URL: "https://" + seen.Host + "/", FinalURL: "https://" + seen.Host + "/", Status: status, ContentType: "text/html", Body: []byte(body), SHA256: fmt.Sprintf("%064x", len(body))}
	c := &crawler.Capture{Target: seen.Target, Host: seen.Host, Profile: p.Name, Visitor: p, Started: now, Ended: now, Outcome: crawler.OK, EntryURL: r.URL, FinalURL: r.FinalURL, Pages: []crawler.Page{{Response: r}}}
	if status >= 400 {
		c.Outcome, c.Reason = crawler.Denied, fmt.Sprintf("answered %d", status)
	}
	return c
}

func (s *scene) Render(_ context.Context, c *crawler.Capture, p *crawler.Profile, why string, views int) error {
	if s.shown == nil || s.gone > 0 && len(s.rendered)+1 >= s.gone {
		return fmt.Errorf("looking: %w", crawler.ErrNoBrowser)
	}
	s.rendered, s.views = append(s.rendered, p.Name), append(s.views, views)
	c.Outcome, c.Reason = crawler.OK, ""
	if s.breaks != "" && (s.well == 0 || len(s.rendered) < s.well) {
		c.Rendered = &crawler.Rendered{Browser: "Test/1", Why: why, Err: s.breaks}
		if s.breaks == "time" {
			c.Rendered.Caps = []string{"time"}
		}
		return nil
	}
	dom := []byte(s.shown(p))
	c.Rendered = &crawler.Rendered{Browser: "Test/1", Why: why, Views: []crawler.View{{URL: c.EntryURL, FinalURL: c.EntryURL, Status: 200, DOM: dom, SHA256: fmt.Sprintf("%064x", len(dom))}}}
	return nil
}

// lookAt visits one site of the scene with all extractors and a real store and archive.
func lookAt(t *testing.T, s *scene, change func(*Visitor)) (*local.Store, *bytes.Buffer, Result) {
	t.Helper()
	v, st := visitor(t, s, 1)
	kept, err := archive.Open(t.TempDir(), archive.Options{Tool: "test"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { kept.Close() })
	log := &bytes.Buffer{}
	v.Extractors, v.Profiles, v.Render, v.Archive, v.KeepDead, v.Log = all.Set(), visitors(), RenderAuto, kept, true, slog.New(slog.NewTextHandler(log, nil))
	if change != nil {
		change(v)
	}
	queue(t, st, "nova.example")
	var got Result
	if n, err := v.Due(t.Context(), func(r Result) { got = r }); n != 1 || err != nil {
		t.Fatalf("%d visits, %v: %+v", n, err, got.Err)
	}
	return st, log, got
}

func everyone(body string) func(*crawler.Profile) (int, string) {
	return func(*crawler.Profile) (int, string) { return 200, body }
}

func TestBrowserIsUsedWhereItPays(t *testing.T) {
	shows := func(*crawler.Profile) string { return scam() }
	everybody := []string{"desktop", "mobile", "wallet", "reader"}
	for name, tc := range map[string]struct {
		scene  scene
		change func(*Visitor)
		want   []string
		views  int // of the first
	}{
		"an ordinary site":           {scene{sent: everyone("<html><body><h1>Bakery</h1><p>" + prose + prose + "</p></body></html>"), shown: shows}, nil, nil, 0},
		"the same, always":           {scene{sent: everyone("<html><body><h1>Bakery</h1><p>" + prose + prose + "</p></body></html>"), shown: shows}, func(v *Visitor) { v.Render = RenderAlways }, everybody, 0},
		"an empty frame":             {scene{sent: everyone(shellPage), shown: shows}, nil, everybody, 0},
		"an empty frame, off":        {scene{sent: everyone(shellPage), shown: shows}, func(v *Visitor) { v.Render = RenderOff }, nil, 0},
		"signs of a scam":            {scene{sent: everyone(scam()), shown: shows}, nil, []string{"desktop"}, pictureViews},
		"it asks who looks":          {scene{sent: everyone(strings.Replace(scam(), "</body>", "<script>if(navigator.maxTouchPoints)x()</script></body>", 1)), shown: shows}, nil, everybody, 0},
		"the first view breaks it":   {scene{sent: everyone(shellPage), shown: shows, breaks: "crash"}, nil, []string{"desktop"}, 0},
		"it is too slow, once":       {scene{sent: everyone(shellPage), shown: shows, breaks: "time", well: 2}, nil, append([]string{"desktop"}, everybody...), 0},
		"it is too slow, twice":      {scene{sent: everyone(shellPage), shown: shows, breaks: "time"}, nil, []string{"desktop", "desktop"}, 0},
		"an error for everyone":      {scene{sent: func(*crawler.Profile) (int, string) { return 403, "no" }, shown: shows}, nil, nil, 0},
		"one visitor, an empty page": {scene{sent: everyone(shellPage), shown: shows}, func(v *Visitor) { v.Profiles = v.Profiles[:1] }, []string{"desktop"}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			lookAt(t, &tc.scene, tc.change)
			if !slices.Equal(tc.scene.rendered, tc.want) || len(tc.want) > 0 && tc.scene.views[0] != tc.views {
				t.Errorf("rendered as %v with %v views, want %v with %d", tc.scene.rendered, tc.scene.views, tc.want, tc.views)
			}
		})
	}
}

// What breaks the browser does not keep plain HTTP from looking without the invitation code.
func TestProbesGoOnWithoutTheBrowser(t *testing.T) {
	for name, tc := range map[string]struct {
		breaks   string
		well     int
		rendered string
	}{
		"crash":           {"crash", 0, "desktop"},
		"too slow, twice": {"time", 0, "desktop desktop"},
		"too slow, once":  {"time", 2, "desktop desktop mobile wallet reader desktop-code"},
	} {
		t.Run(name, func(t *testing.T) {
			s := &scene{at: "https://nova.example/?invite=VIP88", sent: everyone(scam()), shown: func(*crawler.Profile) string { return scam() }, breaks: tc.breaks, well: tc.well}
			lookAt(t, s, func(v *Visitor) { v.Render = RenderAlways })
			if got := strings.Join(s.rendered, " "); got != tc.rendered {
				t.Errorf("rendered as %s, want %s", got, tc.rendered)
			}
			if got := strings.Join(s.entered, " "); got != "mobile wallet reader desktop-code" {
				t.Errorf("asked for as %s", got)
			}
		})
	}
}

// What a slow browser showed is kept when there is none for a second look.
func TestBrowserGoesBetweenTwoLooks(t *testing.T) {
	s := &scene{sent: everyone(shellPage), shown: func(*crawler.Profile) string { return scam() }, breaks: "time", gone: 2}
	c := &crawler.Capture{Host: "nova.example"}
	if err := (&Visitor{Crawler: s}).renderTwice(t.Context(), c, desktopVisitor, "", 0); err != nil || c.Rendered == nil || c.Rendered.Err != "time" || len(s.rendered) != 1 {
		t.Errorf("%v after %v: %+v", err, s.rendered, c.Rendered)
	}
}

// A desktop is refused, phones are shown the site: it is found by what phones saw.
func TestSiteIsWhatItsVictimsSee(t *testing.T) {
	s := &scene{sent: func(p *crawler.Profile) (int, string) {
		if !p.Mobile {
			return 403, "forbidden"
		}
		return 200, scam()
	}}
	s.shown = func(p *crawler.Profile) string { _, body := s.sent(p); return body }
	st, _, got := lookAt(t, s, nil)
	site, err := st.Site(t.Context(), "nova.example")
	if err != nil {
		t.Fatal(err)
	}
	if site.Outcome != crawler.OK || site.Profile == "desktop" || site.Cloaking.Verdict != extractors.CloakMobile || len(site.Wallets()) != 1 || site.Findings.Title != "Nova Invest" {
		t.Errorf("outcome %s seen as %s, %s, wallets %v, title %q", site.Outcome, site.Profile, site.Cloaking.Verdict, site.Wallets(), site.Findings.Title)
	}
	records, err := st.Captures(t.Context(), "nova.example", 20)
	if err != nil || len(records) < 4 {
		t.Fatalf("%d records, %v", len(records), err)
	}
	kept := 0
	for _, r := range records {
		if r.Evidence != nil {
			kept++
		}
	}
	if kept != 1 || site.Evidence == nil || site.Evidence.Hash != got.Visit.Record.Evidence.Hash || len(got.Visit.Record.Deposits) != 1 {
		t.Errorf("%d records with evidence, the site's %+v, deposits %+v", kept, site.Evidence, got.Visit.Record.Deposits)
	}
}

func TestWithoutABrowserVisitsGoOn(t *testing.T) {
	var log bytes.Buffer
	v, st := visitor(t, &scene{sent: everyone(shellPage)}, 1)
	v.Extractors, v.Profiles, v.Render, v.Log = all.Set(), visitors(), RenderAuto, slog.New(slog.NewTextHandler(&log, nil))
	queue(t, st, hosts(3)...)
	if n, err := v.Due(t.Context(), nil); n != 3 || err != nil {
		t.Errorf("%d visits, %v", n, err)
	}
	if n := strings.Count(log.String(), "without a browser"); n != 1 {
		t.Errorf("said %d times:\n%s", n, &log)
	}
}

// full is an archive that cannot keep anything.
type full struct{ Archive }

func (full) Put(context.Context, archive.Visit) (*archive.Entry, error) {
	return nil, errors.New("no space left")
}

func TestVisitWithoutEvidenceIsStillAVisit(t *testing.T) {
	st, log, _ := lookAt(t, &scene{sent: everyone(scam())}, func(v *Visitor) { v.Archive = full{v.Archive} })
	site, err := st.Site(t.Context(), "nova.example")
	if err != nil || site.Evidence != nil || len(site.Wallets()) != 1 || !strings.Contains(log.String(), "no evidence kept") {
		t.Errorf("%+v %v\n%s", site, err, log)
	}
}

// What was kept, read again by the same extractors, is what was found; by others, it is replaced.
func TestRescan(t *testing.T) {
	dir := t.TempDir()
	kept, err := archive.Open(dir, archive.Options{Tool: "test"})
	if err != nil {
		t.Fatal(err)
	}
	defer kept.Close()
	s := &scene{sent: everyone(shellPage), shown: func(*crawler.Profile) string { return scam() }}
	st, _, _ := lookAt(t, s, func(v *Visitor) { v.Archive = kept })
	before, err := st.Site(t.Context(), "nova.example")
	if err != nil {
		t.Fatal(err)
	}
	rescan := func(set []extractors.Extractor, dry bool) (Rescanned, Change) {
		t.Helper()
		var got Change
		r := Rescanner{Store: st, Archive: kept, Extractors: set, Dry: dry, Log: slog.New(slog.DiscardHandler)}
		n, err := r.Run(t.Context(), nil, func(c Change) { got = c })
		if err != nil {
			t.Fatal(err)
		}
		return n, got
	}
	if n, c := rescan(all.Set(), false); n.Read != 1 || n.Changed != 0 || !c.Same() {
		t.Errorf("the same extractors: %+v %+v", n, c)
	}
	if n, c := rescan([]extractors.Extractor{titles{}}, true); n.Changed != 1 || len(c.Removed) == 0 || !slices.Contains(c.Altered, "fingerprint") {
		t.Errorf("dry: %+v %+v", n, c)
	}
	if after, _ := st.Site(t.Context(), "nova.example"); len(after.Wallets()) != len(before.Wallets()) {
		t.Error("a dry run has changed the store")
	}
	rescan([]extractors.Extractor{titles{}}, false)
	if after, _ := st.Site(t.Context(), "nova.example"); len(after.Wallets()) != 0 || after.Findings.Title == "" || after.Sequence != before.Sequence {
		t.Errorf("after: %+v", after)
	}
	if n, c := rescan(all.Set(), false); n.Changed != 1 || len(c.Added) == 0 {
		t.Errorf("back again: %+v %+v", n, c)
	}
	if after, _ := st.Site(t.Context(), "nova.example"); !equal(after.Findings, before.Findings) {
		t.Errorf("not what it was:\n%+v\n%+v", after.Findings, before.Findings)
	}
}
