package testbed

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"golang.org/x/net/websocket"
)

// servedBy gives the server's answers for a site made of serve.yaml and files.
func servedBy(t *testing.T, serve, files string) (http.Handler, error) {
	t.Helper()
	all, err := readSites(fstest.MapFS{"sites/s.txtar": {Data: []byte("-- truth.yaml --\nhost: s.example\noutcomes: [ok]\n-- serve.yaml --\n" + serve + files)}}, "sites")
	if err != nil {
		return nil, err
	}
	return newRuled(t.Context(), &all[0]), nil
}

func mustServe(t *testing.T, serve, files string) http.Handler {
	t.Helper()
	h, err := servedBy(t, serve, files)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// request makes "METHOD URL", headers as "Name: value", and a body.
func request(line, body string, headers ...string) *http.Request {
	method, address, _ := strings.Cut(line, " ")
	r := httptest.NewRequest(method, address, strings.NewReader(body))
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		r.Header.Set(name, value)
	}
	return r
}

func answerOf(h http.Handler, r *http.Request) *http.Response {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Result()
}

func textOf(t *testing.T, h http.Handler, r *http.Request) string {
	t.Helper()
	b, err := io.ReadAll(answerOf(h, r).Body)
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(b))
}

const bothFaces = `
-- index.html --
plain
-- phone/index.html --
phone
-- phone/more.html --
more
`

// TestRulesTellVisitorsApart: each condition holds for who it says and for nobody else.
func TestRulesTellVisitorsApart(t *testing.T) {
	const desktop = "User-Agent: Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/146.0.0.0 Safari/537.36"
	const iphone = "User-Agent: Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) Version/18.6 Mobile/15E148 Safari/604.1"
	const hints, platform, still = `Sec-CH-UA: "Chromium";v="146"`, `Sec-CH-UA-Platform: "Windows"`, "Sec-CH-UA-Mobile: ?0"
	for _, c := range []struct {
		when     string
		fits     []*http.Request
		fitsNone []*http.Request
	}{
		{"{ua: [iphone, android]}", []*http.Request{request("GET /", "", iphone)}, []*http.Request{request("GET /", "", desktop), request("GET /", "")}},
		{"{not_ua: [Mobile]}", []*http.Request{request("GET /", "", desktop), request("GET /", "")}, []*http.Request{request("GET /", "", iphone)}},
		{"{header: {Accept-Language: de}}", []*http.Request{request("GET /", "", "Accept-Language: de-DE,de")}, []*http.Request{request("GET /", "", "Accept-Language: en"), request("GET /", "")}},
		{"{header: {X-Seen: ''}}", []*http.Request{request("GET /", "", "X-Seen: 1")}, []*http.Request{request("GET /", "")}},
		{"{no_header: [Sec-CH-UA]}", []*http.Request{request("GET /", "")}, []*http.Request{request("GET /", "", hints)}},
		{"{referer: [t.me]}", []*http.Request{request("GET /", "", "Referer: https://t.me/"), request("GET /", "", "Referer: https://web.t.me/x")},
			[]*http.Request{request("GET /", ""), request("GET /", "", "Referer: https://not-t.me/"), request("GET /", "", "Referer: https://a.example/?t.me"), request("GET /", "", "Referer: ://")}},
		{"{no_referer: [t.me]}", []*http.Request{request("GET /", "")}, []*http.Request{request("GET /", "", "Referer: https://t.me/")}},
		{"{query: {invite: VIP}}", []*http.Request{request("GET /?invite=VIP", "")}, []*http.Request{request("GET /?invite=vip", ""), request("GET /", "")}},
		{"{query: {invite: ''}}", []*http.Request{request("GET /?invite=", "")}, []*http.Request{request("GET /?other", "")}},
		{"{cookie: {member: '1'}}", []*http.Request{request("GET /", "", "Cookie: member=1")}, []*http.Request{request("GET /", "", "Cookie: member=2"), request("GET /", "")}},
		{"{method: POST, body: usdt}", []*http.Request{request("POST /", `{"coin":"USDT"}`)}, []*http.Request{request("POST /", "btc"), request("GET /", "")}},
		{"{host: api.s.example}", []*http.Request{request("GET http://API.s.example:80/", "")}, []*http.Request{request("GET http://s.example/", "")}},
		{"{scheme: https}", []*http.Request{request("GET https://s.example/", "")}, []*http.Request{request("GET http://s.example/", "")}},
		{"{hints: agree}", []*http.Request{request("GET /", "", desktop, hints, platform, still), request("GET /", "", iphone)},
			[]*http.Request{request("GET /", "", desktop), request("GET /", "", desktop, hints, still, `Sec-CH-UA-Platform: "Linux"`), request("GET /", "", desktop, hints, platform, "Sec-CH-UA-Mobile: ?1"),
				request("GET /", "", desktop, `Sec-CH-UA: "Chromium";v="140"`, platform, still), request("GET /", "", iphone, hints)}},
		{"{hints: contradict}", []*http.Request{request("GET /", "", desktop)}, []*http.Request{request("GET /", "", iphone)}},
	} {
		h := mustServe(t, "rules:\n  - {when: "+c.when+", files: phone}\n", bothFaces)
		for i, r := range c.fits {
			if got := textOf(t, h, r); got != "phone" {
				t.Errorf("%s: request %d is answered with %q", c.when, i+1, got)
			}
		}
		for i, r := range c.fitsNone {
			if got := textOf(t, h, r); got == "phone" {
				t.Errorf("%s: request %d fits too", c.when, i+1)
			}
		}
	}
}

