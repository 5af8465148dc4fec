package render

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"scamatlas/crawler"
)

// hostile pages by host: what each does, and what must still come of it.
var hostile = map[string]struct {
	page  string
	check func(t *testing.T, r *crawler.Rendered)
}{
	"alerts": {`<h1>before</h1><script>onbeforeunload = () => "stay"; while (true) { alert("a"); confirm("b"); prompt("c") }</script><h1>after</h1>`, func(t *testing.T, r *crawler.Rendered) {
		shows(t, r, "before")
		if len(r.Dialogs) < 3 || !has(r.Caps, "dialogs") {
			t.Errorf("dialogs %v, caps %v", r.Dialogs, r.Caps)
		}
	}},
	"endless":         {`<h1>before</h1><script>setTimeout(() => { while (true) {} }, 50)</script>`, func(t *testing.T, r *crawler.Rendered) { shows(t, r, "before") }},
	"endless-at-once": {`<h1>before</h1><script>while (true) {}</script><h1>after</h1>`, func(t *testing.T, r *crawler.Rendered) { shows(t, r, "before") }},
	"popups": {`<h1>before</h1><script>for (let i = 0; i < 200; i++) open("/popup" + i)</script>`, func(t *testing.T, r *crawler.Rendered) {
		shows(t, r, "before")
		if len(r.Popups) == 0 || len(r.Popups) > crawler.MaxNoted {
			t.Errorf("popups %v", r.Popups)
		}
	}},
	"download": {`<h1>before</h1><script>for (let i = 0; i < 3; i++) { const a = document.createElement("a"); a.href = "/file.apk?" + i; a.download = "wallet.apk"; a.click() } location = "/file.apk"</script>`, func(t *testing.T, r *crawler.Rendered) {
		shows(t, r, "before")
		if len(r.Fetches) == 0 || !strings.Contains(r.Fetches[0], "apk") {
			t.Errorf("downloads %v", r.Fetches)
		}
	}},
	"permissions":       {`<h1>before</h1><script>navigator.geolocation.getCurrentPosition(() => {}, () => {}); Notification.requestPermission(); navigator.mediaDevices.getUserMedia({video: true}).catch(() => {}); navigator.clipboard.readText().catch(() => {}); location = "mailto:a@b.example"; print(); location = "intent://x#Intent;end"; navigator.registerProtocolHandler("web+x", "/?%s")</script>`, func(t *testing.T, r *crawler.Rendered) { shows(t, r, "before") }},
	"nav-loop":          {`<h1>before</h1><script>location = "/?" + Math.random()</script>`, func(t *testing.T, r *crawler.Rendered) { shows(t, r, "before") }},
	"hash-loop":         {`<h1>before</h1><script>let i = 0; setInterval(() => { location.hash = i++; history.pushState({}, "", "/p" + i) }, 0)</script>`, func(t *testing.T, r *crawler.Rendered) { shows(t, r, "before") }},
	"refresh-loop":      {`<meta http-equiv=refresh content=0><h1>before</h1>`, func(t *testing.T, r *crawler.Rendered) { shows(t, r, "before") }},
	"slow-refresh-loop": {`<meta http-equiv=refresh content=0><h1>before</h1>`, func(t *testing.T, r *crawler.Rendered) { shows(t, r, "before") }},
	"goes-on":           {`<h1>first</h1><script>setTimeout(() => location = "/there", 450); for (let i = 0; i < 500; i++) document.write("<p>a paragraph to be read")</script>`, func(t *testing.T, r *crawler.Rendered) { shows(t, r, "before") }},
	"goes-nowhere":      {`<h1>before</h1><script>setTimeout(() => location = "/never", 450)</script>`, func(t *testing.T, r *crawler.Rendered) { shows(t, r, "before") }},
	"dom-bomb":          {`<h1>before</h1><script>setInterval(() => { for (let i = 0; i < 2000; i++) { const d = document.createElement("div"); d.textContent = "x".repeat(100); document.body.append(d) } }, 1)</script>`, func(t *testing.T, r *crawler.Rendered) { shows(t, r, "before") }},
	"workers": {`<h1>before</h1><script>for (let i = 0; i < 300; i++) new Worker(URL.createObjectURL(new Blob(["while (true) {}"])))</script>`, func(t *testing.T, r *crawler.Rendered) {
		if !has(r.Caps, "frames") {
			t.Errorf("caps %v", r.Caps)
		}
	}},
	"console": {`<h1>before</h1><script>setInterval(() => { for (let i = 0; i < 100; i++) console.error("x".repeat(1e4)) }, 1)</script>`, func(t *testing.T, r *crawler.Rendered) {
		if r.Err == "" {
			shows(t, r, "before")
		} else if len(r.Answers) == 0 || !strings.Contains(string(r.Answers[0].Body), "before") { // what it printed was too much to be read
			t.Errorf("no document beside %q", r.Err)
		}
	}},
	"debugger": {`<h1>before</h1><script>setInterval(() => { debugger }, 10)</script>`, func(t *testing.T, r *crawler.Rendered) { shows(t, r, "before") }},
	"basic": {"", func(t *testing.T, r *crawler.Rendered) {
		if len(r.Views) != 1 || r.Views[0].Status != 401 {
			t.Errorf("%d views, %q", len(r.Views), r.Err)
		}
	}},
	"empty-500": {"", func(t *testing.T, r *crawler.Rendered) {
		if len(r.Views) != 1 || r.Views[0].Status != 500 {
			t.Errorf("%d views, %q", len(r.Views), r.Err)
		}
	}},
	"silent": {"", func(t *testing.T, r *crawler.Rendered) {
		if len(r.Views) != 1 || r.Views[0].Err == "" {
			t.Errorf("%d views, %q", len(r.Views), r.Err)
		}
	}},
	"crash": {`<h1>before</h1><script>setTimeout(() => { location = "chrome://crash" }, 10); const a = []; setInterval(() => { for (;;) a.push({x: new Array(1e5).fill(a.length)}) }, 20)</script>`, func(t *testing.T, r *crawler.Rendered) {
		if r.Err == "" {
			t.Error("nothing is wrong")
		}
	}},
}

