package hosting

import (
	"maps"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"scamatlas/crawler"
	"scamatlas/extractors"
)

// TestTechs reads the shipped list strictly.
func TestTechs(t *testing.T) {
	all, err := readTechs(techYAML)
	if err != nil {
		t.Fatal(err)
	}
	if len(all.all) < 100 {
		t.Errorf("only %d technologies", len(all.all))
	}
	seen := map[word]string{}
	for i := range all.all {
		e := &all.all[i]
		if len(e.words())+len(e.Headers)+len(e.Cookies)+len(e.Meta) == 0 {
			t.Errorf("%s cannot be recognised", e.Name)
		}
		for _, name := range e.Implies {
			if _, ok := all.at[name]; !ok {
				t.Errorf("%s implies %s, which is not listed", e.Name, name)
			}
		}
		for _, w := range e.words() {
			if other := seen[w]; other != "" {
				t.Errorf("%q is a sign of %s and %s", w.text, other, e.Name)
			}
			seen[w] = e.Name
		}
		for _, v := range slices.Concat(e.Cookies, e.Meta, slices.Collect(maps.Keys(e.Headers)), slices.Collect(maps.Values(e.Headers))) {
			if v != strings.ToLower(v) {
				t.Errorf("%s: %q is not lower case", e.Name, v)
			}
		}
	}
}

func TestReadTechsBad(t *testing.T) {
	all, err := readTechs([]byte("- {name: A, code: [aaaaa]}\n- {name: A}\n- {code: [bbbbb]}\n- {name: B, path: [ab]}\n- {name: C, html: [Upper]}\n"))
	if err == nil || len(all.all) != 1 {
		t.Fatalf("%v, %d entries", err, len(all.all))
	}
	for _, want := range []string{"entry 2", "entry 3", "entry 4", "entry 5"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%v does not say %s", err, want)
		}
	}
	for _, data := range []string{"- {name: A, colour: red}", "a: [", "- 1"} {
		if _, err := readTechs([]byte(data)); err == nil {
			t.Errorf("%q: no error", data)
		}
	}
}

// site makes a capture of files: NAME.header has header lines, NAME.html a page, others are assets.
func site(a *txtar.Archive) (c *crawler.Capture, want []string) {
	c = &crawler.Capture{Host: "nova.example"}
	for _, f := range a.Files {
		address := "https://nova.example/" + f.Name
		r := crawler.Response{URL: address, FinalURL: address, Status: 200, Body: f.Data}
		switch {
		case f.Name == "want":
			for name := range strings.SplitSeq(strings.TrimSpace(string(f.Data)), "\n") {
				if name != "" {
					want = append(want, name)
				}
			}
		case strings.HasSuffix(f.Name, ".header"):
			c.Pages = append(c.Pages, crawler.Page{Response: crawler.Response{Header: fields(strings.Split(strings.TrimSpace(string(f.Data)), "\n")...)}})
		case strings.HasSuffix(f.Name, ".html"):
			r.ContentType = "text/html; charset=utf-8"
			c.Pages = append(c.Pages, crawler.Page{Response: r})
		default:
			c.Assets = append(c.Assets, crawler.Asset{Response: r, Kind: crawler.Script})
		}
	}
	return c, want
}

// TestBuiltWith: what whole sites are built with, and that prose about a product is no sign of it.
func TestBuiltWith(t *testing.T) {
	entries, err := os.ReadDir("testdata/tech")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		t.Run(e.Name(), func(t *testing.T) {
			a, err := txtar.ParseFile("testdata/tech/" + e.Name())
			if err != nil {
				t.Fatal(err)
			}
			c, want := site(a)
			var f extractors.Findings
			New().Extract(extractors.NewInput(c), &f)
			if !reflect.DeepEqual(f.Hosting.Tech, want) {
				t.Errorf("got  %q\nwant %q", f.Hosting.Tech, want)
			}
		})
	}
}

// TestProseIsNoSign: a page that only names every product, in a sentence, is built with none.
func TestProseIsNoSign(t *testing.T) {
	all, err := readTechs(techYAML)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	b.WriteString("<html><head><title>News</title></head><body>")
	for _, e := range all.all {
		b.WriteString("<p>We compare " + e.Name + " and others; " + strings.ToLower(e.Name) + " is a product.</p>")
	}
	c := &crawler.Capture{Pages: []crawler.Page{{Response: crawler.Response{ContentType: "text/html", Body: []byte(b.String())}}}}
	if got := all.built(extractors.NewInput(c)); len(got) != 0 {
		t.Errorf("%q", got)
	}
}

