package jobs

import (
	"bytes"
	"fmt"

	"scamatlas/crawler"
	"scamatlas/extractors"
)

// poor reports a site whose pages have next to no words: what it says comes some other way.
func poor(f *extractors.Findings) bool { return len(f.Text) < poorText }

// interest says what about a site makes a picture of it worth having, "" when nothing does.
func interest(f *extractors.Findings) string {
	wallets, claims := len(payees(f.Indicators)), 0
	for _, i := range f.Indicators {
		if i.Kind == extractors.KindClaim && (i.Type == "return" || i.Type == "plan") {
			claims++
		}
	}
	switch {
	case wallets > 0:
		return fmt.Sprintf("it asks to be paid at %d wallets", wallets)
	case claims > 0:
		return fmt.Sprintf("it promises returns %d times", claims)
	}
	return ""
}

// Marks in scripts by which a page learns who looks. Any library may hold some, so only small scripts of the site's own are searched.
var visitorMarks = [][2]string{
	{"navigator.useragent", "the visitor's browser"}, {"navigator.platform", "the visitor's system"}, {"maxtouchpoints", "the visitor's screen"},
	{"ontouchstart", "the visitor's screen"}, {"document.referrer", "where the visitor comes from"}, {"window.ethereum", "the visitor's wallet"},
	{"tronweb", "the visitor's wallet"}, {"tronlink", "the visitor's wallet"}, {"navigator.webdriver", "whether a program looks"},
	{"useragentdata", "the visitor's browser"}, {"screen.width", "the visitor's screen"}, {"resolvedoptions().timezone", "the visitor's time zone"},
}

// looksAtVisitor says what a site's own small scripts ask about the visitor, "" when they ask nothing.
func looksAtVisitor(c *crawler.Capture) string {
	room := searchedScript
	search := func(text []byte) string {
		text = bytes.ToLower(text[:min(len(text), room)])
		room -= len(text)
		for _, m := range visitorMarks {
			if bytes.Contains(text, []byte(m[0])) {
				return m[1]
			}
		}
		return ""
	}
	if len(c.Pages) > 0 {
		if mark := search(c.Pages[0].Body); mark != "" {
			return mark
		}
	}
	for i := range c.Assets {
		if a := &c.Assets[i]; a.Kind == crawler.Script && len(a.Body) <= ownScript {
			if mark := search(a.Body); mark != "" {
				return mark
			}
		}
	}
	return ""
}