// TestRulesAnswer: the first rule that fits answers, in each of its ways; folders of rules are reached through them alone.
func TestRulesAnswer(t *testing.T) {
	h := mustServe(t, `
rules:
  - {path: /gone, status: 410}
  - {path: /away, redirect: "https://other.example/?{% random 4 %}"}
  - {path: /moved, redirect: /x, status: 301}
  - {path: /api/*, file: phone/more.html, status: 503, headers: {X-One: "1"}}
  - {path: /api/never, status: 200}
  - {when: {ua: [iPhone]}, files: phone}
`, bothFaces)
	const iphone = "User-Agent: iPhone"
	for _, c := range []struct {
		r      *http.Request
		status int
		text   string
	}{
		{request("GET /gone", ""), 410, ""},
		{request("GET /gone/x", ""), 404, "not found"},
		{request("GET /moved", ""), 301, ""},
		{request("GET /api/never", ""), 503, "more"},
		{request("GET /", "", iphone), 200, "phone"},
		{request("GET /more", "", iphone), 200, "more"},
		{request("GET /../phone/../more", "", iphone), 200, "more"},
		{request("GET /none", "", iphone), 404, "not found"},
		{request("GET /", ""), 200, "plain"},
		{request("GET /phone/", ""), 404, "not found"},
		{request("GET /phone/more.html", ""), 404, "not found"},
		{request("POST /", ""), 404, "not found"},
	} {
		res := answerOf(h, c.r)
		b, _ := io.ReadAll(res.Body)
		if got := strings.TrimSpace(string(b)); res.StatusCode != c.status || got != c.text {
			t.Errorf("%s %s: %d %q, want %d %q", c.r.Method, c.r.URL.Path, res.StatusCode, got, c.status, c.text)
		}
	}
	if at := answerOf(h, request("GET /away", "")).Header.Get("Location"); len(at) != len("https://other.example/?")+4 {
		t.Errorf("the redirect leads to %s", at)
	}
	if answerOf(h, request("GET /api/x", "")).Header.Get("X-One") != "1" {
		t.Error("the rule's header is not sent")
	}
}

