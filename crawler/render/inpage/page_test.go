package inpage

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"scamatlas/crawler"
)

func TestReadPageShowsWhatAVisitorSees(t *testing.T) {
	pages := site{
		"/": `<!doctype html><meta charset=utf-8><title>充值 &amp; more</title><body data-a="x&quot;y"><h1>Привет &lt;b&gt;</h1>
<div id=open></div><div id=closed></div><div id=outer></div>
<iframe src="/frame" title=inner></iframe><iframe srcdoc="<p>from srcdoc"></iframe><iframe srcdoc="<p>sandboxed" sandbox></iframe>
<input name=typed value=old><input type=password value=secret><input type=checkbox id=box><select><option>one<option id=two>two</select>
<textarea>before</textarea><input placeholder="Invitation code"><canvas id=c></canvas><template><p>in a template</template>
<script>
document.querySelector("[name=typed]").value = "now <typed>";
document.querySelector("[type=password]").value = "hunter" + 2;
document.querySelector("textarea").value = "written & done";
box.checked = true; two.selected = true;
document.getElementById("open").attachShadow({mode: "open"}).innerHTML = "<p>in an open root</p><div id=n></div>";
document.getElementById("open").shadowRoot.getElementById("n").attachShadow({mode: "closed"}).innerHTML = "<p>nested and closed</p>";
document.getElementById("closed").attachShadow({mode: "closed"}).innerHTML = "<p>in a closed root</p><iframe src=/frame2></iframe>";
</script>`,
		"/frame":  `<!doctype html><title>frame</title><p>in a frame<div id=h></div><script>h.attachShadow({mode:"closed"}).innerHTML="<p>closed in a frame"</script>`,
		"/frame2": `<!doctype html><p>in a frame in a root`,
	}
	b := open(t, pages, "/", OpenShadows())
	p := b.read(1 << 20)
	for _, want := range []string{
		`data-a="x&quot;y"`, "<h1>Привет &lt;b&gt;</h1>", "<p>in an open root</p>", "<p>nested and closed</p>", "<p>in a closed root</p>",
		"<p>in a frame", "<p>closed in a frame", "<p>in a frame in a root", "<p>from srcdoc", "sandboxed",
		`value="now <typed>"`, `checked=""`, `<option id="two" selected="">`, "written &amp; done", "<canvas", "<p>in a template</p>", "data-frame-src=\"http",
	} {
		if !strings.Contains(p.HTML, want) {
			t.Errorf("%q is not in\n%s", want, p.HTML)
		}
	}
	for _, never := range []string{"secret", "hunter2", `value="old"`, ">before<"} {
		if strings.Contains(p.HTML, never) {
			t.Errorf("%q is in\n%s", never, p.HTML)
		}
	}
	if p.Title != "充值 & more" || !p.Password || !p.Invite || p.Truncated || p.Frames != 3 || p.Elements < 30 || p.Text < 50 {
		p.HTML = ""
		t.Errorf("got %+v", p)
	}
}

