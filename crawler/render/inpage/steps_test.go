package inpage

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
)

// lines are the steps as text, without their scores.
func lines(all []Step) []string {
	var out []string
	for _, s := range all {
		line := s.Kind + " " + s.Label
		if s.Kind == "visit" {
			line = s.Kind + " " + s.URL
		}
		out = append(out, line)
	}
	return out
}

func TestFindStepsVisits(t *testing.T) {
	b := open(t, document(`
<a href="/x1">Deposit</a> <a href="/user/recharge">more</a> <a href="/x2">充值</a> <a href="/x3">Пополнить счёт</a> <a href="/x4">Depósito</a>
<a href="/x5">Nạp tiền</a> <a href="/x6">Isi saldo</a> <a href="/x7">Einzahlung</a> <a href="/x8">Déposer</a> <a href="/x9">入金</a> <a href="/x10">입금하기</a>
<a href="/x11">ฝากเงิน</a> <a href="/x12">الإيداع</a> <a href="/x13">Para yatırma</a> <a href="/depositAddress">a</a> <a href="#/pages/assets/recharge">b</a>
<a href="/contact-us">Contact us</a> <a href="/about">About</a> <a href="/plans?type=1#top">Our plans</a> <a href="/plans?type=1">Plans</a> <nav hidden><a href="/support">Support</a></nav>

<a href="https://other.example/deposit">Deposit</a> <a href="/no1" download>Deposit</a> <a href="mailto:a@b.example">Contact</a> <a href="tel:1">Support</a>
<a href="javascript:deposit()">Deposit</a> <a href="#deposit">Deposit</a> <a href="/deposit.apk">Deposit</a> <a href="/no2">Weather</a> <a href="/no3/aboutness">q</a>
<a href="/no4">Log in to deposit</a> <a href="/logout?next=deposit">out</a> <a href="/no5">Withdraw to wallet</a> <a href="/no6">注册充值</a> <a href="/no7">Вывод на кошелёк</a>
<a href="/no8">Buy a plan</a> <a href="/no9">Connect wallet</a> <a href="/wallet/delete/1">x</a> <a href="http://user:pw@127.0.0.1/deposit">Deposit</a> <a>Deposit</a>
<a href="/register">Invest</a> <a href="/sign-up">plans</a>`), "/")
	base := b.page("location.origin")
	got := lines(b.steps())
	want := []string{"/user/recharge", "/depositAddress", "/#/pages/assets/recharge", "/contact-us", "/about", "/plans?type=1", "/support"}
	for i := range 13 {
		want = append(want, fmt.Sprintf("/x%d", i+1))
	}
	for i := range want {
		want[i] = "visit " + base + want[i]
	}
	want = append(want, "press Deposit") // an anchor of the page itself
	slices.Sort(want)
	sorted := slices.Sorted(slices.Values(got))
	if !slices.Equal(sorted, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(sorted, "\n"), strings.Join(want, "\n"))
	}
	if len(got) > 0 && (strings.Contains(got[0], "about") || !strings.Contains(got[len(got)-1], "support") && !strings.Contains(got[len(got)-1], "about")) {
		t.Errorf("order: %s", strings.Join(got, "\n"))
	}
}

