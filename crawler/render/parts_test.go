package render

import (
	"bytes"
	"io"
	"os"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/network"

	"scamatlas/crawler"
)

// What Chrome 124 and its kin were seen to send.
func TestBrandsAreThoseOfTheVersion(t *testing.T) {
	for ua, want := range map[string]string{
		"Mozilla/5.0 (X11; Linux x86_64) Chrome/124.0.0.0 Safari/537.36":                 "Chromium/124, Google Chrome/124, Not-A.Brand/99",
		"Mozilla/5.0 (Linux; Android 15; Pixel 8; wv) Chrome/124.0.0.0 Mobile":           "Chromium/124, Android WebView/124, Not-A.Brand/99",
		"Mozilla/5.0 (Windows NT 10.0) Chrome/124.0.0.0 Safari/537.36 Edg/124.0.2478.51": "Chromium/124, Microsoft Edge/124, Not-A.Brand/99",
	} {
		var got []string
		for _, b := range brands(&crawler.Profile{UserAgent: ua}, "") {
			got = append(got, b.Brand+"/"+b.Version)
		}
		if s := strings.Join(got, ", "); s != want {
			t.Errorf("%s: %s, want %s", ua, s, want)
		}
	}
}

// Messages that are too long lose their end, not their place in the stream.
func TestLongMessagesAreCut(t *testing.T) {
	long := bytes.Repeat([]byte("x"), maxMessage+100)
	in := bytes.Join([][]byte{[]byte("a"), long, []byte("b"), nil}, []byte{0})
	got, err := io.ReadAll(&capped{r: io.NopCloser(bytes.NewReader(in))})
	if err != nil {
		t.Fatal(err)
	}
	parts := bytes.Split(got, []byte{0})
	if len(parts) != 4 || string(parts[0]) != "a" || len(parts[1]) != maxMessage || string(parts[2]) != "b" {
		t.Errorf("%d parts", len(parts))
	}
}

func FuzzHead(f *testing.F) {
	f.Add("HTTP/1.1 200 OK\r\nSet-Cookie: a=b\r\nX: \xff\r\n\r\n")
	f.Add("a:\n:b\n c: d")
	f.Fuzz(func(t *testing.T, head string) {
		list := lines(head)
		if len(list) > strings.Count(head, "\n")+1 {
			t.Errorf("%d fields", len(list))
		}
		for _, h := range list {
			if h.Name == "" || strings.ContainsAny(h.Name+h.Value, "\n") {
				t.Errorf("%q", h)
			}
		}
	})
}

func TestHeads(t *testing.T) {
	got := lines("HTTP/1.1 200 OK\r\nServer: x\r\nset-cookie: a\r\nset-cookie: b\r\n\r\n")
	if len(got) != 3 || got[1] != (crawler.HeaderField{Name: "set-cookie", Value: "a"}) || header(got, "SERVER") != "x" {
		t.Errorf("%v", got)
	}
	if got := fields(network.Headers{"b": "1\n2", "a": "3"}); len(got) != 3 || got[0].Name != "a" || got[2].Value != "2" {
		t.Errorf("%v", got)
	}
}

func TestSameSite(t *testing.T) {
	for pair, want := range map[[2]string]bool{
		{"https://api.a.example/x", "https://www.a.example/"}: true,
		{"wss://a.example/", "https://a.example/"}:            true,
		{"https://a.example/", "https://b.example/"}:          false,
		{"https://10.0.0.1/", "https://10.0.0.2/"}:            false,
		{"https://10.0.0.1/", "https://10.0.0.1:8443/"}:       true,
		{"https://x.github.io/", "https://y.github.io/"}:      false,
		{"blob:x", "https://a.example/"}:                      false,
	} {
		if got := sameSite(pair[0], pair[1]); got != want {
			t.Errorf("%v: %v", pair, got)
		}
	}
}

func TestOnlyWebAddresses(t *testing.T) {
	for s, want := range map[string]bool{
		"https://a.example/": true, "http://a.example:8080/x": true, "file:///etc/passwd": false, "chrome://version": false, "javascript:1": false,
		"data:text/html,x": false, "https://u:p@a.example/": false, "about:blank": false, "": false, "https:///x": false,
	} {
		if web(s) != want {
			t.Errorf("%q: %v", s, !want)
		}
	}
}

func TestTreeFindsItself(t *testing.T) {
	me, ok := readStat(os.Getpid())
	if !ok || me.parent != os.Getppid() || me.zombie || memory(os.Getpid()) < 1<<20 {
		t.Errorf("%+v %v", me, ok)
	}
}
