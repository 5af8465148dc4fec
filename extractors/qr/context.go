package qr

import (
	"net/url"
	"sort"
	"strings"

	"scamatlas/extractors"
)

// contexts tells what stands around the places of one document.
type contexts struct {
	doc   *extractors.Document
	names string
	read  bool
}

const (
	namesLimit  = 64 << 10 // bytes of a page's text
	beforePiece = 12       // pieces to look back, and on, for a label
)

// at gives the place of an offset: the tag or the code it stands in up to there, the text before and the labels of the same tag come
// last, because what stands nearest counts.
func (c *contexts) at(offset int) place {
	p := place{page: c.doc.URL, offset: offset, names: c.pageText()}
	pieces := c.doc.Pieces
	n := sort.Search(len(pieces), func(i int) bool { return pieces[i].Offset > offset })
	if n > 0 && inCode(pieces[n-1].Where) && offset <= pieces[n-1].Offset+len(pieces[n-1].Text) {
		p.context = cutRuns(string(c.doc.Body[max(pieces[n-1].Offset, offset-maxContext):offset]))
		return p
	}
	var before, labels, after string
	for i := n - 1; i >= max(0, n-beforePiece) && len(before) < maxContext/2; i-- {
		if pieces[i].Where == extractors.InText {
			before = last(pieces[i].Text, maxContext/2) + "\n" + before
		}
	}
	for i := n; i < min(len(pieces), n+beforePiece) && after == ""; i++ {
		if pieces[i].Where == extractors.InText {
			after = pieces[i].Text[:min(len(pieces[i].Text), maxContext/4)]
		}
	}
	tag := c.tagStart(offset)
	for i := range pieces {
		i += sort.Search(len(pieces), func(k int) bool { return pieces[k].Offset >= tag })
		if i >= len(pieces) || pieces[i].Offset != tag {
			break
		}
		if a := pieces[i].Attr; a == "alt" || a == "title" || a == "aria-label" || a == "data-coin" || a == "data-network" {
			labels += " " + last(pieces[i].Text, maxContext/4)
		}
	}
	head := string(c.doc.Body[tag:max(tag, min(offset, tag+maxContext/2))])
	p.context = cutRuns(strings.TrimSpace(nameWords(c.doc.URL) + "\n" + after + "\n" + before + "\n" + head + "\n" + labels))
	return p
}

// tagStart gives where the tag around offset begins, offset itself when there is none near.
func (c *contexts) tagStart(offset int) int {
	from := max(0, offset-2*maxContext)
	if offset < len(c.doc.Body) && c.doc.Body[offset] == '<' {
		return offset
	}
	window := c.doc.Body[from:min(offset, len(c.doc.Body))]
	for i := len(window) - 1; i >= 0; i-- {
		switch window[i] {
		case '<':
			return from + i
		case '>':
			return offset
		}
	}
	return offset
}

func inCode(where string) bool {
	return where == extractors.InScript || where == extractors.InJSON || where == extractors.InStyle
}

func last(s string, n int) string { return s[max(0, len(s)-n):] }

// pageText gives the title and the text people see, without long runs.
func (c *contexts) pageText() string {
	if c.read {
		return c.names
	}
	c.read = true
	var b strings.Builder
	b.WriteString(c.doc.Title)
	for i := range c.doc.Pieces {
		if p := &c.doc.Pieces[i]; p.Where == extractors.InText && c.doc.Type == extractors.HTML {
			b.WriteByte('\n')
			b.WriteString(p.Text[:min(len(p.Text), namesLimit-b.Len())])
			if b.Len() >= namesLimit-1 {
				break
			}
		}
	}
	c.names = cutRuns(b.String())
	return c.names
}

// use is where a page shows a picture.
type use struct {
	c      *contexts
	offset int
}

// pictureUses gives the first use of each picture that the pages link to, by its address.
func pictureUses(docs []*extractors.Document) map[string]use {
	uses := map[string]use{}
	for _, d := range docs {
		base, err := url.Parse(d.URL)
		if err != nil || d.Type != extractors.HTML {
			continue
		}
		c := &contexts{doc: d}
		for i := range d.Pieces {
			p := &d.Pieces[i]
			if p.Where != extractors.InAttr || !pictureAttr(p.Attr) || len(p.Text) > maxAddress || len(uses) >= maxUses {
				continue
			}
			first, _, _ := strings.Cut(strings.TrimSpace(p.Text), " ") // of a srcset, the first
			if u, err := base.Parse(first); err == nil {
				if k := pictureKey(u.String()); uses[k].c == nil {
					uses[k] = use{c, p.Offset}
				}
			}
		}
	}
	return uses
}

func pictureAttr(attr string) bool {
	switch attr {
	case "src", "srcset", "href", "xlink:href", "data", "poster", "content":
		return true
	}
	return strings.HasPrefix(attr, "data-")
}

func pictureKey(address string) string {
	address, _, _ = strings.Cut(address, "#")
	return address
}