// Each kit has its own way to let visitors pick a coin. The page says in #said what was picked.
func TestFindStepsSelectors(t *testing.T) {
	const says = `<p id=said></p><script>window.say = e => said.textContent = (e.target.value && e.target.type !== "radio" ? e.target.selectedOptions?.[0].text : e.target.closest("[data-c]")?.dataset.c ?? e.target.value) ?? e.target.textContent</script>`
	for name, body := range map[string]string{
		"select":         `<select onchange="say(event)"><option value="">Choose a network</option><option value=1>TRC20</option><option value=2>ERC20</option><option disabled>BEP20</option></select>`,
		"select, hidden": `<select style="display:none" onchange="say(event)"><option>TRC20</option><option>ERC20</option></select>`,
		"radios":         `<form><label><input type=radio name=n value=TRC20 onchange="say(event)">TRC20</label><label><input type=radio name=n value=ERC20 onchange="say(event)"> ERC20</label></form>`,
		"roles":          `<div role=listbox><div role=option tabindex=0 data-c=TRC20>USDT-TRC20</div><div role=option data-c=ERC20>USDT-ERC20</div></div><script>document.querySelector("[role=listbox]").onclick = say</script>`,
		"tabs":           `<div role=tablist><div role=tab class=van-tab aria-selected=true data-c=TRC20><span>TRC20</span></div><div role=tab class=van-tab data-c=ERC20><span>ERC20</span></div></div><script>document.querySelector("[role=tablist]").onclick = say</script>`,
		"element tabs":   `<div class=el-tabs__nav><div class=el-tabs__item data-c=TRC20>TRC20</div><div class=el-tabs__item data-c=ERC20>ERC20</div></div><script>document.querySelectorAll(".el-tabs__item").forEach(e => e.onclick = say)</script>`,
		"uni-app":        `<uni-view class=list><uni-view class=chain-item data-c=TRC20><uni-text><span>TRC20</span></uni-text></uni-view><uni-view class=chain-item data-c=ERC20><uni-text><span>ERC20</span></uni-text></uni-view></uni-view><script>document.querySelectorAll("uni-view").forEach(e => e.addEventListener("click", say))</script>`,
		"plain":          `<div><div data-c=TRC20>TRC20</div><div data-c=ERC20>ERC20</div></div><script>document.querySelectorAll("[data-c]").forEach(e => e.onclick = say)</script>`,
		"pointer":        `<p><b style="cursor:pointer" data-c=TRC20 onclick="say(event)">Tron (TRC20)</b> or else <b style="cursor:pointer" data-c=ERC20 onclick="say(event)">Ethereum (ERC20)</b></p>`,
		"buttons":        `<button data-c=TRC20 onclick="say(event)">TRC20</button><form><button type=button data-c=ERC20 onclick="say(event)">ERC20</button></form>`,
		"pictures":       `<button data-c=TRC20 onclick="say(event)"><img alt=TRC20></button><button data-c=ERC20 onclick="say(event)"><img alt=ERC20></button>`,
		"anchors":        `<ul><li><a href="#trc" data-c=TRC20 data-toggle=tab onclick="say(event)">TRC20</a><li><a href="#" data-c=ERC20 onclick="say(event)">ERC20</a></ul>`,
		"pointer events": `<div class=tab data-c=TRC20 onpointerdown="say(event)">TRC20</div><div class=tab data-c=ERC20 onmousedown="say(event)">ERC20</div>`,
		"shadow root":    `<div id=h></div><script>const r = h.attachShadow({mode: "closed"}); r.innerHTML = "<button data-c=TRC20>TRC20</button><button data-c=ERC20>ERC20</button>"; r.querySelectorAll("button").forEach(e => e.onclick = say)</script>`,
		"frame":          `<iframe srcdoc="<button data-c=TRC20 onclick='parent.say(event)'>TRC20</button><button data-c=ERC20 onclick='parent.say(event)'>ERC20</button>"></iframe>`,
	} {
		t.Run(name, func(t *testing.T) {
			b := open(t, document(says+body), "/", OpenShadows())
			found := map[string]bool{}
			for _, s := range b.steps() {
				if s.Kind == "visit" || s.Score < 1 {
					t.Errorf("step %+v", s)
				}
				if !b.take(s.ID) {
					t.Errorf("%q: not taken", s.Label)
				}
				said := b.page("said.textContent")
				if !strings.Contains(s.Label, said) || said == "" {
					t.Errorf("%s %q: the page says %q", s.Kind, s.Label, said)
				}
				found[said] = true
			}
			if !found["TRC20"] || !found["ERC20"] || len(found) != 2 {
				t.Errorf("found %v", found)
			}
		})
	}
}

func TestFindStepsRevealsAndLeavesAlone(t *testing.T) {
	b := open(t, document(`<button>Show address</button><details><summary>Deposit</summary>x</details><div class=tab-item>充值</div><button aria-expanded=false>Investment plans</button>
<button aria-expanded=false disabled>Fund account</button><button>Connect Wallet</button><button>Buy USDT</button><button>Withdraw USDT</button><button>提现 USDT</button><button>Вывод BTC</button>
<form><button>Deposit now</button><input type=submit value="Recharge"><input type=image alt="BTC deposit"><label>Deposit <input type=submit></label><button type=button>Recharge wallet</button></form>
<button aria-label="Sign message">USDT</button><button><span class=item>TRC20</span> Confirm</button><a href="https://other.example/"><span class=btn>BTC</span></a><button>Approve USDT</button>
<div class=item hidden>Bitcoin</div><p>We take BTC and ETH deposits since 2019, as every page of this site tells you at length.</p><button>Weather</button><div class=item>BTC / USDT</div>`), "/")
	want := []string{"press Show address", "press Deposit", "press 充值", "press Investment plans", "press Recharge wallet", "press BTC / USDT"}
	got := lines(b.steps())
	if !slices.Equal(slices.Sorted(slices.Values(got)), slices.Sorted(slices.Values(want))) {
		t.Errorf("got %q\nwant %q", got, want)
	}
}

