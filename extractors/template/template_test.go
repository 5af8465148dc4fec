package template

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"scamatlas/crawler"
	"scamatlas/extractors"
)

func TestBoard(t *testing.T) {
	f := read([]crawler.Page{page("/", board)})
	p := f.Fingerprint
	if f.Title != "NovaTrade - invest" || f.Lang != "en" || p.Version != Version || p.Shell || p.Elements != 17 {
		t.Errorf("title %q lang %q version %d shell %v elements %d", f.Title, f.Lang, p.Version, p.Shell, p.Elements)
	}
	if p.Classes.Total != 5 { // top bar plans go team
		t.Errorf("classes: %d", p.Classes.Total)
	}
	if p.Names.Total != 2 { // main.css ceo.jpg
		t.Errorf("names: %d", p.Names.Total)
	}
	for _, line := range []string{"NovaTrade", "Plans of NovaTrade", "Earn 12.5% daily from a deposit of $1,000 to $ 25,000 in our starter plan", "Invest now"} {
		if !slices.Contains(strings.Split(f.Text, "\n"), line) {
			t.Errorf("search text lacks the line %q:\n%s", line, f.Text)
		}
	}
	for _, s := range []extractors.TokenSet{p.Tags, p.Classes, p.Names, p.Text} {
		if !slices.IsSorted(s.Hashes) || len(slices.Compact(slices.Clone(s.Hashes))) != len(s.Hashes) || s.Total < len(s.Hashes) {
			t.Errorf("set out of order: %+v", s)
		}
	}
}

func TestWhatBuyersOfAKitChangeDoesNotShow(t *testing.T) {
	a := read([]crawler.Page{page("/", board)}).Fingerprint
	b := readHost("apexfund.example", []crawler.Page{page("/", edited)}).Fingerprint
	if a.DOMHash == "" || a.DOMHash != b.DOMHash {
		t.Errorf("DOM hash %s and %s", a.DOMHash, b.DOMHash)
	}
	for name, s := range map[string]float64{"tags": shared(a.Tags, b.Tags), "classes": shared(a.Classes, b.Classes), "names": shared(a.Names, b.Names), "text": shared(a.Text, b.Text)} {
		if s != 1 {
			t.Errorf("%s: similarity %.2f, want 1", name, s)
		}
	}
	if !slices.Equal(a.Bands, b.Bands) {
		t.Errorf("bands %v and %v", a.Bands, b.Bands)
	}
	other := readHost("x.example", []crawler.Page{page("/", `<body><table><tr><td><form><input><select><option>a few quite different words here</table>`)}).Fingerprint
	if s := shared(a.Tags, other.Tags) + shared(a.Text, other.Text); s != 0 {
		t.Errorf("a page of another design: similarity %.2f", s)
	}
}

func TestFilesAreKnownThroughEdits(t *testing.T) {
	const css = "/* Nova theme */\n.card { color: #a1b2c3;\n  margin: 0 }\n"
	const js = "// (c) somebody\nvar api = 'https://x.example/v1'; go(api)\n"
	for name, tc := range map[string]struct {
		a, b crawler.Asset
		same bool
	}{
		"minified":            {asset(crawler.Style, "a.css", "text/css", css), asset(crawler.Style, "a.css", "text/css", ".card{color:#a1b2c3;margin:0}"), true},
		"recoloured":          {asset(crawler.Style, "a.css", "text/css", css), asset(crawler.Style, "a.css", "text/css", strings.Replace(css, "a1b2c3", "ff0000", 1)), true},
		"another comment":     {asset(crawler.Script, "a.js", "text/javascript", js), asset(crawler.Script, "a.js", "text/javascript", "/*nova*/"+strings.Replace(js, "somebody", "nobody", 1)), true},
		"another rule":        {asset(crawler.Style, "a.css", "text/css", css), asset(crawler.Style, "a.css", "text/css", strings.Replace(css, "margin", "padding", 1)), false},
		"another address":     {asset(crawler.Script, "a.js", "text/javascript", js), asset(crawler.Script, "a.js", "text/javascript", strings.Replace(js, "v1", "v2", 1)), false},
		"bytes after a PNG":   {asset(crawler.Image, "l.png", "image/png", "\x89PNGdataIEND\xaeB`\x82"), asset(crawler.Image, "l.png", "image/png", "\x89PNGdataIEND\xaeB`\x82junk"), true},
		"another PNG":         {asset(crawler.Image, "l.png", "image/png", "\x89PNGdataIEND\xaeB`\x82"), asset(crawler.Image, "l.png", "image/png", "\x89PNGdatumIEND\xaeB`\x82"), false},
		"a selector, not hex": {asset(crawler.Style, "a.css", "text/css", "#feed-me{}"), asset(crawler.Style, "a.css", "text/css", "#feed-you{}"), false},
	} {
		a, b := read(nil, tc.a).Fingerprint.Assets, read(nil, tc.b).Fingerprint.Assets
		if len(a.Hashes) != 1 || len(b.Hashes) != 1 || (a.Hashes[0] == b.Hashes[0]) != tc.same {
			t.Errorf("%s: %v and %v, want equal: %v", name, a.Hashes, b.Hashes, tc.same)
		}
	}
}

