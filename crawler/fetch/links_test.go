package fetch

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	"scamatlas/crawler"
)

func mustURL(t testing.TB, s string) *url.URL {
	t.Helper()
	u, err := url.Parse(s)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func hrefs(d document) []string {
	var list []string
	for _, r := range d.links {
		list = append(list, r.href)
	}
	return list
}

func TestReadDocument(t *testing.T) {
	for _, tc := range []struct {
		name, html string
		want       []string
	}{
		{"links", `<a href=/a>A</a><AREA HREF='/b'><iframe src="/c"></iframe><a href="">empty</a><a>none</a>`, []string{"/a", "/b", "/c"}},
		{"schemes", `<a href="javascript:x()">1</a><a href="mailto:a@b">2</a><a href="TEL:1">3</a><a href="data:text/html,x">4</a><a href="HTTPS://x.test/">5</a><a href=" /a ">6</a><a href="a:b/c">7</a><a href="./a:b">8</a>`, []string{"HTTPS://x.test/", " /a ", "./a:b"}},
		{"forms", `<form action=/get></form><form method=Post action=/post></form><form action="">`, []string{"/get"}},
		{"scripts", `<script>if(a){window.location.href = "/x"}; location.replace('/y'); location="/z"; location.href="/q?id="+id; var location2="/w"; location.hash="#a"</script>`, []string{"/x", "/y", "/z"}},
		{"buttons", `<button onclick="location.href='/join'">Join</button><a href=# onclick="window.location='/in'">In</a>`, []string{"/join", "/in"}},
		{"in comments and text", `<!-- <a href=/no> --><textarea><a href=/no></textarea><style>a{x:"<a href=/no>"}</style><title><a href=/no></title>`, nil},
		{"nested 513 deep", strings.Repeat("<div>", 513) + "<a href=/deep>x", []string{"/deep"}},
		{"nested 100,000 deep", strings.Repeat("<svg><template><table>", 33000) + "<a href=/deep>x", []string{"/deep"}},
		{"entities", `<a href="/a?x=1&amp;y=2">x</a>`, []string{"/a?x=1&y=2"}},
		{"the first of two", `<a href=/a href=/b>`, []string{"/a"}},
		{"UTF-16", string(utf16Bytes(`<a href=/wide>x</a>`, true)), []string{"/wide"}},
		{"UTF-16 without its mark", string(utf16Bytes(`<html><a href=/wide>x</a></html>`, false)), []string{"/wide"}},
		{"cut in a tag", `<a href=/a>x</a><a href="/b`, []string{"/a"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := hrefs(readDocument([]byte(tc.html))); !slices.Equal(got, tc.want) {
				t.Errorf("links %q, want %q", got, tc.want)
			}
		})
	}
}

func utf16Bytes(s string, mark bool) []byte {
	units := utf16.Encode([]rune(s))
	if mark {
		units = append([]uint16{0xfeff}, units...)
	}
	var b []byte
	for _, u := range units {
		b = append(b, byte(u), byte(u>>8))
	}
	return b
}

func TestReadDocumentFacts(t *testing.T) {
	d := readDocument([]byte(`<base href="/sub/"><base href="/no/"><title> Big
		 Vault </title><meta http-equiv=REFRESH content="5; URL='/next'"><link rel="preload" as=script href=/p.js>
		<link rel="apple-touch-icon" href=/t.png><link rel=modulepreload href=/m.js><input type=image src=/i.png>
		<video poster=/v.jpg><source src=/v.mp4 type=video/mp4></video><picture><source srcset="/s1.png 1x, /s2.png 2x"></picture>
		<a href=/a title="Pay">in <b>now</b></a>after`))
	if d.base != "/sub/" || d.title != "Big Vault" || d.refresh != "/next" {
		t.Errorf("base %q, title %q, refresh %q", d.base, d.title, d.refresh)
	}
	if d.text != len("innowafter") || strings.Join(strings.Fields(string(d.sample)), " ") != "in now after" {
		t.Errorf("%d bytes of text, sample %q", d.text, d.sample)
	}
	if len(d.links) != 1 || strings.Join(strings.Fields(d.links[0].text), " ") != "Pay in now" {
		t.Errorf("links %+v", d.links)
	}
	var got []string
	for _, a := range d.assets {
		got = append(got, string(a.kind)+" "+a.href)
	}
	want := []string{"script /p.js", "icon /t.png", "script /m.js", "image /i.png", "image /v.jpg", "image /s1.png"}
	if !slices.Equal(got, want) {
		t.Errorf("assets %q, want %q", got, want)
	}
}

func TestReadDocumentBounds(t *testing.T) {
	if d := readDocument([]byte(strings.Repeat("<a href=/x>", crawler.MaxLinks+1))); len(d.links) != crawler.MaxLinks || !d.full {
		t.Errorf("%d links, full %v", len(d.links), d.full)
	}
	d := readDocument([]byte("<title>" + strings.Repeat("t", 1<<20) + "</title><a href=/x>" + strings.Repeat("word ", 1<<18) + "</a><a href=/" + strings.Repeat("y", crawler.MaxURL) + ">"))
	if len(d.title) > crawler.MaxTitle || len(d.sample) > maxSample || len(d.links) != 1 || len(d.links[0].text) > maxAnchor+1 {
		t.Errorf("title %d, sample %d, links %d", len(d.title), len(d.sample), len(d.links))
	}
	var attrs strings.Builder
	for i := range 100_000 {
		fmt.Fprintf(&attrs, "x%d=y ", i)
	}
	if d := readDocument([]byte("<a " + attrs.String() + "href=/late>")); len(d.links) != 0 {
		t.Errorf("links after %d attributes: %v", maxAttrs, d.links)
	}
}

func TestResolve(t *testing.T) {
	base := mustURL(t, "https://Shop.test/a/b?q=1")
	for ref, want := range map[string]string{
		"c":                          "https://shop.test/a/c",
		"?x=2":                       "https://shop.test/a/b?x=2",
		"//CDN.test:443/x":           "https://cdn.test/x",
		"http://shop.test:80":        "http://shop.test/",
		"http://shop.test:8080/#top": "http://shop.test:8080/",
		`\deposit\now`:               "https://shop.test/deposit/now",
		`https:\\evil.test\x?a=\b`:   `https://evil.test/x?a=\b`,
		" /a\n/b\t":                  "https://shop.test/a/b",
		"/100%/x":                    "https://shop.test/100%25/x",
		"/%zz":                       "https://shop.test/%25zz",
		"https://u:p@shop.test/":     "https://shop.test/",
		"../../../x":                 "https://shop.test/x",
		"https://bücher.test:8443/ü": "https://xn--bcher-kva.test:8443/%C3%BC",
		"javascript:alert(1)":        "",
		"file:///etc/passwd":         "",
		"http://:80/":                "",
		"http://":                    "",
		"https:x":                    "",
		"http://[::1":                "",
		"/" + strings.Repeat("a", crawler.MaxURL): "",
	} {
		got := ""
		if u := resolve(base, ref); u != nil {
			got = u.String()
		}
		if got != want {
			t.Errorf("%.60q: %q, want %q", ref, got, want)
		}
	}
}

func TestScopeHolds(t *testing.T) {
	s := scope{"shop.test"}
	for host, want := range map[string]bool{"shop.test": true, "a.b.shop.test": true, "notshop.test": false, "shop.test.evil.test": false, "test": false} {
		if got := s.holds(mustURL(t, "http://"+host+"/")); got != want {
			t.Errorf("%s: %v", host, got)
		}
	}
}

func TestWeights(t *testing.T) {
	w := newWords()
	base := mustURL(t, "http://shop.test/")
	for _, tc := range []struct {
		path, text string
		want       int
	}{
		{"/deposit.php", "", 4}, {"/x", "Top-Up now", 0}, {"/x", "Deposit funds", 4}, {"/investment-plans", "", 3}, {"/sign-up", "", 3},
		{"/contact", "", 2}, {"/contacto", "", 2}, {"/blog/2024", "News", 0}, {"/faq", "", 1}, {"/x", "Пополнить счёт", 4}, {"/x", "联系我们", 2},
		{"/%E5%85%85%E5%80%BC", "", 4}, {"/cuenta", "", 3}, {"/img/photo", "", 0},
	} {
		if got := w.weight(resolve(base, tc.path), tc.text); got != tc.want {
			t.Errorf("%s %q: %d, want %d", tc.path, tc.text, got, tc.want)
		}
	}
}

func TestFrontier(t *testing.T) {
	base := mustURL(t, "http://shop.test/")
	f := newFrontier()
	add := func(ref string, weight int) string { return f.add(link{u: resolve(base, ref)}, weight) }
	for range maxFrontier {
		add("/"+strings.Repeat("x", 3)+string(rune('a'+f.size%26))+url.QueryEscape(strings.Repeat("y", f.size/26)), 0)
	}
	if f.size != maxFrontier {
		t.Fatalf("%d links", f.size)
	}
	if add("/one-more", 0) != capLinks || add("/deposit", 4) != "" || f.size != maxFrontier {
		t.Errorf("a full frontier does not prefer the weighty: %d links", f.size)
	}
	if first := f.next(1); first[0].u.Path != "/deposit" {
		t.Errorf("first %s", first[0].u)
	}
	if add("http://www.shop.test/deposit", 4) != "" || add("https://shop.test/deposit#x", 4) != "" || len(f.next(2)) != 2 || len(f.levels[4]) > 0 {
		t.Error("one page is handed out twice")
	}
	if add("/a/a/a/b", 0) != "" || add("/a/a/b/a/a", 0) != capPathLoop {
		t.Error("path loop")
	}
	for i := range maxPayVariants + 1 {
		bound := add("/deposit?coin="+string(rune('a'+i)), 4)
		if (bound == capVariants) != (i >= maxPayVariants) {
			t.Errorf("variant %d: %q", i, bound)
		}
	}
}

func FuzzReadDocument(f *testing.F) {
	f.Add([]byte(scamPage))
	f.Add([]byte(`<base href=//x><script>location.href="/a"</script><meta http-equiv=refresh content="0;url=b"><link rel="icon preload" as=style href=c><form action=?d>`))
	f.Add(utf16Bytes(scamPage, true))
	f.Add([]byte("<a href=\"\x00\xff%zz\\\\\"><plaintext><![CDATA["))
	base, err := url.Parse("https://shop.test/a/b")
	if err != nil {
		f.Fatal(err)
	}
	w := newWords()
	f.Fuzz(func(t *testing.T, body []byte) {
		d := readDocument(body)
		if len(d.links) > crawler.MaxLinks || len(d.sample) > maxSample || len(d.title) > crawler.MaxTitle {
			t.Fatal("over a bound")
		}
		for _, r := range append(d.links, reference{href: d.base}, reference{href: d.refresh}) {
			u := resolve(base, r.href)
			if u == nil {
				continue
			}
			if again := resolve(base, u.String()); again == nil || again.String() != u.String() {
				t.Fatalf("%q resolves to %q and that to %v", r.href, u, again)
			}
			if weight := w.weight(u, r.text); weight < 0 || weight > topWeight {
				t.Fatalf("weight %d", weight)
			}
			looping(u.Path)
		}
	})
}