func shows(t *testing.T, r *crawler.Rendered, text string) {
	t.Helper()
	if len(r.Views) == 0 || !strings.Contains(string(r.Views[0].DOM), text) || len(r.Views[0].Pictures) == 0 {
		why := ""
		if len(r.Views) > 0 {
			why = r.Views[0].Err
		}
		t.Errorf("the page is not shown: %d views, %q, %q", len(r.Views), r.Err, why)
	}
}

func has(list []string, s string) bool {
	for _, e := range list {
		if e == s {
			return true
		}
	}
	return false
}

// control is an ordinary page: it must be seen whole after every hostile one.
const control = `<title>control</title><h1>Plans</h1><p>An ordinary page.</p>`

func hostileTown(t *testing.T) *town {
	return newTown(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		name, _, _ := strings.Cut(r.Host, ".")
		switch {
		case name == "basic":
			w.Header().Set("WWW-Authenticate", `Basic realm="x"`)
			w.Header().Add("WWW-Authenticate", `Digest realm="x", nonce="y"`)
			w.WriteHeader(http.StatusUnauthorized)
			fmt.Fprint(w, "<h1>who are you</h1>")
		case name == "empty-500":
			w.WriteHeader(http.StatusInternalServerError)
		case name == "silent", r.URL.Path == "/never":
			<-r.Context().Done()
		case r.URL.Path == "/there":
			fmt.Fprint(w, "<h1>before</h1>")
		case name == "control":
			fmt.Fprint(w, control)
		case strings.HasPrefix(r.URL.Path, "/file"):
			w.Header().Set("Content-Type", "application/vnd.android.package-archive")
			w.Header().Set("Content-Disposition", `attachment; filename="wallet.apk"`)
			_, _ = w.Write(make([]byte, 100000))
		default:
			if strings.HasPrefix(name, "slow-") { // so slow that no limit of documents is reached
				_ = crawler.Sleep(r.Context(), time.Second)
			}
			fmt.Fprint(w, hostile[name].page)
		}
	}))
}

