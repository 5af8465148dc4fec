package render

import (
	"os/exec"
	"strings"
	"testing"
)

func TestRenderShowsWhatScriptsMake(t *testing.T) {
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
	path, err := exec.LookPath("chromium")
	if err != nil {
		t.Skip("needs the full browser: install Debian's chromium")
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
