package link

import (
	"slices"
	"strings"
	"testing"

	"scamatlas/crawler"
	"scamatlas/extractors"
)

func read(pages ...string) []string {
	c := &crawler.Capture{Host: "www.nova.example"}
	for _, body := range pages {
		c.Pages = append(c.Pages, crawler.Page{Response: crawler.Response{FinalURL: "https://www.nova.example/", Status: 200, ContentType: "text/html", Body: []byte(body)}})
	}
	return extractors.Extract(c, []extractors.Extractor{New()}).Links
}

func TestLinks(t *testing.T) {
	for _, c := range []struct{ name, page, want string }{
		{"links, maps, forms, frames", `<a href="https://A.example/x">a</a><map><area href="http://b.example"></map><form action="//c.example/pay"><iframe src="https://d.example:8443/">`, "a.example b.example c.example d.example"},
		{"each once", `<a href="https://a.example/1">1</a><a href="http://a.example/2">2</a>`, "a.example"},
		{"not the site's own", `<a href="/x">x</a><a href="https://nova.example/">y</a><a href="https://pay.nova.example/">z</a><a href="x">w</a>`, ""},
		{"not what pages are made of", `<script src="https://cdn.example/x.js"></script><img src="https://i.example/x.png"><link href="https://f.example/x.css">`, ""},
		{"not what is no site", `<a href="mailto:x@a.example">x</a><a href="tel:+1">x</a><a href="javascript:go('https://a.example')">x</a><a href="tg://resolve?domain=x">x</a><a href="https://192.0.2.7/">x</a><a href="https://com/">x</a><a href="https://">x</a>`, ""},
		{"not what is only written", `https://a.example/ <!-- <a href="https://b.example/">b</a> -->`, ""},
		{"international", `<a href="https://bücher.example/">x</a>`, "xn--bcher-kva.example"},
	} {
		if got := strings.Join(read(c.page), " "); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
	if got := read(`<a href="https://a.example">a</a>`, `<a href="https://b.example">b</a>`); !slices.Equal(got, []string{"a.example", "b.example"}) {
		t.Errorf("of two pages: %v", got)
	}
}

func TestLinksAreBounded(t *testing.T) {
	var b strings.Builder
	for i := range 3 * maxHosts {
		b.WriteString(`<a href="https://h` + strings.Repeat("x", i%50) + string(rune('a'+i%26)) + strings.Repeat("y", i/50%60) + `.example/">x</a>`)
	}
	if n := len(read(b.String())); n != extractors.MaxLinks {
		t.Errorf("%d links", n)
	}
}

func FuzzLinks(f *testing.F) {
	f.Add(`<a href="https://a.example/x">`)
	f.Add(`<a href="//[::1]/"><a href="https://%zz/">`)
	f.Fuzz(func(t *testing.T, page string) {
		for _, host := range read(page) {
			if again, err := crawler.NormalHost(host); err != nil || again != host {
				t.Errorf("%q is no host: %q %v", host, again, err)
			}
		}
	})
}
