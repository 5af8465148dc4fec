package corpus

import (
	"fmt"
	"html"
	"strings"
)

// output is a site being made.
type output struct {
	documents []file // as drawn, entry page first
	files     []file
}

type file struct{ path, body string }

// build makes the site's documents. The layout is the family's, what differs in it the site's: honest and fake families take from the same
// layouts.
func (w *writer) build() *output {
	out := &output{}
	css := w.pick("app", "site", "x", "ui", "pg", "tm", "wp", "lx", "hd", "cs")
	w.vars["css"] = css
	style := fmt.Sprintf("body{font:16px/1.5 %s;margin:0;color:#%s}.%s-btn{background:#%s;padding:%dpx}.%s-card{border:1px solid #ddd;border-radius:%dpx}", w.pick("Inter,sans-serif", "Roboto,sans-serif", "Georgia,serif", "system-ui"), w.hex(3), css, w.hex(6), 6+w.r.IntN(10), css, w.r.IntN(20))
	out.files = append(out.files, file{"/assets/" + css + ".css", style})
	out.files = append(out.files, file{"/assets/" + css + ".js", "document.querySelectorAll('.nav-toggle').forEach(function(e){e.onclick=function(){document.body.classList.toggle('open')}});document.querySelectorAll('.copy').forEach(function(b){b.onclick=function(){navigator.clipboard.writeText(b.dataset.clipboardText)}});"})
	extras, pages := w.extras(), w.family.site.pages
	titles := make([]string, len(pages))
	for i := range pages {
		titles[i] = w.text(pages[i].title)
	}
	foot, signed := w.foot(), w.signed()
	for i := range pages {
		main := w.blocks(&pages[i], out)
		if signed && (i == 0 || !w.family.Fake) {
			main = w.article(main)
		}
		if i == 0 {
			main += extras
		}
		out.documents = append(out.documents, file{pages[i].path, w.document(titles[i], w.nav(titles), main, foot)})
	}
	return out
}

// extras are the widgets of the entry page: those that the family always has, and analytics or a data block on most sites.
func (w *writer) extras() string {
	var b strings.Builder
	for _, part := range w.family.site.with {
		if part != "spa" {
			b.WriteString(w.part("@"+part, ""))
		}
	}
	if w.chance(60) {
		b.WriteString(w.part("@ga", ""))
	}
	if w.chance(25) {
		b.WriteString(w.part("@jsonld", "Organization"))
	}
	return b.String()
}

// signed: most news and blogs mark their pages up as articles; some fakes show news on the entry page.
func (w *writer) signed() bool {
	share := map[string]int{"news": 80, "blog": 80}[w.family.Kind]
	if w.family.Fake {
		share = 8
	}
	return w.chance(share)
}

// article marks a page up as one, with author and date.
func (w *writer) article(main string) string {
	day := Now().AddDate(0, 0, -w.r.IntN(60)).Format("2006-01-02")
	return fmt.Sprintf("<article class=\"%s-article\"><p class=\"byline\"><a rel=\"author\" class=\"author\" href=\"/authors\">%s</a> <time datetime=\"%s\">%s</time></p>\n%s</article>\n", w.vars["css"], w.vars["person3"], day, day, main)
}

// document puts the head, the ways to other pages and the footer around a page.
func (w *writer) document(title, nav, main, foot string) string {
	css := w.vars["css"]
	var head strings.Builder
	title = html.EscapeString(title)
	fmt.Fprintf(&head, "<!doctype html>\n<html lang=\"%s\">\n<head><meta charset=\"utf-8\"><title>%s</title><meta name=\"viewport\" content=\"width=device-width,initial-scale=1\"><link rel=\"stylesheet\" href=\"/assets/%s.css\"><link rel=\"icon\" href=\"/favicon.ico\">", w.family.Lang, title, css)
	if w.chance(50) {
		fmt.Fprintf(&head, "<meta property=\"og:title\" content=\"%s\"><meta property=\"og:site_name\" content=\"%s\">", title, html.EscapeString(w.vars["brand"]))
	}
	head.WriteString("</head>\n")
	script := fmt.Sprintf("<script src=\"/assets/%s.js\" defer></script>", css)
	switch hashOf(w.family.Name) % 4 {
	case 0:
		return head.String() + fmt.Sprintf("<body class=\"home\"><header class=\"%s-head\"><a class=\"logo\" href=\"/\">%s</a>%s</header>\n<main class=\"container\">\n%s</main>\n<footer>%s</footer>%s</body></html>\n", css, html.EscapeString(w.vars["brand"]), nav, main, foot, script)
	case 1:
		return head.String() + fmt.Sprintf("<body><div id=\"wrapper\"><div class=\"topbar\"><a href=\"mailto:%s\">%s</a></div><div class=\"navbar\">%s</div><section class=\"%s-main\">\n%s</section><div class=\"footer-area\"><div class=\"container\">%s</div></div></div>%s</body></html>\n", w.vars["email"], w.vars["email"], nav, css, main, foot, script)
	case 2:
		return head.String() + fmt.Sprintf("<body><div id=\"app\" class=\"%s-app\"><aside>%s</aside><article>\n%s</article></div><footer class=\"foot\"><small>%s</small></footer>%s</body></html>\n", css, nav, main, foot, script)
	}
	return head.String() + fmt.Sprintf("<body><div class=\"page\"><div class=\"masthead\"><span class=\"brand\">%s</span>%s<button class=\"nav-toggle\">≡</button></div>\n<div class=\"content\">%s</div>\n<div class=\"bottom\">%s</div></div>%s</body></html>\n", html.EscapeString(w.vars["brand"]), nav, main, foot, script)
}

// nav links the pages by the first words of their titles.
func (w *writer) nav(titles []string) string {
	var b strings.Builder
	b.WriteString("<nav><ul>")
	for i, p := range w.family.site.pages {
		label, _, _ := strings.Cut(titles[i], " – ")
		fmt.Fprintf(&b, "<li><a href=\"%s\">%s</a></li>", p.path, html.EscapeString(label))
	}
	b.WriteString("</ul></nav>")
	return b.String()
}

func (w *writer) foot() string {
	var b strings.Builder
	for _, line := range w.family.site.foot {
		fmt.Fprintf(&b, "<p>%s</p>", w.inline(line))
	}
	if page := w.family.neutral["page"]; len(page) > 0 && len(w.family.site.pages) > 1 {
		for _, i := range w.r.Perm(len(page))[:1+w.r.IntN(3)] {
			fmt.Fprintf(&b, "<p>%s</p>", html.EscapeString(page[i]))
		}
	}
	if risk := w.family.neutral["risk"]; len(risk) > 0 && len(w.family.site.pages) > 1 && w.chance(25) {
		fmt.Fprintf(&b, "<p class=\"risk\">%s</p>", html.EscapeString(w.pick(risk...)))
	}
	fmt.Fprintf(&b, "<p>© %s %s</p>", w.vars["thisyear"], html.EscapeString(w.vars["brand"]))
	return b.String()
}
