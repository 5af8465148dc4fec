package render

import (
	"bufio"
	"crypto/sha1"
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"scamatlas/crawler"
)

// socket answers a WebSocket handshake, says hello, and reads until the other end goes.
func serveSocket(w http.ResponseWriter, r *http.Request, hello string) {
	c, b, err := w.(http.Hijacker).Hijack()
	if err != nil {
		return
	}
	defer c.Close()
	sum := sha1.Sum([]byte(r.Header.Get("Sec-WebSocket-Key") + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11")) // RFC 6455, 1.3
	fmt.Fprintf(b, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: %s\r\n\r\n", base64.StdEncoding.EncodeToString(sum[:]))
	_, _ = b.Write(append([]byte{0x81, byte(len(hello))}, hello...))
	_ = b.Flush()
	_, _ = io.Copy(io.Discard, bufio.NewReader(c))
}

const busyPage = `<title>busy</title><h1>shop</h1><p id=x></p><iframe src="https://frame.test/frame"></iframe><iframe src="/same"></iframe><div id=host></div>
<script src="/app.js"></script><script>
document.getElementById("host").attachShadow({mode: "closed"}).innerHTML = "<b>in the shadow</b>";
fetch("/api?x=1", {method: "POST", body: "asked=1"}).then(r => r.json()).then(j => { document.getElementById("x").textContent = j.address });
fetch("/moved");
fetch("https://db.private.example/secret").catch(() => console.error("refused"));
const s = new WebSocket("wss://" + location.host + "/socket"); s.onopen = () => s.send("give"); s.onmessage = e => { document.body.append("by socket: " + e.data) };
new Worker("/worker.js");
</script>`

func busyTown(t *testing.T) *town {
	return newTown(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Add("X-Two", "a")
		w.Header().Add("X-Two", "b")
		switch r.URL.Path {
		case "/":
			fmt.Fprint(w, busyPage)
		case "/app.js", "/worker.js":
			w.Header().Set("Content-Type", "text/javascript")
			fmt.Fprintf(w, `const name = %q; fetch("/from?" + name)`, r.URL.Path)
		case "/api":
			body, _ := io.ReadAll(r.Body)
			w.Header().Set("Content-Type", "application/json")
			fmt.Fprintf(w, `{"address": "0xabc", "got": %q}`, body)
		case "/moved":
			http.Redirect(w, r, "/there", http.StatusFound)
		case "/socket":
			serveSocket(w, r, "bc1qsocket")
		case "/same":
			fmt.Fprint(w, "<i>in the frame</i>")
		case "/frame":
			fmt.Fprint(w, `<script>fetch("/inner")</script><i>another site</i>`)
		default:
			fmt.Fprint(w, "ok")
		}
	}))
}

func TestEverythingIsRecorded(t *testing.T) {
	t.Parallel()
	p := newTestPool(t, busyTown(t), nil)
	c := see(t, p, "shop.example", desktop)
	r := c.Rendered
	if r.Err != "" {
		t.Fatal(r.Err)
	}
	dom := string(r.Views[0].DOM)
	for _, want := range []string{"0xabc", "by socket: bc1qsocket", "in the shadow", "in the frame"} {
		if !strings.Contains(dom, want) {
			t.Errorf("the page lacks %q: %s", want, dom)
		}
	}
	by := map[string]*crawler.Answer{}
	for i := range r.Answers {
		by[r.Answers[i].Type+" "+r.Answers[i].URL] = &r.Answers[i]
	}
	get := func(key string) *crawler.Answer {
		if a := by[key]; a != nil {
			return a
		}
		t.Errorf("not recorded: %s", key)
		return &crawler.Answer{}
	}
	page := get("document https://shop.example/")
	if page.Status != 200 || string(page.Body) != busyPage || !page.FromSite || header(page.Header, "x-two") != "a" {
		t.Errorf("document: %d %v %v", page.Status, page.FromSite, page.Header)
	}
	api := get("fetch https://shop.example/api?x=1")
	if api.Method != "POST" || string(api.Sent) != "asked=1" || !strings.Contains(string(api.Body), "0xabc") || api.SHA256 != sum(api.Body) || api.Page != "https://shop.example/" {
		t.Errorf("api: %s sent %q, body %q, page %q", api.Method, api.Sent, api.Body, api.Page)
	}
	moved := get("fetch https://shop.example/moved")
	if moved.FinalURL != "https://shop.example/there" || len(moved.Hops) != 1 || moved.Hops[0].Status != 302 || string(moved.Body) != "ok" {
		t.Errorf("moved: %s %v %q", moved.FinalURL, moved.Hops, moved.Body)
	}
	if no := get("fetch https://db.private.example/secret"); !no.Blocked || no.Err == "" || no.FromSite {
		t.Errorf("refused: %v %q %v", no.Blocked, no.Err, no.FromSite)
	}
	if len(c.Refusals) == 0 {
		t.Error("no refusal is kept")
	}
	if in := get("fetch https://frame.test/inner"); string(in.Body) != "ok" || !in.FromSite {
		t.Errorf("in the frame of another site: %q", in.Body)
	}
	if in := get("fetch https://shop.example/from?/worker.js"); string(in.Body) != "ok" {
		t.Errorf("in the worker: %q %q", in.Body, in.Err)
	}
	if len(r.Sockets) != 1 || len(r.Sockets[0].Frames) != 2 || r.Sockets[0].URL != "wss://shop.example/socket" || r.Sockets[0].Page != "https://shop.example/" {
		t.Fatalf("sockets %+v", r.Sockets)
	}
	for _, f := range r.Sockets[0].Frames {
		if want := map[bool]string{true: "give", false: "bc1qsocket"}[f.Sent]; f.Text != want {
			t.Errorf("message %+v", f)
		}
	}
	if r.Errors == 0 {
		t.Error("the console's errors are not counted")
	}
}

const shopPage = `<title>Plans</title><h1>Investment plans</h1><nav><a href="/deposit">Deposit now</a> <a href="/contact">Contact us</a> <a href="https://elsewhere.test/deposit">Deposit</a></nav>`

const depositPage = `<title>Deposit</title><h1>Deposit</h1><div role=tablist><button role=tab type=button onclick="show('TRX9usdt')">USDT TRC20</button><button role=tab type=button onclick="show('bc1qcoin')">Bitcoin</button></div>
<p id=a>choose</p><canvas id=c width=100 height=100></canvas><script>
function show(x) { document.getElementById("a").textContent = "send to " + x }
const g = document.getElementById("c").getContext("2d"); for (let i = 0; i < 25; i++) for (let j = 0; j < 25; j++) if ((i * 7 + j * 13 + i * j) % 3) g.fillRect(i * 4, j * 4, 4, 4);
</script>`

func TestExplorationRevealsAddresses(t *testing.T) {
	t.Parallel()
	w := newTown(t, pages{"/": shopPage, "/deposit": depositPage, "/contact": `<h1>Contact</h1><a href="https://t.me/someone">Telegram</a>`})
	p := newTestPool(t, w, nil)
	c := see(t, p, "shop.example", desktop)
	all := ""
	for _, v := range c.Rendered.Views {
		all += string(v.DOM)
		t.Logf("%s %v %d pictures, %d ms, %q %q", v.FinalURL, v.Steps, len(v.Pictures), v.Took, v.Blank, v.Err)
	}
	for _, want := range []string{"Investment plans", "send to TRX9usdt", "send to bc1qcoin", "t.me/someone"} {
		if !strings.Contains(all, want) {
			t.Errorf("never shown: %q", want)
		}
	}
	codes := 0
	for _, v := range c.Rendered.Views {
		for _, s := range v.Pictures {
			if s.Kind == crawler.ShotElement && s.Of == "canvas" && s.Width >= 300 {
				codes++
			}
		}
	}
	if codes == 0 {
		t.Error("no picture of the canvas")
	}
	for _, a := range c.Rendered.Answers {
		if strings.Contains(a.URL, "elsewhere.test") {
			t.Errorf("went to another site: %s", a.URL)
		}
	}
}

// What a page shows while its pictures are taken, after its source was read, is read too.
func TestChangeWhileItIsRead(t *testing.T) {
	t.Parallel()
	w := newTown(t, pages{"/": `<h1>before</h1><p style="height:4000px"></p><script>
addEventListener("resize", () => document.body.insertAdjacentHTML("beforeend", "<h2>af" + "ter</h2>"), {once: true})
</script>`})
	shows(t, see(t, newTestPool(t, w, nil), "late.example", desktop).Rendered, "<h2>after</h2>")
}

func TestBlankPageIsWaitedFor(t *testing.T) {
	t.Parallel()
	w := newTown(t, pages{"/": `<body></body><script>setTimeout(() => { document.body.innerHTML = "<h1>late</h1>" }, 2000)</script>`, "/never": `<body></body>`})
	p := newTestPool(t, w, nil)
	r := see(t, p, "late.example", desktop).Rendered
	shows(t, r, "late")
	if r.Views[0].Blank != "" {
		t.Errorf("blank: %q", r.Views[0].Blank)
	}
	c := &crawler.Capture{Host: "never.example", EntryURL: "https://never.example/never"}
	if err := p.Render(t.Context(), c, desktop, 0); err != nil || c.Rendered.Views[0].Blank == "" {
		t.Errorf("an empty page shows something: %v", err)
	}
}
