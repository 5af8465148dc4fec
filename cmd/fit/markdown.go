package main

import (
	"fmt"
	"html"
	"strings"
)

// markdown draws what readmes are made of: headings, lists, tables, code, links, and markup as it stands.
func markdown(title string, source []byte) []byte {
	var b strings.Builder
	fmt.Fprintf(&b, "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>%s</title></head><body><main>\n", html.EscapeString(title))
	fenced := false
	for _, line := range strings.Split(string(source), "\n") {
		text := strings.TrimSpace(line)
		switch {
		case strings.HasPrefix(text, "```"):
			if fenced {
				b.WriteString("</code></pre>\n")
			} else {
				b.WriteString("<pre><code>")
			}
			fenced = !fenced
		case fenced:
			b.WriteString(html.EscapeString(line) + "\n")
		case strings.HasPrefix(text, "#"):
			level := min(len(text)-len(strings.TrimLeft(text, "#")), 6)
			fmt.Fprintf(&b, "<h%d>%s</h%d>\n", level, inline(strings.TrimLeft(text, "# ")), level)
		case strings.HasPrefix(text, "- "), strings.HasPrefix(text, "* "):
			fmt.Fprintf(&b, "<ul><li>%s</li></ul>\n", inline(text[2:]))
		case strings.HasPrefix(text, "|"):
			b.WriteString("<table><tr>")
			for _, c := range strings.Split(strings.Trim(text, "|"), "|") {
				fmt.Fprintf(&b, "<td>%s</td>", inline(strings.TrimSpace(c)))
			}
			b.WriteString("</tr></table>\n")
		case strings.HasPrefix(text, "<"):
			b.WriteString(text + "\n")
		case text != "":
			fmt.Fprintf(&b, "<p>%s</p>\n", inline(text))
		}
	}
	b.WriteString("</main></body></html>")
	return []byte(b.String())
}

// inline marks up links and code of one line.
func inline(s string) string {
	s = html.EscapeString(s)
	for {
		mid := strings.Index(s, "](")
		if mid < 0 {
			break
		}
		open, end := strings.LastIndexByte(s[:mid], '['), strings.IndexByte(s[mid:], ')')
		if open < 0 || end < 0 {
			break
		}
		s = s[:open] + `<a href="` + s[mid+2:mid+end] + `">` + s[open+1:mid] + "</a>" + s[mid+end+1:]
	}
	parts := strings.Split(s, "`")
	if len(parts)%2 == 1 {
		for i := 1; i < len(parts); i += 2 {
			parts[i] = "<code>" + parts[i] + "</code>"
		}
		s = strings.Join(parts, "")
	}
	return s
}