// TestServingThatSaysWhatIsNotSo: what cannot be served is an error with its place, all of them at once.
func TestServingThatSaysWhatIsNotSo(t *testing.T) {
	for _, c := range []struct{ serve, files, want string }{
		{"rules: [{fils: phone}]\n", bothFaces, "fils"},
		{"rules: [{when: {uaa: [x]}, status: 403}]\n", "", "uaa"},
		{"rules: [{path: /a}]\n", "", "rule 1: nothing answers"},
		{"rules: [{status: 200}, {files: phone, file: index.html}]\n", bothFaces, "rule 2: only one"},
		{"rules: [{files: tablet}]\n", bothFaces, "rule 1: no files in tablet"},
		{"rules: [{file: none.html}]\n", bothFaces, "rule 1: no file none.html"},
		{"rules: [{path: a, status: 200}]\n", "", `path "a"`},
		{"rules: [{status: 99}]\n", "", "status 99"},
		{"rules: [{when: {scheme: ftp}, status: 200}]\n", "", `scheme "ftp"`},
		{"rules: [{when: {hints: maybe}, status: 200}]\n", "", `hints "maybe"`},
		{"rules: [{path: /s, socket: [{on: x}]}]\n", "", "rule 1: message 1"},
		{"rules: [{path: /s, socket: [{on: x, every: 1s, send: [y]}]}]\n", "", "rule 1: message 1"},
		{"rules: [{redirect: '/{% next pool %}'}]\n", "", "rule 1: redirect:1: no list pool"},
		{"rules: [{status: 200, headers: {A: '{% tme %}'}}]\n", "", `rule 1: header A:1: no mark is named "tme"`},
		{"rules: []\nlists: {pool: []}\n", "", "list pool is empty"},
		{"rules: []\n", "-- a.html --\none\ntwo {% random x %}\n", `a.html:2: random: "x"`},
		{"rules: []\n", "-- a.html --\n{% random %}\n", "a.html:1: random takes 1 words"},
		{"rules: []\n", "-- a.html --\n{% %}\n", "a.html:1: a mark without a name"},
		{"rules: []\n", "-- a.html --\n\n\n{% time\n", "a.html:3: a mark without an end"},
		{"", "", "serve.yaml"},
	} {
		if _, err := servedBy(t, c.serve, c.files); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s%s: error %v, want one with %q", c.serve, c.files, err, c.want)
		}
	}
	_, err := servedBy(t, "rules: [{status: 1}, {path: /a}]\n", "-- a.js --\n{% no %}\n")
	for _, want := range []string{"rule 1", "rule 2", "a.js:1"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v lacks %s", err, want)
		}
	}
}

// TestMarksAreFilledInAnew for each answer; a visitor is known again by a cookie.
func TestMarksAreFilledInAnew(t *testing.T) {
	h := mustServe(t, "rules: []\nlists: {pool: [a, b, c], two: [x, y]}\n", `
-- next.html --
{% next pool %}{% next two %}
-- visit.html --
{% visit pool %}{% visit pool %}
-- shuffle.html --
{% shuffle pool %}
-- number.html --
{% number 7 9 %}
-- time.html --
{% time %}
-- count.html --
{% count n %}{% count n %}
-- random.html --
{% random 24 %}
-- plain.png --
{% next pool %}
`)
	get := func(at string, headers ...string) string { return textOf(t, h, request("GET "+at, "", headers...)) }
	for i, want := range []string{"ax", "by", "cx", "ay"} {
		if got := get("/next"); got != want {
			t.Errorf("answer %d is %s, want %s", i+1, got, want)
		}
	}
	first := answerOf(h, request("GET /visit", ""))
	b, _ := io.ReadAll(first.Body)
	if len(first.Cookies()) != 1 || strings.TrimSpace(string(b)) != "aa" {
		t.Fatalf("the first visitor gets %q and cookies %v", b, first.Cookies())
	}
	known := "Cookie: visitor=" + first.Cookies()[0].Value
	if other, again := get("/visit"), get("/visit", known); other != "bb" || again != "aa" {
		t.Errorf("the second visitor gets %s, the first again %s", other, again)
	}
	if got := get("/visit", "Cookie: visitor=-1"); got != "cc" {
		t.Errorf("a made-up cookie is answered with %s", got)
	}
	if all := strings.Fields(get("/shuffle")); !slices.Equal(slices.Sorted(slices.Values(all)), []string{"a", "b", "c"}) {
		t.Errorf("shuffled: %v", all)
	}
	if n := get("/number"); n < "7" || n > "9" {
		t.Errorf("number %s", n)
	}
	if at, err := time.Parse(time.RFC3339, get("/time")); err != nil || time.Since(at) > time.Minute {
		t.Errorf("time %s, %v", at, err)
	}
	if a, b := get("/count"), get("/count"); a != "01" || b != "23" {
		t.Errorf("counts %s, %s", a, b)
	}
	if a, b := get("/random"), get("/random"); len(a) != 24 || a == b {
		t.Errorf("random %s, %s", a, b)
	}
	if got := get("/plain.png"); got != "{% next pool %}" {
		t.Errorf("a picture is filled in: %s", got)
	}
	res := answerOf(h, request("HEAD /next", ""))
	if b, _ := io.ReadAll(res.Body); len(b) != 0 || res.ContentLength <= 0 {
		t.Errorf("HEAD: %d bytes, length %d", len(b), res.ContentLength)
	}
}

