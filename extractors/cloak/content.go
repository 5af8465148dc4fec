package cloak

import (
	"net/url"
	"path"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/zeebo/xxh3"

	"scamatlas/extractors"
)

// content is one page reduced to what stays when it is asked for again: words without numbers, layout, and the names of what it
// holds and leads to.
type content struct {
	title    []uint64 // hashes, sorted, without repeats; as all below
	pairs    []uint64 // of neighbouring words
	tags     []uint64 // runs of five element names
	classes  []uint64
	marks    []uint64 // files it loads, fields it asks for, addresses of the site it leads to
	lang     string
	words    int
	elements int
	fields   int
	scripts  int
	partial  bool // it is not whole: what is missing says nothing
}

// read reduces a page. address is the page's own.
func read(address, contentType string, body []byte) *content {
	d := extractors.Parse(address, contentType, body)
	c := &content{lang: language(d.Lang), title: hashed(words(d.Title))}
	base, err := url.Parse(address)
	if err != nil {
		base = &url.URL{}
	}
	for i := range d.Pieces {
		switch p := &d.Pieces[i]; {
		case p.Where == extractors.InText && p.Tag != "title" && p.Tag != "noscript":
			c.say(p)
		case p.Where == extractors.InAttr && len(c.marks) < maxMarks:
			c.mark(p, base)
		}
	}
	c.layout(d.Elements)
	for _, set := range []*[]uint64{&c.pairs, &c.tags, &c.classes, &c.marks} {
		slices.Sort(*set)
		*set = slices.Compact(*set)
	}
	return c
}

// say takes in one run of text.
func (c *content) say(p *extractors.Piece) {
	if c.words >= maxWords {
		return
	}
	list := words(p.Text)
	if !p.Joined {
		for _, w := range list {
			if w != number {
				c.words++
			}
		}
	}
	if len(list) == 1 && list[0] != number {
		c.pairs = append(c.pairs, xxh3.HashString(list[0]))
	}
	for i := 1; i < len(list); i++ {
		c.pairs = append(c.pairs, xxh3.HashString(list[i-1]+" "+list[i]))
	}
}

// mark takes in one attribute.
func (c *content) mark(p *extractors.Piece, base *url.URL) {
	switch {
	case p.Attr == "name" && (p.Tag == "input" || p.Tag == "select" || p.Tag == "textarea"):
		c.marks = append(c.marks, xxh3.HashString("field "+masked(p.Text)))
	case p.Attr == "src" && p.Tag == "script", p.Attr == "href" && p.Tag == "link":
		if u, err := base.Parse(strings.TrimSpace(p.Text)); err == nil {
			c.marks = append(c.marks, xxh3.HashString("file "+masked(path.Base(u.Path))))
		}
	case p.Attr == "href" && p.Tag == "a":
		u, err := base.Parse(strings.TrimSpace(p.Text))
		if err == nil && u.Host == base.Host && strings.Trim(u.Path, "/") != "" && u.Path != base.Path {
			c.marks = append(c.marks, xxh3.HashString("to "+masked(u.Path)))
		}
	}
}

// layout takes in the elements of the body.
func (c *content) layout(all []extractors.Element) {
	const run = 5
	var names []string
	for i := range all[:min(len(all), maxElements)] {
		e := &all[i]
		switch {
		case e.Name == "script":
			c.scripts++
		case e.InSVG || !e.Body || e.Name == "style" || e.Name == "link" || e.Name == "meta" || e.Name == "noscript" || e.Name == "body":
		default:
			if e.Name == "input" || e.Name == "textarea" {
				c.fields++
			}
			names = append(names, e.Name)
			for class := range strings.FieldsSeq(e.Class) {
				c.classes = append(c.classes, xxh3.HashString(masked(class)))
			}
		}
	}
	c.elements = len(names)
	for i := 0; i+run <= len(names); i++ {
		c.tags = append(c.tags, xxh3.HashString(strings.Join(names[i:i+run], " ")))
	}
}

// small reports a page that says and holds hardly anything.
func (c *content) small() bool { return len(c.pairs) < fewPairs && c.elements < fewElements }

// loading reports a frame that a script has yet to fill.
func (c *content) loading() bool { return c.small() && c.words < fewWords && c.scripts > 0 }

const number = "#" // stands for everything with a digit in it: amounts, dates, ids, addresses

// words cuts text, lower case. Scripts that set no blanks give a word a letter.
func words(text string) []string {
	text = strings.ToLower(text[:min(len(text), maxPiece)])
	var out []string
	begin, digit := -1, false
	end := func(at int) {
		if begin >= 0 {
			w := text[begin:at]
			switch {
			case digit && (len(out) == 0 || out[len(out)-1] != number):
				out = append(out, number)
			case !digit && len(w) <= maxWord:
				out = append(out, w)
			}
		}
		begin, digit = -1, false
	}
	for i, r := range text {
		switch {
		case unspaced(r):
			end(i)
			out = append(out, string(r))
		case unicode.IsLetter(r) || unicode.IsMark(r) || unicode.IsDigit(r):
			if begin < 0 {
				begin = i
			}
			digit = digit || unicode.IsDigit(r)
		default:
			end(i)
		}
	}
	end(len(text))
	return out
}

func unspaced(r rune) bool {
	return r > unicode.MaxLatin1 && unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai, unicode.Lao, unicode.Khmer)
}

// masked is a name without what changes from one answer to the next: each part with a digit in it becomes one sign.
func masked(name string) string {
	if strings.IndexFunc(name, unicode.IsDigit) < 0 {
		return name
	}
	var b strings.Builder
	for len(name) > 0 {
		n := strings.IndexAny(name, "/-_.")
		if n < 0 {
			n = len(name)
		}
		if strings.IndexFunc(name[:n], unicode.IsDigit) < 0 {
			b.WriteString(name[:n])
		} else {
			b.WriteString(number)
		}
		if n < len(name) {
			b.WriteByte(name[n])
			n++
		}
		name = name[n:]
	}
	return b.String()
}

func hashed(list []string) []uint64 {
	var out []uint64
	for _, s := range list {
		if s != number {
			out = append(out, xxh3.HashString(s))
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// language is the first part of a language tag, lower case.
func language(tag string) string {
	tag, _, _ = strings.Cut(strings.ReplaceAll(strings.TrimSpace(tag), "_", "-"), "-")
	if len(tag) > 8 || !utf8.ValidString(tag) {
		return ""
	}
	return strings.ToLower(tag)
}