func TestStepsKeepTheirNumbers(t *testing.T) {
	b := open(t, document(`<div id=box><button id=one onclick="box.append(document.createElement('hr')); this.remove()">TRC20</button><button id=two>ERC20</button></div>`), "/")
	first := b.steps()
	if !slices.Equal(lines(first), lines(b.steps())) || first[0].ID == first[1].ID || first[0] != b.steps()[0] {
		t.Errorf("got %+v", first)
	}
	if !b.take(first[0].ID) || b.take(first[0].ID) || b.take(first[1].ID+100) || b.take(-1) {
		t.Error("a step that is gone was taken")
	}
	b.page(`two.textContent = "Approve", 0`)
	if b.take(first[1].ID) {
		t.Error("a button that now says something else was pressed")
	}
}

// visitors counts what a server is asked for.
type guest struct {
	site
	mu    sync.Mutex
	asked []string
}

func (g *guest) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	g.mu.Lock()
	g.asked = append(g.asked, r.Method+" "+r.URL.Path)
	g.mu.Unlock()
	g.site.ServeHTTP(w, r)
}

// Whatever is pressed, and however the page's scripts try: no form arrives anywhere.
func TestNothingIsSubmitted(t *testing.T) {
	for name, body := range map[string]string{
		"submit":          `<button class=tab onclick="f.submit()">TRC20</button>`,
		"requestSubmit":   `<button class=tab onclick="f.requestSubmit()">TRC20</button>`,
		"click":           `<button class=tab onclick="s.click()">TRC20</button>`,
		"prototype":       `<button class=tab onclick="HTMLFormElement.prototype.submit.call(f)">TRC20</button>`,
		"new form":        `<button class=tab onclick="const n = document.createElement('form'); n.action = '/form/new'; n.method = 'post'; document.body.append(n); n.submit()">TRC20</button>`,
		"of a frame":      `<iframe id=w srcdoc="<form id=f action=/form/frame></form><script>go = () => f.submit()</script>"></iframe><button class=tab onclick="w.contentWindow.go()">TRC20</button>`,
		"in a frame":      `<iframe srcdoc="<form id=f action=/form/frame method=post></form><button class=tab onclick=f.submit()>TRC20</button>"></iframe>`,
		"other's method":  `<iframe id=w srcdoc="x"></iframe><button class=tab onclick="w.contentWindow.HTMLFormElement.prototype.submit.call(f)">TRC20</button>`,
		"to a window":     `<button class=tab onclick="f.target = '_blank'; f.submit()">TRC20</button>`,
		"to a frame":      `<iframe name=there></iframe><button class=tab onclick="f.target = 'there'; f.submit()">TRC20</button>`,
		"select":          `<select onchange="f.submit()"><option>BTC<option>TRC20</select>`,
		"later":           `<button class=tab onclick="setTimeout(() => f.submit(), 30)">TRC20</button>`,
		"press and enter": `<button class=tab onmousedown="f.requestSubmit(s)" onpointerup="f.submit()" onclick="f.submit()">TRC20</button>`,
		"new frame":       `<button class=tab onclick="const w = document.createElement('iframe'); document.body.append(w); w.contentDocument.write('<form id=g action=/form/late></form>'); w.contentDocument.getElementById('g').submit()">TRC20</button>`,
	} {
		t.Run(name, func(t *testing.T) {
			g := &guest{site: document(`<form id=f action=/form/own onsubmit="window.sent = 1"><input name=a value=b><button id=s>Go</button></form>` + body +
				`<script>addEventListener("click", () => setTimeout(() => fetch("/pressed"), 100)); addEventListener("change", () => setTimeout(() => fetch("/pressed"), 100))</script>`)}
			if name == "in a frame" {
				g.site["/"] = strings.ReplaceAll(g.site["/"], "onclick=f.submit()", `onclick='f.submit();setTimeout(() => fetch(&quot;/pressed&quot;), 100)'`)
			}
			b := open(t, g, "/", OpenShadows())
			took := 0
			for _, s := range b.steps() {
				if b.take(s.ID) {
					took++
				}
			}
			if took == 0 {
				t.Fatal("nothing was pressed")
			}
			b.until(`performance.getEntriesByType("resource").some(e => e.name.endsWith("/pressed")) || [...document.querySelectorAll("iframe")].some(f => f.contentWindow.performance.getEntriesByType("resource").length > 0)`, "true")
			g.mu.Lock()
			defer g.mu.Unlock()
			for _, a := range g.asked {
				if strings.Contains(a, "/form") {
					t.Errorf("the site got %s", a)
				}
			}
		})
	}
}

