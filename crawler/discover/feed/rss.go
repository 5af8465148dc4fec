package feed

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"golang.org/x/net/html/charset"
)

// rss reads the items of RSS and Atom: the named elements as hosts or addresses, or, without names, title and description as prose.
func (c *collector) rss(r io.Reader, elements string) error {
	wanted := []string{"title", "description", "summary", "content", "encoded"}
	if elements != "" {
		wanted = columnsOf(elements)
	}
	d := xml.NewDecoder(r)
	d.Strict, d.Entity, d.CharsetReader = false, xml.HTMLEntity, inCharset
	x := items{c: c, wanted: wanted, prose: elements == ""}
	for {
		k, err := d.RawToken()
		if errors.Is(err, io.EOF) {
			break
		}
		var syntax *xml.SyntaxError
		if errors.As(err, &syntax) {
			return fmt.Errorf("%w: not XML: %w", ErrDrift, err)
		}
		if err != nil {
			return err
		}
		if err := x.token(k); err != nil {
			return err
		}
	}
	if !x.feed {
		return fmt.Errorf("%w: neither RSS nor Atom", ErrDrift)
	}
	return nil
}

// inCharset reads XML that is not in UTF-8.
func inCharset(label string, r io.Reader) (io.Reader, error) {
	in, err := charset.NewReaderLabel(label, r)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrDrift, err)
	}
	return in, nil
}

// items follows the elements of a feed.
type items struct {
	c      *collector
	wanted []string
	prose  bool

	feed  bool   // the root is a feed's
	n     int    // items so far
	item  string // the open item's element, "" for none
	field string // the wanted element that is open
	text  strings.Builder
	texts []string
}

func (x *items) token(k xml.Token) error {
	switch k := k.(type) {
	case xml.StartElement:
		return x.start(k)
	case xml.CharData:
		if x.field != "" && x.text.Len() < MaxProse {
			x.text.Write(k)
		}
	case xml.EndElement:
		return x.end(k.Name.Local)
	}
	return nil
}

func (x *items) start(e xml.StartElement) error {
	name := e.Name.Local
	switch {
	case !x.feed:
		if x.feed = name == "rss" || name == "feed" || name == "RDF"; !x.feed {
			return fmt.Errorf("%w: the document is %.40q, neither RSS nor Atom", ErrDrift, name)
		}
	case x.item == "" && (name == "item" || name == "entry"):
		x.item, x.texts = name, nil
		x.n++
	case x.item != "" && x.field == "" && slices.Contains(x.wanted, name):
		x.field = name
		for _, a := range e.Attr {
			if name == "link" && a.Name.Local == "href" { // Atom
				x.text.WriteString(a.Value)
			}
		}
	}
	return nil
}

func (x *items) end(name string) error {
	switch name {
	case "":
	case x.field:
		x.texts = append(x.texts, x.text.String())
		x.text.Reset()
		x.field = ""
	case x.item:
		x.item, x.field = "", ""
		x.text.Reset()
		return x.take()
	}
	return nil
}

// take hands on an item.
func (x *items) take() error {
	if x.prose {
		text, err := visible(strings.NewReader(strings.Join(x.texts, "<br>")), false)
		if err != nil {
			return err
		}
		return x.c.value(x.n, text)
	}
	if len(x.texts) == 0 {
		x.c.bad(x.n, "", "item has no such element")
		return x.c.ctx.Err()
	}
	for _, t := range x.texts {
		if err := x.c.value(x.n, t); err != nil {
			return err
		}
	}
	return nil
}