// What a page names its elements must not hide the DOM from us, and what it does to its own world must not reach ours.
func TestReadersAreNotLedAstray(t *testing.T) {
	for name, body := range map[string]string{
		"names in a form": `<form><input name=attributes><input name=nextSibling><input name=firstChild><input name=nodeType><input name=localName>
<input name=parentNode><input name=getAttribute><input name=shadowRoot><input name=getBoundingClientRect><input name=checkVisibility>
<input name=children><input name=className><input name=closest><input name=ownerDocument><input name=childElementCount></form>`,
		"names in the document": `<img name=documentElement><img name=title><img name=body><img name=head><img name=querySelectorAll><img name=createElement>
<img name=createTreeWalker><img name=URL><img name=baseURI><img name=defaultView><form name=location></form><img name=nextSibling>`,
		"built-ins": `<script>JSON.stringify = () => "false"; Array.prototype.push = () => 0; Array.prototype.join = () => "no"; String.prototype.replace = () => "no";
Document.prototype.querySelector = document.querySelector = () => null; window.setTimeout = () => 0; window.Promise = class {}; Element.prototype.getAttribute = () => "no";
Object.defineProperty(Node.prototype, "firstChild", {get: () => null}); performance.now = () => { throw 1 }; window.getComputedStyle = null;</script>`,
		"timers": `<script>setInterval(() => { for (let i = 0; i < 100000; i++) { clearTimeout(i); cancelAnimationFrame(i) } }, 1)</script>`,
	} {
		t.Run(name, func(t *testing.T) {
			b := open(t, document(body+`<p>the text</p><a href=/deposit>Deposit</a><button type=button onclick="document.title='pressed'">USDT</button><canvas width=10 height=10></canvas>`), "/", OpenShadows(), Provider("0x1"))
			if p := b.read(1 << 20); !strings.Contains(p.HTML, "<p>the text</p>") || !strings.HasSuffix(p.HTML, "</html>") || p.Title != "t" {
				t.Errorf("read %+v", p)
			}
			all := b.steps()
			if len(all) != 2 {
				t.Fatalf("steps: %+v", all)
			}
			for _, s := range all {
				if s.Kind == "press" && !b.take(s.ID) {
					t.Error("not pressed")
				}
			}
			if p := b.read(1 << 20); p.Title != "pressed" && name != "names in the document" {
				t.Errorf("title after the press: %q", p.Title)
			}
			if _, err := ParseCodes(b.ask(FindCodes(10))); err != nil {
				t.Error(err)
			}
			if _, err := ParseStorage(b.ask(Storage())); err != nil {
				t.Error(err)
			}
			if _, err := ParseNames(b.ask(WalletCalls())); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestReadPageIsBounded(t *testing.T) {
	grow := func(body string) string { return "<div id=d></div><script>" + body + "</script>" }
	for name, c := range map[string]struct {
		body string
		max  int
	}{
		"100000 elements":  {grow(`d.innerHTML = "<p>text of one</p>".repeat(100000)`), 1 << 20},
		"400 deep":         {grow(`let at = d; for (let i = 0; i < 400; i++) { const e = document.createElement("div"); at.append(e); at = e } at.append("end")`), 3000},
		"one long text":    {grow(`d.hidden = true; d.textContent = "x&é充😀".repeat(100000)`), 100_000},
		"one long script":  {grow(`const s = document.createElement("script"); s.type = "text/x"; s.textContent = "<\/script>".repeat(100000); d.append(s)`), 100_000},
		"a long attribute": {grow(`d.title = '"'.repeat(5000000)`), 100_000},
		"many attributes":  {grow(`for (let i = 0; i < 5000; i++) d.setAttribute("a" + i, "x".repeat(100))`), 100_000},
		"grows for ever":   {grow(`setInterval(() => { for (let i = 0; i < 200; i++) d.append(document.createElement("i")) }, 1)`), 30_000},
		"no room":          {"<p>x", 10},
		"none":             {"<p>x", 0},
	} {
		t.Run(name, func(t *testing.T) {
			b := open(t, document(c.body), "/")
			if name == "grows for ever" {
				b.until("d.childElementCount > 10000", "true")
			}
			began := time.Now()
			p := b.read(c.max)
			if len(p.HTML) > c.max || !p.Truncated {
				t.Errorf("%d bytes of %d, truncated %v", len(p.HTML), c.max, p.Truncated)
			}
			t.Logf("%d bytes in %v", len(p.HTML), time.Since(began))
			if strings.ContainsRune(p.HTML, '\ufffd') {
				t.Error("a sign was cut in two")
			}
			if len(p.HTML) < c.max/10-10 && !strings.Contains(name, "attribute") {
				t.Errorf("only %d bytes of %d", len(p.HTML), c.max)
			}
			if _, err := html.Parse(strings.NewReader(p.HTML)); err != nil {
				t.Log(err)
			}
		})
	}
}

func FuzzParsePage(f *testing.F) {
	f.Add([]byte(`{"html":"<p>x","title":"t","url":"http://a.example/","text":5,"elements":-1,"truncated":true,"frames":1e3}`))
	f.Add([]byte(`{"html":"\ud800","text":1e300}`))
	f.Add([]byte(`null`))
	f.Add([]byte(fmt.Sprintf(`{"html":%q}`, strings.Repeat("é", crawler.MaxDOM/2+1))))
	f.Fuzz(func(t *testing.T, raw []byte) {
		p, err := ParsePage(raw)
		if err == nil && (len(p.HTML) > crawler.MaxDOM || len(p.Title) > crawler.MaxTitle || len(p.URL) > crawler.MaxURL || p.Text < 0 || p.Elements < 0 || p.Frames < 0) {
			t.Errorf("%q gives %+v", raw, p)
		}
	})
}
