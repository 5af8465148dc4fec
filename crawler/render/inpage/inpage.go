// Package inpage turns questions about a page into scripts to run in it, and what they answer into Go values.
//
// It knows no browser and no protocol. Scripts that read run in an isolated world: the same elements, untouched built-ins, nothing of it
// visible to the page. Scripts for new documents run in the page's own world before its scripts. What comes back was under the hands
// of a hostile page: it is bounded, parsed, and trusted in nothing.
package inpage

import (
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode"

	"scamatlas/crawler"
)

//go:embed js/*.js words.txt
var files embed.FS

// script gives the call of a script with its arguments, each written as JSON.
func script(name string, args ...any) string {
	body, err := files.ReadFile("js/" + name + ".js")
	if err != nil {
		panic(err) // a file of our own
	}
	text := make([]string, len(args))
	for i, a := range args {
		b, err := json.Marshal(a)
		if err != nil {
			panic(err) // values of our own
		}
		text[i] = string(b)
	}
	return strings.TrimRight(stripComments(string(body)), "\n") + "(" + strings.Join(text, ",") + ")"
}

// stripComments takes out lines that are only a comment: a page that prints functions shall not read about us.
func stripComments(js string) string {
	var b strings.Builder
	for line := range strings.Lines(js) {
		if !strings.HasPrefix(strings.TrimSpace(line), "//") {
			b.WriteString(line)
		}
	}
	return b.String()
}

// Events by which a reader and the scripts in the page's own world speak. They carry nothing that a page could use.
const (
	eventAsk     = "pagemetrics-req"
	eventAnswer  = "pagemetrics-res"
	eventPressed = "pagemetrics-act"
)

// OpenShadows is a script for new documents. It lets ReadPage into closed shadow roots, which stay closed to the page, and keeps the
// page's scripts from submitting forms once TakeStep has pressed something.
func OpenShadows() string { return script("shadows", map[string]string{"pressed": eventPressed}) }

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

// ReadPage is a script that reads the document; at most max UTF-16 units of HTML come back.
func ReadPage(max int) string { return script("read", max, maxNodes, readMS) }

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

// Step is something that leads on from a page.
type Step struct {
	ID    int    `json:"id"`
	Kind  string `json:"kind"` // "visit": a link to URL; "press": a tab, head or button; "choose": an option of a selector
	URL   string `json:"url"`
	Label string `json:"label"` // as on the page, without control characters
	Score int    `json:"score"` // 1 and up; what leads to deposits scores highest
}

// FindSteps is a script that looks for what leads to plans, deposits, wallets and contacts, and for selectors of coins and networks: at
// most max steps, the best first. What submits, signs, pays, logs in or out is none.
func FindSteps(max int) string { return script("steps", words(), max, maxElements) }

// ParseSteps reads what FindSteps gave; steps that make no sense are left out.
func ParseSteps(raw []byte) ([]Step, error) {
	var all []Step
	if err := decode(raw, &all); err != nil {
		return nil, fmt.Errorf("reading steps: %w", err)
	}
	out := all[:0]
	for _, s := range all[:min(len(all), maxSteps)] {
		s.Label = shown(s.Label, maxLabel)
		ok := s.ID >= 0 && s.Score > 0 && s.Score < 1000
		switch s.Kind {
		case "visit":
			ok = ok && len(s.URL) <= crawler.MaxURL && (strings.HasPrefix(s.URL, "http://") || strings.HasPrefix(s.URL, "https://"))
		case "press", "choose":
			ok = ok && s.Label != "" && s.URL == ""
		default:
			ok = false
		}
		if ok {
			out = append(out, s)
		}
	}
	return out, nil
}

// TakeStep is a script that takes the press or choice that FindSteps has found under id in the same document. It gives {"ok":bool}.
func TakeStep(id int) string { return script("take", id, eventPressed) }

// Box is a part of a page in CSS pixels from its upper left corner.
type Box struct {
	X  float64 `json:"x"`
	Y  float64 `json:"y"`
	W  float64 `json:"w"`
	H  float64 `json:"h"`
	Of string  `json:"of"` // "canvas", "svg", "img", "table", "grid", "background"
}

// FindCodes is a script that looks for what may be a QR code and is no file of the site.
func FindCodes(max int) string { return script("codes", max, maxElements) }

// ParseCodes reads what FindCodes gave; boxes of no size or beyond any page are left out.
func ParseCodes(raw []byte) ([]Box, error) {
	var all []Box
	if err := decode(raw, &all); err != nil {
		return nil, fmt.Errorf("reading boxes: %w", err)
	}
	out := all[:0]
	for _, b := range all[:min(len(all), maxBoxes)] {
		if b.X >= 0 && b.Y >= 0 && b.W >= 1 && b.H >= 1 && b.X+b.W <= maxSide && b.Y+b.H <= maxSide {
			b.Of = shown(b.Of, 20)
			out = append(out, b)
		}
	}
	return out, nil
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
