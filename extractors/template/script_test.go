package template

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"slices"
	"strings"
	"testing"

	"scamatlas/crawler"
	"scamatlas/extractors"
)

func TestIdentityOfStrings(t *testing.T) {
	for _, tc := range []struct{ before, s, want string }{
		{`path:`, "/user/withdraw", "r:/user/withdraw"},
		{`get(`, "/api/v2/coin/:id", "r:/api/v#/coin/:id"},
		{`url:`, "pages/assets/recharge", "r:pages/assets/recharge"},
		{`localStorage.getItem(`, "token_17", "s:token_#"},
		{`uni.setStorageSync(`, "inviteCode", "s:inviteCode"},
		{`$t(`, "wallet.recharge.title", "k:wallet.recharge.title"},
		{`t(`, "deposit.minimum", "k:deposit.minimum"},
		{`sub:`, "market.$symbol.kline", "k:market.$symbol.kline"},
		{`src=`, "/static/logo.png", ""},
		{`import(`, "./chunk.js", ""},
		{`href=`, "//cdn.example/x", ""},
		{`x=`, "api.novatrade.com", ""},
		{`x=`, "1.2.3", ""},
		{`x=`, "use strict", ""},
		{`x=`, "a..b", ""},
		{`x=`, "/1/2", ""},
		{`x=`, "M10 20/30", ""},
	} {
		if got := identityOf(tc.before, tc.s); got != tc.want {
			t.Errorf("%s%q: %q, want %q", tc.before, tc.s, got, tc.want)
		}
	}
}

// Two builds of one app: other names of variables, another order of modules, another brand, another version of a library beside it.
func TestScriptIdentitySurvivesMinifiersAndBrands(t *testing.T) {
	routes := `{path:"/recharge",meta:{t:"wallet.recharge.title"}},{path:"/withdraw",meta:{t:"wallet.withdraw.title"}},{path:"/team/invite"},{path:"/node/mining"}`
	one := `(()=>{var a=[` + routes + `];function b(c){return http.post("/api/v1/pay/address",c)}localStorage.setItem("uid_1",a);var n="NovaTrade"})()`
	two := `!function(e,t){var r=localStorage;r.x;localStorage.setItem("uid_2",e);let brand='Apexfund';e.fetch=q=>q.post('/api/v1/pay/address',q);t.exports=[` +
		strings.ReplaceAll(routes, `"`, `'`) + `]}();`
	other := `(()=>{var r=[{path:"/menu"},{path:"/opening-hours"},{path:"/contact/form"}];t("bakery.bread.title")})()`
	shell := page("/", `<html><body><div id="app"></div><script src="/a.js"></script></body></html>`)
	token := func(script string) extractors.TokenSet {
		return read([]crawler.Page{shell}, asset(crawler.Script, "a.js", "text/javascript", script)).Fingerprint.Script
	}
	a, b, c := token(one), token(two), token(other)
	if s := shared(a, b); s < 0.99 || len(a.Hashes) < 7 {
		t.Errorf("two builds share %.2f of %d tokens", s, len(a.Hashes))
	}
	if s := shared(a, c); s > 0 {
		t.Errorf("another app shares %.2f", s)
	}
}

func TestMarks(t *testing.T) {
	body := `<html><body><div id="invest-box7"></div><form action="/user/deposit.php"><input name="amount"><select name="coin"></select></form>
<script src="https://widget.chat.example/js/42/w.js"></script></body></html>`
	p := page("/plans.html", body)
	p.Header = []crawler.HeaderField{{Name: "set-cookie", Value: "laravel_session=abc; path=/"}}
	got := read([]crawler.Page{p}).Fingerprint.Marks
	want := newSet()
	for _, m := range []string{"i:invest-box#", "f:user/deposit|amount,coin", "e:widget.chat.example/js/#/w.js", "c:laravel_session", "p:plans"} {
		want.add(m)
	}
	if w := want.sketch(100); !slices.Equal(got.Hashes, w.Hashes) {
		t.Errorf("%d marks, want %d; shared %.2f", len(got.Hashes), len(w.Hashes), shared(got, w))
	}
}

