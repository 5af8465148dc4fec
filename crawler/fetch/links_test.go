package fetch

import (
	"net/url"
	"strings"
	"testing"

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

func FuzzResolve(f *testing.F) {
	f.Add("//x/a?b#c")
	f.Add("\x00\xff%zz\\\\")
	f.Add("https:x/../y")
	base := mustURL(f, "https://shop.test/a/b")
	w := newWords()
	f.Fuzz(func(t *testing.T, ref string) {
		u := resolve(base, ref)
		if u == nil {
			return
		}
		if again := resolve(base, u.String()); again == nil || again.String() != u.String() {
			t.Fatalf("%q resolves to %q and that to %v", ref, u, again)
		}
		if weight := w.weight(u, ref); weight < 0 || weight > topWeight {
			t.Fatalf("weight %d", weight)
		}
		looping(u.Path)
	})
}
