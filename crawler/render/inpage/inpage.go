// Package inpage turns questions about a page into scripts to run in it, and what they answer into Go values.
//
// It knows no browser and no protocol. Scripts that read run in an isolated world: the same elements, untouched built-ins, nothing of it
// visible to the page. Scripts for new documents run in the page's own world before its scripts. What comes back was under the hands
// of a hostile page: it is bounded, parsed, and trusted in nothing.
package inpage

import (
	"crypto/rand"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"unicode"

	"scamatlas/crawler"
)

//go:embed js/*.js words.txt
var files embed.FS

// script gives the call of a script with its arguments, each written as JSON.
func script(name string, args ...any) string {
	text := make([]string, len(args))
	for i, a := range args {
		b, err := json.Marshal(a)
		if err != nil {
			panic(err) // values of our own
		}
		text[i] = string(b)
	}
	return source(name) + "(" + strings.Join(text, ",") + ")"
}

// reading is script for the isolated world: before its arguments the script is given dom.js.
func reading(name string, args ...any) string {
	call := script(name, args...)
	head := source(name) + "("
	if len(args) > 0 {
		return head + source("dom") + "," + call[len(head):]
	}
	return head + source("dom") + call[len(head):]
}

// source is a script without its comments: a page that prints functions shall not read about us.
func source(name string) string {
	body, err := files.ReadFile("js/" + name + ".js")
	if err != nil {
		panic(err) // a file of our own
	}
	var b strings.Builder
	for line := range strings.Lines(string(body)) {
		if !strings.HasPrefix(strings.TrimSpace(line), "//") {
			b.WriteString(line)
		}
	}
	return strings.TrimRight(b.String(), "\n")
}

// secret is drawn once: a page that knew by which events the reader and the wallet speak could tell that somebody reads.
var secret = sync.OnceValue(rand.Text)

// channel names the events by which the reader asks the wallet in the page's own world, and it answers.
func channel() (ask, answer string) { return "a" + secret(), "b" + secret() }

// OpenShadows is a script for new documents. It lets ReadPage into the shadow roots that scripts close, which stay closed to the page.
// Those closed in markup (<template shadowrootmode="closed">) are not opened: they stand in the document as it was sent.
func OpenShadows() string { return script("shadows") }

// Page is a document as it stands.
type Page struct {
	HTML      string `json:"html"` // serialised; shadow roots in <div data-shadow-root>, frames of the same origin in <div data-frame-src="…">
	Title     string `json:"title"`
	URL       string `json:"url"`
	Text      int    `json:"text"` // letters and other signs in its text, shown or not
	Elements  int    `json:"elements"`
	Truncated bool   `json:"truncated"` // HTML is not whole: too large, too many nodes, too slow
	Password  bool   `json:"password"`  // it holds a field for a password
	Invite    bool   `json:"invite"`    // it holds a field for an invitation code
	Frames    int    `json:"frames"`    // frames read
}

// ReadPage is a script that reads the document; at most max bytes of HTML come back.
func ReadPage(max int) string { return reading("read", max, maxNodes, readMS) }

// ParsePage reads what ReadPage gave. HTML of more than crawler.MaxDOM bytes is cut.
func ParsePage(raw []byte) (Page, error) {
	var p Page
	if err := decode(raw, &p); err != nil {
		return Page{}, fmt.Errorf("reading a page: %w", err)
	}
	if len(p.HTML) > crawler.MaxDOM {
		p.HTML, p.Truncated = clip(p.HTML, crawler.MaxDOM), true
	}
	p.Title, p.URL = clip(p.Title, crawler.MaxTitle), clip(p.URL, crawler.MaxURL)
	p.Text, p.Elements, p.Frames = max(p.Text, 0), max(p.Elements, 0), max(p.Frames, 0)
	return p, nil
}

// Storage is a script that names what the site keeps in the browser, without values. It gives a promise.
func Storage() string { return script("storage", crawler.MaxStored) }

// ParseStorage reads what Storage gave, at most crawler.MaxStored keys.
func ParseStorage(raw []byte) ([]crawler.Stored, error) {
	var all []crawler.Stored
	if err := decode(raw, &all); err != nil {
		return nil, fmt.Errorf("reading storage: %w", err)
	}
	out := all[:0]
	for _, s := range all[:min(len(all), crawler.MaxStored)] {
		switch s.Kind {
		case "local", "session", "indexeddb", "cache":
			if s.Key = shown(s.Key, maxKey); s.Key != "" {
				out = append(out, s)
			}
		}
	}
	return out, nil
}

// ParseNames reads a list of names, at most maxNames, without repeats.
func ParseNames(raw []byte) ([]string, error) {
	var all []string
	if err := decode(raw, &all); err != nil {
		return nil, fmt.Errorf("reading names: %w", err)
	}
	var out []string
	seen := map[string]bool{}
	for _, s := range all {
		if s = shown(s, maxKey); s != "" && !seen[s] && len(out) < maxNames {
			seen[s] = true
			out = append(out, s)
		}
	}
	return out, nil
}

// decode reads JSON that a page had a hand in.
func decode(raw []byte, v any) error {
	if len(raw) > maxAnswer {
		return errors.New("an answer of " + strconv.Itoa(len(raw)) + " bytes")
	}
	return json.Unmarshal(raw, v)
}

// shown is text as one line of at most n bytes, without what is not seen.
func shown(s string, n int) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return ' '
		}
		if !unicode.IsPrint(r) || r == unicode.ReplacementChar {
			return -1
		}
		return r
	}, clip(s, 4*n))
	return clip(strings.Join(strings.Fields(s), " "), n)
}

func clip(s string, n int) string {
	if len(s) <= n {
		return s
	}
	return strings.ToValidUTF8(s[:n], "")
}
