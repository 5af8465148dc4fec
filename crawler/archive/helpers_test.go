package archive

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"reflect"
	"testing"
	"time"

	"github.com/klauspost/compress/gzip"

	"scamatlas/crawler"
)

var day = time.Date(2026, 3, 4, 5, 6, 7, 890e6, time.UTC)

// opened opens an archive that is closed with the test. Its clock moves a minute with each look.
func opened(t testing.TB, dir string) *Archive {
	t.Helper()
	now := day
	a, err := Open(dir, Options{Tool: "scamatlas test", Now: func() time.Time { now = now.Add(time.Minute); return now }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { a.Close() })
	return a
}

// put keeps a visit.
func put(t testing.TB, a *Archive, v Visit) *Entry {
	t.Helper()
	e, err := a.Put(t.Context(), v)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// findings runs Verify and gives damage and notes, one line each.
func findings(t testing.TB, a *Archive) (damage, notes []string, s Summary) {
	t.Helper()
	s, err := a.Verify(t.Context(), func(d Damage) {
		line := fmt.Sprintf("%s:%d entry %d %s: %s (%s)", d.File, d.Line, d.Seq, d.Host, d.What, d.Means)
		if d.Note {
			notes = append(notes, line)
		} else {
			damage = append(damage, line)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	return damage, notes, s
}

// reopened looks at a folder as an outsider would.
func reopened(t testing.TB, dir string) *Archive {
	t.Helper()
	a, err := Open(dir, Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { a.Close() })
	return a
}

func small(host string, n int64) Visit {
	body := []byte("<p>" + host)
	c := &crawler.Capture{Host: host, Profile: "desktop", Started: day, Ended: day.Add(time.Second), Outcome: crawler.OK}
	c.Pages = []crawler.Page{{Response: crawler.Response{URL: "https://" + host + "/", FinalURL: "https://" + host + "/", Status: 200, Body: body, SHA256: hexSum(body)}}}
	c.Wire = []crawler.Exchange{exchange("https://"+host+"/", "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n"+string(body))}
	return Visit{Host: host, Sequence: n, Captures: []*crawler.Capture{c}}
}

func exchange(url, response string) crawler.Exchange {
	path, host := pathOf(url)
	e := crawler.Exchange{URL: url, Method: "GET", At: day, TookMS: 12, Address: "192.0.2.7:443", Request: []byte("GET " + path + " HTTP/1.1\r\nHost: " + host + "\r\n\r\n"), Response: []byte(response), Status: 200}
	return e
}

func picture(n uint8) []byte {
	img := image.NewGray(image.Rect(0, 0, 4, 4))
	img.Set(1, 1, color.Gray{n})
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		panic(err)
	}
	return b.Bytes()
}

func zipped(s string) string {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	z.Write([]byte(s))
	z.Close()
	return b.String()
}

func chunked(s string) string { return fmt.Sprintf("%x\r\n%s\r\n0\r\n\r\n", len(s), s) }

// full is a visit with one of everything: two profiles, own connections and a browser, and what hostile sites send.
func full() Visit {
	page, script := "<html><title>Vault</title>deposit", "let a = 'TXCecUMa4uXtFruL55ojpgpLackVXRySKN'"
	response := func(url, body string) crawler.Response {
		return crawler.Response{URL: url, FinalURL: url, Status: 200, ContentType: "text/html", Body: []byte(body), SHA256: hexSum([]byte(body)),
			Header: []crawler.HeaderField{{Name: "Content-Type", Value: "text/html"}, {Name: "Content-Encoding", Value: "br"}, {Name: "X", Value: "a\r\nSet-Cookie: b\x00\xff"}, {Name: "bad name\r\n", Value: "v"}}}
	}
	root := "https://vault.example/"
	desktop := &crawler.Capture{
		Target: crawler.Target{Host: "vault.example", Source: "cli", Reasons: []string{}}, Host: "vault.example", Profile: "desktop", Visitor: &crawler.Profile{Name: "desktop", UserAgent: "Mozilla/5.0"},
		Started: day, Ended: day.Add(3 * time.Second), Outcome: crawler.OK, EntryURL: root, FinalURL: root,
		Pages:    []crawler.Page{{Response: response(root, page)}, {Response: response(root+"odd\r\nWARC-Type: evil \xfe\"", "body that no wire holds"), Depth: 1}},
		Assets:   []crawler.Asset{{Response: response(root+"a.js", script), Kind: crawler.Script}},
		Robots:   &crawler.Robots{Status: 200, Body: []byte("User-agent: *\nDisallow: /admin\n")},
		Network:  crawler.Network{DNS: crawler.DNS{A: []string{"192.0.2.7"}, Errs: map[string]string{"MX": "lame \xff delegation"}}, TLS: &crawler.TLS{Subject: "evil\r\n\x00\xff", NotAfter: day}},
		Refusals: []crawler.Refusal{{Target: "127.0.0.1:80", Why: "loopback address"}},
		Caps:     []string{},
		Wire: []crawler.Exchange{
			exchange(root, "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n"+chunked(zipped(page))),
			exchange(root+"a.js", "HTTP/1.1 200 OK\r\nContent-Type: text/javascript\r\n\r\n"+script),
			exchange(root+"copy.js", "HTTP/1.1 200 OK\r\nServer: other\r\n\r\n"+script),
			exchange(root+"robots.txt", "HTTP/1.0 200 OK\n\nUser-agent: *\nDisallow: /admin\n"),
			exchange(root+"ssh", "SSH-2.0-OpenSSH_9.9\r\n\x00\x01"),
			exchange(root+"cut", "HTTP/1.1 200 OK\r\nContent-Le"),
			exchange(root+"odd", "HTTP/1.1 200 OK\r\nA: b\r\n \t \r\nC: d\r\n\r\nbody"),
			exchange(root+"none\r\nWARC-Type: evil", ""),
		},
	}
	desktop.Wire[5].Truncated = "reset"
	dom := []byte("<html><title>Vault</title><p>TXCecUMa4uXtFruL55ojpgpLackVXRySKN</p>\xff")
	api := response(root+"api/pay", `{"trc20":"TXCecUMa4uXtFruL55ojpgpLackVXRySKN"}`)
	mobile := &crawler.Capture{
		Target: desktop.Target, Host: "vault.example", Profile: "mobile", Visitor: &crawler.Profile{Name: "mobile"}, Started: day.Add(4 * time.Second), Ended: day.Add(9 * time.Second), Outcome: crawler.OK,
		Pages: []crawler.Page{{Response: response(root, page)}}, Assets: []crawler.Asset{{Response: api, Kind: crawler.Data, Browser: true}}, Network: desktop.Network,
		Wire: []crawler.Exchange{exchange(root, "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n"+page)},
		Rendered: &crawler.Rendered{Browser: "Chrome/156", Why: "shell", Began: day.Add(5 * time.Second), Ended: day.Add(8 * time.Second),
			Views: []crawler.View{
				{URL: root, FinalURL: root, Title: "Vault \xff", DOM: dom, SHA256: hexSum(dom), Pictures: []crawler.Shot{
					{Kind: crawler.ShotViewport, PNG: picture(1), SHA256: hexSum(picture(1)), Width: 4, Height: 4}, {Kind: crawler.ShotFull, PNG: picture(2), SHA256: hexSum(picture(2))}, {Kind: crawler.ShotElement, Of: "canvas", PNG: picture(1), SHA256: hexSum(picture(1))}}},
				{URL: root, FinalURL: root, Steps: []string{`choose "TRC20"`}, DOM: []byte("<p>2"), SHA256: hexSum([]byte("<p>2")), Pictures: []crawler.Shot{{Kind: crawler.ShotElement, Of: "svg", PNG: picture(3), SHA256: hexSum(picture(3))}}},
				{URL: "about:blank", Err: "closed"},
			},
			Answers: []crawler.Answer{
				{Response: response(root, page), Method: "GET", Type: "document", At: day.Add(5 * time.Second), Address: "[2001:db8::1]:443", Protocol: "h2", FromSite: true, Request: []crawler.HeaderField{{Name: ":method", Value: "GET"}, {Name: "User-Agent", Value: "x\r\nHost: evil"}}},
				{Response: api, Method: "POST", Type: "xhr", At: day.Add(6 * time.Second), Sent: []byte("coin=usdt\x00")},
				{Response: crawler.Response{URL: "data:text/plain,hello", Status: 200, Body: []byte("hello"), SHA256: hexSum([]byte("hello"))}, Method: "GET"},
				{Response: crawler.Response{URL: "http://127.0.0.1/", Err: "refused"}, Blocked: true},
				{Response: crawler.Response{URL: root + "empty", Status: 204, Body: []byte{}}, Method: "GET"},
			},
			Sockets: []crawler.Socket{{URL: "wss://vault.example/feed", Page: root, Frames: []crawler.Frame{{Sent: true, Text: "sub"}, {Text: "addr \xff"}}}},
			Storage: []crawler.Stored{{Kind: "local", Key: "token"}}, Dialogs: []crawler.Dialog{{Kind: "alert", Text: "hi"}}, Popups: []string{},
		},
	}
	return Visit{Host: "vault.example", Sequence: 7, Captures: []*crawler.Capture{desktop, mobile}, Settings: map[string]string{"crawl.pages": "20", "crawl.render": "auto"}}
}

// mustEqual compares captures with what was put.
func mustEqual(t testing.TB, got, want []*crawler.Capture) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%d captures, want %d", len(got), len(want))
	}
	for i := range want {
		if !reflect.DeepEqual(got[i], want[i]) {
			t.Errorf("profile %s:\n got %s\nwant %s", want[i].Profile, difference(reflect.ValueOf(got[i]), reflect.ValueOf(want[i]), ""), "the same")
		}
	}
}

// difference names the first place where two values differ.
func difference(a, b reflect.Value, at string) string {
	if reflect.DeepEqual(a.Interface(), b.Interface()) {
		return ""
	}
	switch {
	case a.Kind() == reflect.Pointer && !a.IsNil() && !b.IsNil():
		return difference(a.Elem(), b.Elem(), at)
	case a.Kind() == reflect.Struct && a.Type() != timeType:
		for i := range a.NumField() {
			if d := difference(a.Field(i), b.Field(i), at+"."+a.Type().Field(i).Name); d != "" {
				return d
			}
		}
	case a.Kind() == reflect.Slice && a.Len() == b.Len() && a.Len() > 0:
		for i := range a.Len() {
			if d := difference(a.Index(i), b.Index(i), fmt.Sprintf("%s[%d]", at, i)); d != "" {
				return d
			}
		}
	}
	return fmt.Sprintf("%s: %#v, want %#v", at, a.Interface(), b.Interface())
}

func background() context.Context { return context.Background() }
