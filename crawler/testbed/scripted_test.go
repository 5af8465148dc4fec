package testbed

import (
	"encoding/json"
	"image"
	"image/color"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"

	"scamatlas/crawler"
)

func mustScripted(t *testing.T) []Site {
	t.Helper()
	all, err := ScriptedSites()
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// TestScriptedSetHoldsWhatItIsFor: every way to the page, every verdict, every rotation, and ten ordinary sites that change.
func TestScriptedSetHoldsWhatItIsFor(t *testing.T) {
	ways, verdicts, rotations, ordinary := map[string]int{}, map[string]int{}, map[string]int{}, 0
	for _, s := range mustScripted(t) {
		for _, w := range s.Wallets {
			if w.Via != "" && !slices.Contains(Ways, w.Via) {
				t.Errorf("%s: no way is named %q", s.Host, w.Via)
			}
			ways[w.Via]++
		}
		verdicts[s.Cloaking]++
		rotations[s.Rotation]++
		if s.Cloaking == "same" && len(s.Wallets) == 0 && s.Outcomes[0] == crawler.OK && s.Host != "big-search.example" {
			ordinary++
		}
	}
	for _, w := range Ways {
		if ways[w] == 0 {
			t.Errorf("no wallet comes by way of %s", w)
		}
	}
	for _, v := range []string{"same", "mobile_only", "needs_referrer", "needs_wallet", "needs_invitation", "desktop_redirected", "differs"} {
		if verdicts[v] == 0 {
			t.Errorf("no site is to be called %s", v)
		}
	}
	if rotations["fixed"] != 1 || rotations["request"] != 1 || rotations["visit"] != 1 || ordinary != 10 {
		t.Errorf("rotations %v, %d ordinary sites that change; want one each and 10", rotations, ordinary)
	}
}

// TestScriptedWalletsAreWhereTheTruthSays: "a visit without scripts can find it" is right for each wallet.
func TestScriptedWalletsAreWhereTheTruthSays(t *testing.T) {
	for _, s := range mustScripted(t) {
		for _, w := range s.Wallets {
			in := filesWith(&s, w.Spelling())
			lists := s.serving != nil && slices.ContainsFunc(slices.Collect(maps.Values(s.serving.Lists)), func(l []string) bool { return slices.Contains(l, w.Spelling()) })
			switch {
			case w.In != "" && !slices.Equal(in, []string{w.In}):
				t.Errorf("%s: wallet %s stands in %v, the truth says only in %s", s.Host, w.Value, in, w.In)
			case w.In == "" && w.Via != "" && (len(in) > 0 || lists):
				t.Errorf("%s: wallet %s comes by %s, but stands in %v for all to read", s.Host, w.Value, w.Via, in)
			case w.Static() && len(in) == 0 && !lists:
				t.Errorf("%s: wallet %s stands in no file", s.Host, w.Value)
			}
			for _, page := range in {
				if strings.Contains(linked(&s), page) && !w.Static() {
					t.Errorf("%s: %s, which a page names, holds wallet %s", s.Host, page, w.Value)
				}
			}
		}
		if static := slices.ContainsFunc(s.Wallets, Wallet.Static); len(s.Wallets) > 0 && static == s.Rendered {
			t.Errorf("%s: rendered is %v, but its wallets say otherwise", s.Host, s.Rendered)
		}
	}
}

// linked gives the text of all pages: what a visit without scripts reads to find files.
func linked(s *Site) string {
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(s.Files)) {
		if strings.HasSuffix(name, ".html") {
			for _, attr := range strings.Split(string(s.Files[name]), "=\"/")[1:] {
				path, _, _ := strings.Cut(attr, `"`)
				b.WriteString(path + "\n")
			}
		}
	}
	return b.String()
}

// TestShellsAreEmpty: their page holds no word but the title.
func TestShellsAreEmpty(t *testing.T) {
	shells := 0
	for _, s := range mustScripted(t) {
		if !s.Shell {
			continue
		}
		shells++
		_, body, _ := strings.Cut(string(s.Files["index.html"]), "<body>")
		if !strings.HasPrefix(body, `<div id="app"></div><script src="/static/js/app.js"></script></body>`) {
			t.Errorf("%s: its body is %s", s.Host, body)
		}
	}
	if shells < 12 {
		t.Errorf("%d shells", shells)
	}
}

// TestBigBundle: one site's script is as big as a real bundle.
func TestBigBundle(t *testing.T) {
	biggest := 0
	for _, s := range mustScripted(t) {
		biggest = max(biggest, len(s.Files["static/js/app.js"]))
	}
	if biggest < 600_000 || biggest > 700_000 {
		t.Errorf("the biggest bundle has %d bytes", biggest)
	}
}

// TestScriptedSitesAnswer over HTTP and TLS beside the others, when asked for.
func TestScriptedSitesAnswer(t *testing.T) {
	s := start(t, Options{Scripted: true})
	c := visitor(t, s)
	if len(s.Sites()) != len(mustSites(t))+len(mustScripted(t)) {
		t.Errorf("%d sites are served", len(s.Sites()))
	}
	for _, site := range mustScripted(t) {
		for _, name := range site.Names() {
			checkTLS(t, c, &site, name)
		}
		r, body := get(t, c, site.EntryURL())
		if r.StatusCode >= 500 || strings.Contains(string(body), markOpen) || r.StatusCode == 200 && !strings.Contains(string(body), "<title>") {
			t.Errorf("%s: %d %.80s", site.Host, r.StatusCode, body)
		}
	}
}

// decodeRows reads the code that rows of modules draw.
func decodeRows(t *testing.T, rows string) string {
	t.Helper()
	var lines []string
	if err := json.Unmarshal([]byte(rows), &lines); err != nil {
		t.Fatal(err)
	}
	const module, margin = 4, 4
	side := (len(lines) + 2*margin) * module
	img := image.NewGray(image.Rect(0, 0, side, side))
	for i := range img.Pix {
		x, y := i%side/module-margin, i/side/module-margin
		img.Pix[i] = 255
		if y >= 0 && y < len(lines) && x >= 0 && x < len(lines[y]) && lines[y][x] == '1' {
			img.Set(i%side, i/side, color.Black)
		}
	}
	bitmap, err := gozxing.NewBinaryBitmapFromImage(img)
	if err != nil {
		t.Fatal(err)
	}
	result, err := qrcode.NewQRCodeReader().Decode(bitmap, nil)
	if err != nil {
		t.Fatal(err)
	}
	return result.GetText()
}