// A page is stopped for its elements while it makes more of them, not for having many.
func TestGrowthWithoutEnd(t *testing.T) {
	for _, c := range []struct {
		counts []int
		after  int // the count that is too much; 0 = none is
	}{
		{[]int{3, 3, 900, 900}, 0}, {[]int{maxElements + 9, maxElements + 9, maxElements + 9}, 0}, {[]int{3, maxElements, maxElements}, 0},
		{[]int{3, maxElements + 1}, 2}, {[]int{maxElements + 9, maxElements + 9, maxElements + 10}, 3},
	} {
		g, after := growth{count: -1}, 0
		for i, n := range c.counts {
			changed, tooMany := g.to(n)
			if changed != (i > 0 && n != c.counts[i-1]) {
				t.Errorf("%v: the count %d is a change: %t", c.counts, i+1, changed)
			}
			if tooMany && after == 0 {
				after = i + 1
			}
		}
		if after != c.after {
			t.Errorf("%v: too many at count %d, want %d", c.counts, after, c.after)
		}
	}
}

func TestHostilePages(t *testing.T) {
	t.Parallel()
	for name, h := range hostile {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newTestPool(t, hostileTown(t), nil)
			c := see(t, p, name+".example", desktop)
			h.check(t, c.Rendered)
			took := c.Rendered.Ended.Sub(c.Rendered.Began).Round(time.Millisecond)
			t.Logf("%v, error %q, caps %v, %d views, %d answers", took, c.Rendered.Err, c.Rendered.Caps, len(c.Rendered.Views), len(c.Rendered.Answers))
			k := glance(t, p, "control.example").Rendered
			shows(t, k, "An ordinary page.")
			if k.Err != "" {
				t.Errorf("the page after it: %s", k.Err)
			}
		})
	}
}

// browserPid is the process of the one browser with a folder in dir; a shell that started it is not it.
func browserPid(t *testing.T, dir string) int {
	t.Helper()
	for _, m := range processes() {
		raw, _ := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", m.pid))
		if strings.Contains(string(raw), "--user-data-dir="+dir) && !strings.Contains(string(raw), "--type=") && !strings.HasPrefix(string(raw), "/bin/sh") && strings.Contains(string(raw), "--remote-debugging-pipe") {
			return m.pid
		}
	}
	return 0
}

func TestBrowserDiesOrStopsInTheMiddle(t *testing.T) {
	for name, signal := range map[string]syscall.Signal{"killed": syscall.SIGKILL, "stopped": syscall.SIGSTOP} {
		t.Run(name, func(t *testing.T) {
			ownTemp(t)
			var once sync.Once
			w := newTown(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if strings.HasPrefix(r.Host, "slow.") {
					once.Do(func() { _ = syscall.Kill(browserPid(t, os.TempDir()), signal) })
				}
				fmt.Fprint(w, control)
			}))
			p := newTestPool(t, w, nil)
			c := see(t, p, "slow.example", desktop)
			if c.Rendered.Err == "" {
				t.Errorf("nothing went wrong: %d views", len(c.Rendered.Views))
			}
			t.Log(c.Rendered.Err, c.Rendered.Ended.Sub(c.Rendered.Began))
			shows(t, glance(t, p, "control.example").Rendered, "An ordinary page.")
			if left, _ := filepath.Glob(filepath.Join(os.TempDir(), "scamatlas-browser-*")); len(left) != 1 {
				t.Errorf("folders %v, want that of the one browser", left)
			}
		})
	}
}

func TestMemoryEaterIsEnded(t *testing.T) {
	t.Parallel()
	w := newTown(t, pages{"/": `<h1>before</h1><script>const a = []; for (;;) a.push(new Uint8Array(20e6).fill(1))</script>`})
	p := newTestPool(t, w, func(o *Options) { o.Memory = 500 << 20 })
	c := see(t, p, "eater.example", desktop)
	if c.Rendered.Err != "memory" {
		t.Errorf("error %q", c.Rendered.Err)
	}
}

func TestVisitorsDoNotMeet(t *testing.T) {
	t.Parallel()
	const page = `<h1 id=h></h1><script>document.getElementById("h").textContent = "was here: " + (localStorage.x || "") + document.cookie; localStorage.x = 1; document.cookie = "y=1; max-age=9999"</script>`
	p := newTestPool(t, newTown(t, pages{"/": page}), nil)
	for range 2 {
		shows(t, glance(t, p, "store.example").Rendered, "was here: <")
	}
}

func TestRenderEndsWithItsContext(t *testing.T) {
	t.Parallel()
	w := newTown(t, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }))
	p := newTestPool(t, w, nil)
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
	defer cancel()
	err := p.Render(ctx, &crawler.Capture{Host: "silent.example"}, desktop, 0)
	if err == nil || ctx.Err() == nil {
		t.Errorf("Render: %v", err)
	}
}