func TestFailuresAreNoFiles(t *testing.T) {
	missing := asset(crawler.Style, "a.css", "text/css", "x{}")
	missing.Status = 404
	half := asset(crawler.Style, "a.css", "text/css", "x{}")
	half.Truncated = "size"
	page404 := page("/gone", `<body><article><h1>no such page</h1></article>`)
	page404.Status = 404
	f := read([]crawler.Page{page404}, missing, half, asset(crawler.Script, "a.js", "text/html", "<html><body>start page</body></html>"), asset(crawler.Data, "d.json", "application/json", `{"a":1}`))
	if p := f.Fingerprint; p.Assets.Total != 0 || p.Tags.Total != 0 || f.Text != "" {
		t.Errorf("%+v, text %q", p, f.Text)
	}
}

func TestBaseName(t *testing.T) {
	for in, want := range map[string]string{
		"/css/main.3f2a1b9c.css": "main.css", "/js/jquery-3.7.1.min.js": "jquery.js", "app.min.js": "app.js", "/img/Logo_Dark.PNG": "logo-dark.png",
		"/1.jpg": "1.jpg", "/a/face.css": "face.css", "/x/chunk-deadbeef01.js": "chunk.js", "/": "", "/plain": "", "/.htaccess": "", "/a.": "", "bootstrap.bundle.min.js": "bootstrap-bundle.js",
	} {
		if got := baseName(in); got != want {
			t.Errorf("%s: %q, want %q", in, got, want)
		}
	}
}

func TestShellWeighsNothing(t *testing.T) {
	shell := `<!doctype html><html lang="en"><head><title>App</title></head><body><noscript>You need to enable JavaScript to run this app.</noscript><div id="root" class="app"></div><script src="/static/js/main.ab12cd34.js"></script></body></html>`
	f := read([]crawler.Page{page("/", shell)}, asset(crawler.Script, "static/js/main.ab12cd34.js", "text/javascript", "render()"))
	p := f.Fingerprint
	if !p.Shell || p.Elements != 1 || p.Tags.Total+p.Classes.Total+p.Text.Total != 0 || len(p.Bands) != 0 {
		t.Errorf("an empty frame has structure: %+v", p)
	}
	if p.Assets.Total != 1 || p.Names.Total != 1 {
		t.Errorf("its files still count: assets %d names %d", p.Assets.Total, p.Names.Total)
	}
	if read([]crawler.Page{page("/", board+"<script></script>")}).Fingerprint.Shell {
		t.Error("a page with content is no shell")
	}
	if read([]crawler.Page{page("/", "<p>Soon.")}).Fingerprint.Shell {
		t.Error("a page without script is no shell")
	}
}

func TestMarkupInTheScriptOfAShell(t *testing.T) {
	quoted, err := json.Marshal(board)
	if err != nil {
		t.Fatal(err)
	}
	shell := []crawler.Page{page("/", `<body><div id="root"></div><script src="a.js"></script>`)}
	plain := read([]crawler.Page{page("/", board)})
	for name, script := range map[string]string{
		"JSON string":      "var H=" + string(quoted) + ";root.innerHTML=H",
		"behind a comment": "/* don't */ var H=" + string(quoted),
		"template literal": "x(`" + board + "`)",
		"single quotes":    "x('" + strings.ReplaceAll(board, "\n", `\n`) + "')",
	} {
		f := read(shell, asset(crawler.Script, "a.js", "text/javascript", script))
		if s := shared(f.Fingerprint.Tags, plain.Fingerprint.Tags); s < .9 || !f.Fingerprint.Shell {
			t.Errorf("%s: similarity to the drawn page %.2f, shell %v", name, s, f.Fingerprint.Shell)
		}
		if !strings.Contains(f.Text, "Forty traders") {
			t.Errorf("%s: not in the search text: %q", name, f.Text)
		}
	}
	f := read([]crawler.Page{page("/", board)}, asset(crawler.Script, "a.js", "text/javascript", "x(`"+strings.Repeat("<table><tr><td></td></tr></table>", 40)+"`)"))
	if s := shared(f.Fingerprint.Tags, plain.Fingerprint.Tags); s != 1 {
		t.Errorf("the scripts of an ordinary page changed its structure: %.2f", s)
	}
}

