package corpus

import (
	"fmt"
	"path"
	"slices"
	"sort"
	"strings"

	"scamatlas/crawler"
	"scamatlas/crawler/testbed"
)

// Testbed gives the made-up sites that the rest of the program is tested with, as a visit without scripts would save them whole: every
// file a page or an asset. They are a family each, in a set of their own. Of a site that shows different things to different visitors it
// is the part with the wallet. Walls, parked and dead sites are left out: nothing is said there.
func Testbed() ([]Sample, error) {
	plain, err := testbed.Sites()
	if err != nil {
		return nil, fmt.Errorf("reading the testbed: %w", err)
	}
	scripted, err := testbed.ScriptedSites()
	if err != nil {
		return nil, fmt.Errorf("reading the testbed's scripted sites: %w", err)
	}
	var all []Sample
	for _, s := range slices.Concat(plain, scripted) {
		fake := fakeOnTestbed(&s)
		s.Files = shown(&s)
		if s.Files["index.html"] == nil || !slices.Contains(s.Outcomes, crawler.OK) {
			continue
		}
		f := &Family{Name: "testbed-" + s.Host, Kind: "testbed", Lang: "en", Fake: fake, Set: Bench}
		all = append(all, Sample{Family: f, Capture: captureOf(&s)})
	}
	return all, nil
}

// shown gives the files at the root, or else those of the folder that names a wallet of the site.
func shown(s *testbed.Site) map[string][]byte {
	if s.Files["index.html"] != nil {
		return s.Files
	}
	inside := map[string][]byte{}
	for name, body := range s.Files {
		folder, _, ok := strings.Cut(name, "/")
		if !ok || !slices.ContainsFunc(s.Wallets, func(w testbed.Wallet) bool { return strings.Contains(string(body), w.Spelling()) }) {
			continue
		}
		for other, b := range s.Files {
			if rest, ok := strings.CutPrefix(other, folder+"/"); ok {
				inside[rest] = b
			}
		}
		return inside
	}
	return inside
}

// fakeOnTestbed: who runs it from a kit, hides it from some visitors (if only from those whose browsers lie), or asks for money by a script. The honest sites do none of these;
// their wallet, where one has any, stands on the page for donations.
func fakeOnTestbed(s *testbed.Site) bool {
	hides := s.Cloaking != "" && s.Cloaking != "same" && s.Cloaking != "unclear"
	scripted := slices.ContainsFunc(s.Wallets, func(w testbed.Wallet) bool { return !w.Static() })
	return s.Kit != "" || hides || scripted || s.Rotation != "" || s.Files["index.html"] == nil && len(s.Wallets) > 0
}

func captureOf(s *testbed.Site) *crawler.Capture {
	c := &crawler.Capture{Target: crawler.Target{Host: s.Host, Source: "testbed"}, Host: s.Host, Profile: "desktop", Outcome: crawler.OK,
		Started: Now(), Ended: Now(), EntryURL: s.EntryURL(), FinalURL: "https://" + s.Host + "/"}
	names := make([]string, 0, len(s.Files))
	for name := range s.Files {
		names = append(names, name)
	}
	// The entry page first.
	sort.Slice(names, func(i, j int) bool {
		if a, b := names[i] == "index.html", names[j] == "index.html"; a != b {
			return a
		}
		return names[i] < names[j]
	})
	for _, name := range names {
		at := "https://" + s.Host + "/" + strings.TrimSuffix(name, "index.html")
		r := crawler.Response{URL: at, FinalURL: at, Status: 200, Body: s.Files[name], SHA256: sha(string(s.Files[name]))}
		switch path.Ext(name) {
		case ".html", ".php", "":
			r.ContentType = "text/html; charset=utf-8"
			c.Pages = append(c.Pages, crawler.Page{Response: r, Depth: min(len(c.Pages), 1)})
		case ".css":
			r.ContentType = "text/css"
			c.Assets = append(c.Assets, crawler.Asset{Response: r, Kind: crawler.Style})
		case ".json":
			r.ContentType = "application/json"
			c.Assets = append(c.Assets, crawler.Asset{Response: r, Kind: crawler.Data})
		case ".js":
			r.ContentType = "text/javascript"
			c.Assets = append(c.Assets, crawler.Asset{Response: r, Kind: crawler.Script})
		}
	}
	return c
}
