package render

import (
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
