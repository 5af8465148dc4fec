package cloak

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"scamatlas/crawler"
)

// told is what a visitor was shown, within a sentence.
func (m *matrix) told(l *look) string {
	c := l.view.Capture
	switch main := l.main(); main.kind {
	case refused:
		return fmt.Sprintf("an error page (HTTP %d)", l.status())
	case empty:
		return "an empty page"
	case standIn:
		return "a page that stands for the site (" + plain(c.Reason, maxNamed) + ")"
	case site:
		if !l.own && l.domain != "" {
			return "another site, " + plain(l.domain, maxNamed)
		}
		what := "a page"
		if c.Outcome == crawler.Gated {
			what = "a wall that " + plain(c.Reason, maxNamed)
		}
		if t := plain(title(l), maxNamed); t != "" {
			return fmt.Sprintf("%s titled \"%s\"", what, t)
		}
		return fmt.Sprintf("%s without title, of %d words", what, main.content.words)
	}
	return "nothing that can be compared (" + plain(string(c.Outcome)+": "+c.Reason, maxNamed) + ")"
}

func title(l *look) string {
	if r := l.view.Capture.Rendered; r != nil && len(r.Views) > 0 && r.Views[0].Title != "" && l.shown.kind == site {
		return r.Views[0].Title
	}
	return l.view.Findings.Title
}

// others says what those are shown who do not see the site.
func (m *matrix) others() string {
	var parts []string
	for i, l := range m.out {
		if i == 3 {
			parts = append(parts, "…")
			break
		}
		parts = append(parts, l.name+" is shown "+m.told(l))
	}
	return strings.Join(parts, ", ")
}

// names lists visitors.
func names(list []*look) string {
	var out []string
	for _, l := range list {
		out = append(out, l.name)
	}
	return strings.Join(out, ", ")
}

func see(list []*look) string {
	if len(list) == 1 {
		return "sees"
	}
	return "see"
}

// plain is text from outside as one line of at most limit bytes, without what is not seen or what terminals act on.
func plain(text string, limit int) string {
	text = text[:min(len(text), 4*limit)]
	text = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case !unicode.IsPrint(r) || r == utf8.RuneError:
			return -1
		}
		return r
	}, strings.ToValidUTF8(text, ""))
	text = strings.Join(strings.Fields(text), " ")
	if len(text) <= limit {
		return text
	}
	return strings.ToValidUTF8(text[:limit-len("…")], "") + "…"
}
