package render

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"

	"scamatlas/crawler"
)

// spa is an ordinary single-page app: 12 scripts, 12 styles, 60 pictures, an answer that fills the page.
func spa() http.Handler {
	var page strings.Builder
	page.WriteString("<!doctype html><title>App</title>")
	for i := range 12 {
		fmt.Fprintf(&page, `<link rel=stylesheet href="/s%d.css">`, i)
	}
	page.WriteString("<div id=app></div>")
	for i := range 60 {
		fmt.Fprintf(&page, `<img src="/i%d.svg" width=40 height=40>`, i)
	}
	for i := range 12 {
		fmt.Fprintf(&page, `<script src="/a%d.js"></script>`, i)
	}
	page.WriteString(`<script>fetch("/api").then(r => r.json()).then(list => { for (const x of list) { const d = document.createElement("section"); d.innerHTML = "<h2>" + x + "</h2><p>" + "lorem ipsum ".repeat(20); document.getElementById("app").append(d) } })</script>`)
	css, js := strings.Repeat(".a .b > c:hover { color: red; margin: 1px }\n", 450), strings.Repeat("(function () { let s = 0; for (let i = 0; i < 400; i++) s += i * i; return s })();\n", 250)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch p := r.URL.Path; {
		case strings.HasSuffix(p, ".css"):
			w.Header().Set("Content-Type", "text/css")
			fmt.Fprint(w, css)
		case strings.HasSuffix(p, ".js"):
			w.Header().Set("Content-Type", "text/javascript")
			fmt.Fprint(w, js)
		case strings.HasSuffix(p, ".svg"):
			w.Header().Set("Content-Type", "image/svg+xml")
			fmt.Fprint(w, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><circle cx="4" cy="4" r="4"/></svg>`)
		case p == "/api":
			w.Header().Set("Content-Type", "application/json")
			fmt.Fprint(w, `["`+strings.Repeat(`plan","`, 49)+`plan"]`)
		default:
			w.Header().Set("Content-Type", "text/html")
			fmt.Fprint(w, page.String())
		}
	})
}

// BenchmarkPages tells how many pages a minute two tabs show, everything recorded.
func BenchmarkPages(b *testing.B) {
	p := newTestPool(b, newTown(b, spa()), func(o *Options) { o.Tabs, o.Views = 2, 1 })
	sites := make(chan int)
	var work sync.WaitGroup
	for range 2 {
		work.Go(func() {
			for i := range sites {
				c := &crawler.Capture{Host: fmt.Sprintf("s%d.example", i)}
				if err := p.Render(b.Context(), c, desktop, 0); err != nil || len(c.Rendered.Answers) < 80 {
					b.Errorf("site %d: %v, %q", i, err, c.Rendered.Err)
				}
			}
		})
	}
	for i := 0; b.Loop(); i++ {
		sites <- i
	}
	close(sites)
	work.Wait()
	b.ReportMetric(float64(b.N)/b.Elapsed().Minutes(), "pages/min")
}