func TestFaviconHashes(t *testing.T) {
	all := make([]byte, 256)
	for i := range all {
		all[i] = byte(i)
	}
	// Values of Python's mmh3.hash(base64.encodebytes(body)).
	for want, body := range map[string][]byte{
		"-757223386": all, "1355950459": []byte("icon"), "1993561383": make([]byte, 57), "1797339480": bytes.Repeat([]byte("\x89PNG\r\n\x1a\n"), 40),
	} {
		second := asset(crawler.Icon, "b.ico", "image/x-icon", "second")
		p := read(nil, asset(crawler.Icon, "a.ico", "image/x-icon", string(body)), second).Fingerprint
		if p.FaviconMMH3 != want || len(p.FaviconSHA256) != 64 {
			t.Errorf("%d bytes: %s, want %s (sha256 %s)", len(body), p.FaviconMMH3, want, p.FaviconSHA256)
		}
	}
	if p := read(nil, asset(crawler.Icon, "a.ico", "text/html", "<html>not found")).Fingerprint; p.FaviconMMH3 != "" {
		t.Error("a page is no icon")
	}
}

func TestTextIsCleanAndBounded(t *testing.T) {
	f := read([]crawler.Page{page("/", "<title>a\x1b[31m\u202eb  c"+strings.Repeat("é", 2000)+"</title><p>x\u200by\x07 z</p>"+strings.Repeat("<p>long text of many words</p>", 3)+"<p>"+strings.Repeat("w ", extractors.MaxSearchText)+"</p>")})
	if !strings.HasPrefix(f.Title, "a [31mb cé") || len(f.Title) > crawler.MaxTitle {
		t.Errorf("title of %d bytes: %.40q", len(f.Title), f.Title)
	}
	if !strings.Contains(f.Text, "xy z\nlong text of many words\nw w") || len(f.Text) > extractors.MaxSearchText {
		t.Errorf("text of %d bytes: %.80q", len(f.Text), f.Text)
	}
	for in, want := range map[string]string{"en-GB": "en-gb", "de_AT": "de-at", "": "", "<b>": "", strings.Repeat("x", 60): ""} {
		if got := language(in); got != want {
			t.Errorf("language %q: %q", in, got)
		}
	}
}

func TestSketchOfALargeSet(t *testing.T) {
	var a, b strings.Builder
	for i := range 4000 {
		for j, w := range []*strings.Builder{&a, &b} {
			if i%2 == 0 || i%4 == 1+2*j {
				fmt.Fprintf(w, `<p class="c%d">`, i)
			}
		}
	}
	x, y := read([]crawler.Page{page("/", a.String())}).Fingerprint.Classes, read([]crawler.Page{page("/", b.String())}).Fingerprint.Classes
	if x.Total != 3000 || len(x.Hashes) != MaxClassTokens {
		t.Fatalf("total %d kept %d", x.Total, len(x.Hashes))
	}
	// 2000 of 4000 classes are common: the smallest hashes of both tell.
	limit := min(x.Hashes[len(x.Hashes)-1], y.Hashes[len(y.Hashes)-1])
	cut := func(s extractors.TokenSet) extractors.TokenSet {
		n, _ := slices.BinarySearch(s.Hashes, limit+1)
		return extractors.TokenSet{Hashes: s.Hashes[:n]}
	}
	if s := shared(cut(x), cut(y)); s < .44 || s > .56 {
		t.Errorf("estimated similarity %.3f, true 0.5", s)
	}
}

func TestMostOfALargeSiteFits(t *testing.T) {
	var pages []crawler.Page
	for p := range 20 {
		var b strings.Builder
		for i := range 3000 {
			fmt.Fprintf(&b, "<%s class='k%d-%d'>word%c%c some%c thing%c</p><img src=i%d-%dx.png>", []string{"p", "div", "span", "ul", "h2"}[i*7%5+0], p, i, 'a'+i%26, 'a'+p, 'a'+i/26%26, 'a'+i/676, p, i)
		}
		pages = append(pages, page(fmt.Sprintf("/%d", p), b.String()))
	}
	fp := read(pages).Fingerprint
	raw, err := json.Marshal(fp)
	if err != nil {
		t.Fatal(err)
	}
	if len(raw) > 64<<10 || fp.Text.Total <= MaxTextTokens {
		t.Errorf("fingerprint of %d bytes, %d text tokens", len(raw), fp.Text.Total)
	}
}