const talk = `
rules:
  - path: /ws
    socket:
      - {send: ['{"hello":{% count seen %}}']}
      - {on: subscribe, send: [one, two]}
      - {on: tick, send: [tock]}
  - {path: /ticks, socket: [{every: 1ms, send: ["{% number 5 5 %}"]}]}
`

func dialled(t *testing.T, s *Server, at string) *websocket.Conn {
	t.Helper()
	config, err := websocket.NewConfig("ws://s.example"+at, "http://elsewhere.example/")
	if err != nil {
		t.Fatal(err)
	}
	conn, err := visitor(t, s).Transport.(*http.Transport).DialContext(t.Context(), "tcp", "s.example:80")
	if err != nil {
		t.Fatal(err)
	}
	ws, err := websocket.NewClient(config, conn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { ws.Close() })
	if err := ws.SetDeadline(time.Now().Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	return ws
}

func hear(t *testing.T, ws *websocket.Conn, want ...string) {
	t.Helper()
	for _, w := range want {
		var got string
		if err := websocket.Message.Receive(ws, &got); err != nil || got != w {
			t.Fatalf("heard %q, error %v, want %q", got, err, w)
		}
	}
}

// TestSocketsSayWhatTheyAreToSay: at once, on a message, every so often; and they end with the server.
func TestSocketsSayWhatTheyAreToSay(t *testing.T) {
	all, err := readSites(fstest.MapFS{"sites/s.txtar": {Data: []byte("-- truth.yaml --\nhost: s.example\naddress: s\noutcomes: [ok]\n-- serve.yaml --\n" + talk)}}, "sites")
	if err != nil {
		t.Fatal(err)
	}
	s := start(t, Options{Sites: all})
	ws := dialled(t, s, "/ws")
	hear(t, ws, `{"hello":0}`)
	for _, said := range []string{"what?", `{"op":"SUBSCRIBE"}`, "tick"} {
		if err := websocket.Message.Send(ws, said); err != nil {
			t.Fatal(err)
		}
	}
	hear(t, ws, "one", "two", "tock")
	hear(t, dialled(t, s, "/ws"), `{"hello":1}`)
	left := dialled(t, s, "/ticks")
	hear(t, left, "5", "5", "5")
	left.Close() // the other two are open when the server ends
	hear(t, dialled(t, s, "/ticks"), "5")
	if r, _ := get(t, visitor(t, s), "http://s.example/ws"); r.StatusCode != http.StatusBadRequest {
		t.Errorf("a request that is no WebSocket's is answered with %d", r.StatusCode)
	}
}

// TestMadeMarks: what is made of values is what it says, and no address can be read off it.
func TestMadeMarks(t *testing.T) {
	const address = "TXCecUMa4uXtFruL55ojpgpLackVXRySKN"
	made := func(mark string) string {
		t.Helper()
		v, err := markValue(mark, map[string]string{"a": address})
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	var shown strings.Builder
	for _, n := range strings.Split(strings.Trim(made("hide:a"), "[]"), ",") {
		var code byte
		if _, err := fmt.Sscan(n, &code); err != nil {
			t.Fatal(err)
		}
		shown.WriteByte(code ^ 90)
	}
	if shown.String() != address || made("a") != address {
		t.Errorf("hidden: %s", &shown)
	}
	filler, again := made("filler:60000"), made("filler:60000")
	if len(filler) < 60_000 || len(filler) > 62_000 || filler != again {
		t.Errorf("the script has %d bytes, or another text each time", len(filler))
	}
	if got := decodeRows(t, made("qr:a")); got != address {
		t.Errorf("the code says %q", got)
	}
	for mark, want := range map[string]string{"b": "no value", "qr:b": "no value", "say:a": "nothing is made", "filler:x": "not a number", "filler:999999999": "not a number"} {
		if _, err := markValue(mark, map[string]string{"a": address}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v, want one with %q", mark, err, want)
		}
	}
}
