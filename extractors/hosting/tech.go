package hosting

import (
	_ "embed"
	"errors"
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"

	"scamatlas/crawler"
	"scamatlas/extractors"
)

//go:embed tech.yaml
var techYAML []byte

// tech is one entry of tech.yaml.
type tech struct {
	Name    string            `yaml:"name"`
	Headers map[string]string `yaml:"headers"`
	Cookies []string          `yaml:"cookies"`
	Meta    []string          `yaml:"meta"`
	Path    []string          `yaml:"path"`
	HTML    []string          `yaml:"html"`
	Code    []string          `yaml:"code"`
	Implies []string          `yaml:"implies"`
}

// scope says what kind of text a marker counts in.
type scope uint8

const (
	inPath scope = 1 << iota
	inHTML
	inCode
)

// techs are all entries, ready to be looked for.
type techs struct {
	all     []tech
	at      map[string]int
	markers *markers
	of      []int   // entry of a marker
	scopes  []scope // of a marker
}

// readTechs reads the list that tech.yaml describes. Entries it cannot use are left out and named in the error.
func readTechs(data []byte) (*techs, error) {
	t := &techs{at: map[string]int{}}
	var listed []tech
	faults := []error{yaml.Load(data, &listed, yaml.WithKnownFields())}
	var words []string
	for n, e := range listed {
		if err := e.check(t.at); err != nil {
			faults = append(faults, fmt.Errorf("entry %d: %w", n+1, err))
			continue
		}
		at := len(t.all)
		t.at[e.Name], t.all = at, append(t.all, e)
		for _, w := range e.words() {
			words, t.of, t.scopes = append(words, w.text), append(t.of, at), append(t.scopes, w.scope)
		}
	}
	t.markers = newMarkers(words)
	if err := errors.Join(faults...); err != nil {
		return t, fmt.Errorf("read technologies: %w", err)
	}
	return t, nil
}

// word is one literal and where it counts.
type word struct {
	text  string
	scope scope
}

func (e *tech) words() []word {
	var out []word
	for _, kind := range []struct {
		words []string
		scope scope
	}{{e.Path, inPath}, {e.HTML, inHTML}, {e.Code, inCode}} {
		for _, w := range kind.words {
			out = append(out, word{w, kind.scope})
		}
	}
	return out
}

func (e *tech) check(taken map[string]int) error {
	if _, double := taken[e.Name]; double || e.Name == "" {
		return fmt.Errorf("%q: no name, or the name of another", e.Name)
	}
	for _, w := range e.words() {
		if len(w.text) < shortestMarker || w.text != strings.ToLower(w.text) {
			return fmt.Errorf("%s: %q is too short to mean anything, or not lower case", e.Name, w.text)
		}
	}
	return nil
}

// look is one site's technologies while they are gathered.
type look struct {
	*techs
	found []bool
	left  int // bytes that may still be read
}

// built names what a site is built with, sorted, at most maxTech.
func (t *techs) built(in *extractors.Input) []string {
	l := &look{t, make([]bool, len(t.all)), maxTechBytes}
	c := in.Capture
	for i := range c.Pages[:min(len(c.Pages), maxTechPages)] {
		l.header(c.Pages[i].Header)
	}
	for i := range c.Assets {
		scan(l, c.Assets[i].URL, inPath)
	}
	if r := c.Rendered; r != nil {
		for i := range r.Answers {
			scan(l, r.Answers[i].URL, inPath)
			if r.Answers[i].Type == "document" {
				l.header(r.Answers[i].Header)
			}
		}
		for _, s := range r.Storage {
			if s.Kind == "cookie" {
				l.cookie(s.Key)
			}
		}
	}
	for _, d := range in.Docs {
		l.document(d)
	}
	return l.names()
}

func (l *look) document(d *extractors.Document) {
	switch d.Type {
	case extractors.HTML:
		scan(l, d.Body, inHTML|inCode)
		for i := range d.Pieces {
			l.attribute(d, i)
		}
	case extractors.JS, extractors.CSS:
		scan(l, d.Body, inCode)
	}
}

// attribute looks at what an element loads, and at the generator that a page names.
func (l *look) attribute(d *extractors.Document, i int) {
	p := &d.Pieces[i]
	if p.Where != extractors.InAttr {
		return
	}
	switch p.Tag {
	case "script", "link", "img", "iframe", "source":
		if p.Attr == "src" || p.Attr == "href" || p.Attr == "data-src" {
			scan(l, p.Text, inPath)
		}
	case "a":
		if p.Attr == "href" && strings.HasSuffix(p.Text, ".mobileconfig") {
			scan(l, p.Text, inPath)
		}
	case "meta":
		if p.Attr == "name" && strings.EqualFold(strings.TrimSpace(p.Text), "generator") {
			l.generator(d, i)
		}
	}
}

// generator reads the content of the meta element whose name is the piece i: attributes of one element follow each other.
func (l *look) generator(d *extractors.Document, i int) {
	for _, p := range d.Pieces[max(i-2, 0):min(i+3, len(d.Pieces))] {
		if p.Where != extractors.InAttr || p.Tag != "meta" || p.Attr != "content" {
			continue
		}
		text := strings.ToLower(strings.TrimSpace(p.Text))
		for n := range l.all {
			if slices.ContainsFunc(l.all[n].Meta, func(m string) bool { return strings.HasPrefix(text, m) }) {
				l.found[n] = true
			}
		}
	}
}

func scan[T string | []byte](l *look, text T, s scope) {
	text = text[:min(len(text), l.left)]
	l.left -= len(text)
	find(l.markers, text, func(n uint32) {
		if l.scopes[n]&s != 0 {
			l.found[l.of[n]] = true
		}
	})
}

func (l *look) header(header []crawler.HeaderField) {
	for _, h := range header[:min(len(header), maxOrder)] {
		name, value := strings.ToLower(h.Name), strings.ToLower(h.Value[:min(len(h.Value), maxHeader)])
		if name == "set-cookie" {
			cookie, _, _ := strings.Cut(value, "=")
			l.cookie(strings.TrimSpace(cookie))
		}
		for n := range l.all {
			if want, ok := l.all[n].Headers[name]; ok && strings.Contains(value, want) {
				l.found[n] = true
			}
		}
	}
}

func (l *look) cookie(name string) {
	name = strings.ToLower(name)
	for n := range l.all {
		for _, c := range l.all[n].Cookies {
			if start, ok := strings.CutSuffix(c, "*"); name == c || ok && strings.HasPrefix(name, start) {
				l.found[n] = true
			}
		}
	}
}

// names adds what is implied and sorts.
func (l *look) names() []string {
	var out []string
	var add func(n int)
	listed := make([]bool, len(l.all))
	add = func(n int) {
		if listed[n] {
			return
		}
		listed[n] = true
		out = append(out, l.all[n].Name)
		for _, i := range l.all[n].Implies {
			if at, ok := l.at[i]; ok {
				add(at)
			}
		}
	}
	for n := range l.found {
		if l.found[n] {
			add(n)
		}
	}
	slices.Sort(out)
	return out[:min(len(out), maxTech)]
}
