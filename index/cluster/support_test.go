package cluster

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"scamatlas/index"
)

// comparing takes members in and gives what is compared.
func comparing(all ...*index.Member) *kits {
	var b Builder
	for _, m := range all {
		b.Add(m)
	}
	b.settle()
	k := newKits(b.sites, background, &b.arena)
	k.group(DefaultKitCut)
	return k
}

func TestProbesCompareAsKitsDo(t *testing.T) {
	all := append(marked(city(160)), town()...)
	for i, m := range all {
		if i%10 == 0 { // an empty frame
			m.Fingerprint.Tags, m.Fingerprint.Classes, m.Fingerprint.Text = set(), set(), set()
		}
		if i%7 == 0 { // a sketch
			m.Fingerprint.Tags.Total *= 3
		}
	}
	k := comparing(all...)
	p := newProbe(k)
	near := 0
	for i := range k.sites {
		for j := range k.sites {
			want := k.similarity(i, j)
			if got := p.at(i).similarity(j); got != want || p.compare(j) != k.compare(i, j) {
				t.Fatalf("%s and %s: %v by tables, %v without", k.sites[i].host, k.sites[j].host, p.compare(j), k.compare(i, j))
			}
			for _, cut := range []float64{.2, .4, .6, .9} {
				if p.reaches(j, cut) != (want >= cut) {
					t.Fatalf("%s and %s: similarity %v, reaches %v: %v", k.sites[i].host, k.sites[j].host, want, cut, p.reaches(j, cut))
				}
			}
			if want > .4 {
				near++
			}
		}
	}
	if near < 500 {
		t.Errorf("only %d near pairs", near)
	}
}

func TestTrimmingsTipAPair(t *testing.T) {
	dressed := func(h, screen, icon, headers string) *index.Member {
		m := front(alive(h), "kit", .32)
		m.Fingerprint.ScreenP, m.Fingerprint.ScreenD, m.Fingerprint.FaviconSHA256, m.Hosting.HeaderOrder = screen, screen, icon, headers
		return m
	}
	shops := func() (all []*index.Member) {
		for i := range 40 {
			m := front(alive(host("shop", i)), "", 0)
			m.Fingerprint.FaviconSHA256, m.Hosting.HeaderOrder = "the server's icon", "the server's order"
			m.Fingerprint.ScreenP, m.Fingerprint.ScreenD = "ffffffffffffffff", "0000000000000000"
			all = append(all, m)
		}
		return all
	}
	score := func(a, b *index.Member) float64 {
		k := comparing(append(shops(), a, b)...)
		i, _ := findSite(k.sites, a.Host)
		j, _ := findSite(k.sites, b.Host)
		return k.similarity(i, j)
	}
	bare := score(dressed("a", "", "", ""), dressed("b", "", "", ""))
	for name, tc := range map[string]struct {
		a, b *index.Member
		more bool
	}{
		"one picture":          {dressed("a", "00ff00ff00ff00ff", "", ""), dressed("b", "00ff00ff00ff00fe", "", ""), true},
		"another picture":      {dressed("a", "00ff00ff00ff00ff", "", ""), dressed("b", "ff00ff00ff00ff00", "", ""), false},
		"no picture":           {dressed("a", "00ff00ff00ff00ff", "", ""), dressed("b", "", "", ""), false},
		"blank pictures":       {dressed("a", "0000000000000000", "", ""), dressed("b", "0000000000000000", "", ""), false},
		"one icon":             {dressed("a", "", "own", ""), dressed("b", "", "own", ""), true},
		"one order":            {dressed("a", "", "", "own"), dressed("b", "", "", "own"), true},
		"a broken picture":     {dressed("a", "xyz", "", ""), dressed("b", "xyz", "", ""), false},
		"an icon for each":     {dressed("a", "", "own", ""), dressed("b", "", "other", ""), false},
		"the icon of all":      {dressed("a", "", "the server's icon", ""), dressed("b", "", "the server's icon", ""), false},
		"the order of a CDN's": {func() *index.Member { m := dressed("a", "", "", "own"); m.Hosting.CDN = "c"; return m }(), dressed("b", "", "", "own"), false},
	} {
		got := score(tc.a, tc.b)
		if tc.more && got < bare+.01 || !tc.more && math.Abs(got-bare) > .03 {
			t.Errorf("%s: %v, without %v", name, got, bare)
		}
	}
	a, b := dressed("a", "00ff00ff00ff00ff", "own", ""), dressed("b", "00ff00ff00ff00fe", "own", "")
	k := comparing(append(shops(), a, b)...)
	if tie := k.tie(0, 1); !strings.Contains(tie.Value, "same screen, same icon") || strings.Contains(tie.Value, "headers") {
		t.Errorf("the tie says %q", tie.Value)
	}
	if got := layout(build(nil, shops()...), index.Kit); got != "" {
		t.Errorf("pictures, icons and headers alone made a kit: %s", got)
	}
}

func TestScriptTellsWhatAFrameHides(t *testing.T) {
	// A bundle made anew for each site: its contents and name say nothing, what is written in it does.
	app := func(h, kit string, share float64, page bool) *index.Member {
		m := alive(h)
		if page {
			front(m, kit, .8)
		}
		m.Fingerprint.Version, m.Fingerprint.Shell = 1, !page
		n := int(150 * share)
		m.Fingerprint.Script = set(tokens(kit+"script", 150)[:n], tokens(h+"script", 150-n), tokens("a chart library", 15))
		return m
	}
	var all []*index.Member
	for i := range 4 {
		all = append(all, app(host("frame", i), "app", .85, false))
	}
	for i := range 6 {
		all = append(all, app(host("lone", i), host("lone", i), 1, false))
	}
	all = append(all, app("shown.example", "app", .85, true))
	for i := range 60 { // others use the library as well
		m := front(alive(host("shop", i)), "", 0)
		m.Fingerprint.Script = set(tokens("a chart library", 15), tokens(m.Host+"script", 5))
		all = append(all, m)
	}
	if got, want := layout(build(nil, all...), index.Kit), strings.Join(append(hosts("frame", 4), "shown.example"), " "); got != want {
		t.Errorf("kits %s, want %s", got, want)
	}
}

func TestLibraryInCommonIsNoKit(t *testing.T) {
	var all []*index.Member
	for i := range 30 {
		m := front(alive(host("shop", i)), "", 0)
		m.Fingerprint.Script = set(tokens(fmt.Sprint("library", i/3), 40)) // rare: three of thirty use it
		all = append(all, m)
	}
	if got := layout(build(nil, all...), index.Kit); got != "" {
		t.Errorf("kits %s", got)
	}
}