// screenOf draws a page: white, with rectangles as sections.
func screenOf(sections []image.Rectangle, tone color.RGBA) []byte {
	img := image.NewRGBA(image.Rect(0, 0, 400, 300))
	for i := range img.Pix {
		img.Pix[i] = 255
	}
	for _, s := range sections {
		for y := s.Min.Y; y < s.Max.Y; y++ {
			for x := s.Min.X; x < s.Max.X; x++ {
				img.SetRGBA(x, y, tone)
			}
		}
	}
	var b bytes.Buffer
	png.Encode(&b, img)
	return b.Bytes()
}

func TestScreenHashes(t *testing.T) {
	layout := []image.Rectangle{image.Rect(0, 0, 400, 40), image.Rect(20, 60, 120, 200), image.Rect(140, 60, 240, 200), image.Rect(260, 80, 390, 290)}
	hash := func(png []byte, blank string) (string, string) {
		v := crawler.View{URL: "https://" + testHost + "/", FinalURL: "https://" + testHost + "/", Status: 200, DOM: []byte(board), Blank: blank, Pictures: []crawler.Shot{{Kind: crawler.ShotViewport, PNG: png}}}
		c := &crawler.Capture{Host: testHost, Outcome: crawler.OK, Rendered: &crawler.Rendered{Views: []crawler.View{v}}}
		f := extractors.Extract(c, []extractors.Extractor{New()}).Fingerprint
		return f.ScreenP, f.ScreenD
	}
	p1, d1 := hash(screenOf(layout, color.RGBA{20, 40, 90, 255}), "")
	p2, d2 := hash(screenOf(layout, color.RGBA{30, 60, 80, 255}), "")
	if p1 == "" || p1 != p2 || d1 != d2 || len(p1) != 16 {
		t.Errorf("another tone gives other hashes: %s %s, %s %s", p1, d1, p2, d2)
	}
	if p, d := hash(screenOf(layout[2:], color.RGBA{20, 40, 90, 255}), ""); p == p1 || d == d1 {
		t.Errorf("another layout has the same hashes %s %s", p, d)
	}
	for name, got := range map[string]string{"a white page": first(hash(screenOf(nil, color.RGBA{}), "")), "one found blank": first(hash(screenOf(layout, color.RGBA{1, 1, 1, 255}), "one colour")),
		"no picture": first(hash([]byte("\x89PNG\r\n\x1a\nx"), ""))} {
		if got != "" {
			t.Errorf("%s has the hash %s", name, got)
		}
	}
}

func first(a, _ string) string { return a }

// What a browser showed is the front end; the empty frame is not.
func TestViewsReplaceTheFrame(t *testing.T) {
	shell := page("/", `<html><head><title>x</title></head><body><div id="app"></div><script src="/a.js"></script></body></html>`)
	dom := []byte(strings.Replace(board, "</body>", `<script src="/a.js"></script></body>`, 1))
	u := "https://" + testHost + "/"
	clicked := crawler.View{URL: u, FinalURL: u, Steps: []string{`click "Team"`}, DOM: []byte(`<html><body><p>Only after a click</p></body></html>`), SHA256: "2"}
	c := &crawler.Capture{Host: testHost, Outcome: crawler.OK, Pages: []crawler.Page{shell},
		Rendered: &crawler.Rendered{Views: []crawler.View{{URL: u, FinalURL: u, Status: 200, DOM: dom, SHA256: "1"}, clicked}}}
	f := extractors.Extract(c, []extractors.Extractor{New()})
	plain := read([]crawler.Page{page("/", string(dom))}).Fingerprint
	if s := shared(f.Fingerprint.Tags, plain.Tags); s < 0.999 {
		t.Errorf("rendered and plain tags share %.2f", s)
	}
	if !f.Fingerprint.Shell || f.Title != "NovaTrade - invest" || !strings.Contains(f.Text, "Forty traders") || !strings.Contains(f.Text, "Only after a click") {
		t.Errorf("shell %t, title %q, text %q", f.Fingerprint.Shell, f.Title, f.Text)
	}
}
