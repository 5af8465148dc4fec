package render

import (
	"os/exec"
	"slices"
	"strings"
	"testing"

	"scamatlas/crawler"
	"scamatlas/crawler/judge"
	"scamatlas/crawler/testbed/needtest"
)

func TestRenderShowsWhatScriptsMake(t *testing.T) {
	t.Parallel()
	w := newTown(t, pages{
		"/":    `<title>Shop</title><div id=a>Loading</div><script>fetch("/api").then(r=>r.text()).then(s=>{document.getElementById("a").textContent="pay to "+s})</script>`,
		"/api": `bc1qtest`,
	})
	p := newTestPool(t, w, nil)
	c := see(t, p, "shop.example", desktop)
	r := c.Rendered
	if len(r.Views) != 1 || !strings.Contains(string(r.Views[0].DOM), "pay to bc1qtest") {
		t.Fatalf("%d views, %q", len(r.Views), r.Err)
	}
}

// The full browser is accepted in place of the headless shell.
func TestFullChromium(t *testing.T) {
	t.Parallel()
	path, err := exec.LookPath("chromium")
	if err != nil {
		needtest.Missing(t, "needs the full browser: install Debian's chromium")
	}
	w := newTown(t, pages{"/": control})
	p := newTestPool(t, w, func(o *Options) { o.Browser = path })
	r := see(t, p, "shop.example", desktop).Rendered
	shows(t, r, "An ordinary page.")
	if r.Err != "" {
		t.Error(r.Err)
	}
	for _, host := range w.asked {
		if !strings.HasPrefix(host, "shop.example:") {
			t.Errorf("the browser asked for %s on its own account", host)
		}
	}
}

func TestOutcomeIsWhatWasOnTheScreen(t *testing.T) {
	t.Parallel()
	p := newTestPool(t, hostileTown(t), func(o *Options) { o.Judge = judge.New().Response })
	for host, want := range map[string]crawler.Outcome{"control": crawler.OK, "basic": crawler.Denied, "empty-500": crawler.HTTPError} {
		c := &crawler.Capture{Host: host + ".example", Outcome: crawler.Unreachable}
		if err := p.Render(t.Context(), c, desktop, 0); err != nil || c.Outcome != want {
			t.Errorf("%s: %s %q, %v; want %s", host, c.Outcome, c.Reason, err, want)
		}
	}
	// A browser that saw nothing says nothing.
	c := &crawler.Capture{Host: "a.private.example", Outcome: crawler.Unreachable, Reason: "as fetched"}
	if err := p.Render(t.Context(), c, desktop, 0); err != nil || c.Outcome != crawler.Unreachable || c.Rendered.Err == "" || len(c.Refusals) == 0 {
		t.Errorf("refused: %s, %q, %v, %v", c.Outcome, c.Rendered.Err, c.Refusals, err)
	}
	for _, no := range []string{"file:///etc/passwd", "chrome://version", "javascript:alert(1)"} {
		c := &crawler.Capture{Host: "a.example", EntryURL: no}
		if err := p.Render(t.Context(), c, desktop, 0); err != nil || len(c.Rendered.Views) != 0 || c.Rendered.Err == "" {
			t.Errorf("%s: %v, %q", no, err, c.Rendered.Err)
		}
	}
}

const walletPage = `<h1 id=h>get a wallet</h1><script>
if (window.ethereum) (async () => {
  const [a] = await ethereum.request({method: "eth_requestAccounts"});
  document.getElementById("h").textContent = "send all of " + a;
  ethereum.request({method: "eth_sendTransaction", params: [{from: a}]}).catch(e => { document.getElementById("h").append(" refused " + e.code) });
})()
</script>`

func TestInertWallet(t *testing.T) {
	t.Parallel()
	p := newTestPool(t, newTown(t, pages{"/": walletPage}), nil)
	shows(t, see(t, p, "dapp.example", desktop).Rendered, "get a wallet")
	r := see(t, p, "dapp.example", visitors()[2]).Rendered
	shows(t, r, "refused 4001")
	if !slices.Contains(r.Wallet, "eth_sendTransaction") {
		t.Errorf("asked of the wallet: %v", r.Wallet)
	}
}