// TestEverySign: each sign alone gives its technology and what that implies.
func TestEverySign(t *testing.T) {
	all, err := readTechs(techYAML)
	if err != nil {
		t.Fatal(err)
	}
	check := func(e *tech, what string, c *crawler.Capture) {
		t.Helper()
		if got := all.built(extractors.NewInput(c)); !slices.Contains(got, e.Name) {
			t.Errorf("%s: %s gives %q", e.Name, what, got)
		}
	}
	page := func(body string, header ...string) *crawler.Capture {
		return &crawler.Capture{Pages: []crawler.Page{{Response: crawler.Response{ContentType: "text/html", Body: []byte(body), Header: fields(header...)}}}}
	}
	for i := range all.all {
		e := &all.all[i]
		for name, value := range e.Headers {
			check(e, name, page("", strings.ToUpper(name)+": "+strings.ToUpper(value)+" 1.0"))
		}
		for _, name := range e.Cookies {
			check(e, name, page("", "Set-Cookie: "+strings.Replace(name, "*", "x", 1)+"=1; path=/"))
		}
		for _, m := range e.Meta {
			check(e, m, page(`<meta content="`+m+` 1.2" name="generator">`))
			check(e, m, page(`<meta name="Generator" content="`+strings.ToUpper(m)+`">`))
		}
		for _, p := range e.Path {
			check(e, p, page(`<script src="https://cdn.example/`+p+`x"></script>`))
		}
		for _, h := range e.HTML {
			check(e, h, page("<div>\n"+h+"</div>"))
		}
		for _, s := range e.Code {
			js := crawler.Asset{Response: crawler.Response{ContentType: "text/javascript", Body: []byte("a;" + strings.ToUpper(s) + "b")}, Kind: crawler.Script}
			check(e, s, &crawler.Capture{Assets: []crawler.Asset{js}})
		}
	}
}

func TestRenderedSigns(t *testing.T) {
	c := &crawler.Capture{Rendered: &crawler.Rendered{
		Answers: []crawler.Answer{
			{Response: crawler.Response{URL: "https://embed.tawk.to/1/default"}, Type: "script"},
			{Response: crawler.Response{Header: fields("X-Powered-By: ThinkPHP")}, Type: "document"},
			{Response: crawler.Response{Header: fields("Server: Caddy")}, Type: "script"}, // somebody else's
		},
		Storage: []crawler.Stored{{Kind: "cookie", Key: "laravel_session"}, {Kind: "local", Key: "ci_session"}},
	}}
	if got, want := New().techs.built(extractors.NewInput(c)), []string{"Laravel", "PHP", "Tawk.to", "ThinkPHP"}; !reflect.DeepEqual(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestMarkers(t *testing.T) {
	words := []string{"he", "she", "his", "hers", "", "日本", "a\x00b"}
	m := newMarkers(words)
	for text, want := range map[string][]string{"uSHErs": {"he", "hers", "she"}, "": nil, "x日本x": {"日本"}, "a\x00b": {"a\x00b"}, "hihis": {"his"}, "日": nil} {
		var got []string
		find(m, text, func(n uint32) { got = append(got, words[n]) })
		slices.Sort(got)
		if !slices.Equal(got, want) {
			t.Errorf("%q holds %q, want %q", text, got, want)
		}
	}
}

// FuzzMarkers compares with looking for each word by itself.
func FuzzMarkers(f *testing.F) {
	f.Add("he,she,his,hers", "ushers his")
	f.Add("a,aa,aaa", "aaaa")
	f.Add("\xff\x00,\x00", "\x00\xff\x00")
	f.Fuzz(func(t *testing.T, list, text string) {
		words := strings.Split(lowerASCII(list), ",")
		if len(list) > 500 {
			return
		}
		found := make([]bool, len(words))
		find(newMarkers(words), text, func(n uint32) { found[n] = true })
		for n, w := range words {
			if want := w != "" && strings.Contains(lowerASCII(text), w); found[n] != want {
				t.Errorf("%q in %q: %t, want %t", w, text, found[n], want)
			}
		}
	})
}

func lowerASCII(s string) string {
	b := []byte(s)
	for i, c := range b {
		if c >= 'A' && c <= 'Z' {
			b[i] = c + 'a' - 'A'
		}
	}
	return string(b)
}

func BenchmarkNew(b *testing.B) {
	for b.Loop() {
		New()
	}
}

func BenchmarkMarkers(b *testing.B) {
	e := New()
	text := strings.Repeat(`<div class="card" data-x="1"><script src="/static/js/app.js"></script>function(e,t){return e.call(t)}`, 10000)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		find(e.techs.markers, text, func(uint32) {})
	}
}