func TestParseStepsKeepsToTheSite(t *testing.T) {
	const answer = `{"host":"shop.a.co.uk","steps":[
{"id":0,"kind":"visit","url":"https://a.co.uk/deposit","label":"x","score":5},
{"id":0,"kind":"visit","url":"https://b.co.uk/deposit","label":"x","score":5},
{"id":0,"kind":"visit","url":"https://u:p@a.co.uk/deposit","label":"x","score":5},
{"id":0,"kind":"visit","url":"ftp://a.co.uk/","label":"x","score":5},
{"id":0,"kind":"visit","url":"https://a.co.uk.evil.example/","label":"x","score":5},
{"id":1,"kind":"press","label":"\u001b[31mUS\u202eDT\n","score":5},
{"id":-1,"kind":"press","label":"x","score":5},
{"id":1,"kind":"press","label":" ","score":5},
{"id":1,"kind":"press","label":"x","score":0},
{"id":1,"kind":"submit","label":"x","score":5},
{"id":1,"kind":"choose","url":"https://a.co.uk/","label":"x","score":5}]}`
	got, err := ParseSteps([]byte(answer))
	if err != nil || !slices.Equal(lines(got), []string{"visit https://a.co.uk/deposit", "press [31mUSDT"}) {
		t.Errorf("got %q, %v", lines(got), err)
	}
}

func TestSiteOf(t *testing.T) {
	for host, want := range map[string]string{
		"a.example": "a.example", "x.y.a.co.uk": "a.co.uk", "b.github.io": "b.github.io", "c.b.github.io": "b.github.io", "127.0.0.1": "127.0.0.1",
		"[::1]": "::1", "localhost": "localhost", "co.uk": "co.uk", "A.Example.": "a.example", "": "",
	} {
		if got := siteOf(host); got != want {
			t.Errorf("siteOf(%q) = %q, want %q", host, got, want)
		}
	}
}

func TestFindStepsIsBounded(t *testing.T) {
	b := open(t, document(`<script>document.body.insertAdjacentHTML("beforeend", "<div style='cursor:pointer'><a href=/deposit/1><b class=tab>BTC</b></a><button>USDT</button></div>".repeat(30000));
document.querySelectorAll("a").forEach((a, i) => a.href = "/deposit/" + i); document.querySelectorAll("button").forEach((a, i) => a.textContent = "USDT " + i)</script>`), "/")
	if all := b.steps(); len(all) != 200 {
		t.Errorf("%d steps", len(all))
	}
}

func FuzzParseSteps(f *testing.F) {
	f.Add([]byte(`{"host":"a.example","steps":[{"id":1,"kind":"press","label":"x","score":3},{"kind":"visit","url":"http://a.example/%zz","score":1}]}`))
	f.Add([]byte(`{"host":"..","steps":[{"kind":"visit","url":"http:///","label":"x","score":1},{"kind":"visit","url":"http://[::1","score":1}]}`))
	f.Add([]byte(`[]`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		all, err := ParseSteps(raw)
		if err != nil && all != nil || len(all) > maxSteps {
			t.Errorf("%d steps, %v", len(all), err)
		}
		for _, s := range all {
			if len(s.Label) > maxLabel || s.ID < 0 || s.Kind == "visit" && !strings.HasPrefix(strings.ToLower(s.URL), "http") {
				t.Errorf("step %+v", s)
			}
		}
	})
}
