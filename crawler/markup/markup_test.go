package markup

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	"scamatlas/crawler"
)

func hrefs(d Document) []string {
	var list []string
	for _, r := range d.Links {
		list = append(list, r.Href)
	}
	return list
}

func TestRead(t *testing.T) {
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
			if got := hrefs(Read([]byte(tc.html))); !slices.Equal(got, tc.want) {
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

func TestReadFacts(t *testing.T) {
	d := Read([]byte(`<base href="/sub/"><base href="/no/"><title> Big
		 Vault </title><meta http-equiv=REFRESH content="5; URL='/next'"><link rel="preload" as=script href=/p.js>
		<link rel="apple-touch-icon" href=/t.png><link rel=modulepreload href=/m.js><input type=image src=/i.png>
		<video poster=/v.jpg><source src=/v.mp4 type=video/mp4></video><picture><source srcset="/s1.png 1x, /s2.png 2x"></picture>
		<a href=/a title="Pay">in <b>now</b></a>after`))
	if d.Base != "/sub/" || d.Title != "Big Vault" || d.Refresh != "/next" {
		t.Errorf("base %q, title %q, refresh %q", d.Base, d.Title, d.Refresh)
	}
	if d.Text != len("innowafter") || strings.Join(strings.Fields(string(d.Sample)), " ") != "in now after" {
		t.Errorf("%d bytes of text, sample %q", d.Text, d.Sample)
	}
	if len(d.Links) != 1 || strings.Join(strings.Fields(d.Links[0].Text), " ") != "Pay in now" {
		t.Errorf("links %+v", d.Links)
	}
	var got []string
	for _, a := range d.Assets {
		got = append(got, string(a.Kind)+" "+a.Href)
	}
	want := []string{"script /p.js", "icon /t.png", "script /m.js", "image /i.png", "image /v.jpg", "image /s1.png"}
	if !slices.Equal(got, want) {
		t.Errorf("assets %q, want %q", got, want)
	}
}

func TestReadBounds(t *testing.T) {
	if d := Read([]byte(strings.Repeat("<a href=/x>", crawler.MaxLinks+1))); len(d.Links) != crawler.MaxLinks || !d.Full {
		t.Errorf("%d links, full %v", len(d.Links), d.Full)
	}
	d := Read([]byte("<title>" + strings.Repeat("t", 1<<20) + "</title><a href=/x>" + strings.Repeat("word ", 1<<18) + "</a><a href=/" + strings.Repeat("y", crawler.MaxURL) + ">"))
	if len(d.Title) > crawler.MaxTitle || len(d.Sample) > maxSample || len(d.Links) != 1 || len(d.Links[0].Text) > maxAnchor+1 {
		t.Errorf("title %d, sample %d, links %d", len(d.Title), len(d.Sample), len(d.Links))
	}
	var attrs strings.Builder
	for i := range 100_000 {
		fmt.Fprintf(&attrs, "x%d=y ", i)
	}
	if d := Read([]byte("<a " + attrs.String() + "href=/late>")); len(d.Links) != 0 {
		t.Errorf("links after %d attributes: %v", maxAttrs, d.Links)
	}
}

func FuzzRead(f *testing.F) {
	const page = `<html><head><title>Vault</title></head><body><h1>Double your coins</h1><a href="/deposit">Deposit</a></body></html>`
	f.Add([]byte(page))
	f.Add([]byte(`<base href=//x><script>location.href="/a"</script><meta http-equiv=refresh content="0;url=b"><link rel="icon preload" as=style href=c><form action=?d>`))
	f.Add(utf16Bytes(page, true))
	f.Add([]byte("<a href=\"\x00\xff%zz\\\\\"><plaintext><![CDATA["))
	f.Fuzz(func(t *testing.T, body []byte) {
		d := Read(body)
		if len(d.Links) > crawler.MaxLinks || len(d.Assets) > crawler.MaxLinks || len(d.Sample) > maxSample || len(d.Title) > crawler.MaxTitle {
			t.Fatal("over a bound")
		}
		for _, r := range d.Links {
			if !mayLead(r.Href) {
				t.Fatalf("a link to %q", r.Href)
			}
		}
	})
}
