package corpus

import (
	"fmt"
	"html"
	"strings"
)

// blocks writes the lines of a page as markup.
func (w *writer) blocks(p *page, out *output) string {
	var b strings.Builder
	lines := w.chosen(p.lines)
	for i := 0; i < len(lines); {
		line := lines[i]
		switch {
		case strings.HasPrefix(line, "```"):
			i = w.code(lines, i, &b)
			continue
		case strings.HasPrefix(line, "@file "):
			i = w.file(lines, i, out)
			continue
		case strings.HasPrefix(line, "|"):
			i = w.run(lines, i, "|", &b, w.table)
			continue
		case strings.HasPrefix(line, "+ "):
			i = w.run(lines, i, "+ ", &b, w.cards)
			continue
		case strings.HasPrefix(line, "- "):
			i = w.run(lines, i, "- ", &b, w.list("ul"))
			continue
		case strings.HasPrefix(line, "1. "):
			i = w.run(lines, i, "1. ", &b, w.list("ol"))
			continue
		}
		w.single(line, &b)
		i++
	}
	return b.String()
}

// chosen takes the lines in {{N … }} that this site has, and drops paragraphs that it has not.
func (w *writer) chosen(lines []string) []string {
	var all []string
	for i := 0; i < len(lines); i++ {
		line := lines[i]
		if optional, ok := strings.CutPrefix(line, "~ "); ok {
			if w.chance(60) {
				all = append(all, optional)
			}
			continue
		}
		count, ok := strings.CutPrefix(line, "{{")
		if !ok {
			all = append(all, line)
			continue
		}
		var from []string
		for i++; i < len(lines) && lines[i] != "}}"; i++ {
			from = append(from, lines[i])
		}
		n := 1
		fmt.Sscan(count, &n)
		for _, k := range w.r.Perm(len(from))[:min(n, len(from))] {
			all = append(all, from[k])
		}
	}
	return all
}

// run hands the lines from i on that begin with prefix to write.
func (w *writer) run(lines []string, i int, prefix string, b *strings.Builder, write func([]string, *strings.Builder)) int {
	var group []string
	for ; i < len(lines) && strings.HasPrefix(lines[i], prefix); i++ {
		group = append(group, strings.TrimSpace(strings.TrimPrefix(lines[i], prefix)))
	}
	write(group, b)
	return i
}

func (w *writer) code(lines []string, i int, b *strings.Builder) int {
	b.WriteString("<pre><code>")
	for i++; i < len(lines) && !strings.HasPrefix(lines[i], "```"); i++ {
		b.WriteString(html.EscapeString(w.slots(lines[i])) + "\n")
	}
	b.WriteString("</code></pre>\n")
	return i + 1
}

// file makes the fenced lines after "@file PATH" a file of the site.
func (w *writer) file(lines []string, i int, out *output) int {
	name := strings.TrimSpace(strings.TrimPrefix(lines[i], "@file "))
	var b strings.Builder
	i++
	if i < len(lines) && strings.HasPrefix(lines[i], "```") {
		for i++; i < len(lines) && !strings.HasPrefix(lines[i], "```"); i++ {
			b.WriteString(w.slots(lines[i]) + "\n")
		}
		i++
	}
	out.files = append(out.files, file{path: name, body: b.String()})
	return i
}

func (w *writer) single(line string, b *strings.Builder) {
	mark, rest, _ := strings.Cut(line, " ")
	switch mark {
	case "#":
		fmt.Fprintf(b, "<h1>%s</h1>\n", w.inline(rest))
	case "##":
		fmt.Fprintf(b, "<h2 class=\"%s-title\">%s</h2>\n", w.vars["css"], w.inline(rest))
	case "?":
		q, a, _ := strings.Cut(w.choose(rest), " | ")
		fmt.Fprintf(b, "<details class=\"faq\"><summary>%s</summary><p>%s</p></details>\n", w.inline(q), w.inline(a))
	case "%":
		label, to, _ := strings.Cut(w.choose(rest), " | ")
		fmt.Fprintf(b, "<a class=\"btn %s-btn\" href=\"%s\">%s</a>\n", w.vars["css"], html.EscapeString(w.slots(to)), w.inline(label))
	case "!":
		b.WriteString(w.slots(rest) + "\n")
	default:
		if strings.HasPrefix(mark, "@") {
			b.WriteString(w.part(mark, w.text(rest)))
			return
		}
		fmt.Fprintf(b, "<p>%s</p>\n", w.inline(line))
	}
}

func (w *writer) table(rows []string, b *strings.Builder) {
	b.WriteString("<table class=\"table\">\n")
	for i, row := range rows {
		cell := "td"
		if i == 0 {
			cell = "th"
		}
		b.WriteString("<tr>")
		for _, c := range strings.Split(w.choose(row), " | ") {
			fmt.Fprintf(b, "<%s>%s</%s>", cell, w.inline(strings.Trim(c, "| ")), cell)
		}
		b.WriteString("</tr>\n")
	}
	b.WriteString("</table>\n")
}

func (w *writer) cards(cards []string, b *strings.Builder) {
	css := w.vars["css"]
	fmt.Fprintf(b, "<div class=\"row %s-grid\">\n", css)
	for _, card := range cards {
		parts := strings.Split(w.choose(card), " | ")
		fmt.Fprintf(b, "<div class=\"col-md-4\"><div class=\"card %s-card\"><h3>%s</h3><ul>", css, w.inline(parts[0]))
		for _, line := range parts[1:] {
			fmt.Fprintf(b, "<li>%s</li>", w.inline(line))
		}
		b.WriteString("</ul></div></div>\n")
	}
	b.WriteString("</div>\n")
}

func (w *writer) list(tag string) func([]string, *strings.Builder) {
	return func(items []string, b *strings.Builder) {
		fmt.Fprintf(b, "<%s>\n", tag)
		for _, item := range items {
			fmt.Fprintf(b, "<li>%s</li>\n", w.inline(item))
		}
		fmt.Fprintf(b, "</%s>\n", tag)
	}
}

// inline expands a text and marks up [label](address), **strong** and `code` in it.
func (w *writer) inline(s string) string {
	s = html.EscapeString(w.text(s))
	s = w.between(s, "**", "<strong>", "</strong>")
	s = w.between(s, "`", "<code>", "</code>")
	for {
		mid := strings.Index(s, "](")
		if mid < 0 {
			return s
		}
		open := strings.LastIndexByte(s[:mid], '[')
		end := strings.IndexByte(s[mid:], ')')
		if open < 0 || end < 0 {
			return s
		}
		s = s[:open] + `<a href="` + s[mid+2:mid+end] + `">` + s[open+1:mid] + "</a>" + s[mid+end+1:]
	}
}

func (w *writer) between(s, mark, open, end string) string {
	parts := strings.Split(s, mark)
	if len(parts)%2 == 0 {
		return s
	}
	var b strings.Builder
	for i, p := range parts {
		switch {
		case i%2 == 1:
			b.WriteString(open)
		case i > 0:
			b.WriteString(end)
		}
		b.WriteString(p)
	}
	return b.String()
}
